"""The figures about the service: ratios, percentiles, aims that can be missed, essays that can be lost."""

import uuid
from xml.etree import ElementTree

import pytest

from tools.bench.__main__ import report, section
from tools.bench.bare import STORE
from tools.bench.figures import Figure, number, percentile, table
from tools.bench.plot import AIM, svg
from tools.bench.school import Classroom, batch, batches, columns, rows_of
from tools.bench.site import Stretch, difference
from tools.machine import company

ROOM = Classroom(uuid.uuid4(), [uuid.uuid4() for _ in range(3)])
FAST = Figure("stored", 80.0, 100.0, "essays/s", aim=0.7, at_least=True)
SLOW = Figure("latency <p50>", 30.0, 10.0, "ms", aim=2.0)
NO_AIM = Figure("2 replicas", 120.0, 100.0, "essays/s")
ABOUT = {"cores": 2, "memory_gib": 8.0, "engine": "20.10", "python": "3.11"}


@pytest.mark.parametrize(
    ("value", "at_least", "met"), [(70, True, True), (69.9, True, False), (70, False, True), (70.1, False, False)]
)
def test_an_aim_is_met_up_to_its_bound_and_missed_beyond(value: float, at_least: bool, met: bool) -> None:
    assert Figure("x", value, 100, "s", aim=0.7, at_least=at_least).met is met


def test_what_has_no_aim_has_no_verdict() -> None:
    assert NO_AIM.met is None
    assert NO_AIM.verdict == ""
    assert NO_AIM.ratio == 1.2


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 3), (0.75, 4), (0.9, 4.6), (1.0, 5)])
def test_percentiles_lie_between_values(share: float, expected: float) -> None:
    assert percentile([5, 1, 4, 2, 3], share) == pytest.approx(expected)


def test_the_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.95) == 7.0


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.1234, "0.12"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346"), (9.999, "10.00")]
)
def test_numbers_have_about_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


def test_the_table_says_which_aim_was_met_and_which_missed() -> None:
    lines = table([FAST, SLOW, NO_AIM])
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        "stored",
        "80.0 essays/s",
        "100 essays/s",
        "0.80",
        "≥ 0.70: met",
    ]
    assert "≤ 2.00: MISSED" in lines[3]
    assert len({len(line) for line in lines}) == 1


def test_the_section_tells_machine_and_settings() -> None:
    measured = {"figures": [FAST], "raw": {"latency": {"look_ms": 0.2}}, "postgres": {"fsync": "off"}}
    text = section(measured, ABOUT, "2026-01-02")
    assert text.startswith("### 2026-01-02, the service: 2 cores, 8.0 GiB, engine 20.10, Python 3.11\n\n| figure")
    assert "PostgreSQL: fsync off." in text
    assert "One look at whether an event is visible takes 0.20 ms" in text


def test_the_report_tells_that_others_were_at_work() -> None:
    lines = report({"figures": [FAST], "raw": {}, "postgres": {}, "company": "The machine was busy."})
    assert "The machine was busy." in lines


def test_a_machine_counts_as_idle_up_to_half_a_load_for_each_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("os.getloadavg", lambda: (0.9, 9.0, 9.0))
    assert company() == ""
    monkeypatch.setattr("os.getloadavg", lambda: (1.1, 0.0, 0.0))
    assert "the load was 1.1 on 2 cores" in company()


def test_the_report_does_without_a_measure_that_was_left_out() -> None:
    assert "One look" not in "\n".join(report({"figures": [FAST], "raw": {}, "postgres": {}}))


def _bars(plot: str) -> dict[str, float]:
    drawn = ElementTree.fromstring(plot).iter("{http://www.w3.org/2000/svg}rect")
    bars: dict[str, float] = {}
    for rect in drawn:
        bars[rect.attrib["class"]] = float(rect.attrib["width"])
    return bars


def test_the_plot_is_well_formed_and_a_bar_passes_the_aim_as_its_figure_does() -> None:
    bars = _bars(svg([FAST, SLOW, NO_AIM], "a caption & more"))
    assert bars["met"] > AIM * bars["track"]
    assert bars["missed"] > AIM * bars["track"]
    assert _bars(svg([Figure("x", 35, 100, "s", 0.7, at_least=True)], ""))["missed"] == pytest.approx(
        AIM / 2 * bars["track"], abs=0.1
    )


def test_a_bar_never_leaves_the_plot() -> None:
    bars = _bars(svg([Figure("x", 1000, 1, "s", aim=2.0)], ""))
    assert bars["missed"] == bars["track"]


def test_what_is_stored_as_expected_differs_in_nothing() -> None:
    pairs = [(row.essay_id, row.student_id) for row in rows_of(ROOM, 30)]
    assert difference(pairs, reversed(pairs)) == ""


def test_every_kind_of_difference_is_told() -> None:
    one, two, three = ((row.essay_id, row.student_id) for row in rows_of(ROOM, 3))
    assert difference([one, two, three], [one, three]) == "1 essays lost"
    assert difference([one], [one, one]) == "1 essays doubled"
    assert difference([one], [(one[0], uuid.uuid4())]) == "1 essays lost, 1 essays stored with somebody else"
    assert difference([one], [one, two]) == "1 essays stored that nobody sent"


def test_rows_that_were_there_at_the_first_look_do_not_count() -> None:
    assert Stretch(essays=900, seconds=0.5).rate == 1800


def test_in_each_batch_the_better_suggestion_comes_second() -> None:
    made = batch(ROOM, 4)
    data = made.value.decode()
    assert len(made.rows) == 4
    assert all(str(row.essay_id) in data for row in made.rows)
    assert data.index("0.61") < data.index("0.93")
    assert str(made.batch_id) == made.key.decode()


def test_batches_take_classes_and_numbers_of_essays_in_turn() -> None:
    other = Classroom(uuid.uuid4(), ROOM.students)
    made = batches([ROOM, other], 4, [1, 2, 3])
    assert [b.rows[0].class_id for b in made] == [ROOM.class_id, other.class_id] * 2
    assert [len(b.rows) for b in made] == [1, 2, 3, 1]


def test_the_bare_statement_takes_a_column_for_each_of_its_parameters() -> None:
    arrays = columns(rows_of(ROOM, 5))
    assert {len(array) for array in arrays} == {5}
    assert f"${len(arrays)}" in STORE
    assert f"${len(arrays) + 1}" not in STORE
