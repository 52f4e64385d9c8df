"""The schema, and what the database refuses."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.intruder import Intruder
from actors.migrations import Migrations
from actors.schema import Schema
from harness.steps import START_DEADLINE, given, then, when


@given("the operator has migrated an empty database")
@when("the operator migrates an empty database")
async def operator_migrates_empty_database(schema: FromDishka[Schema]) -> None:
    await schema.is_built_in_an_empty_database()


@given("a database as the release before has had it, with something in each table", deadline=START_DEADLINE)
async def database_of_the_release_before(schema: FromDishka[Schema]) -> None:
    await schema.is_one_release_behind_with_rows()


@when("the operator upgrades it", deadline=START_DEADLINE)
async def operator_upgrades(schema: FromDishka[Schema]) -> None:
    await schema.is_upgraded()


@then("all that was in it is still there")
async def all_is_still_there(schema: FromDishka[Schema]) -> None:
    await schema.holds_what_was_there()


@when("the operator migrates it down to nothing and up again", deadline=START_DEADLINE)
async def operator_migrates_down_and_up(schema: FromDishka[Schema]) -> None:
    await schema.is_taken_down_and_built_again()


@when("the operator migrates the service's database once more", deadline=START_DEADLINE)
async def operator_migrates_once_more(schema: FromDishka[Schema]) -> None:
    await schema.is_built_once_more_in_use()


@given("the operator is half-way through a migration of an empty database", deadline=START_DEADLINE)
async def operator_is_half_way(migrations: FromDishka[Migrations]) -> None:
    await migrations.are_half_way(1)


@given("the operator is half-way through two migrations of an empty database", deadline=START_DEADLINE)
async def operator_is_half_way_through_two(migrations: FromDishka[Migrations]) -> None:
    await migrations.are_half_way(2)


@when("both go on", deadline=START_DEADLINE)
async def both_go_on(migrations: FromDishka[Migrations]) -> None:
    await migrations.go_on()


@when("it is killed, and the operator migrates once more", deadline=START_DEADLINE)
async def migration_is_killed(migrations: FromDishka[Migrations]) -> None:
    await migrations.are_killed()
    await migrations.begin_anew()


@then("both have ended well")
@then("the migration has ended well")
async def migrations_have_ended_well(migrations: FromDishka[Migrations]) -> None:
    migrations.are_well()


@when("the operator compares the service's models with it", deadline=START_DEADLINE)
async def operator_compares_models(schema: FromDishka[Schema]) -> None:
    await schema.is_compared_with_the_models()


@then("they do not differ")
async def models_do_not_differ(schema: FromDishka[Schema]) -> None:
    schema.agrees_with_the_models()


@then("it has exactly the promised columns, keys and defaults")
async def has_the_promised_schema(schema: FromDishka[Schema]) -> None:
    await schema.is_as_promised()


@then("it has exactly these courses:")
async def has_exactly_these_courses(table: Table, schema: FromDishka[Schema]) -> None:
    await schema.holds_courses(tables.rows(table))


@then("its courses are as they were")
async def courses_are_as_they_were(schema: FromDishka[Schema]) -> None:
    await schema.holds_the_same_courses()


@when("somebody inserts {rest} behind the service's back")
async def somebody_inserts(what: str, intruder: FromDishka[Intruder]) -> None:
    await intruder.inserts(what)


@then("the database refuses it")
async def database_refuses(intruder: FromDishka[Intruder]) -> None:
    intruder.was_refused()
