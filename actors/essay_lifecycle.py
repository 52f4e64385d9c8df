"""The Essay Lifecycle Service, which listens to what the service announces (§7)."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from aiokafka import ConsumerRecord

from actors import promised_events as promised
from actors import wire
from actors.auditor import shown_score
from actors.teacher import Teacher
from harness.compare import Row
from harness.eventually import SettledError
from harness.journal import Journal
from harness.names import Names
from harness.shape import assert_shape
from harness.sites import Site

MOST_A_TOPIC = 5_000
"""So many of the last records of a topic are looked through; all scenarios of a run share the topics."""
KINDS = {
    wire.CLASS_CREATED: "class created",
    wire.CLASS_UPDATED: "class updated",
    wire.STUDENT_CREATED: "student created",
    wire.STUDENT_UPDATED: "student updated",
    wire.CONFIRMED: "associations confirmed",
}
NOTIFICATIONS = {
    "class_created": "teacher told of a class",
    "student_added_to_class": "teacher told of a student",
}
EVERY_KIND = frozenset({*KINDS.values(), *NOTIFICATIONS.values()})
COLUMNS = ("class", "called", "course", "student", "e-mail", "joins", "leaves", "batch", "by")


class Announcement(NamedTuple):
    """A message of the service, as it was published once; `row` shows it as the features' tables do."""

    topic: str
    offset: int
    value: str
    envelope: Mapping[str, Any]
    row: Row

    @property
    def event_id(self) -> str:
        """The id by which a repeat is recognised."""
        return str(self.envelope["event_id"]).lower()

    @property
    def data(self) -> Mapping[str, Any]:
        """What is announced."""
        data: Mapping[str, Any] = self.envelope["data"]
        return data


class EssayLifecycle:
    """Hears what is announced about things of the scenario, and takes nothing that is not as promised (E5)."""

    def __init__(self, site: Site, names: Names, teacher: Teacher, journal: Journal) -> None:
        self._site, self._names, self._teacher, self._journal = site, names, teacher, journal

    async def has_heard(self) -> list[Announcement]:
        """Return what has been announced since the scenario began, by topic, the first of each topic first.

        Raises SettledError for a message that is not as promised: it stays as it is.
        """
        broker = self._site.stack.broker
        records = await broker.read_topics_since(wire.PUBLISHED_TOPICS, self._journal.begun, MOST_A_TOPIC)
        wanted = (*self._names.ids, self._teacher.user_id)
        own = [record for record in records if _concerns(record, wanted)]
        heard = [self._understood(record) for record in sorted(own, key=lambda r: (r.topic, r.partition, r.offset))]
        shown = [{column: text for column, text in one.row.items() if text} for one in heard]
        self._journal.look("essay lifecycle", "heard", announcements=shown)
        return heard

    def _understood(self, record: ConsumerRecord) -> Announcement:
        what = f"the message at offset {record.offset} of {record.topic}"
        try:
            told = json.loads(record.value)
            assert_shape(promised.envelope(record.topic, told), told, what=what, closed=False)
            if record.topic == wire.CONFIRMED:
                _assert_key(record, told["data"]["batch_id"])
        except (ValueError, AssertionError) as wrong:
            raise SettledError(f"{wrong}" if isinstance(wrong, AssertionError) else f"{what} is no JSON") from wrong
        row = self._row(record.topic, told["data"])
        return Announcement(record.topic, record.offset, record.value.decode().lower(), told, row)

    def _row(self, topic: str, data: Mapping[str, Any]) -> Row:
        kind = KINDS.get(topic) or NOTIFICATIONS[data["notification_type"]]
        known = {
            "class": self._class(data["class_id"]) if "class_id" in data else "",
            "batch": self._names.name("batch", data["batch_id"]) if data.get("batch_id") else "",
        }
        return {"announcement": kind, **dict.fromkeys(COLUMNS, ""), **known, **self._details(topic, data)}

    def _details(self, topic: str, data: Mapping[str, Any]) -> dict[str, str]:
        match topic:
            case wire.CLASS_CREATED | wire.CLASS_UPDATED:
                courses = ", ".join(data["course_codes"])
                return {"called": data["class_designation"], "course": courses, "by": self.who(data["user_id"])}
            case wire.STUDENT_CREATED:
                by = self.who(data["created_by_user_id"])
                return {**self._student(data), "class": self._classes(data["class_ids"]), "by": by}
            case wire.STUDENT_UPDATED:
                moves = {"joins": data["add_class_ids"], "leaves": data["remove_class_ids"]}
                by = self.who(data["updated_by_user_id"])
                return {**self._student(data), **{way: self._classes(ids) for way, ids in moves.items()}, "by": by}
            case wire.CONFIRMED:
                return {"course": data["course_code"]}
            case _:
                return {"by": self.who(data["teacher_id"])}

    def _student(self, data: Mapping[str, Any]) -> dict[str, str]:
        return {
            "student": self._names.name("student", data["student_id"].lower()),
            "called": f"{data['first_name']} {data['last_name']}",
            "e-mail": data["student_email"] or "",
        }

    def _class(self, class_id: str) -> str:
        return self._names.name("class", class_id.lower())

    def _classes(self, ids: list[str] | None) -> str:
        return ", ".join(sorted(map(self._class, ids or [])))

    def who(self, user_id: str) -> str:
        """Return who it is, in the words of the features."""
        return {self._teacher.user_id: "the teacher", promised.SYSTEM: "the system"}.get(user_id, user_id)

    def confirmed_rows(self, announcement: Announcement) -> list[Row]:
        """Return the associations that an announcement confirms, as the features' tables show them."""
        return [
            {
                "essay": self._names.name("essay", one["essay_id"].lower()),
                "student": self._names.name("student", one["student_id"].lower()),
                "confidence": shown_score(float(one["confidence_score"])),
                "method": one["validation_method"],
                "by": self.who(one["validated_by"]),
            }
            for one in announcement.data["associations"]
        ]


def _concerns(record: ConsumerRecord, wanted: tuple[str, ...]) -> bool:
    text = (record.value or b"").decode(errors="replace").lower()
    return any(one in text for one in wanted)


def _assert_key(record: ConsumerRecord, batch_id: str) -> None:
    key = (record.key or b"").decode(errors="replace")
    assert key.lower() == batch_id.lower(), (
        f"the message at offset {record.offset} of {record.topic} has the key {key!r}, expected that of its batch"
    )
