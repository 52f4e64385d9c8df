"""What became of a message drawn by chance, held against what the contract says."""

from types import SimpleNamespace
from typing import Any

import pytest

from actors.model import Fate
from actors.nonsense import Sent
from actors.spoilt import Message, Record

ROWS = {"e1": "s1", "e2": "s2"}
AS_IT_CAME = SimpleNamespace(value=b"v", headers=(("a", b"1"), ("dlq.reason", b"no JSON")))


def _trouble(fate: Fate, seen: dict[str, str], *letters: Any) -> str:
    return Sent(Message(), Record(b"v", [("a", b"1")]), [], fate, ROWS, seen, list(letters)).trouble()


@pytest.mark.parametrize(
    ("fate", "seen", "letters"),
    [
        (Fate.PROCESSED, ROWS, []),
        (Fate.DEAD_LETTER, {}, [AS_IT_CAME]),
        (Fate.OPEN, {}, [AS_IT_CAME]),
        (Fate.OPEN, {"e1": "s1"}, []),
        (Fate.OPEN, {}, []),
    ],
)
def test_what_the_contract_says_or_leaves_open_is_no_trouble(fate: Fate, seen: dict[str, str], letters: Any) -> None:
    assert _trouble(fate, seen, *letters) == ""


@pytest.mark.parametrize(
    ("fate", "seen", "letters", "told"),
    [
        (Fate.PROCESSED, {}, [], "2 of its essays were to be stored, and 0 are"),
        (Fate.PROCESSED, {**ROWS, "e2": "s1"}, [], "or otherwise"),
        (Fate.PROCESSED, {}, [AS_IT_CAME], "was to become processed, and became a dead letter: no JSON"),
        (Fate.FOREIGN, {}, [AS_IT_CAME], "none of ours, and became a dead letter"),
        (Fate.DEAD_LETTER, {}, [], "was to become a dead letter, and became none"),
        (Fate.DEAD_LETTER, {}, [AS_IT_CAME, AS_IT_CAME], "became 2 dead letters"),
        (Fate.DEAD_LETTER, {}, [SimpleNamespace(value=b"V2", headers=())], "2 bytes instead of 1"),
        (Fate.DEAD_LETTER, {}, [SimpleNamespace(value=b"v", headers=(("a", b"2"),))], "headers are gone: a"),
        (Fate.OPEN, ROWS, [AS_IT_CAME], "2 of its essays are stored as well"),
    ],
)
def test_what_the_contract_does_not_say_is_told(fate: Fate, seen: dict[str, str], letters: Any, told: str) -> None:
    assert told in _trouble(fate, seen, *letters)
