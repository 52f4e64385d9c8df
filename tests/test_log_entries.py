"""What a service wrote, as entries: levels, ids, and tracebacks, in JSON and in plain text."""

import json

import pytest

from harness.log_entries import ERROR, TRACEBACK, WARNING, counted, entries

ID = "0b9c2a1e-7c55-4a6e-9a4b-1d2e3f405162"


def test_a_line_of_json_has_its_level_its_ids_and_its_correlation_id() -> None:
    (entry,) = entries([json.dumps({"level": "warning", "event": "left open", "correlation_id": ID.upper()})])
    assert (entry.level, entry.correlation_id, entry.ids) == (WARNING, ID, {ID})
    assert entry.brief() == f"WARNING left open (correlation_id={ID.upper()})"


@pytest.mark.parametrize("name", ["level", "levelname", "severity", "log.level"])
@pytest.mark.parametrize("level", ["ERROR", "error", "CRITICAL", "fatal"])
def test_errors_in_json_are_trouble_however_the_level_is_called(name: str, level: str) -> None:
    assert entries([json.dumps({name: level, "message": "boom"})])[0].is_trouble


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-23 04:00:00,1 ERROR [store] boom",
        "CRITICAL: boom",
        "ts=1 FATAL boom",
        f"{TRACEBACK}:",
        json.dumps({"level": "INFO", "event": "x", "exception": f"{TRACEBACK}:\n  File …\nValueError"}),
    ],
)
def test_trouble_is_seen(line: str) -> None:
    assert entries([line])[0].is_trouble


@pytest.mark.parametrize(
    "line",
    [
        "INFO the status is ERROR",
        "2026 WARNING no errors so far",
        json.dumps({"level": "INFO", "event": "an ERROR of a teacher was corrected"}),
        json.dumps({"event": "ERROR is but a word in a line without a level"}),
        "errors: 0",
        "{no json, but no ERROR of the service's either",
    ],
)
def test_what_is_no_trouble_is_left_alone(line: str) -> None:
    assert not entries([line])[0].is_trouble


CHAINED = f"""
2026 ERROR storing {ID} failed
{TRACEBACK}:
  File "a.py", line 1, in f
    g()
KeyError: 'x'

During handling of the above exception, another exception occurred:

{TRACEBACK}:
  File "a.py", line 3, in f
    h()
app.errors.StoreError: no
2026 INFO going on
""".strip()


def test_a_traceback_belongs_to_the_error_above_it_and_ends_with_its_last_line() -> None:
    error, info = entries(CHAINED.splitlines())
    assert error.level == ERROR
    assert error.text.endswith("StoreError: no")
    assert error.ids == {ID}
    assert info.text == "2026 INFO going on"
    assert error.brief() == f"2026 ERROR storing {ID} failed … app.errors.StoreError: no"


def test_a_traceback_alone_is_an_entry_of_its_own() -> None:
    before, trouble, after = entries(
        ["INFO at work", f"{TRACEBACK}:", '  File "a.py", line 1', "ValueError", "INFO going on"]
    )
    assert not before.is_trouble
    assert trouble.text.endswith("ValueError")
    assert not after.is_trouble


def test_two_errors_in_a_row_are_two() -> None:
    assert len(entries(["ERROR one", "ERROR two"])) == 2


def test_lines_are_counted_and_of_many_the_first_and_the_last_are_shown() -> None:
    assert counted(["a", "b", "a"], 4) == ["a (2 times)", "b"]
    assert counted("abcdefg", 4) == ["a", "b", "… 3 more …", "f", "g"]
