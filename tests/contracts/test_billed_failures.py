"""What was billed and brought nobody a picture: booked once, on the house, whenever it is learned."""

import asyncio

import pytest

from bot.domain.budget import INSTALLATION_SCOPE
from bot.domain.identity import BlobKey
from bot.domain.job import Ending, Fence, Reason
from bot.ports import Answer, AnsweredImage, CallEnd, Claimed
from bot.store.opening import Store
from tests.contracts.store_kit import allowed, claim, final_letter, picture, submitted
from tests.contracts.test_budgets import admit, purse, standing

OWN, HOUSE = purse(limit=9_000), purse(INSTALLATION_SCOPE, limit=9_000)


async def running(store: Store) -> Claimed:
    assert await admit(store, await submitted(store, "k"), OWN, HOUSE)
    (claimed,) = await claim(store)
    return claimed


async def sent(store: Store, fence: Fence, number: int) -> int:
    call = await store.journal.plan(
        fence, part=0, provider="house", key=f"job-{fence.job}-part-0-call-{number}", model="m"
    )
    assert call is not None
    assert await store.journal.sent(fence, call.id)
    return call.id


def answer(cost: int | None) -> Answer:
    images = (AnsweredImage(raw=BlobKey("raw"), seed=7),)
    return Answer(images=images, cost_microusd=cost, notes=(), request_id=None)


async def finish(store: Store, claimed: Claimed, cost: int | None) -> None:
    assert await store.queue.finish(
        claimed.fence,
        images=[picture(1)],
        decisions=[allowed()],
        cost_microusd=cost,
        notes=(),
        grid=None,
        paid_images=1,
    )


async def cost_of(store: Store, claimed: Claimed) -> int | None:
    job = await store.queue.job(claimed.job.id)
    assert job is not None
    return job.cost_microusd


async def test_a_billed_call_without_a_picture_is_the_houses_and_no_image_of_the_asker(
    store: Store,
) -> None:
    claimed = await running(store)
    call = await sent(store, claimed.fence, 1)

    await store.journal.failed(call, end=CallEnd.BLOCKED, detail="filtered", cost_microusd=700)
    blocked = Ending(reason=Reason.PROVIDER_BLOCKED)
    assert await store.queue.refuse(claimed.fence, ending=blocked, decision=None)

    assert await cost_of(store, claimed) == 700
    assert await standing(store, OWN, HOUSE) == [(0, 0), (700, 0)]
    (kept,) = await store.journal.calls(claimed.job.id)
    assert kept.state == "blocked"
    assert kept.answer is not None
    assert (kept.answer.images, kept.answer.cost_microusd) == ((), 700)


async def test_a_call_whose_bill_nobody_told_keeps_no_cost(store: Store) -> None:
    claimed = await running(store)
    call = await sent(store, claimed.fence, 1)

    await store.journal.failed(call, end=CallEnd.BLOCKED, detail="filtered")
    blocked = Ending(reason=Reason.PROVIDER_BLOCKED)
    assert await store.queue.refuse(claimed.fence, ending=blocked, decision=None)

    assert await cost_of(store, claimed) is None


async def test_a_billed_failure_before_a_delivery_costs_the_house_and_not_the_asker(
    store: Store,
) -> None:
    claimed = await running(store)
    first = await sent(store, claimed.fence, 1)
    await store.journal.failed(first, end=CallEnd.FAILED, detail="no picture", cost_microusd=300)
    second = await sent(store, claimed.fence, 2)
    await store.journal.answered(second, answer(1_000))
    await finish(store, claimed, 1_000)

    letter = await final_letter(store)
    await store.outbox.posted(letter, message="m", images=(1,))

    assert await cost_of(store, claimed) == 1_300
    assert await standing(store, OWN, HOUSE) == [(1_000, 0), (1_300, 0)]


async def test_a_withheld_picture_and_a_billed_failure_are_one_sum(store: Store) -> None:
    claimed = await running(store)
    first = await sent(store, claimed.fence, 1)
    await store.journal.failed(first, end=CallEnd.FAILED, detail="no picture", cost_microusd=300)
    second = await sent(store, claimed.fence, 2)
    await store.journal.answered(second, answer(1_000))

    ugly = Ending(reason=Reason.BLOCKED_IMAGE)
    assert await store.queue.refuse(claimed.fence, ending=ugly, decision=None, cost_microusd=1_000)

    assert await cost_of(store, claimed) == 1_300
    assert await standing(store, OWN, HOUSE) == [(0, 0), (1_300, 0)]


@pytest.mark.parametrize("told", ["an answer", "a bill"])
async def test_what_is_learned_after_the_job_ended_is_booked_once(store: Store, told: str) -> None:
    claimed = await running(store)
    call = await sent(store, claimed.fence, 1)
    lost = Ending(reason=Reason.OUTCOME_UNKNOWN)
    assert await store.queue.fail(claimed.fence, ending=lost)

    for _ in range(2):
        if told == "an answer":
            await store.journal.answered(call, answer(900))
        else:
            await store.journal.failed(call, end=CallEnd.FAILED, detail="late", cost_microusd=900)

    assert await cost_of(store, claimed) == 900
    assert await standing(store, OWN, HOUSE) == [(0, 0), (900, 0)]


async def test_what_is_learned_before_the_answer_is_posted_is_booked_when_it_is(
    store: Store,
) -> None:
    claimed = await running(store)
    lost = await sent(store, claimed.fence, 1)
    await store.journal.failed(lost, end=CallEnd.UNKNOWN, detail="reset")
    second = await sent(store, claimed.fence, 2)
    await store.journal.answered(second, answer(1_000))
    await finish(store, claimed, 1_000)

    await store.journal.answered(lost, answer(900))
    await store.outbox.posted(await final_letter(store), message="m", images=(1,))

    assert await cost_of(store, claimed) == 1_900
    assert await standing(store, OWN, HOUSE) == [(1_000, 0), (1_900, 0)]


