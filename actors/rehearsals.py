"""Many imagined histories take their course at once, each with classes, students and essays of its own."""

import asyncio
import itertools
import json
from collections.abc import Sequence

from actors import wire
from actors.deliveries import Deliveries, Place, origin
from actors.imagined import HISTORIES, ROSTERS, Imagined, Moves
from actors.model import Association
from actors.performed import Performed, Seen
from harness import examples
from harness.journal import Journal
from harness.settings import Settings
from harness.sites import Site
from harness.sql import text

USUAL = 300
"""Histories, where nobody asks for another number."""
AT_ONCE = 100
"""Histories that take their course together."""
SHRUNK_WITHIN = 40.0
"""Seconds for finding the shortest history that still differs."""
_CLASSES = (
    "INSERT INTO classes (id, name, created_by_user_id, course_id) SELECT id, 'imagined', 'somebody else',"
    " (SELECT id FROM courses WHERE course_code = 'ENG5') FROM unnest(CAST(:ids AS uuid[])) AS id"
)
_STUDENTS = (
    "INSERT INTO students (id, first_name, last_name, created_by_user_id)"
    " SELECT id, 'Imagined', 'Student', 'somebody else' FROM unnest(CAST(:ids AS uuid[])) AS id"
)
_JOIN = (
    "INSERT INTO class_student_association (class_id, student_id) SELECT * FROM"
    " unnest(CAST(:classes AS uuid[]), CAST(:students AS uuid[])) AS pair (class_id, student_id) WHERE NOT EXISTS"
    " (SELECT FROM class_student_association old"
    " WHERE (old.class_id, old.student_id) = (pair.class_id, pair.student_id))"
)
_LEAVE = "DELETE FROM class_student_association WHERE class_id = :class_id AND student_id = :student_id"
_DELETE = "DELETE FROM students WHERE id = :student_id"
_ROWS = (
    "SELECT essay_id, student_id, batch_id, class_id, confidence_score, match_reasons"
    " FROM essay_student_associations WHERE class_id = ANY(:classes) OR essay_id = ANY(:essays)"
)


