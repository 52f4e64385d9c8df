"""What the figures have grown by, and what they show now."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.figures import FigureReader
from actors.somebody_else import SomebodyElse
from actors.teacher import Teacher
from harness.steps import given, then, when


@given("the figures have been noted")
async def figures_have_been_noted(figures: FromDishka[FigureReader]) -> None:
    await figures.notes()


@then("the figures have grown by exactly:")
async def figures_have_grown_by_exactly(table: Table, figures: FromDishka[FigureReader]) -> None:
    await figures.have_grown_by_exactly(tables.rows(table))


@when("the edit is finished after a while")
async def edit_is_finished_after_a_while(figures: FromDishka[FigureReader]) -> None:
    await figures.has_the_edit_finished_after_a_while()


@then("the figures tell of one event more, which has taken as long as it had to wait for the edit")
async def figures_tell_how_long_it_took(figures: FromDishka[FigureReader]) -> None:
    await figures.tell_how_long_the_event_took()


@then("the figures show a lag of {int} events")
async def figures_show_lag(events: int, figures: FromDishka[FigureReader]) -> None:
    await figures.show_lag(events)


@then("they show no lag once the edit is finished")
async def figures_show_no_lag(somebody: FromDishka[SomebodyElse], figures: FromDishka[FigureReader]) -> None:
    await somebody.lets_go()
    await figures.show_lag(0)


@when("the teacher creates another class {class}, and the first announcement has waited for an hour")
async def first_announcement_has_waited(
    name: str, teacher: FromDishka[Teacher], figures: FromDishka[FigureReader]
) -> None:
    await teacher.creates_class(name)
    await figures.have_the_first_announcement_wait()


@then("the figures show how many announcements wait, and for how long the first of them has")
async def figures_show_what_waits(figures: FromDishka[FigureReader]) -> None:
    await figures.show_what_waits_to_be_announced()


@then("they show that none waits once Kafka is back")
async def figures_show_that_nothing_waits(figures: FromDishka[FigureReader]) -> None:
    await figures.show_that_nothing_waits_once_kafka_is_back()


@then("the figures show as many connections as PostgreSQL knows of")
async def figures_show_the_connections(figures: FromDishka[FigureReader]) -> None:
    await figures.show_the_connections()


@then("they show no more than {int} once the edit is finished")
async def figures_show_no_more_connections_than(
    most: int, somebody: FromDishka[SomebodyElse], figures: FromDishka[FigureReader]
) -> None:
    await somebody.lets_go()
    await figures.show_no_more_connections_than(most)
