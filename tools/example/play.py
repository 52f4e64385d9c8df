"""Plays the rest of the platform: a teacher with a class, the NLP service, and who waits for the confirmed authors.

Reads top to bottom as what happens; `play` is the plot.
"""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

SUGGESTED = "huleedu.batch.author.matches.suggested.v1"
CONFIRMED = "huleedu.class.student.associations.confirmed.v1"
TEACHER = {"X-User-ID": "astrid"}
STUDENTS = (("Elsa", "Lind"), ("Omar", "Said"), ("Åsa", "Öberg"))
PATIENCE = 60.0
LOOK_EVERY = 0.2


class UnexpectedError(Exception):
    """Something came out otherwise than it should, or not in time; says what."""


@dataclass(frozen=True)
class Platform:
    """Where everything is."""

    url: str
    kafka: str

    @classmethod
    def from_mapping(cls, environment: Mapping[str, str]) -> "Platform":
        """As the environment chooses the ports."""
        return cls(
            f"http://127.0.0.1:{environment.get('EXAMPLE_PORT') or 5002}",
            f"127.0.0.1:{environment.get('EXAMPLE_KAFKA_PORT') or 9092}",
        )


async def play(platform: Platform) -> None:
    """Have a class, suggest authors for its essays, confirm them, and hear of it."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # topics that are not there yet are no trouble here
    async with httpx.AsyncClient(base_url=platform.url, headers=TEACHER, timeout=10) as http:
        await until_healthy(http)
        class_id, students = await found_class(http)
        batch_id, essays = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in students]
        # The topic may come to be after this has begun to listen.
        listener = AIOKafkaConsumer(
            bootstrap_servers=platform.kafka, auto_offset_reset="earliest", metadata_max_age_ms=1000
        )
        await listener.start()
        try:
            listener.subscribe([CONFIRMED])
            await suggest(platform.kafka, batch_id, class_id, essays, students)
            associations = await listed(http, batch_id, len(essays))
            await confirm(http, batch_id, associations, students)
            await heard(listener, batch_id)
        finally:
            await listener.stop()


async def until_healthy(http: httpx.AsyncClient) -> None:
    """Wait until the service can do its work."""
    told = "nothing"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            answer = await http.get("/healthz")
        except httpx.TransportError as error:
            told = type(error).__name__
        else:
            told = answer.text
            if answer.is_success:
                tell("The service is healthy")
                return
        await asyncio.sleep(LOOK_EVERY)
    raise UnexpectedError(f"the service is not healthy after {PATIENCE:.0f} s: {told}")


async def found_class(http: httpx.AsyncClient) -> tuple[str, list[str]]:
    """Have a class with students, whose ids are returned in the order of STUDENTS."""
    room = await ask(http, "POST", "/v1/classes/", {"name": f"8B {datetime.now():%H:%M:%S}", "course_codes": ["ENG5"]})
    students = []
    for first, last in STUDENTS:
        body = {"person_name": {"first_name": first, "last_name": last}, "class_ids": [room["id"]]}
        students.append((await ask(http, "POST", "/v1/classes/students", body))["id"])
    tell(f"The teacher has a class {room['name']!r} of {len(students)} students", await roster(http, room["id"]))
    return room["id"], students


async def roster(http: httpx.AsyncClient, class_id: str) -> list[str]:
    """The names on a class's roster."""
    found = await ask(http, "GET", f"/v1/classes/{class_id}/roster")
    return [f"{student['first_name']} {student['last_name']}" for student in found["students"]]