class Rehearsals:
    """Plays random histories, and compares what the service has made of each with what the contract says."""

    def __init__(self, site: Site, deliveries: Deliveries, journal: Journal, settings: Settings) -> None:
        self._site, self._deliveries, self._journal = site, deliveries, journal
        self.number = settings.examples or USUAL
        self.seed = examples.SEED if settings.seed is None else settings.seed
        self._outcomes: list[tuple[Imagined, str]] = []

    async def take_their_course(self) -> None:
        """Have all histories of the seed happen, and look what has become of each."""
        drawn = await asyncio.to_thread(examples.draw, HISTORIES, self.number, self.seed)
        self._journal.write("rehearsals", "play random histories", seed=self.seed, histories=len(drawn))
        for begin in range(0, len(drawn), AT_ONCE):
            some = drawn[begin : begin + AT_ONCE]
            self._outcomes += zip(some, await self._play(some), strict=True)

    async def end_as_the_contract_says(self) -> None:
        """Raise AssertionError if one differs: it tells the shortest history that does, and how."""
        differ = [(place, trouble) for place, (_, trouble) in enumerate(self._outcomes) if trouble]
        assert self._outcomes, "no history was played"
        if not differ:
            return
        first = min(differ, key=lambda found: len(self._outcomes[found[0]][0].happenings))
        shortest = await examples.shrink(HISTORIES, first, self.seed, trial=self._alone, within=SHRUNK_WITHIN)
        raise AssertionError(
            f"Of {len(self._outcomes)} random histories {len(differ)} ended in another way than the contract says. "
            f"The shortest that was found (of {shortest.tried} more):\n{shortest.example.told()}\n{shortest.why}\n"
            f"(the same once more: -D seed={self.seed} -D examples={self.number})"
        )

    async def _alone(self, imagined: Imagined) -> str:
        (trouble,) = await self._play([imagined])
        return trouble

    async def _play(self, histories: Sequence[Imagined]) -> list[str]:
        """Return what differs, history by history, empty where nothing does."""
        partitions = itertools.cycle(range(wire.PARTITIONS))
        played = [Performed(imagined, next(partitions)) for imagined in histories]
        await self._prepare(played)
        await self._deliveries.begin()
        places: dict[Place, tuple[Performed, int]] = {}
        try:
            for number in range(max(len(one.rounds) for one in played)):
                await self._change([(one, move) for one in played for move in _round(one, number)])
                places |= await self._publish(played, number)
        except AssertionError as stuck:
            return [str(stuck)] * len(played)
        letters = [place for letter in await self._deliveries.letters() if (place := origin(letter))]
        return [one.trouble(seen) for one, seen in zip(played, await self._look(played, places, letters), strict=True)]

    async def _prepare(self, played: Sequence[Performed]) -> None:
        both = [
            (one.names.id("class", class_), one.names.id("student", student))
            for one in played
            for class_, students in ROSTERS.items()
            for student in students
        ]
        async with self._site.engine.begin() as connection:
            await connection.execute(text(_CLASSES), {"ids": list(dict.fromkeys(class_ for class_, _ in both))})
            await connection.execute(text(_STUDENTS), {"ids": [id_ for one in played for id_ in one.student_ids]})
            await connection.execute(
                text(_JOIN), {"classes": [class_ for class_, _ in both], "students": [student for _, student in both]}
            )

    async def _change(self, moves: Sequence[tuple[Performed, Moves]]) -> None:
        """Make the changes, one after the other: what one history does concerns no other."""
        if not moves:
            return
        async with self._site.engine.begin() as connection:
            for one, move in moves:
                student = one.names.id("student", move.student)
                if not move.class_:
                    await connection.execute(text(_DELETE), {"student_id": student})
                elif not move.joins:
                    left = {"class_id": one.names.id("class", move.class_), "student_id": student}
                    await connection.execute(text(_LEAVE), left)
                else:
                    joined = {"classes": [one.names.id("class", move.class_)], "students": [student]}
                    await connection.execute(text(_JOIN), joined)

    async def _publish(self, played: Sequence[Performed], number: int) -> dict[Place, tuple[Performed, int]]:
        """Publish one round of each history, and wait until all is dealt with; returns what lies where."""
        sent = [(one, n, event) for one in played if number < len(one.rounds) for n, event in one.rounds[number].events]
        if not sent:
            return {}
        records = [(one.partition, event.value, event.headers) for one, _, event in sent]
        positions = await self._deliveries.send(records)
        return {(p.partition, p.offset): (one, n) for p, (one, n, _) in zip(positions, sent, strict=True)}

    async def _look(
        self,
        played: Sequence[Performed],
        places: dict[Place, tuple[Performed, int]],
        letters: Sequence[Place],
    ) -> list[Seen]:
        """Look once at everything: all is acknowledged by now, so nothing more comes."""
        owners = {id_: one for one in played for id_ in one.names.ids}
        asked = {
            kind: [one.names.id(kind, name) for one in played for name in one.names.of_kind(kind)]
            for kind in ("class", "essay")
        }
        rows: dict[int, list[Association]] = {id(one): [] for one in played}
        async with self._site.engine.connect() as connection:
            found = await connection.execute(text(_ROWS), {"classes": asked["class"], "essays": asked["essay"]})
            for essay, student, batch, class_, score, reasons in found:
                owner = owners.get(str(essay)) or owners[str(class_)]
                row = Association(str(essay), str(student), str(batch), str(class_), score, tuple(reasons or ()))
                rows[id(owner)].append(row)
        seen = []
        for one in played:
            numbers = [places[place][1] for place in letters if place in places and places[place][0] is one]
            seen.append(Seen(rows[id(one)], await self._records(one), numbers))
        return seen

    async def _records(self, one: Performed) -> dict[str, str]:
        keys = list(dict.fromkeys(event.idempotency_key for event in one.events if event.spoilt is None))
        values = await self._site.stack.redis_client.mget(keys) if keys else []
        return {key: json.loads(value)["status"] for key, value in zip(keys, values, strict=True) if value}


def _round(one: Performed, number: int) -> Sequence[Moves]:
    return one.rounds[number].changes if number < len(one.rounds) else ()
