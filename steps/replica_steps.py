"""Several replicas of the service share the work, go, come back and join."""

from behave.model import Table
from dishka import FromDishka

from actors import tables
from actors.batches_in_hand import BatchesInHand
from actors.double_delivery import DoubleDelivery
from actors.hands import Hands
from actors.nlp_service import NlpService
from actors.replicas import Replicas
from actors.somebody_else import SomebodyElse
from harness.steps import START_DEADLINE, given, then, when


@given("two replicas of the service run", deadline=START_DEADLINE)
async def two_replicas_run(replicas: FromDishka[Replicas]) -> None:
    await replicas.two_run()


@given("two replicas of the service run, each of which is missed after {int} seconds", deadline=START_DEADLINE)
async def two_replicas_run_and_are_missed(seconds: int, replicas: FromDishka[Replicas]) -> None:
    await replicas.two_run(missed_after=seconds)


@when("the NLP service suggests in two events at once, one for each replica, the second in reverse order:")
async def nlp_service_suggests_to_both(
    table: Table, nlp: FromDishka[NlpService], replicas: FromDishka[Replicas], somebody: FromDishka[SomebodyElse]
) -> None:
    await nlp.publishes_in_both_orders(tables.rows(table), await replicas.partition_of_another(nlp.partition))
    await somebody.is_waited_for_by(sessions=2)


@then("both replicas have channels of their own")
async def replicas_share_the_work(replicas: FromDishka[Replicas]) -> None:
    await replicas.share_the_work()


@given("one of them is half-way through {batch}, with {students} waiting behind")
async def one_is_half_way(batch: str, behind: list[str], batches: FromDishka[BatchesInHand]) -> None:
    await batches.are_half_done(batch, behind)


@when("that one {departure}, and comes back once the other has done its work", deadline=START_DEADLINE)
async def that_one_goes(how: str, batches: FromDishka[BatchesInHand]) -> None:
    await batches.change_hands(how)


@given("somebody else holds up {students}, in a channel each")
async def batches_are_held_up(names: list[str], batches: FromDishka[BatchesInHand]) -> None:
    await batches.are_held_up(names)


@when("another replica joins, for its part of the work", deadline=START_DEADLINE)
async def another_replica_joins(batches: FromDishka[BatchesInHand]) -> None:
    await batches.meet_a_new_replica()


@then("no batch is in two hands")
async def no_batch_is_in_two_hands(hands: FromDishka[Hands]) -> None:
    await hands.have_a_work_each()


@then("all three batches are stored, each once")
async def all_batches_are_stored(batches: FromDishka[BatchesInHand]) -> None:
    await batches.are_stored()


@then(
    "all three batches are stored, each once, and both replicas have their part, once the other gives up",
    deadline=START_DEADLINE,
)
async def all_batches_are_stored_in_the_end(batches: FromDishka[BatchesInHand]) -> None:
    await batches.go_on()


@then("none of them was acknowledged before it was stored, and no acknowledgement was taken back")
async def nothing_was_acknowledged_early(batches: FromDishka[BatchesInHand]) -> None:
    await batches.were_not_acknowledged_early()


@when("the same event is delivered to the other replica, which has time to come to it")
async def event_is_delivered_to_the_other(delivery: FromDishka[DoubleDelivery]) -> None:
    await delivery.delivers_to_the_other()


@when("these suggestions for {batch} reach both replicas, and the other gives up once both are at work:")
async def suggestions_reach_both(
    batch: str, table: Table, delivery: FromDishka[DoubleDelivery], somebody: FromDishka[SomebodyElse]
) -> None:
    await delivery.publishes_to_both(batch, tables.rows(table))
    await somebody.is_waited_for_by(sessions=2)
    await somebody.gives_up()


@then("neither delivery is acknowledged while the work goes on")
async def neither_is_acknowledged(delivery: FromDishka[DoubleDelivery]) -> None:
    await delivery.is_not_acknowledged()


@then("both deliveries are acknowledged")
async def both_are_acknowledged(delivery: FromDishka[DoubleDelivery]) -> None:
    await delivery.is_acknowledged()
