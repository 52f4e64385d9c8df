"""Last words of a service that could not start: one line that gives the reason."""

import re

import pytest

from actors.start import last_words, what_is_wrong_with
from harness.log_entries import TRACEBACK, entries

REASON = re.compile("password", re.IGNORECASE)
GOOD = '{"level": "CRITICAL", "event": "the password is refused"}'
INFO = '{"level": "INFO", "event": "starting"}'


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([INFO, GOOD], ""),
        (["starting", "Password authentication failed"], ""),
        ([INFO, GOOD, GOOD], "there are 2 errors"),
        ([], "there are 0 errors"),
        (["ERROR password", TRACEBACK, '  File "x"', "ValueError: password"], "it is a traceback"),
        ([f'{{"level": "ERROR", "event": "password", "exception": "{TRACEBACK}"}}'], "it is a traceback"),
        ([GOOD.replace("is refused", "is refused " * 50)], "a line of 597 characters is not clear"),
        ([GOOD.replace("password", "weather")], "it is not about that"),
    ],
)
def test_what_is_wrong_with_last_words_is_said(lines: list[str], wrong: str) -> None:
    assert what_is_wrong_with(last_words(entries(lines)), REASON) == wrong