async def test_what_is_learned_after_the_delivery_is_the_houses(store: Store) -> None:
    claimed = await running(store)
    lost = await sent(store, claimed.fence, 1)
    await store.journal.failed(lost, end=CallEnd.UNKNOWN, detail="reset")
    second = await sent(store, claimed.fence, 2)
    await store.journal.answered(second, answer(1_000))
    await finish(store, claimed, 1_000)
    await store.outbox.posted(await final_letter(store), message="m", images=(1,))

    await store.journal.answered(lost, answer(900))

    assert await cost_of(store, claimed) == 1_900
    assert await standing(store, OWN, HOUSE) == [(1_000, 0), (1_900, 0)]


async def test_an_undelivered_answer_counts_its_billed_failures_too(store: Store) -> None:
    claimed = await running(store)
    first = await sent(store, claimed.fence, 1)
    await store.journal.failed(first, end=CallEnd.FAILED, detail="no picture", cost_microusd=300)
    second = await sent(store, claimed.fence, 2)
    await store.journal.answered(second, answer(1_000))
    await finish(store, claimed, 1_000)

    await store.outbox.give_up(await final_letter(store), detail="gone")

    assert await cost_of(store, claimed) == 1_300
    assert await standing(store, OWN, HOUSE) == [(0, 0), (1_300, 0)]


async def ended(store: Store) -> tuple[Claimed, int]:
    """A job that ended while one call of it was out."""
    claimed = await running(store)
    call = await sent(store, claimed.fence, 1)
    assert await store.queue.fail(claimed.fence, ending=Ending(reason=Reason.OUTCOME_UNKNOWN))
    return claimed, call


async def billed(store: Store, call: int, cost: int | None) -> None:
    await store.journal.failed(call, end=CallEnd.FAILED, detail="late", cost_microusd=cost)


@pytest.mark.parametrize("second", ["an answer", "a bill"])
@pytest.mark.parametrize(("then", "known"), [(900, 900), (300, 300), (200, 300), (None, 300)])
async def test_a_second_late_bill_adds_what_it_tells_beyond_the_first(
    store: Store, second: str, then: int | None, known: int
) -> None:
    claimed, call = await ended(store)

    await billed(store, call, 300)
    if second == "an answer":
        await store.journal.answered(call, answer(then))
    else:
        await billed(store, call, then)

    (kept,) = await store.journal.calls(claimed.job.id)
    assert kept.answer is not None
    assert kept.answer.cost_microusd == known
    assert len(kept.answer.images) == (1 if second == "an answer" else 0)
    assert await cost_of(store, claimed) == known
    assert await standing(store, OWN, HOUSE) == [(0, 0), (known, 0)]


async def test_a_third_late_bill_is_measured_by_the_highest_before_it(store: Store) -> None:
    claimed, call = await ended(store)

    for cost in (300, 200, 700):
        await billed(store, call, cost)
    await store.journal.answered(call, answer(900))

    assert await cost_of(store, claimed) == 900
    assert await standing(store, OWN, HOUSE) == [(0, 0), (900, 0)]


@pytest.mark.parametrize(("then", "known"), [(900, 900), (200, 300), (None, 300)])
async def test_a_job_ends_with_the_highest_bill_of_each_call(
    store: Store, then: int | None, known: int
) -> None:
    claimed = await running(store)
    call = await sent(store, claimed.fence, 1)
    await billed(store, call, 300)
    await store.journal.answered(call, answer(then))

    ugly = Ending(reason=Reason.BLOCKED_IMAGE)
    assert await store.queue.refuse(claimed.fence, ending=ugly, decision=None, cost_microusd=then)

    assert await cost_of(store, claimed) == known
    assert await standing(store, OWN, HOUSE) == [(0, 0), (known, 0)]


async def test_bills_of_one_call_that_come_at_once_are_booked_once(store: Store) -> None:
    claimed, call = await ended(store)

    await asyncio.gather(*(billed(store, call, cost) for cost in (300, 900, 200, 900)))

    assert await cost_of(store, claimed) == 900
    assert await standing(store, OWN, HOUSE) == [(0, 0), (900, 0)]


async def test_a_billed_failure_stands_beside_the_price_of_an_answer_of_untold_cost(
    store: Store,
) -> None:
    claimed = await running(store)
    first = await sent(store, claimed.fence, 1)
    await billed(store, first, 300)
    second = await sent(store, claimed.fence, 2)
    await store.journal.answered(second, answer(None))
    await finish(store, claimed, None)

    await store.outbox.posted(await final_letter(store), message="m", images=(1,))

    assert await cost_of(store, claimed) == 1_300
    assert await standing(store, OWN, HOUSE) == [(1_000, 0), (1_300, 0)]


async def test_a_dear_failure_before_an_answer_of_untold_cost_counts_whole(store: Store) -> None:
    claimed = await running(store)
    first = await sent(store, claimed.fence, 1)
    await billed(store, first, 4_000)
    second = await sent(store, claimed.fence, 2)
    await store.journal.answered(second, answer(None))
    await finish(store, claimed, None)

    await store.outbox.posted(await final_letter(store), message="m", images=(1,))

    assert await cost_of(store, claimed) == 5_000
    assert await standing(store, OWN, HOUSE) == [(1_000, 0), (5_000, 0)]
