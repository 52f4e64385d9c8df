"""Trouble that is smaller than an outage: transactions that are broken off, what happens to the topic itself."""

from dishka import FromDishka

from actors import wire
from actors.acknowledgements import Acknowledgements
from actors.amid_an_outage import AmidAnOutage
from actors.broken_transactions import BrokenTransactions
from actors.nlp_service import NlpService
from actors.operator import Operator
from actors.topic_office import TopicOffice
from harness.steps import START_DEADLINE, given, then, when


@given("PostgreSQL breaks off the next three transactions {rest}")
async def transaction_is_to_be_broken_off(how: str, broken: FromDishka[BrokenTransactions]) -> None:
    await broken.are_to_come(how)


@then("they were broken off, and done once more")
async def transaction_was_broken_off(broken: FromDishka[BrokenTransactions]) -> None:
    await broken.have_come()


@given("the service runs, and is missed after {int} seconds", deadline=START_DEADLINE)
async def service_runs_and_is_missed(seconds: int, operator: FromDishka[Operator]) -> None:
    await operator.starts_service(wire.session_settings(seconds))


@when("the edit is finished while Kafka hangs for more than {int} seconds", deadline=START_DEADLINE)
async def edit_is_finished_while_kafka_hangs(seconds: int, amid: FromDishka[AmidAnOutage]) -> None:
    await amid.finishes_edit_while("Kafka", "hangs", seconds + 1)


@then("no acknowledgement was taken back")
async def no_acknowledgement_was_taken_back(acknowledgements: FromDishka[Acknowledgements]) -> None:
    await acknowledgements.were_never_taken_back()


@given("there is no topic for suggestions")
async def there_is_no_topic(topic: FromDishka[TopicOffice]) -> None:
    await topic.has_no_topic()


@when("the operator starts the service, and the topic is made once the service has missed it", deadline=START_DEADLINE)
async def topic_is_made_late(topic: FromDishka[TopicOffice]) -> None:
    await topic.makes_the_topic_late()


@when("the topic is deleted, and made anew once the service has missed it", deadline=START_DEADLINE)
async def topic_is_made_anew(topic: FromDishka[TopicOffice]) -> None:
    await topic.makes_the_topic_anew()


@when("the topic gets one more channel, and the suggestions for {batch} come in through it at once")
async def topic_grows(batch: str, topic: FromDishka[TopicOffice]) -> None:
    await topic.adds_a_channel(batch)


@then("the suggestions are stored for {batch} once the service has found the channel", deadline=START_DEADLINE)
async def suggestions_are_stored_from_the_new_channel(batch: str, topic: FromDishka[TopicOffice]) -> None:
    await topic.sees_stored(batch)


@given("suggestions for {batch} and {batch} have come in, and Kafka has forgotten all before the latter")
async def kafka_has_forgotten(
    former: str, latter: str, nlp: FromDishka[NlpService], topic: FromDishka[TopicOffice]
) -> None:
    await nlp.suggests(former, nlp.one_essay_a_student())
    await nlp.suggests(latter, nlp.one_essay_a_student())
    await topic.forgets_what_is_before(latter)


@when("suggestions come in while {int} others join, one after the other, and leave", deadline=START_DEADLINE)
async def others_join_and_leave(visitors: int, topic: FromDishka[TopicOffice]) -> None:
    await topic.is_visited_in_turn(visitors)


@then("all of these are stored, each once")
async def all_of_these_are_stored(topic: FromDishka[TopicOffice]) -> None:
    await topic.sees_all_stored()


@when("the NLP service publishes suggestions for {batch} and takes them back, and such for {batch} that it lets stand")
async def nlp_service_takes_back(taken_back: str, stands: str, topic: FromDishka[TopicOffice]) -> None:
    await topic.publishes_in_a_transaction(taken_back, take_back=True)
    await topic.publishes_in_a_transaction(stands, take_back=False)
