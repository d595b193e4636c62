"""Money held, settled and given back, on each database."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.budget import INSTALLATION_SCOPE, Purse
from bot.domain.identity import BlobKey, WorkspaceId
from bot.domain.job import FINAL, Ending, Fence, JobState, Reason
from bot.domain.subject import EVERYONE
from bot.ports import Answer, AnsweredImage, CancelAsked, Cancelled, OverBudget, Terms
from bot.store.opening import Store
from bot.store.queue_sweep import DEADLINE_GRACE_S
from tests.contracts.store_kit import (
    DEADLINE_S,
    LEASE_S,
    MovableClock,
    allowed,
    claim,
    final_letter,
    picture,
    plan,
    submitted,
)


def purse(
    scope: str = "user:slack:T1:ann", *, limit: int = 1_000, asks: bool = False, told: bool = True
) -> Purse:
    return Purse(
        scope=scope,
        period_key="day:2026-11-25",
        limit_microusd=limit,
        returns_at=datetime(2026, 11, 26, tzinfo=UTC),
        because=EVERYONE,
        asks=asks,
        alerts_to=WorkspaceId("slack:T1") if told else None,
    )


async def admit(store: Store, fence, *purses: Purse, price: int = 1_000, count: int = 1):
    terms = Terms(
        rules_version=0, installation_version=0, purses=purses, price_microusd=price * count
    )
    return await store.queue.admit(
        fence, plan=plan(count=count), decision=allowed(), weight=1.0, terms=terms
    )


async def standing(store: Store, *purses: Purse) -> list[tuple[int, int]]:
    found = await store.budgets.spendings(purses)
    return [(one.spent_microusd, one.held_microusd) for one in found]


async def test_fifty_at_once_with_money_for_one_let_in_exactly_one(store: Store) -> None:
    fences = [
        await submitted(store, f"k{number}", user=f"u{number % 10}", counters=[])
        for number in range(50)
    ]
    shared = purse("workspace:slack:T1")

    outcomes = await asyncio.gather(*(admit(store, fence, shared) for fence in fences))

    assert sum(one is True for one in outcomes) == 1
    assert sum(isinstance(one, OverBudget) for one in outcomes) == 49
    assert await standing(store, shared) == [(0, 1_000)]


async def test_what_is_short_in_one_purse_is_held_in_none(store: Store) -> None:
    wide, narrow = purse("channel:slack:T1:C1", limit=9_000), purse(limit=500)

    outcome = await admit(store, await submitted(store, "k"), wide, narrow)

    assert isinstance(outcome, OverBudget)
    assert outcome.spending.purse == narrow
    assert await standing(store, wide, narrow) == [(0, 0), (0, 0)]


async def test_a_purse_that_is_over_goes_before_one_that_asks(store: Store) -> None:
    asking, over = purse("channel:slack:T1:C1", limit=0, asks=True), purse(limit=0)

    outcome = await admit(store, await submitted(store, "k"), asking, over)

    assert isinstance(outcome, OverBudget)
    assert outcome.spending.purse == over


async def delivered(store: Store, *purses: Purse, asked: int, made: int, cost: int) -> None:
    assert await admit(store, await submitted(store, "k", images=asked), *purses, count=asked)
    (claimed,) = await claim(store)
    await store.queue.finish(
        claimed.fence,
        images=[picture(position) for position in range(1, made + 1)],
        decisions=[allowed()] * made,
        cost_microusd=cost,
        notes=(),
        grid=None,
        paid_images=asked,
    )
    letter = await final_letter(store)
    await store.outbox.posted(letter, message="m", images=tuple(range(1, made + 1)))


async def test_a_partial_delivery_costs_its_part_and_the_rest_is_the_houses(store: Store) -> None:
    own, house = purse(limit=9_000), purse(INSTALLATION_SCOPE, limit=9_000)

    await delivered(store, own, house, asked=4, made=3, cost=3_001)

    assert await standing(store, own, house) == [(2_250, 0), (3_001, 0)]


async def test_what_could_not_be_posted_costs_its_asker_nothing(store: Store) -> None:
    own, house = purse(), purse(INSTALLATION_SCOPE)
    assert await admit(store, await submitted(store, "k"), own, house)
    (claimed,) = await claim(store)
    await store.queue.finish(
        claimed.fence,
        images=[picture(1)],
        decisions=[allowed()],
        cost_microusd=700,
        notes=(),
        grid=None,
        paid_images=1,
    )

    await store.outbox.give_up(await final_letter(store), detail="gone")

    assert await standing(store, own, house) == [(0, 0), (700, 0)]


async def test_a_cancelled_request_gives_everything_back(store: Store) -> None:
    fence = await submitted(store, "k")
    assert await admit(store, fence, purse())

    await store.queue.cancel(fence.job, by="ann")

    assert await standing(store, purse()) == [(0, 0)]


async def test_a_mark_is_told_once_and_a_new_limit_anew(store: Store) -> None:
    await delivered(store, purse(limit=10_000), asked=4, made=4, cost=6_000)

    (notice,) = await store.notices.due(owner="me", limit=9, lease_s=30)
    await store.notices.posted(notice, message="m")

    assert notice.told.percent == 50
    assert not await store.notices.due(owner="me", limit=9, lease_s=30)


@pytest.mark.parametrize(("cost", "percent"), [(500, 50), (800, 80), (1_000, 100)])
async def test_each_mark_is_told_when_it_is_reached_though_nobody_is_turned_away(
    store: Store, cost: int, percent: int
) -> None:
    await delivered(store, purse(limit=1_000), asked=1, made=1, cost=cost)

    (notice,) = await store.notices.due(owner="me", limit=9, lease_s=30)

    assert notice.told.percent == percent


async def test_a_notice_whose_teller_died_is_told_by_another(
    store: Store, clock: MovableClock
) -> None:
    await delivered(store, purse(limit=1_000), asked=1, made=1, cost=1_000)
    (first,) = await store.notices.due(owner="me", limit=9, lease_s=30)
    assert not await store.notices.due(owner="you", limit=9, lease_s=30)

    clock.forward(31)
    (again,) = await store.notices.due(owner="you", limit=9, lease_s=30)

    assert (again.id, again.attempt) == (first.id, first.attempt + 1)


async def test_without_budgets_nothing_is_written_about_money(store: Store) -> None:
    fence = await submitted(store, "k")
    assert await admit(store, fence)

    job = await store.queue.job(fence.job)

    assert job is not None
    assert job.state is JobState.READY
    assert await standing(store, purse()) == [(0, 0)]


async def answered(store: Store, fence: Fence, *costs: int | None) -> None:
    """Calls of the job that were made and paid, each journalled with what it cost."""
    for number, cost in enumerate(costs):
        call = await store.journal.plan(fence, part=number, provider="house", key=f"call-{number}")
        assert call is not None
        assert await store.journal.sent(fence, call.id)
        picture_kept = AnsweredImage(raw=BlobKey(f"raw-{number}"), seed=7)
        answer = Answer(images=(picture_kept,), cost_microusd=cost, notes=(), request_id=None)
        await store.journal.answered(call.id, answer)


async def by_storage_fault(store: Store, clock: MovableClock, fence: Fence) -> None:
    assert await store.queue.fail(fence, ending=Ending(reason=Reason.STORAGE))


async def by_its_worker_when_cancelled(store: Store, clock: MovableClock, fence: Fence) -> None:
    assert isinstance(await store.queue.cancel(fence.job, by="ann"), CancelAsked)
    assert await store.queue.cancelled(fence)


async def by_handing_back_when_cancelled(store: Store, clock: MovableClock, fence: Fence) -> None:
    assert isinstance(await store.queue.cancel(fence.job, by="ann"), CancelAsked)
    assert await store.queue.hand_back(fence)


async def by_cancel_while_it_waits(store: Store, clock: MovableClock, fence: Fence) -> None:
    later = clock.now() + timedelta(seconds=60)
    assert await store.queue.delay(fence, run_at=later, detail="a judge did not answer")
    assert isinstance(await store.queue.cancel(fence.job, by="ann"), Cancelled)


async def by_deadline(store: Store, clock: MovableClock, fence: Fence) -> None:
    clock.forward(DEADLINE_S + DEADLINE_GRACE_S + 1)
    await store.queue.sweep(max_attempts=9)


async def by_worker_death(store: Store, clock: MovableClock, fence: Fence) -> None:
    clock.forward(LEASE_S + 1)
    await store.queue.sweep(max_attempts=1)


@pytest.mark.parametrize(
    "ends",
    [
        by_storage_fault,
        by_its_worker_when_cancelled,
        by_handing_back_when_cancelled,
        by_cancel_while_it_waits,
        by_deadline,
        by_worker_death,
    ],
)
async def test_what_was_spent_before_a_job_ended_is_the_houses(
    store: Store, clock: MovableClock, ends
) -> None:
    own, house = purse(limit=9_000), purse(INSTALLATION_SCOPE, limit=9_000)
    assert await admit(store, await submitted(store, "k"), own, house)
    (claimed,) = await claim(store)
    await answered(store, claimed.fence, 700, None, 40)

    await ends(store, clock, claimed.fence)

    job = await store.queue.job(claimed.job.id)
    assert job is not None
    assert job.state in FINAL
    assert job.cost_microusd == 740
    assert await standing(store, own, house) == [(0, 0), (740, 0)]


async def test_a_job_whose_calls_told_no_cost_has_none(store: Store) -> None:
    assert await admit(store, await submitted(store, "k"), purse())
    (claimed,) = await claim(store)
    await answered(store, claimed.fence, None)

    assert await store.queue.fail(claimed.fence, ending=Ending(reason=Reason.STORAGE))

    job = await store.queue.job(claimed.job.id)
    assert job is not None
    assert job.cost_microusd is None
