"""Messages are answered for: processed, passed over, acknowledged, logged."""

from dishka import FromDishka

from actors.auditor import Auditor
from actors.crowd import Crowd
from actors.dead_letters import DeadLetters
from actors.log_reader import LogReader
from actors.marker import Marker
from actors.nlp_service import NlpService
from actors.somebody_else import SomebodyElse
from actors.storage import Storage
from harness.steps import given, then


@given("the service is at work on the suggestions for {batch}")
async def service_is_at_work_on(
    batch: str, nlp: FromDishka[NlpService], somebody: FromDishka[SomebodyElse], storage: FromDishka[Storage]
) -> None:
    await nlp.suggests(batch, nlp.one_essay_a_student())
    await somebody.is_waited_for(storage.acknowledgement_of(batch))


@given("the service is at work on the suggestions for {batch}, and on renaming {class} to {class}")
async def service_is_at_work_on_both(
    batch: str,
    name: str,
    new_name: str,
    nlp: FromDishka[NlpService],
    somebody: FromDishka[SomebodyElse],
    *,
    storage: FromDishka[Storage],
    crowd: FromDishka[Crowd],
) -> None:
    await service_is_at_work_on(batch, nlp, somebody, storage)
    crowd.renames_class(name, new_name)
    await somebody.is_waited_for_by(sessions=2)


@then("{class} was renamed to {class}, as the teacher was told")
async def class_was_renamed(name: str, new_name: str, crowd: FromDishka[Crowd], auditor: FromDishka[Auditor]) -> None:
    await crowd.was_served()
    await auditor.finds_class_called(name, new_name)


@given("the event has been processed")
@then("the event counts as processed")
async def event_counts_as_processed(storage: FromDishka[Storage]) -> None:
    await storage.counts_as_processed()


@then("the event was passed over, leaving neither a record nor a dead letter")
async def event_was_passed_over(storage: FromDishka[Storage], marker: FromDishka[Marker]) -> None:
    await marker.passes()
    await storage.left_no_trace()


@then("the event is kept as a dead letter, as it came")
async def event_is_a_dead_letter(dead_letters: FromDishka[DeadLetters]) -> None:
    await dead_letters.hold_the_last_event()


@given("both {batch} and {batch} are dead letters")
async def both_are_dead_letters(one: str, other: str, dead_letters: FromDishka[DeadLetters]) -> None:
    await dead_letters.hold_events_about(one, other)


@then("{students} are dead letters")
async def all_are_dead_letters(batches: list[str], dead_letters: FromDishka[DeadLetters]) -> None:
    await dead_letters.hold_events_about(*batches)


@then("of these events {batch}, for a class that nobody knows, alone is a dead letter")
async def event_for_no_class_alone_is_a_dead_letter(batch: str, dead_letters: FromDishka[DeadLetters]) -> None:
    await dead_letters.hold_alone_of_those_in_turn(batch)


@then("{batch} is a dead letter once more, as it came")
async def event_is_a_dead_letter_once_more(batch: str, dead_letters: FromDishka[DeadLetters]) -> None:
    await dead_letters.hold_once_more(batch)


@then("the event is no dead letter")
async def event_is_no_dead_letter(dead_letters: FromDishka[DeadLetters]) -> None:
    await dead_letters.hold_nothing_of_the_last_event()


@then("the event is neither stored nor acknowledged while the service is at work")
async def event_is_not_acknowledged_yet(somebody: FromDishka[SomebodyElse], storage: FromDishka[Storage]) -> None:
    await somebody.is_waited_for()
    await storage.neither_holds_nor_acknowledges()


@then("the event is still waiting")
@then("the event is neither stored nor acknowledged")
async def event_is_not_acknowledged(storage: FromDishka[Storage]) -> None:
    await storage.neither_holds_nor_acknowledges()


@then("the log tells of the unknown student {student} for {essay}, and nothing such of {essay}")
async def log_tells_of_unknown_student(student: str, essay: str, other: str, log: FromDishka[LogReader]) -> None:
    await log.tells_of_unknown_student(student, essay, other)


@then("the log tells that {essay} has its association already, and nothing such of {essay}")
async def log_tells_of_kept_association(essay: str, other: str, log: FromDishka[LogReader]) -> None:
    await log.tells_of_kept_association(essay, other)


@then("the log tells why {essay} failed, and nothing such of {essay} and {essay}")
async def log_tells_of_failed_essay(essay: str, one: str, other: str, log: FromDishka[LogReader]) -> None:
    await log.tells_of_failed_essay(essay, one, other)


@given("the log has told of the event under its correlation id")
@then("the log tells of the event under its correlation id")
async def log_tells_of_the_event(log: FromDishka[LogReader]) -> None:
    await log.tells_of_the_event()


@then("every log line about the event carries its correlation id")
async def every_line_carries_the_correlation_id(marker: FromDishka[Marker], log: FromDishka[LogReader]) -> None:
    await marker.passes()
    await log.carries_the_correlation_id_throughout()


@then("the log warns of the conflict")
async def log_warns_of_the_conflict(log: FromDishka[LogReader]) -> None:
    await log.warns_about_the_event()
