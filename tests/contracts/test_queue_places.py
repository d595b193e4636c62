"""A place in line is the very order that will be served, however it came about."""

import asyncio
from collections.abc import Awaitable

from sqlalchemy import text

from bot.domain.job import Fence
from bot.store import line_count, queue_admit
from bot.store.opening import Store
from bot.store.statement import Statement
from bot.store.transaction import Transaction
from tests.contracts.store_kit import (
    CAPACITY,
    LEASE_S,
    MovableClock,
    allowed,
    claim,
    person,
    plan,
    queued,
    submitted,
)

BLOCKS = Statement(text("SELECT count(*) FROM line_count"))
COUNTED = Statement(text("SELECT sum(jobs) FROM line_count"))
FEW = {"house": 3}
PEOPLE = 7


async def check_places(store: Store) -> int:
    """How many are in line; each one's own place is where it stands in everybody's."""
    line = await store.queue.line()
    for one in line:
        assert await store.queue.place(one.job) == one.place
    return len(line)


def blocks_in(tx: Transaction) -> int:
    row = tx.row(BLOCKS)
    return int(row[0]) if row else 0


async def blocks(store: Store) -> int:
    return await store.executor.read(blocks_in)


async def counted(store: Store) -> int:
    """How many are in line by the blocks."""
    row = await store.executor.read(lambda tx: tx.row(COUNTED))
    return int(row[0] or 0) if row else 0


def admitted(store: Store, fence: Fence) -> Awaitable[object]:
    return store.queue.admit(fence, plan=plan("house"), decision=allowed(), weight=1.0)


def come_and_fail(tx: Transaction) -> None:
    line_count.come(tx, 1, 1.0)
    raise ValueError("after coming")


async def test_places_hold_through_claims_returns_delays_and_cancellations(
    store: Store, clock: MovableClock
) -> None:
    jobs = [
        await queued(store, f"k{n}", user=f"u{n % PEOPLE}", images=1 + n % 3, weight=1.0 + n % 2)
        for n in range(60)
    ]
    assert await check_places(store) == 60
    first, second, third = await claim(store, slots=3, capacity=FEW)
    assert await check_places(store) == 57
    assert await store.queue.place(first.job.id) is None

    await store.queue.hand_back(first.fence)
    await store.queue.delay(second.fence, run_at=clock.now(), detail="429")
    for job in jobs[10:60:9]:
        await store.queue.cancel(job, by="ann")
    in_line = await check_places(store)
    await store.queue.sweep(max_attempts=9)
    assert await check_places(store) == in_line + 1
    clock.forward(LEASE_S)
    await store.queue.sweep(max_attempts=9)

    assert await store.queue.place(third.job.id) is not None
    assert await check_places(store) == in_line + 2


async def test_who_comes_with_somebody_that_fails_is_counted_once(store: Store) -> None:
    """A group that fails is run again one by one, and what was rolled back is in nobody's line."""
    fences = [await submitted(store, f"k{number}") for number in range(4)]

    *came, failed = await asyncio.gather(
        *(admitted(store, fence) for fence in fences),
        store.executor.write(come_and_fail),
        return_exceptions=True,
    )

    assert isinstance(failed, ValueError)
    assert came[:4] == [True] * 4
    assert await counted(store) == await check_places(store) == 4


async def test_who_come_together_are_written_together(store: Store) -> None:
    fences = [await submitted(store, f"k{number}", user=f"u{number}") for number in range(30)]

    def admit_all(tx: Transaction) -> int:
        for fence in fences:
            queue_admit.admit(tx, fence, plan=plan("house"), decision=allowed(), weight=1.0)
        return blocks_in(tx)

    assert await store.executor.write(admit_all) == 0
    assert await counted(store) == await check_places(store) == 30


async def test_blocks_that_were_served_are_forgotten_and_places_stay(store: Store) -> None:
    for number in range(line_count.TIDY_FROM + 10):
        await queued(store, f"k{number}", weight=1.0)
    for _ in range(line_count.TIDY_FROM + 5):
        (claimed,) = await claim(store, capacity=CAPACITY)
        await store.queue.cancel(claimed.job.id, by="ann")
        await store.queue.cancelled(claimed.fence)
    assert await blocks(store) >= line_count.TIDY_FROM + 10

    await store.queue.sweep(max_attempts=9)

    assert await blocks(store) < line_count.TIDY_FROM
    assert await check_places(store) == 5


async def test_a_workspaces_number_waiting_counts_its_own_alone(store: Store) -> None:
    for n in range(5):
        await queued(store, f"a{n}", user=f"u{n}")
    for n in range(3):
        await queued(store, f"b{n}", user=f"u{n}", workspace="T2", cap=1)
    await queued(store, "b3", user="u0", workspace="T2", cap=1)

    teams = [person(workspace=team).workspace_id for team in ("T1", "T2", "T3")]

    assert [await store.queue.waiting_in(team) for team in teams] == [5, 4, 0]
    await claim(store, slots=9)
    assert [await store.queue.waiting_in(team) for team in teams] == [0, 1, 0]
