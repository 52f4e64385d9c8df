"""The journal: bounded, and without secrets or personal data."""

import json

import pytest

from harness import journal
from harness.journal import HIDDEN, Journal, Redaction


def _journal() -> Journal:
    return Journal(Redaction(frozenset({"s3cret", "s3cret-longer"}), frozenset({"email"})))


def test_entries_are_lines_of_json() -> None:
    written = _journal()
    written.write("teacher", "GET /", correlation_id="c-1", status=200)
    (entry,) = map(json.loads, written.lines())
    assert (entry["actor"], entry["correlation_id"], entry["details"]) == ("teacher", "c-1", {"status": 200})


def test_secrets_are_hidden_wherever_they_stand() -> None:
    written = _journal()
    written.write("operator", "connected", url="redis://:s3cret@host", deep=[{"a": b"s3cret"}], key="s3cret-longer")
    assert "s3cret" not in "".join(written.lines())
    assert "-longer" not in "".join(written.lines())


def test_personal_fields_are_hidden_by_name_also_inside_messages() -> None:
    written = _journal()
    written.write("nlp", "published", message={"students": [{"email": "elsa@school.example"}]}, raw=b'{"email": "o@x"}')
    (entry,) = written.entries
    assert entry.details["message"]["students"][0]["email"] == HIDDEN
    assert entry.details["raw"]["email"] == HIDDEN


NAME = "Elsa Lind"
PERSONAL = Redaction(frozenset({"s3cret"}), frozenset({"email", "full_name"}))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"full_name": NAME}),
        json.dumps({"full_name": f'El "the fox" {NAME}'}),
        json.dumps({"full_name": [NAME, "Omar"]}),
        json.dumps(json.dumps({"full_name": NAME, "id": 1})),
        json.dumps(json.dumps(json.dumps({"full_name": NAME, "id": 1}))),
        '{"id": 1, "full_name" : "Elsa Lind',
        '{"id": 1, "full_name": "Elsa Lind}',
        '{"id": 1,, "full_name":\n"Elsa\nLind"}',
        "{'id': 1, full_name: 'Elsa Lind'}",
        str({"full_name": NAME}),
        str({"full_name": "Elsa 'the fox' Lind"}),
        str(json.dumps({"full_name": "Elsa 'the fox' Lind"}).encode()),
        f"Student(id=1, full_name={NAME!r})",
        f"students.0.full_name is {NAME!r}, expected a number",
    ],
)
def test_personal_data_is_hidden_also_where_it_is_no_json_or_cut_in_the_middle(text: str) -> None:
    assert not {word for word in ("Elsa", "Lind", "Omar") if word in PERSONAL.hidden(f"the answer was 400: {text}")}
    assert not {word for word in ("Elsa", "Lind", "Omar") if word in str(PERSONAL.value(text.encode()))}
    for cut in range(len(text)):
        assert "Elsa" not in PERSONAL.hidden(text[:cut])


def test_what_stands_around_personal_data_stays() -> None:
    text = 'PUT was answered with 400: {"id": "c-1", "full_name": "Elsa Lind", "email": null}, expected 200'
    told = 'PUT was answered with 400: {"id": "c-1", "full_name": "(redacted)", "email": null}, expected 200'
    assert PERSONAL.hidden(text) == told
    assert PERSONAL.hidden(told) == told
    for row in ("expected: name: Elsa Lind | e-mail: elsa@school.example", "the new student is called 'Elsa Lind'"):
        assert PERSONAL.hidden(row) == row


def test_personal_data_is_hidden_before_a_text_is_cut_and_lines_of_json_stay_so() -> None:
    written = Journal(PERSONAL)
    broken = b"{" + b", ".join(b'"full_name": "Elsa Lind", "email": "e@school.example"' for _ in range(140))
    written.write("teacher", "GET /", answer=broken, shown=broken.decode())
    (line,) = written.lines()
    assert not {word for word in ("Elsa", "school.example") if word in line}
    assert json.loads(PERSONAL.hidden(line))["actor"] == "teacher", "what was cut in a value ends with the value"


def test_long_texts_are_cut() -> None:
    written = _journal()
    written.write("nlp", "published", value="x" * 1_000_000)
    assert len(written.lines()[0]) < journal.LONGEST_TEXT + 500


def test_a_long_journal_forgets_its_oldest_entries() -> None:
    written = _journal()
    for number in range(journal.LONGEST_JOURNAL + 10):
        written.write("nlp", "published", number=number)
    assert len(written.entries) == journal.LONGEST_JOURNAL
    assert written.entries[-1].details["number"] == journal.LONGEST_JOURNAL + 9


def test_a_look_that_sees_the_same_again_is_counted_not_repeated() -> None:
    written = _journal()
    for rows in (0, 0, 0, 2, 2, 0):
        written.look("auditor", "rows", rows=rows)
    assert [(entry.details["rows"], entry.times) for entry in written.entries] == [(0, 3), (2, 2), (0, 1)]


def test_what_was_done_in_between_keeps_its_place() -> None:
    written = _journal()
    for _ in range(2):
        written.look("auditor", "rows", rows=0)
        written.write("operator", "started the service")
    assert [entry.action for entry in written.entries] == ["rows", "started the service"] * 2


def test_values_that_are_no_json_do_not_break_it() -> None:
    written = _journal()
    written.write("auditor", "row", value=object(), raw=b"\xff\xfe")
    assert len(written.lines()) == 1


def test_every_correlation_id_is_remembered_also_of_looks_and_of_entries_that_made_room() -> None:
    written = _journal()
    for number in range(journal.LONGEST_JOURNAL + 10):
        written.look("teacher", "GET /", correlation_id=f"C-{number % 20}", number=number)
    written.write("nlp", "published", correlation_id=None)
    assert written.correlation_ids == {f"c-{number}" for number in range(20)}
