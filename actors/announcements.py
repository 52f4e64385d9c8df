"""What has been announced, waited for and compared."""

from collections.abc import Awaitable, Callable, Sequence

from actors import wire
from actors.auditor import Auditor
from actors.essay_lifecycle import Announcement, EssayLifecycle
from actors.last_word import LastWord
from harness.compare import Row, assert_exactly
from harness.eventually import Patience
from harness.names import Names
from harness.shape import assert_shape

SUBJECT = ("announcement", "class", "student", "batch")
"""The columns that tell what an announcement is about."""


class Announcements:
    """What the platform hears of the scenario's things, without what `LastWord` adds."""

    def __init__(
        self, lifecycle: EssayLifecycle, last_word: LastWord, auditor: Auditor, names: Names, patience: Patience
    ) -> None:
        self._lifecycle, self._last_word, self._auditor = lifecycle, last_word, auditor
        self._names, self._patience = names, patience
        self._noted: set[tuple[str, int]] = set()

    async def are_noted(self) -> None:
        """Wait until the scenario's classes and students, all new, are announced; look at what comes later only."""
        news = [{"announcement": "class created", "class": name} for name in self._names.of_kind("class")]
        news += [{"announcement": "teacher told of a class", "class": name} for name in self._names.of_kind("class")]
        students = [{"announcement": "student created", "student": name} for name in self._names.of_kind("student")]

        async def look() -> list[Announcement]:
            heard = await self._lifecycle.has_heard()
            missing = [row for row in (*news, *students) if not any(row.items() <= one.row.items() for one in heard)]
            assert not missing, f"not announced: {', '.join(' '.join(row.values()) for row in missing)}"
            told = sum(one.row["announcement"] == "teacher told of a student" for one in heard)
            assert told >= len(students), f"the teacher was told of {told} of {len(students)} students in a class"
            return heard

        self._noted = {_place(one) for one in await self._patience.eventually(look)}

    async def _are_new(self) -> list[Announcement]:
        heard = await self._lifecycle.has_heard()
        return [one for one in heard if _place(one) not in self._noted and not self._last_word.is_part(one)]

    async def are_exactly(self, rows: Sequence[Row]) -> None:
        """Wait until exactly `rows` are announced, each once, those about one thing in their order."""
        await self._last_word.is_heard()
        await self._patience.eventually(self._look_for(rows, stays=True))

    async def come_exactly(self, rows: Sequence[Row], within: float) -> None:
        """Wait `within` seconds at most until exactly `rows` are announced, repeats apart; then as `are_exactly`."""
        look = self._look_for(rows, repeats=True)
        await self._patience.eventually(look, within=within)
        await self._last_word.is_heard()
        await look()

    async def come(self, rows: Sequence[Row]) -> None:
        """Wait until exactly `rows` are announced at this moment, whatever comes later."""
        await self._patience.eventually(self._look_for(rows))

    async def wait_for(self, topic: str, number: int) -> None:
        """Wait until all is noted as announced but so many announcements, which wait for a topic in the outbox."""

        async def look() -> None:
            waiting = await self._auditor.unannounced()
            assert waiting == {topic: number}, (
                f"{number} announcements are to wait for {topic}, and nothing else; waiting are {waiting or 'none'}"
            )

        await self._patience.eventually(look)

    async def tell_of_each_new_class_once(self) -> None:
        """Wait until each class of the scenario that was not noted is announced, once."""
        noted = {one.row["class"] for one in await self._lifecycle.has_heard() if _place(one) in self._noted}
        new = [name for name in self._names.of_kind("class") if name not in noted]
        kinds = ("class created", "teacher told of a class")
        await self.are_exactly([{"announcement": kind, "class": name} for name in new for kind in kinds])

    async def end_with(self, name: str, number: int) -> None:
        """Wait until a class has been announced as changed so many times, the last time under this name."""
        await self._last_word.is_heard()

        async def look() -> None:
            called = [one.row["called"] for one in await self._are_new() if one.topic == wire.CLASS_UPDATED]
            assert len(called) == number, f"the class is announced {len(called)} times, expected {number}"
            assert called[-1] == name, f"announced last is {called[-1]}, and the class is called {name}"

        await self._patience.eventually(look)

    def _look_for(
        self, rows: Sequence[Row], *, repeats: bool = False, stays: bool = False
    ) -> Callable[[], Awaitable[None]]:
        async def look() -> None:
            heard = await self._are_new()
            seen = [one.row for one in (without_repeats(heard) if repeats else heard)]
            assert_exactly(rows, seen, what="announced", stays=stays)
            assert_order(rows, seen)

        return look

    async def confirm_exactly(self, batch: str, rows: Sequence[Row], times: int = 1) -> None:
        """Wait until exactly `rows` are announced as confirmed for a batch, in so many announcements."""
        await self._last_word.is_heard()

        async def look() -> None:
            heard = await self.about(batch)
            seen = [row for one in heard for row in self._lifecycle.confirmed_rows(one)]
            assert_exactly(rows, seen, what=f'announced as confirmed for "{batch}"', stays=True)
            full = [one for one in heard if one.data["associations"]]
            assert len(full) == times, f'"{batch}" is confirmed in {len(full)} announcements, expected {times}'
            wrong = [one.data for one in full if one.data["timeout_triggered"] != _is_by_timeout(one)]
            assert not wrong, f"who has confirmed does not fit timeout_triggered: {wrong}"

        await self._patience.eventually(look)

    async def about(self, batch: str) -> list[Announcement]:
        """Return the announcements that confirm associations of a batch, so far."""
        return [one for one in await self._are_new() if one.topic == wire.CONFIRMED and one.row["batch"] == batch]

    async def count(self, batch: str, confirmed: int, rejected: int) -> None:
        """Raise AssertionError unless the announcement about a batch counts so many confirmed and so many rejected."""
        (announcement,) = await self.about(batch)
        counts = {"total_associations": confirmed + rejected, "confirmed": confirmed, "rejected": rejected}
        assert_shape(counts, announcement.data["validation_summary"], what="the summary", closed=False)

    async def are_of_every_kind(self) -> None:
        """Make a change of every kind, and wait until each is announced, with an id of its own (E5)."""
        ids = [one.event_id for one in await self._last_word.is_heard()]
        assert len(set(ids)) == len(ids), f"announcements share an id: {ids}"


def _place(announcement: Announcement) -> tuple[str, int]:
    return announcement.topic, announcement.offset


def _is_by_timeout(announcement: Announcement) -> bool:
    return all(one["validation_method"] == "timeout" for one in announcement.data["associations"])


def without_repeats(heard: Sequence[Announcement]) -> list[Announcement]:
    """Return what is heard for the first time, by its event id."""
    first = {one.event_id: one for one in reversed(heard)}
    return [one for one in heard if first[one.event_id] is one]


def assert_order(rows: Sequence[Row], seen: Sequence[Row]) -> None:
    """Raise AssertionError unless announcements of one kind about one thing come in the order of `rows`."""
    columns = list(rows[0]) if rows else []
    about = [column for column in SUBJECT if column in columns]
    for subject in dict.fromkeys(tuple(row[column] for column in about) for row in rows):
        expected, heard = (
            [tuple(row[c] for c in columns) for row in those if tuple(row[c] for c in about) == subject]
            for those in (rows, seen)
        )
        assert heard == expected, (
            f"{' '.join(filter(None, subject))} is announced in the order {_told(heard)}, expected {_told(expected)}"
        )


def _told(rows: Sequence[tuple[str, ...]]) -> str:
    return "; ".join(" ".join(filter(None, row[1:])) for row in rows)
