"""What teachers change is announced to the platform."""

from behave.model import Table
from dishka import FromDishka

from actors import tables, wire
from actors.announcements import Announcements
from actors.around_kafka import AroundKafka
from actors.changes import Changes
from actors.half_way import HalfWay
from actors.last_word import LastWord
from actors.monitoring import Monitoring
from actors.operator import Operator
from actors.somebody_else import SomebodyElse
from actors.teacher import Teacher
from harness.steps import START_DEADLINE, given, then, when


@given("all of that has been announced")
async def all_of_that_is_announced(announcements: FromDishka[Announcements]) -> None:
    await announcements.are_noted()


@when("the teacher creates the class {class} in the course {word}")
async def teacher_creates_class(name: str, course: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.creates_class(name, course)


@when("the teacher creates in {students}:")
async def teacher_creates_student_in(classes: list[str], table: Table, changes: FromDishka[Changes]) -> None:
    (row,) = tables.rows(table)
    await changes.creates_student(row, classes)


@when("the teacher creates, in no class, the student {student} without an e-mail address")
async def teacher_creates_student_in_no_class(student: str, changes: FromDishka[Changes]) -> None:
    await changes.creates_student({"student": student}, [])


@when("the teacher creates in {class}, in {int} requests at once:")
async def teacher_creates_one_student(
    class_name: str, requests: int, table: Table, changes: FromDishka[Changes]
) -> None:
    (row,) = tables.rows(table)
    await changes.creates_one_student(row, class_name, requests)


@when("the teacher deletes the student {student} and the class {class}")
async def teacher_deletes_both(student: str, class_name: str, teacher: FromDishka[Teacher]) -> None:
    await teacher.deletes_student(student)
    await teacher.deletes_class(class_name)


@when("the teacher renames the class {class} in turn to {students}")
async def teacher_renames_class_in_turn(name: str, names: list[str], changes: FromDishka[Changes]) -> None:
    await changes.renames_class(name, names)


@when("the teacher renames the class {class} in {int} requests at once")
async def teacher_renames_class_at_once(name: str, requests: int, changes: FromDishka[Changes]) -> None:
    await changes.renames_class_at_once(name, requests)


@when("the teacher tries in vain to {rest}, and then renames {class} to {class} and {student} to {student}")
async def teacher_tries_in_vain(
    what: str, class_name: str, new_name: str, student: str, new_student: str, *, changes: FromDishka[Changes]
) -> None:
    await changes.tries_in_vain(what)
    await changes.renames_class(class_name, [new_name])
    await changes.renames_student(student, new_student)


@when("the teacher makes a change of every kind")
async def teacher_makes_every_change(last_word: FromDishka[LastWord]) -> None:
    await last_word.is_said()


@when("the teacher creates {int} classes at once, through both replicas")
async def teacher_creates_classes(classes: int, changes: FromDishka[Changes]) -> None:
    await changes.creates_classes_through_all(classes)


@when(
    "the teacher creates {int} classes at once, through both replicas, and what is announced can be noted a bit later"
)
async def teacher_creates_classes_while_notes_wait(
    classes: int,
    changes: FromDishka[Changes],
    somebody: FromDishka[SomebodyElse],
    monitoring: FromDishka[Monitoring],
) -> None:
    await changes.creates_classes_through_all(classes)
    await somebody.is_waited_for()
    await monitoring.asks_until_noticed()
    await somebody.lets_go()


@then("exactly this is announced:")
async def exactly_this_is_announced(table: Table, announcements: FromDishka[Announcements]) -> None:
    await announcements.are_exactly(tables.rows(table))


@then("nothing is announced")
async def nothing_is_announced(announcements: FromDishka[Announcements]) -> None:
    await announcements.are_exactly([])


@then("the name that is announced last is the one that {class} has, and all {int} are announced")
async def last_name_is_the_one(
    class_name: str, names: int, teacher: FromDishka[Teacher], announcements: FromDishka[Announcements]
) -> None:
    await announcements.end_with(await teacher.name_of_class(class_name), names)


@then("one announcement of every kind is heard, complete and as promised")
async def every_kind_is_heard(announcements: FromDishka[Announcements]) -> None:
    await announcements.are_of_every_kind()


@then("each of these classes is announced once")
async def each_class_is_announced_once(announcements: FromDishka[Announcements]) -> None:
    await announcements.tell_of_each_new_class_once()


@given("somebody else keeps the service from noting what it has announced")
async def notes_are_held_up(somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.holds_notes_of_what_is_announced()


@given("somebody else keeps the service from writing down what is to be announced")
async def outbox_is_held_up(somebody: FromDishka[SomebodyElse]) -> None:
    await somebody.holds_what_is_to_be_announced()


@when(
    "the teacher renames {class} in turn to {students}, confirms {batch}, and Kafka comes back", deadline=START_DEADLINE
)
async def teacher_goes_on_without_kafka(
    name: str, names: list[str], batch: str, telling: FromDishka[AroundKafka]
) -> None:
    await telling.goes_on(name, names, batch)


@when(
    "the teacher renames {class} in turn to {students}, the service is killed and started, and Kafka comes back",
    deadline=START_DEADLINE,
)
async def teacher_goes_on_around_a_restart(name: str, names: list[str], telling: FromDishka[AroundKafka]) -> None:
    await telling.goes_on_around_a_restart(name, names)


@when("the teacher creates {int} classes at once, through both replicas, and Kafka comes back", deadline=START_DEADLINE)
async def teacher_creates_classes_without_kafka(classes: int, telling: FromDishka[AroundKafka]) -> None:
    await telling.creates_classes(classes)


@when(
    "the teacher creates the class {class} through one of them, which is killed, and Kafka comes back",
    deadline=START_DEADLINE,
)
async def teacher_creates_class_through_one_that_dies(name: str, telling: FromDishka[AroundKafka]) -> None:
    await telling.creates_class_through_one_that_dies(name)


@when(
    "the service is killed once it has announced that {class} is called {class}, and started again",
    deadline=START_DEADLINE,
)
async def service_is_killed_before_its_note(name: str, new_name: str, half_way: FromDishka[HalfWay]) -> None:
    await half_way.tells(name, new_name)


@when("the service is killed while it renames {class} to {class}, and started again", deadline=START_DEADLINE)
async def service_is_killed_in_a_change(name: str, new_name: str, half_way: FromDishka[HalfWay]) -> None:
    await half_way.renames(name, new_name)


@when("the service is killed while it takes the answer for {batch}, and started again:", deadline=START_DEADLINE)
async def service_is_killed_in_an_answer(batch: str, table: Table, half_way: FromDishka[HalfWay]) -> None:
    await half_way.confirms(batch, tables.rows(table))


@then("exactly this is announced within {int} seconds of its return, repeats apart:")
async def exactly_this_is_announced_soon(seconds: int, table: Table, announcements: FromDishka[Announcements]) -> None:
    await announcements.come_exactly(tables.rows(table), within=seconds)


@given("Kafka takes no announcement of a changed class")
async def kafka_takes_no_changed_class(operator: FromDishka[Operator]) -> None:
    await operator.closes_the_place_of(wire.CLASS_UPDATED)


@when("the teacher renames {class} in turn to {students}, and confirms {batch}")
async def teacher_renames_and_confirms(
    name: str, names: list[str], batch: str, changes: FromDishka[Changes], teacher: FromDishka[Teacher]
) -> None:
    await changes.renames_class(name, names)
    await teacher.confirms_all(batch)


@then("exactly this is announced meanwhile:")
async def exactly_this_is_announced_meanwhile(table: Table, announcements: FromDishka[Announcements]) -> None:
    await announcements.come(tables.rows(table))


@then("{int} announcements of the changed class still wait, and nothing else")
async def announcements_still_wait(number: int, announcements: FromDishka[Announcements]) -> None:
    await announcements.wait_for(wire.CLASS_UPDATED, number)


@then("exactly this is announced, repeats apart:")
async def exactly_this_is_announced_at_least_once(table: Table, announcements: FromDishka[Announcements]) -> None:
    await announcements.come_exactly(tables.rows(table), within=5)
