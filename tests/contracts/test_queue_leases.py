"""Workers that die, stall or take too long."""

from datetime import timedelta

from bot.domain.job import Fence, JobState, Reason
from bot.store.opening import Store
from tests.contracts.store_kit import (
    BROKEN,
    DEADLINE_S,
    LEASE_S,
    REFUSED,
    MovableClock,
    allowed,
    claim,
    finish,
    left,
    letters,
    plan,
    queued,
    running,
    submitted,
)

FAR = 3


async def state(store: Store, job) -> JobState:
    found = await store.queue.job(job)
    assert found is not None
    return found.state


async def test_a_lease_that_is_renewed_holds(store: Store, clock: MovableClock) -> None:
    claimed = await running(store, "k1")
    clock.forward(LEASE_S - 1)

    renewal = await store.queue.renew([claimed.fence], lease_s=LEASE_S)
    clock.forward(LEASE_S - 1)

    assert not renewal.lost
    assert await store.queue.sweep(max_attempts=FAR) == 0
    assert await finish(store, claimed.fence)


async def test_a_dead_workers_job_is_run_by_another(store: Store, clock: MovableClock) -> None:
    claimed = await running(store, "k1", user="ann")
    clock.forward(LEASE_S)

    assert await store.queue.sweep(max_attempts=FAR) == 1

    (again,) = await claim(store, owner="second")
    assert again.job.id == claimed.job.id
    assert again.job.attempt == 2


async def test_a_stalled_worker_can_write_nothing_any_more(
    store: Store, clock: MovableClock
) -> None:
    stale = (await running(store, "k1")).fence
    clock.forward(LEASE_S)
    await store.queue.sweep(max_attempts=FAR)
    (taken,) = await claim(store, owner="second")

    assert not await finish(store, stale)
    assert not await store.queue.fail(stale, ending=BROKEN)
    assert not await store.queue.refuse(stale, ending=REFUSED, decision=None)
    assert not await store.queue.delay(stale, run_at=clock.now(), detail="429")
    assert not await store.queue.hand_back(stale)
    assert not await store.queue.cancelled(stale)
    assert not await store.queue.switch_provider(stale, provider="cloud", capacity=9)
    assert await store.journal.plan(stale, part=0, provider="house", key="k") is None
    assert (await store.queue.renew([stale], lease_s=LEASE_S)).lost == {stale.job}
    assert await finish(store, taken.fence)


async def test_the_same_process_cannot_use_its_own_lapsed_claim(
    store: Store, clock: MovableClock
) -> None:
    stale = (await running(store, "k1")).fence
    clock.forward(LEASE_S)
    await store.queue.sweep(max_attempts=FAR)
    (again,) = await claim(store, owner=stale.owner)

    assert not await finish(store, stale)
    assert await finish(store, again.fence)


async def test_a_guessed_fence_does_not_open(store: Store) -> None:
    fence = (await running(store, "k1")).fence

    for wrong in (
        Fence(job=fence.job, owner="other", attempt=fence.attempt),
        Fence(job=fence.job, owner=fence.owner, attempt=fence.attempt - 1),
        Fence(job=fence.job, owner=fence.owner, attempt=fence.attempt + 1),
    ):
        assert not await finish(store, wrong)


async def test_a_job_that_kills_its_workers_is_given_up(store: Store, clock: MovableClock) -> None:
    await queued(store, "k1", images=2)
    for _ in range(FAR):
        (claimed,) = await claim(store)
        clock.forward(LEASE_S)
        await store.queue.sweep(max_attempts=FAR)

    job = await store.queue.job(claimed.job.id)
    assert job is not None
    assert job.state is JobState.FAILED
    assert job.ending is not None
    assert job.ending.reason is Reason.WORKER_DIED
    assert await left(store) == (0, 0)
    assert [letter.final for letter in await letters(store)] == [True]


async def test_stopping_politely_never_gives_a_job_up(store: Store) -> None:
    job = await queued(store, "k1")
    for _ in range(FAR + 2):
        (claimed,) = await claim(store)
        await store.queue.hand_back(claimed.fence)

    await store.queue.sweep(max_attempts=FAR)

    assert await state(store, job) is JobState.READY


