"""Several processes on one Postgres: each store here has its own connections and threads, as a process has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psycopg
import pytest
from sqlalchemy import text

from bot.domain.job import FINAL, JobState
from bot.ports import Accepted, Answer, CallEnd, Claimed, Duplicate, OverQuota
from bot.store.opening import Store
from bot.store.postgres_connection import conninfo
from bot.store.postgres_opening import open_postgres
from bot.store.records import write_answer
from bot.store.statement import Statement
from bot.store.transaction import Transaction
from tests.contracts.store_kit import (
    LEASE_S,
    MovableClock,
    allowed,
    claim,
    counter,
    finish,
    left,
    letters,
    plan,
    queued,
    submission,
)
from tests.store.test_any_history import (
    LIMITS,
    check_lanes,
    check_ledger,
    check_usage,
    counters,
    everything,
)

PROCESSES = 4
VIRTUAL_TIME = Statement(text("SELECT vt FROM clock"))
BLOCKS = Statement(
    text("SELECT vt, block FROM line_count GROUP BY vt, block HAVING sum(jobs) <> 0")
)
DEADLOCKS = Statement(
    text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
)
STATES = Statement(text("SELECT state FROM job"))
NO_STEPS = Statement(text("CREATE TABLE step (before TEXT, after TEXT)"))

Stores = list[Store]


@pytest.fixture
async def stores(postgres_url: str) -> AsyncIterator[Stores]:
    async with AsyncExitStack() as stack:
        opened = [await open_postgres(postgres_url) for _ in range(PROCESSES)]
        for store in opened:
            stack.push_async_callback(store.aclose)
        yield opened


async def test_fifty_at_once_with_credit_for_one_get_one(stores: Stores) -> None:
    requests = [
        stores[number % PROCESSES].queue.submit(
            submission(f"k{number}", counters=[counter(limit=1)])
        )
        for number in range(50)
    ]

    outcomes = await asyncio.gather(*requests)

    assert sum(isinstance(one, Accepted) for one in outcomes) == 1
    assert sum(isinstance(one, OverQuota) for one in outcomes) == 49
    assert await left(stores[0]) == (0, 1)


async def test_credit_that_many_people_share_is_given_once(stores: Stores) -> None:
    shared = counter("everybody", limit=5)
    requests = [
        stores[number % PROCESSES].queue.submit(
            submission(f"k{number}", user=f"u{number}", counters=[counter(f"u{number}"), shared])
        )
        for number in range(40)
    ]

    outcomes = await asyncio.gather(*requests)

    assert sum(isinstance(one, Accepted) for one in outcomes) == 5
    assert await left(stores[0], "everybody") == (0, 5)


async def test_an_event_that_reaches_every_process_is_one_job(stores: Stores) -> None:
    outcomes = await asyncio.gather(
        *(store.queue.submit(submission("same")) for store in stores for _ in range(5))
    )

    assert sum(isinstance(one, Accepted) for one in outcomes) == 1
    assert sum(isinstance(one, Duplicate) for one in outcomes) == PROCESSES * 5 - 1


async def test_claimers_share_no_job_and_never_exceed_a_providers_slots(stores: Stores) -> None:
    for number in range(30):
        await queued(stores[0], f"k{number}", user=f"u{number}", providers=("house", "cloud"))
    capacity = {"house": 3, "cloud": 4}

    batches = await asyncio.gather(
        *(claim(store, slots=5, capacity=capacity) for store in stores for _ in range(3))
    )

    claimed = [one for batch in batches for one in batch]
    assert len({one.job.id for one in claimed}) == len(claimed) == 7
    assert sorted(one.provider for one in claimed) == ["cloud"] * 4 + ["house"] * 3


async def test_a_slot_is_not_given_twice_to_jobs_that_change_their_provider(stores: Stores) -> None:
    for number in range(8):
        await queued(stores[0], f"k{number}", user=f"u{number}", providers=("house",))
    claimed = await claim(stores[0], slots=8)

    switched = await asyncio.gather(
        *(
            stores[number % PROCESSES].queue.switch_provider(
                one.fence, provider="cloud", capacity=3
            )
            for number, one in enumerate(claimed)
        )
    )

    assert sum(switched) == 3


async def test_claims_are_in_order_whoever_makes_them(stores: Stores) -> None:
    jobs = [await queued(stores[0], f"k{number}", user=f"u{number}") for number in range(20)]
    seen: list[int] = []
    times = [0.0]
    while len(seen) < 20:
        store = stores[len(seen) % PROCESSES]
        seen += [one.job.id for one in await claim(store, slots=3)]
        (time,) = await store.executor.read(lambda tx: tx.row(VIRTUAL_TIME)) or (0.0,)
        times.append(time)

    assert seen == jobs
    assert times == sorted(times)


async def test_a_dead_processs_job_is_taken_over_and_its_late_answer_refused(
    postgres_url: str,
) -> None:
    clock = MovableClock()
    dead = await open_postgres(postgres_url, clock=clock)
    alive = await open_postgres(postgres_url, clock=clock)
    await queued(dead, "k1")
    (lost,) = await claim(dead, owner="dead")
    clock.forward(LEASE_S)

    assert await alive.queue.sweep(max_attempts=3) == 1
    (taken,) = await claim(alive, owner="alive")
    late, timely = await asyncio.gather(finish(dead, lost.fence), finish(alive, taken.fence))

    assert (late, timely) == (False, True)
    await dead.aclose()
    await alive.aclose()


async def test_every_process_sweeps_and_each_lapsed_job_moves_once(postgres_url: str) -> None:
    clock = MovableClock()
    stores = [await open_postgres(postgres_url, clock=clock) for _ in range(PROCESSES)]
    for number in range(20):
        await queued(stores[0], f"k{number}", user=f"u{number}")
    await claim(stores[0], slots=20)
    clock.forward(LEASE_S)

    moved = await asyncio.gather(*(store.queue.sweep(max_attempts=3) for store in stores))

    assert sum(moved) == 20
    assert len(await claim(stores[1], slots=30)) == 20
    for store in stores:
        await store.aclose()


async def test_letters_are_posted_by_one_process_each(stores: Stores) -> None:
    for number in range(20):
        await queued(stores[0], f"k{number}", user=f"u{number}")

    taken = await asyncio.gather(
        *(letters(store, owner=f"p{n}", limit=10) for n, store in enumerate(stores))
    )

    found = [letter.id for batch in taken for letter in batch]
    assert len(found) == len(set(found)) == 20


async def test_nothing_waits_in_a_circle_and_the_books_balance(stores: Stores) -> None:
    """Few people, one counter that all share, every operation, in groups that overlap as they like."""
    await asyncio.gather(*(_live(store, number) for number, store in enumerate(stores)))

    store = stores[0]
    await store.executor.write(lambda tx: tx.change(NO_STEPS))
    found = await store.executor.read(everything)
    states = {job[0]: JobState(job[2]) for job in found["jobs"]}
    assert len(states) >= LIMITS["month"]
    assert set(states.values()) <= FINAL
    check_ledger(found, states)
    check_lanes(found)
    check_usage(found)
    assert not any(await store.executor.read(lambda tx: tx.rows(BLOCKS)))
    assert await store.executor.read(lambda tx: tx.row(DEADLOCKS)) == (0,)


async def _live(store: Store, process: int) -> None:
    """Five people of six write through each process, and every process works for all of them."""
    owner = f"process{process}"
    over = asyncio.Event()

    async def ask(person: int) -> None:
        user = f"u{(process + person) % 6}"
        for number in range(6):
            outcome = await store.queue.submit(
                submission(
                    f"{process}-{person}-{number}",
                    user=user,
                    counters=counters(user),
                )
            )
            if isinstance(outcome, OverQuota):
                continue
            assert isinstance(outcome, Accepted)
            if number % 3 == 2:
                await store.queue.cancel(outcome.job, by=user)

    async def work() -> None:
        idle = 0
        while idle < 3:
            await _admit(store, owner)
            claims = await claim(store, slots=4, owner=owner, capacity={"house": 6})
            await asyncio.gather(*(_paint(store, one) for one in claims))
            unfinished = await store.queue.line()
            idle = 0 if unfinished or not over.is_set() else idle + 1

    async def post() -> None:
        idle = 0
        while idle < 3:
            found = await letters(store, owner=owner, limit=10)
            posting = (store.outbox.posted(one, message="m", images=(1,)) for one in found)
            await asyncio.gather(*posting)
            await store.queue.sweep(max_attempts=3)
            idle = 0 if found or not over.is_set() else idle + 1

    async with asyncio.TaskGroup() as group:
        group.create_task(work())
        group.create_task(post())
        await asyncio.gather(*(ask(person) for person in range(5)))
        while await store.executor.read(_unfinished):
            pass
        over.set()


async def _admit(store: Store, owner: str) -> None:
    for one in await store.queue.adopt(owner=owner, limit=4, lease_s=LEASE_S):
        await store.queue.admit(one.fence, plan=plan(), decision=allowed(), weight=1.0)


async def _paint(store: Store, claimed: Claimed) -> None:
    call = await store.journal.plan(
        claimed.fence, part=0, provider="house", key=f"job-{claimed.job.id}-{claimed.fence.attempt}"
    )
    assert call is not None
    await store.queue.renew([claimed.fence], lease_s=LEASE_S)
    await store.journal.sent(claimed.fence, call.id)
    await store.journal.failed(call.id, end=CallEnd.FAILED, detail="none")
    if (await store.queue.renew([claimed.fence], lease_s=LEASE_S)).cancel_asked:
        await store.queue.cancelled(claimed.fence)
    else:
        await finish(store, claimed.fence)


def _unfinished(tx: Transaction) -> bool:
    return any(JobState(state) not in FINAL for (state,) in tx.rows(STATES))


async def test_a_bill_waits_for_another_process_bill_of_the_same_call(
    stores: Stores, postgres_url: str
) -> None:
    await queued(stores[0], "k")
    (claimed,) = await claim(stores[0])
    call = await stores[0].journal.plan(claimed.fence, part=0, provider="house", key="c")
    assert call is not None
    assert await stores[0].journal.sent(claimed.fence, call.id)
    bill = Answer(images=(), cost_microusd=300, notes=(), request_id=None)

    async with await psycopg.AsyncConnection.connect(
        conninfo(postgres_url), autocommit=True
    ) as other:
        async with other.transaction():
            await other.execute(
                "UPDATE call SET state = 'failed', answer = %s WHERE id = %s",
                (write_answer(bill), call.id),
            )
            lower = asyncio.create_task(
                stores[1].journal.failed(
                    call.id, end=CallEnd.FAILED, detail="late", cost_microusd=200
                )
            )
            await somebody_waits(postgres_url)
        await lower

    (kept,) = await stores[0].journal.calls(claimed.job.id)
    assert kept.answer is not None
    assert kept.answer.cost_microusd == 300


async def somebody_waits(postgres_url: str) -> None:
    """Until a statement waits for a lock that another holds."""
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    url = conninfo(postgres_url)
    async with (
        asyncio.timeout(10),
        await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher,
    ):
        while await (await watcher.execute(waiting)).fetchone() is None:
            pass
