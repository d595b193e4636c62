"""What a place in line costs when the line is long, in units of the cheapest durable thing there is."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from statistics import median

from bot.benchmarks.queue_databases import Databases, one_row_commit_s
from bot.benchmarks.queue_jobs import LEASE_S, OWNER, PLAN, PROMPT_DECISION, submission
from bot.domain.identity import JobId
from bot.ports import Accepted
from bot.store.opening import Store

QUEUED = 20_000
USERS = 200
AT_ONCE = 500
LOOKS = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCosts:
    """Medians, in milliseconds: the place of one in the line's second half, everybody's places, a one-row commit."""

    place_ms: float
    line_ms: float
    commit_ms: float


async def place_costs(databases: Databases) -> PlaceCosts:
    """Fills a line of QUEUED jobs in a new store and looks at places in its second half.

    One kind after the other, as the commits are: right after everybody's places a single one would pay for letting go of
    20,000 rows.
    """
    store = await databases.store()
    try:
        jobs = await _fill(store)
        await databases.settle()
        places = [await _place_s(store, jobs, look) for look in range(LOOKS)]
        lines = [await _line_s(store) for _ in range(LOOKS)]
        commit_s = await asyncio.to_thread(one_row_commit_s, databases)
    finally:
        await store.aclose()
    return PlaceCosts(
        place_ms=median(places) * 1000, line_ms=median(lines) * 1000, commit_ms=commit_s * 1000
    )


async def _place_s(store: Store, jobs: list[JobId], look: int) -> float:
    """The last one of all, then others back to the middle: whoever counts from one end has far to go."""
    expected = QUEUED - look * QUEUED // (2 * LOOKS)
    started = time.perf_counter()
    place = await store.queue.place(jobs[expected - 1])
    seconds = time.perf_counter() - started
    if place != expected:
        raise ValueError(f"the place is wrong: {place}, not {expected}")
    return seconds


async def _line_s(store: Store) -> float:
    started = time.perf_counter()
    line = await store.queue.line()
    seconds = time.perf_counter() - started
    if len(line) != QUEUED:
        raise ValueError(f"the line is wrong: {len(line)}")
    return seconds


async def _fill(store: Store) -> list[JobId]:
    for first in range(0, QUEUED, AT_ONCE):
        await asyncio.gather(*(_submit(store, number) for number in range(first, first + AT_ONCE)))
        adopted = await store.queue.adopt(owner=OWNER, limit=AT_ONCE, lease_s=LEASE_S)
        await asyncio.gather(
            *(
                store.queue.admit(one.fence, plan=PLAN, decision=PROMPT_DECISION, weight=1.0)
                for one in adopted
            )
        )
    return [one.job for one in await store.queue.line()]


async def _submit(store: Store, number: int) -> None:
    outcome = await store.queue.submit(submission(number, user=f"U{number % USERS}"))
    if not isinstance(outcome, Accepted):
        raise TypeError(f"not accepted: {outcome}")
