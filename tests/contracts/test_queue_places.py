"""A place in line is the very order that will be served, however it came about."""

from sqlalchemy import text

from bot.store import line_count
from bot.store.opening import Store
from bot.store.statement import Statement
from tests.contracts.store_kit import CAPACITY, LEASE_S, MovableClock, claim, person, queued

BLOCKS = Statement(text("SELECT count(*) FROM line_count"))
FEW = {"house": 3}
PEOPLE = 7


async def check_places(store: Store) -> int:
    """How many are in line; each one's own place is where it stands in everybody's."""
    line = await store.queue.line()
    for one in line:
        assert await store.queue.place(one.job) == one.place
    return len(line)


async def blocks(store: Store) -> int:
    row = await store.executor.read(lambda tx: tx.row(BLOCKS))
    return int(row[0]) if row else 0


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
