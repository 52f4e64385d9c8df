"""What the container of a composed service makes for requests and events, and when that is closed (L2)."""

import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from actors.composition import Compositions, InProcess, Unit
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from actors.teacher import CREATED, OK, Teacher
from harness.eventually import Patience
from harness.journal import Journal
from harness.names import Names

BY_ITSELF = 1.5
"""Seconds in which a service that has nothing to do has done once what it does by itself."""
SUITS, UNKNOWN = (CREATED, OK), (400, 404, 409)


@dataclass(init=False)
class Habits:
    """What the service makes by itself, by the kinds of things, once somebody in the run has seen it."""

    kinds: frozenset[str] | None = None


class ContainerWatch:
    """Has work done, and looks at what was made for it."""

    def __init__(
        self,
        compositions: Compositions,
        teacher: Teacher,
        nlp: NlpService,
        storage: Storage,
        somebody: SomebodyElse,
        *,
        operator: Operator,
        habits: Habits,
        names: Names,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._compositions, self._teacher, self._nlp, self._storage = compositions, teacher, nlp, storage
        self._somebody, self._operator, self._habits, self._names = somebody, operator, habits, names
        self._journal, self._patience = journal, patience
        self._by_itself: frozenset[str] = frozenset()
        self._lasting = 0
        self._done: list[list[Unit]] = []
        self._works: dict[str, Callable[[], Awaitable[None]]] = {
            "a request for classes": lambda: self._asks("GET", "/v1/classes/", None, SUITS),
            "a new student": self._creates_student,
            "an event that is stored": self._stores_event,
            "a request for what is not there": lambda: self._asks("GET", f"/v1/classes/{uuid.uuid4()}", None, UNKNOWN),
            "a student whose address is taken": lambda: self._creates_student("taken@school.example", UNKNOWN),
            "an event for a class that nobody knows": self._sets_event_aside,
            "an event whose connection is lost half-way": self._loses_connection,
        }

    async def begins(self) -> None:
        """Compose the service, and run it; who does so first in a run sees what it makes by itself."""
        await self._compositions.run()
        if self._habits.kinds is None:
            self._habits.kinds = await self._sees_what_it_makes_by_itself()
        self._by_itself = self._habits.kinds

    async def _sees_what_it_makes_by_itself(self) -> frozenset[str]:
        """Return the kinds of what it makes while there is nothing to do."""
        begun = time.monotonic()

        async def look() -> None:
            passed = time.monotonic() - begun
            assert passed >= BY_ITSELF, f"it has had nothing to do for {passed:.1f} s so far"

        await self._patience.eventually(look)
        kinds = frozenset(kind for unit in self._composition.recorder.units() for kind in unit.kinds)
        self._journal.look("suite", "saw what the service makes by itself", kinds=sorted(kinds))
        return kinds

    @property
    def _composition(self) -> InProcess:
        return self._compositions.all[0]

    async def has_both_served(self) -> None:
        """Have a request and an event served, and note what has been made for the life of the process by then."""
        await self._teacher.lists_classes()
        await self._stores_event()
        self._lasting = len(self._composition.recorder.lasting())

    def finds_what_lasts_made_once(self) -> None:
        """Raise AssertionError unless what lasts is of one container, and none was made after it was noted."""
        lasting = self._composition.recorder.lasting()
        assert lasting, "the container has made nothing that lasts as long as the process"
        containers = {id(made.container) for made in lasting}
        assert len(containers) == 1, (
            f"there are {len(containers)} containers, so that what is to last is there more than once: "
            f"{', '.join(sorted({made.kind for made in lasting}))}"
        )
        anew = [made.kind for made in lasting[self._lasting :]]
        assert not anew, f"of what is to last as long as the process this was made anew: {', '.join(anew)}"

    async def has_it_done_twice(self, what: str) -> None:
        """Have a piece of work done twice, and see what is made for it each time."""
        assert what in self._works, f"nobody does {what!r}; known: {', '.join(self._works)}"
        for _ in range(2):
            before = len(self._composition.recorder.made)
            await self._works[what]()
            self._done.append(await self._patience.eventually(partial(self._units_of_work, before)))

    async def _units_of_work(self, since: int) -> list[Unit]:
        """Return the units for requests and events that have been begun, all closed by now; raises AssertionError."""
        units = [unit for unit in self._composition.recorder.units(since) if unit.kinds - self._by_itself]
        assert units, f"nothing was made for it but what the service makes by itself: {', '.join(self._by_itself)}"
        left = {made.kind for unit in units for made in unit.made if not made.closed}
        assert not left, f"the work is done, and of what was made for it this is not closed: {', '.join(sorted(left))}"
        return units

    def found_all_new(self) -> None:
        """Raise AssertionError if anything that was made for one piece of work was made for another one, too."""
        first, second = ([made for unit in units for made in unit.made] for units in self._done)
        used = {id(made.thing) for made in first}
        again = {made.kind for made in second if id(made.thing) in used}
        assert not again, f"the second time it was given what the first one had had: {', '.join(sorted(again))}"
        for units in self._done:
            kinds = [sorted(unit.kinds) for unit in units]
            self._journal.look("suite", "saw what was made for a piece of work", units=kinds)

    async def _asks(self, method: str, path: str, body: object, expected: tuple[int, ...]) -> None:
        answer = await self._teacher.call(method, path, body)
        assert answer.status_code in expected, f"{method} {path} was answered with {answer.status_code}: {answer.text}"

    async def _creates_student(self, email: str | None = None, expected: tuple[int, ...] = SUITS) -> None:
        body = {
            "person_name": {"first_name": "Li", "last_name": "Holm"},
            "email": email or f"{uuid.uuid4().hex}@school.example",
        }
        if email is not None:
            await self._teacher.call("POST", "/v1/classes/students", body)
        await self._asks("POST", "/v1/classes/students", body, expected)

    def _batch(self) -> tuple[str, list[dict[str, str]]]:
        batch = f"batch {len(self._done)}"
        return batch, [{"essay": f"essay in {batch}", "student": self._nlp.students[0]}]

    async def _stores_event(self) -> None:
        batch, rows = self._batch()
        await self._nlp.suggests(batch, rows)
        await self._storage.holds_exactly(batch, rows)

    async def _sets_event_aside(self) -> None:
        batch, rows = self._batch()
        await self._nlp.publishes(batch, self._nlp.event(batch, rows, "a class that nobody knows"))
        await self._storage.has_set_aside()

    async def _loses_connection(self) -> None:
        batch, rows = self._batch()
        await self._somebody.holds_class(self._nlp.class_name)
        await self._nlp.suggests(batch, rows)
        await self._somebody.is_waited_for()
        await self._operator.upsets("PostgreSQL ends all sessions")
        await self._somebody.lets_go()
        await self._storage.holds_exactly(batch, rows)