async def suggest(kafka: str, batch_id: str, class_id: str, essays: Sequence[str], students: Sequence[str]) -> None:
    """Publish, as the NLP service, for each essay two students, the likelier one last."""
    results = [
        {
            "essay_id": essay,
            "text_storage_id": f"text-{essay}",
            "filename": f"essay-{n + 1}.txt",
            "suggestions": [
                suggestion(students, n - 1, 0.4, "first name alone"),
                suggestion(students, n, 0.95 - n / 10, "name on the title page"),
            ],
        }
        for n, essay in enumerate(essays)
    ]
    now = datetime.now(UTC).isoformat()
    envelope = {
        "event_id": str(uuid.uuid4()),
        "event_type": SUGGESTED,
        "event_timestamp": now,
        "source_service": "nlp_service",
        "schema_version": 1,
        "correlation_id": str(uuid.uuid4()),
        "metadata": {"traceparent": f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01"},
        "data": {
            "batch_id": batch_id,
            "class_id": class_id,
            "course_code": "ENG5",
            "match_results": results,
            "processing_summary": {"total_essays": len(essays), "matched": len(essays), "no_match": 0, "errors": 0},
        },
    }
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    try:
        await producer.send_and_wait(SUGGESTED, json.dumps(envelope).encode(), key=batch_id.encode())
    except KafkaError as error:
        raise UnexpectedError(f"Kafka does not take the suggestions: {error}") from error
    finally:
        await producer.stop()
    tell(f"The NLP service suggests authors for {len(essays)} essays", envelope)


def suggestion(students: Sequence[str], n: int, score: float, reason: str) -> dict[str, Any]:
    """One student who may have written an essay."""
    name = " ".join(STUDENTS[n])
    return {"student_id": students[n], "student_name": name, "confidence_score": score, "match_reasons": [reason]}


async def listed(http: httpx.AsyncClient, batch_id: str, expected: int) -> list[dict[str, Any]]:
    """What the teacher is shown of the batch, once all of it is there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = (await ask(http, "GET", f"/v1/batches/{batch_id}/student-associations"))["associations"]
        if len(found) == expected:
            tell("The teacher is shown whom the essays are thought to be by", found)
            return list(found)
        await asyncio.sleep(LOOK_EVERY)
    raise UnexpectedError(f"not all of {expected} suggestions are there after {PATIENCE:.0f} s")


async def confirm(
    http: httpx.AsyncClient, batch_id: str, associations: Sequence[Mapping[str, Any]], students: Sequence[str]
) -> None:
    """Confirm the first one, correct the second, reject the third."""
    by_student = {found["suggested_student_id"]: found["essay_id"] for found in associations}
    decisions = [(students[0], True), (students[1], True), (students[2], False)]
    answers = [{"essay_id": by_student[student], "student_id": student, "confirmed": yes} for student, yes in decisions]
    answers[1]["student_id"] = students[2]
    told = await ask(http, "POST", f"/v1/batches/{batch_id}/student-associations/confirm", {"associations": answers})
    tell("The teacher confirms one, corrects one, and rejects one", told)


async def heard(listener: AIOKafkaConsumer, batch_id: str) -> None:
    """Show the event that the Essay Lifecycle Service gets."""
    try:
        async with asyncio.timeout(PATIENCE):
            async for record in listener:
                if record.key == batch_id.encode():
                    tell("The Essay Lifecycle Service hears", json.loads(record.value))
                    return
    except TimeoutError:
        raise UnexpectedError(f"no confirmed event has come after {PATIENCE:.0f} s") from None


async def ask(http: httpx.AsyncClient, method: str, path: str, body: object = None) -> Any:
    """Send a request and return what is answered; raises UnexpectedError when it is refused."""
    answer = await http.request(method, path, json=body)
    if not answer.is_success:
        raise UnexpectedError(f"{method} {path} is answered with {answer.status_code}: {answer.text}")
    return answer.json()


def tell(what: str, shown: object = None) -> None:
    """Say what happens, and show what goes over the wire."""
    print(f"\n{what}{':' if shown is not None else '.'}", flush=True)
    if shown is not None:
        print("  " + json.dumps(shown, indent=2, ensure_ascii=False).replace("\n", "\n  "), flush=True)
