"""A storm: events and changes come in all the time, while this and that breaks by a plan of chance."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

import httpx
from aiokafka.errors import KafkaError

from actors import wire
from actors.nlp_service import NlpService
from actors.outages import outage
from actors.replicas import Replicas
from actors.storm_diary import Diary
from actors.storm_plan import REPLICAS, WAYS, Gust, plan
from actors.teacher import OK, Teacher
from harness.console import say
from harness.eventually import NeverHappenedError, Patience
from harness.faults import Faults
from harness.history import Outcome
from harness.journal import Journal
from harness.names import Names
from harness.settings import Settings
from harness.sites import Site

SECONDS, SEED = 20.0, 20_261_126
"""How long a storm lasts, and which one it is, unless the run is told (`-D storm=…`, `-D storm_seed=…`)."""
ESSAYS = 3
BETWEEN_EVENTS, BETWEEN_CHANGES, BETWEEN_LOOKS = 0.2, 0.3, 1.0
"""Seconds; of one sender to a partition, of one teacher, of who writes down what can be seen."""
WELL_WITHIN = 60.0
"""Seconds after the storm in which both replicas have to be at work again, whatever has hit them last."""
ACKNOWLEDGED_WITHIN = 10.0
"""Seconds after which the broker's acknowledgement is waited for no longer."""
ANSWER_WITHIN = 5.0
"""Seconds after which a teacher waits no longer for the answer to a change."""


class Storm:
    """Sends, changes, breaks and mends, and has all of it written down."""

    def __init__(
        self,
        site: Site,
        nlp: NlpService,
        teacher: Teacher,
        names: Names,
        *,
        diary: Diary,
        replicas: Replicas,
        faults: Faults,
        journal: Journal,
        patience: Patience,
        settings: Settings,
    ) -> None:
        self._site, self._nlp, self._teacher, self._names = site, nlp, teacher, names
        self._diary, self._replicas = diary, replicas
        self._faults, self._journal, self._patience = faults, journal, patience
        self._seconds = settings.storm or SECONDS
        self._seed = settings.storm_seed if settings.storm_seed is not None else SEED
        self._is_told = settings.storm is not None
        self._over = asyncio.Event()
        self._begun = 0.0

    async def rages(self, class_name: str) -> None:
        """Let it break loose and pass, with events and changes before, meanwhile and after; then all is mended."""
        gusts = plan(self._seed, self._seconds)
        self._tell(f"A storm of {self._seconds:g} s, seed {self._seed}, {len(gusts)} gusts:")
        for gust in gusts:
            self._tell(f"  {gust}")
        async with self._traffic(class_name) as came_through:
            await came_through()
            began = time.time()
            self._begun = time.monotonic()
            places = {place: [gust for gust in gusts if gust.what == place] for place in WAYS}
            await asyncio.gather(*(self._hits(place, own) for place, own in places.items()))
            await self._all_is_well()
            self._diary.raged(f"the storm of seed {self._seed} raged", began, [str(gust) for gust in gusts])
            await came_through()
        self._tell("The storm is over.")

    def _tell(self, what: str) -> None:
        self._journal.write("storm", what)
        if self._is_told:
            say(what)

    @asynccontextmanager
    async def _traffic(self, class_name: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Send and change things meanwhile; gives what waits until an event sent since, and a change, came through."""
        senders = [self._sends(partition) for partition in range(wire.PARTITIONS)]
        others = [self._changes(class_name), self._looks()]
        tasks = [asyncio.create_task(task) for task in (*senders, *others)]

        async def came_through() -> None:
            since, changes = time.time(), self._diary.changes

            async def look() -> None:
                for task in tasks:
                    if task.done():
                        task.result()
                assert self._diary.events(since), "no event has come through"
                assert self._diary.changes > changes, "no change has come through"

            await self._patience.eventually(look, within=WELL_WITHIN)

        try:
            yield came_through
        finally:
            self._over.set()
            await asyncio.wait(tasks)
        for task in tasks:
            task.result()

    async def _sends(self, partition: int) -> None:
        while not self._over.is_set():
            event = self._nlp.event_about_new_essays(ESSAYS)
            sent = time.time()
            try:
                async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                    position = await self._site.stack.broker.publish(
                        wire.SUGGESTED, partition, event.value, key=event.record_key, headers=event.headers
                    )
            except AssertionError:
                pass  # Kafka is down, and the suite has no connection to it: nothing was sent
            except (KafkaError, OSError):  # includes TimeoutError
                self._diary.sent(event, None, sent)
            else:
                self._diary.sent(event, position, sent)
            await self._pause(BETWEEN_EVENTS)

    async def _changes(self, class_name: str) -> None:
        """Give the class one name after the other."""
        class_id = str(self._names.id("class", class_name))
        while not self._over.is_set():
            name = f"{class_name} {uuid.uuid4()}"
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    answer = await self._teacher.call("PUT", f"/v1/classes/{class_id}", {"name": name})
            except (httpx.TransportError, TimeoutError):
                outcome = Outcome.UNKNOWN
            else:
                # One that the service has not refused but failed at may have been made all the same.
                outcome = Outcome.DONE if answer.status_code == OK else Outcome.UNKNOWN
            self._diary.changed(class_id, name, outcome)
            await self._pause(BETWEEN_CHANGES)

    async def _looks(self) -> None:
        while not self._over.is_set():
            await self._diary.looks()
            await self._pause(BETWEEN_LOOKS)

    async def _pause(self, seconds: float) -> None:
        """Wait, until the storm is over at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    async def _hits(self, place: str, gusts: Sequence[Gust]) -> None:
        """Have the gusts of one place come one after the other: what takes long to mend keeps the next one waiting."""
        for gust in gusts:
            await self._until(gust.begins)
            mend = await self._strikes(gust)
            self._tell(f"{self._now()}: {place} {gust.how}")
            await self._pause(gust.lasts)
            await mend()
            self._tell(f"{self._now()}: {place} is well again")

    async def _strikes(self, gust: Gust) -> Callable[[], Awaitable[object]]:
        """Break something, see it broken, and return how it is mended."""
        if gust.what not in REPLICAS:
            fault = await self._faults.begin(outage(self._site, gust.what, gust.how))
            return partial(self._faults.heal, fault)
        replica = self._site.stack.services[REPLICAS.index(gust.what)]
        if gust.how == "is killed":
            await replica.signal("SIGKILL")
            await replica.ended(within=5)
            return partial(replica.engine, lambda container: container.start())
        await replica.signal("SIGSTOP")
        return partial(replica.signal, "SIGCONT")

    async def _until(self, seconds: float) -> None:
        await self._pause(max(self._begun + seconds - time.monotonic(), 0))

    def _now(self) -> str:
        return f"{time.monotonic() - self._begun:5.1f} s"

    async def _all_is_well(self) -> None:
        """Wait until both replicas are at work again, whatever has hit them last."""
        try:
            await self._patience.eventually(
                self._replicas.share_the_work, within=WELL_WITHIN, bear=(KafkaError, httpx.TransportError)
            )
        except NeverHappenedError as missing:
            raise AssertionError(f"the storm is over, and the service is not at work again: {missing}") from missing
