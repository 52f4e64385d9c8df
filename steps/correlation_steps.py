"""What happens to the correlation id of a request."""

from dishka import FromDishka

from actors.tracer import Tracer
from harness.steps import then, when


@when("the teacher sends a request that {rest}")
async def teacher_sends_a_request_that(what: str, tracer: FromDishka[Tracer]) -> None:
    await tracer.sends_one_that(what)


@when("the teacher asks for a class in a wrong way, and in a right way, under a correlation id that is {rest}")
async def teacher_asks_under(what: str, tracer: FromDishka[Tracer]) -> None:
    await tracer.sends_under(what)


@then("the refusal tells the correlation id of the request")
async def refusal_tells_its_id(tracer: FromDishka[Tracer]) -> None:
    tracer.finds_its_id_in_the_refusal()


@then("the refusal tells a new correlation id")
async def refusal_tells_a_new_id(tracer: FromDishka[Tracer]) -> None:
    tracer.finds_a_new_id_in_the_refusal()


@then("the log tells of the request under its correlation id")
async def log_tells_of_the_request(tracer: FromDishka[Tracer]) -> None:
    await tracer.finds_it_in_the_log()


@then("the log tells of the request under this new id")
async def log_tells_under_the_new_id(tracer: FromDishka[Tracer]) -> None:
    await tracer.finds_the_new_id_in_the_log()


@then("the log tells of each request under its correlation id")
async def log_tells_of_each_request(tracer: FromDishka[Tracer]) -> None:
    await tracer.finds_all_in_the_log()


@then("each change is announced under the correlation id of its request")
async def each_change_is_announced(tracer: FromDishka[Tracer]) -> None:
    await tracer.hears_of_each_change()


@then("the change is announced under a new correlation id")
async def change_is_announced_under_a_new_id(tracer: FromDishka[Tracer]) -> None:
    await tracer.hears_of_the_change_under_a_new_id()
