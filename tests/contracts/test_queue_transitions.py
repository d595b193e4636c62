"""The states a job may pass through are those of the domain, all of them and no others."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.identity import JobId
from bot.domain.job import TRANSITIONS, JobState, ParkedFor
from bot.ports import Accepted
from bot.store.opening import Store
from tests.contracts.store_kit import (
    BROKEN,
    DEADLINE_S,
    LEASE_S,
    REFUSED,
    MovableClock,
    allowed,
    claim,
    final_letter,
    finish,
    plan,
    queued,
    running,
    submission,
    submitted,
)

S = JobState
Watched = Callable[[], Awaitable[list[tuple[str, str]]]]
Way = Callable[[Store, MovableClock], Awaitable[object]]


async def delayed(store: Store, clock: MovableClock, **wishes: object):
    claimed = await running(store, "d", **wishes)
    await store.queue.delay(claimed.fence, run_at=clock.now() + timedelta(seconds=1), detail="429")
    return claimed


async def received_refused(store: Store, clock: MovableClock) -> None:
    await store.queue.refuse(await submitted(store, "k"), ending=REFUSED, decision=None)


async def received_waiting(store: Store, clock: MovableClock) -> None:
    await queued(store, "k", cap=0)


async def received_ready(store: Store, clock: MovableClock) -> None:
    await queued(store, "k")


async def received_failed(store: Store, clock: MovableClock) -> None:
    await store.queue.fail(await submitted(store, "k"), ending=BROKEN)


async def received_cancelled(store: Store, clock: MovableClock) -> None:
    await store.queue.cancel((await submitted(store, "k")).job, by="ann")


async def waiting_ready(store: Store, clock: MovableClock) -> None:
    first = await queued(store, "k1", cap=1)
    await queued(store, "k2", cap=1)
    await store.queue.cancel(first, by="ann")


async def waiting_cancelled(store: Store, clock: MovableClock) -> None:
    await store.queue.cancel(await queued(store, "k", cap=0), by="ann")


async def waiting_failed(store: Store, clock: MovableClock) -> None:
    await delayed(store, clock, cap=1)
    await queued(store, "k", cap=1)
    clock.forward(1)
    await store.queue.sweep(max_attempts=3)
    clock.forward(DEADLINE_S)
    await store.queue.sweep(max_attempts=3)


async def ready_running(store: Store, clock: MovableClock) -> None:
    await running(store, "k")


async def ready_cancelled(store: Store, clock: MovableClock) -> None:
    await store.queue.cancel(await queued(store, "k"), by="ann")


async def ready_failed(store: Store, clock: MovableClock) -> None:
    await store.queue.hand_back((await running(store, "k")).fence)
    clock.forward(DEADLINE_S)
    await store.queue.sweep(max_attempts=3)


async def running_ready(store: Store, clock: MovableClock) -> None:
    await store.queue.hand_back((await running(store, "k")).fence)


async def running_delayed(store: Store, clock: MovableClock) -> None:
    await delayed(store, clock)


async def running_delivering(store: Store, clock: MovableClock) -> None:
    await finish(store, (await running(store, "k")).fence)


async def running_refused(store: Store, clock: MovableClock) -> None:
    await store.queue.refuse((await running(store, "k")).fence, ending=REFUSED, decision=None)


async def running_failed(store: Store, clock: MovableClock) -> None:
    await store.queue.fail((await running(store, "k")).fence, ending=BROKEN)


async def running_cancelled(store: Store, clock: MovableClock) -> None:
    await store.queue.cancelled((await running(store, "k")).fence)


async def delayed_ready(store: Store, clock: MovableClock) -> None:
    await delayed(store, clock)
    clock.forward(1)
    await store.queue.sweep(max_attempts=3)


async def delayed_waiting(store: Store, clock: MovableClock) -> None:
    await delayed(store, clock, cap=1)
    await queued(store, "k", cap=1)
    clock.forward(1)
    await store.queue.sweep(max_attempts=3)


async def delayed_cancelled(store: Store, clock: MovableClock) -> None:
    await store.queue.cancel((await delayed(store, clock)).job.id, by="ann")


async def delayed_failed(store: Store, clock: MovableClock) -> None:
    claimed = await running(store, "k")
    await store.queue.delay(claimed.fence, run_at=clock.now() + timedelta(days=9), detail="later")
    clock.forward(DEADLINE_S)
    await store.queue.sweep(max_attempts=3)


async def delivering_delivered(store: Store, clock: MovableClock) -> None:
    await running_delivering(store, clock)
    await store.outbox.posted(await final_letter(store), message="m", images=(1,))


async def delivering_failed(store: Store, clock: MovableClock) -> None:
    await running_delivering(store, clock)
    await store.outbox.give_up(await final_letter(store), detail="gone")


async def parked(store: Store) -> JobId:
    outcome = await store.queue.park_new(
        submission("parked"), run_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert isinstance(outcome, Accepted)
    return outcome.job


async def received_parked(store: Store, clock: MovableClock) -> None:
    fence = await submitted(store, "k")
    run_at = clock.now() + timedelta(days=1)
    await store.queue.park(fence, why=ParkedFor.BUDGET, run_at=run_at, decision=allowed())


async def parked_received(store: Store, clock: MovableClock) -> None:
    assert await store.queue.unpark(await parked(store), submission("parked"))


async def parked_refused(store: Store, clock: MovableClock) -> None:
    await store.queue.end_parked(await parked(store), ending=REFUSED)


async def parked_cancelled(store: Store, clock: MovableClock) -> None:
    await store.queue.cancel(await parked(store), by="ann")


WAYS: dict[tuple[JobState, JobState], Way] = {
    (S.RECEIVED, S.REFUSED): received_refused,
    (S.RECEIVED, S.WAITING): received_waiting,
    (S.RECEIVED, S.READY): received_ready,
    (S.RECEIVED, S.FAILED): received_failed,
    (S.RECEIVED, S.CANCELLED): received_cancelled,
    (S.RECEIVED, S.PARKED): received_parked,
    (S.PARKED, S.RECEIVED): parked_received,
    (S.PARKED, S.REFUSED): parked_refused,
    (S.PARKED, S.CANCELLED): parked_cancelled,
    (S.WAITING, S.READY): waiting_ready,
    (S.WAITING, S.CANCELLED): waiting_cancelled,
    (S.WAITING, S.FAILED): waiting_failed,
    (S.READY, S.RUNNING): ready_running,
    (S.READY, S.CANCELLED): ready_cancelled,
    (S.READY, S.FAILED): ready_failed,
    (S.RUNNING, S.READY): running_ready,
    (S.RUNNING, S.DELAYED): running_delayed,
    (S.RUNNING, S.DELIVERING): running_delivering,
    (S.RUNNING, S.REFUSED): running_refused,
    (S.RUNNING, S.FAILED): running_failed,
    (S.RUNNING, S.CANCELLED): running_cancelled,
    (S.DELAYED, S.READY): delayed_ready,
    (S.DELAYED, S.WAITING): delayed_waiting,
    (S.DELAYED, S.CANCELLED): delayed_cancelled,
    (S.DELAYED, S.FAILED): delayed_failed,
    (S.DELIVERING, S.DELIVERED): delivering_delivered,
    (S.DELIVERING, S.FAILED): delivering_failed,
}
LEGAL = {(before, after) for before, afters in TRANSITIONS.items() for after in afters}


def test_every_legal_transition_has_a_way() -> None:
    assert set(WAYS) == LEGAL


@pytest.mark.parametrize(
    "step", sorted(WAYS, key=str), ids=lambda step: f"{step[0].value}-{step[1].value}"
)
async def test_a_legal_transition_happens_and_no_illegal_one(
    store: Store, clock: MovableClock, step: tuple[JobState, JobState], watched: Watched
) -> None:
    await WAYS[step](store, clock)

    seen = {(JobState(before), JobState(after)) for before, after in await watched()}
    assert step in seen
    assert seen <= LEGAL


@pytest.mark.parametrize("end", ["refuse", "fail", "deliver", "undeliverable", "cancel"])
async def test_what_is_over_stays_as_it_is(store: Store, clock: MovableClock, end: str) -> None:
    claimed = await running(store, "k")
    fence = claimed.fence
    match end:
        case "refuse":
            await store.queue.refuse(fence, ending=REFUSED, decision=None)
        case "fail":
            await store.queue.fail(fence, ending=BROKEN)
        case "cancel":
            await store.queue.cancelled(fence)
        case _:
            await finish(store, fence)
            letter = await final_letter(store)
            if end == "deliver":
                await store.outbox.posted(letter, message="m", images=(1,))
            else:
                await store.outbox.give_up(letter, detail="gone")
    before = await store.queue.job(fence.job)

    assert not await finish(store, fence)
    assert not await store.queue.fail(fence, ending=BROKEN)
    assert not await store.queue.refuse(fence, ending=REFUSED, decision=None)
    assert not await store.queue.admit(fence, plan=plan(), decision=allowed(), weight=1.0)
    assert not await store.queue.delay(fence, run_at=clock.now(), detail="429")
    assert not await store.queue.hand_back(fence)
    assert not await store.queue.cancelled(fence)
    await store.queue.cancel(fence.job, by="ann")
    clock.forward(10 * DEADLINE_S + LEASE_S)
    await store.queue.sweep(max_attempts=3)
    await store.queue.recover(owner="new", max_attempts=3)
    assert not await claim(store)
    assert await store.queue.job(fence.job) == before
