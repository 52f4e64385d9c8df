"""Every acknowledgement that the service has given, in the order in which Kafka took them (P11, R5)."""

from collections.abc import Iterable

from actors import wire
from harness import commit_log
from harness.fence import Position
from harness.journal import Journal
from harness.sites import Site


class Acknowledgements:
    """Reads Kafka's log of commits, so that none slips through between two looks."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site, self._journal = site, journal
        self._line = ""

    async def draws_line(self, position: Position) -> None:
        """Note where the log stands now, while nothing that is held can have been stored; `position` is anywhere."""
        self._line = await commit_log.draw_line(self._site.stack.broker, position)
        self._journal.write("acknowledgements", "drew a line in Kafka's log of commits")

    async def were_given_after_the_line(self, positions: Iterable[Position]) -> None:
        """Raise AssertionError if one of these messages was acknowledged before the line was drawn."""
        commits = commit_log.before(await self._given(), self._line)
        early = [
            f"partition {commit.partition} to {commit.offset}, past the message at {position.offset}"
            for commit in commits
            for position in positions
            if commit.group == wire.GROUP
            and (commit.topic, commit.partition) == (position.topic, position.partition)
            and commit.offset > position.offset
        ]
        assert not early, "nothing of it could be stored yet, and it was acknowledged: " + "; ".join(early)

    async def were_never_taken_back(self) -> None:
        """Raise AssertionError if an offset of the service's group ever went back: somebody spoke out of turn."""
        back = [
            f"partition {later.partition} from {earlier.offset} to {later.offset}"
            for earlier, later in commit_log.taken_back(await self._given())
            if later.group == wire.GROUP
        ]
        assert not back, "acknowledgements were taken back, by a replica that had lost the partition: " + "; ".join(
            back
        )

    async def _given(self) -> list[commit_log.Commit]:
        commits = await commit_log.read_commits(self._site.stack.broker, self._journal.begun)
        shown = [f"{c.group} {c.partition}: {c.offset}" for c in commits if c.topic == wire.SUGGESTED]
        self._journal.look("acknowledgements", "what was ever committed", commits=shown)
        return commits
