"""The service is killed at a moment that matters, or a word of it, or to it, gets lost."""

from dishka import FromDishka

from actors.ledger import Ledger
from actors.lost_words import LostWords
from actors.moments import Moments
from harness.steps import START_DEADLINE, given, then, when


@given("{batch} is on its way, with {batch} behind it, and {rest}")
async def service_is_held_up(batch: str, behind: str, moment: str, moments: FromDishka[Moments]) -> None:
    await moments.come(moment, batch, behind)


@when("the service is killed at this moment, and started again", deadline=START_DEADLINE)
async def service_is_killed_at_the_moment(moments: FromDishka[Moments]) -> None:
    await moments.end_in_a_kill()


@then("neither batch is stored or acknowledged")
async def neither_batch_is_stored(moments: FromDishka[Moments]) -> None:
    await moments.have_come_to_nothing()


@then("both batches are stored, each once, on record and acknowledged")
async def both_batches_are_stored(moments: FromDishka[Moments]) -> None:
    await moments.have_done_no_harm()


@given("{batch} has been stored, though when the service said that it {occasion} {whose} was lost")
async def word_to_redis_was_lost(
    batch: str, about: str, whose: str, words: FromDishka[LostWords], ledger: FromDishka[Ledger]
) -> None:
    await words.are_lost_to_redis(whose, about, batch)
    await ledger.remembers()


@when("the service says to Redis that it begins {batch}, and the answer is lost with its connection")
async def answer_of_redis_is_lost_with_the_connection(batch: str, words: FromDishka[LostWords]) -> None:
    await words.answer_of_redis_is_lost_with_the_connection(batch)


@when("the service commits {batch}, and {whose} gets lost")
async def word_to_postgres_gets_lost(batch: str, whose: str, words: FromDishka[LostWords]) -> None:
    await words.are_lost_to_postgres(whose, batch)
