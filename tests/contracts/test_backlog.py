"""How much is waiting, on every store."""

from datetime import timedelta

from bot.domain.job import ParkedFor
from bot.store.opening import Store
from tests.contracts.store_kit import (
    MovableClock,
    accepted,
    allowed,
    claim,
    finish,
    queued,
    submitted,
)


async def test_nothing_waits_in_an_empty_house(store: Store) -> None:
    backlog = await store.backlogs.now()

    assert set(backlog.jobs.values()) == {0}
    assert (backlog.oldest_wait_s, backlog.letters, backlog.oldest_letter_s) == (0, 0, 0)


async def test_each_unfinished_job_is_counted_where_it_stands(
    store: Store, clock: MovableClock
) -> None:
    later = clock.now() + timedelta(hours=1)
    await queued(store, "delayed", user="a")
    (delayed,) = await claim(store)
    await store.queue.delay(delayed.fence, run_at=later, detail="busy")
    parked = await submitted(store, "parked", user="b")
    await store.queue.park(parked, why=ParkedFor.BUDGET, run_at=later, decision=allowed())
    await queued(store, "done", user="c")
    (done,) = await claim(store)
    await finish(store, done.fence)
    await queued(store, "running", user="d")
    await claim(store)
    for number in range(3):
        await queued(store, f"waiting-{number}", user="e", cap=1)
    await accepted(store, "received", user="f")

    backlog = await store.backlogs.now()

    assert backlog.jobs == {
        "received": 1,
        "in_line": 3,
        "running": 1,
        "delayed": 1,
        "parked": 1,
    }


async def test_the_oldest_wait_is_that_of_the_oldest_in_line(
    store: Store, clock: MovableClock
) -> None:
    await queued(store, "served", user="a")
    await claim(store)
    clock.forward(100)
    await queued(store, "handed back", user="d")
    (taken,) = await claim(store)
    await store.queue.hand_back(taken.fence)
    clock.forward(10)
    await queued(store, "old", user="b")
    clock.forward(30)
    await queued(store, "young", user="c")
    clock.forward(5)

    assert (await store.backlogs.now()).oldest_wait_s == 45


async def test_a_letter_counts_until_it_is_posted(store: Store, clock: MovableClock) -> None:
    await queued(store, "one", user="a")
    clock.forward(12)
    before = await store.backlogs.now()

    (letter,) = await store.outbox.due(owner="poster", limit=9, lease_s=60)
    await store.outbox.posted(letter, message="1", images=())
    after = await store.backlogs.now()

    assert (before.letters, before.oldest_letter_s) == (1, 12)
    assert (after.letters, after.oldest_letter_s) == (0, 0)
