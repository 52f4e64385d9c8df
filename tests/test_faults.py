"""The owner of faults forgets none of them, whatever happens."""

import asyncio
import time

import pytest

from harness.eventually import Patience
from harness.faults import Fault, Faults
from harness.journal import Journal, Redaction


class Pretended(Fault):
    """A fault of nothing: it writes down what is done to it, and fails where it is told to."""

    def __init__(self, name: str, story: list[str], fails: str = "", hangs: bool = False) -> None:
        self._name, self._story, self._fails, self._hangs = name, story, fails, hangs

    @property
    def what(self) -> str:
        return f"{self._name} is broken"

    async def _do(self, what: str) -> None:
        self._story.append(f"{what} {self._name}")
        if what == self._fails:
            raise AssertionError(f"{what} fails")
        if what == "heal" and self._hangs:
            await asyncio.sleep(60)

    async def cause(self) -> None:
        await self._do("cause")

    async def prove(self) -> None:
        await self._do("prove")

    async def heal(self) -> None:
        await self._do("heal")


@pytest.fixture
def journal() -> Journal:
    return Journal(Redaction(frozenset(), frozenset()))


@pytest.fixture
def faults(journal: Journal) -> Faults:
    return Faults(journal, Patience(0.001), may_break=True)


async def test_what_is_still_broken_is_healed_at_the_end_the_last_one_first(faults: Faults) -> None:
    story: list[str] = []
    await faults.begin(Pretended("a", story))
    b = await faults.begin(Pretended("b", story))
    await faults.begin(Pretended("c", story))
    await faults.heal(b)
    story.clear()
    await faults.close()
    await faults.close()
    assert story == ["heal c", "heal a"]


async def test_a_healing_that_fails_or_hangs_is_told_and_stops_no_other(
    faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    story: list[str] = []
    for fault in (Pretended("a", story), Pretended("b", story, hangs=True), Pretended("c", story, fails="heal")):
        await faults.begin(fault)
    story.clear()
    begun = time.monotonic()
    await faults.close()
    assert story == ["heal c", "heal b", "heal a"]
    assert time.monotonic() - begun < 5
    told = capsys.readouterr().err
    assert "It could not be healed that c is broken: AssertionError('heal fails')" in told
    assert "It could not be healed that b is broken: TimeoutError" in told
    assert "that a" not in told


@pytest.mark.parametrize("fails", ["cause", "prove"])
async def test_a_fault_that_takes_no_effect_is_an_error_and_is_healed_at_once(faults: Faults, fails: str) -> None:
    story: list[str] = []
    with pytest.raises(AssertionError, match=f"{fails} fails"):
        await faults.begin(Pretended("a", story, fails=fails))
    assert story[-1] == "heal a"
    story.clear()
    await faults.close()
    assert story == []


async def test_what_has_happened_is_known_with_its_time_also_when_it_is_mended(faults: Faults) -> None:
    before = time.time()
    a = await faults.begin(Pretended("a", []))
    await faults.begin(Pretended("b", []))
    noted = faults.note("c is broken", time.time(), "somebody saw it")
    await faults.heal(a)
    first, second, third = faults.happened
    assert [(h.what, h.healed is None) for h in (first, second)] == [("a is broken", False), ("b is broken", True)]
    assert third is noted
    assert before <= first.began <= second.began <= (first.healed or 0) <= time.time()


async def test_what_nobody_has_begun_cannot_be_healed(faults: Faults) -> None:
    with pytest.raises(AssertionError, match=r"nobody has begun.* a is broken"):
        await faults.heal(Pretended("a", []))


async def test_the_shared_stack_is_never_broken(journal: Journal) -> None:
    story: list[str] = []
    with pytest.raises(AssertionError, match=r"a is broken.*Tag the scenario @laboratory"):
        await Faults(journal, Patience(), may_break=False).begin(Pretended("a", story))
    assert story == []