async def test_a_request_whose_judge_died_is_adopted(store: Store, clock: MovableClock) -> None:
    fence = await submitted(store, "k1", owner="dead", lease_s=30.0)
    clock.forward(30)
    await store.queue.sweep(max_attempts=FAR)

    (adopted,) = await store.queue.adopt(owner="alive", limit=5, lease_s=LEASE_S)

    assert not await store.queue.admit(fence, plan=plan(), decision=allowed(), weight=1.0)
    assert await store.queue.admit(adopted.fence, plan=plan(), decision=allowed(), weight=1.0)


async def test_a_request_that_kills_its_judges_is_given_up(
    store: Store, clock: MovableClock
) -> None:
    fence = await submitted(store, "k1", owner="judge")
    for _ in range(FAR):
        clock.forward(30)
        await store.queue.sweep(max_attempts=FAR)
        await store.queue.adopt(owner="judge", limit=5, lease_s=30.0)

    assert await state(store, fence.job) is JobState.FAILED
    assert await left(store) == (0, 0)


async def test_the_deadline_runs_from_the_first_claim(store: Store, clock: MovableClock) -> None:
    job = await queued(store, "k1")
    clock.forward(10 * DEADLINE_S)
    assert await store.queue.sweep(max_attempts=FAR) == 0
    (claimed,) = await claim(store)
    await store.queue.hand_back(claimed.fence)
    clock.forward(DEADLINE_S)

    await store.queue.sweep(max_attempts=FAR)

    found = await store.queue.job(job)
    assert found is not None
    assert found.ending is not None
    assert (found.state, found.ending.reason) == (JobState.FAILED, Reason.DEADLINE)
    assert await left(store) == (0, 0)


async def test_every_started_state_ends_at_its_deadline(store: Store, clock: MovableClock) -> None:
    delayed = await running(store, "k3", user="bob")
    await store.queue.delay(delayed.fence, run_at=clock.now() + timedelta(days=1), detail="a day")
    waiting = await running(store, "k1", cap=1)
    ready = await queued(store, "k2", cap=1)
    await store.queue.delay(waiting.fence, run_at=clock.now(), detail="429")
    await store.queue.sweep(max_attempts=FAR)
    assert await state(store, waiting.job.id) is JobState.WAITING
    clock.forward(DEADLINE_S)

    await store.queue.sweep(max_attempts=FAR)

    assert await state(store, waiting.job.id) is JobState.FAILED
    assert await state(store, delayed.job.id) is JobState.FAILED
    assert await state(store, ready) is JobState.READY


async def test_a_live_worker_may_end_its_job_itself_shortly_after_the_deadline(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1")
    clock.forward(DEADLINE_S)
    await store.queue.renew([claimed.fence], lease_s=LEASE_S)

    assert await store.queue.sweep(max_attempts=FAR) == 0
    clock.forward(LEASE_S)
    await store.queue.renew([claimed.fence], lease_s=LEASE_S)
    assert await store.queue.sweep(max_attempts=FAR) == 1

    assert await state(store, claimed.job.id) is JobState.FAILED


async def test_after_a_restart_everything_of_the_dead_process_is_free(store: Store) -> None:
    claimed = await running(store, "k1", user="ann")
    received = await submitted(store, "k2", user="bob", owner="worker")
    (letter,) = await letters(store, owner="worker")

    moved = await store.queue.recover(owner="new", max_attempts=FAR)

    assert moved == 3
    assert [again.job.id for again in await claim(store, owner="new")] == [claimed.job.id]
    (adopted,) = await store.queue.adopt(owner="new", limit=5, lease_s=LEASE_S)
    assert adopted.job.id == received.job
    (again,) = await letters(store, owner="new")
    assert (again.id, again.attempt) == (letter.id, 2)
    assert not await store.outbox.posted(letter, message="m", images=())


async def test_a_restart_leaves_alone_what_this_process_holds(store: Store) -> None:
    claimed = await running(store, "k1")

    assert await store.queue.recover(owner=claimed.fence.owner, max_attempts=FAR) == 0
    assert await finish(store, claimed.fence)


async def test_a_job_that_kills_the_process_is_given_up_after_restarts(store: Store) -> None:
    job = await queued(store, "k1")
    for number in range(FAR):
        await claim(store, owner=f"process{number}")
        await store.queue.recover(owner=f"process{number + 1}", max_attempts=FAR)

    assert await state(store, job) is JobState.FAILED
