"""What a place in line costs when the line is long, in units of the cheapest durable thing there is."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from statistics import median

from bot.benchmarks.queue_databases import Databases, one_row_commit_s
from bot.benchmarks.queue_jobs import PLAN, PROMPT_DECISION, submission
from bot.domain.identity import JobId
from bot.ports import Accepted
from bot.store.opening import Store

QUEUED = 20_000
USERS = 200
AT_ONCE = 500
LOOKS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCosts:
    """Medians, in milliseconds: the last one's place, everybody's places, a one-row commit."""

    place_ms: float
    line_ms: float
    commit_ms: float


async def place_costs(databases: Databases) -> PlaceCosts:
    """Fills a line of QUEUED jobs in a new store and looks at it from its end."""
    store = await databases.store()
    try:
        last = await _fill(store)
        await databases.settle()
        places, lines = [], []
        for _ in range(LOOKS):
            started = time.perf_counter()
            place = await store.queue.place(last)
            places.append(time.perf_counter() - started)
            started = time.perf_counter()
            line = await store.queue.line()
            lines.append(time.perf_counter() - started)
            if place != QUEUED or len(line) != QUEUED:
                raise ValueError(f"the line is wrong: {place}, {len(line)}")
        commit_s = await asyncio.to_thread(one_row_commit_s, databases)
    finally:
        await store.aclose()
    return PlaceCosts(
        place_ms=median(places) * 1000, line_ms=median(lines) * 1000, commit_ms=commit_s * 1000
    )


async def _fill(store: Store) -> JobId:
    last = JobId(0)
    for first in range(0, QUEUED, AT_ONCE):
        jobs = await asyncio.gather(
            *(_queue(store, number) for number in range(first, first + AT_ONCE))
        )
        last = jobs[-1]
    line = await store.queue.line()
    return line[-1].job if line else last


async def _queue(store: Store, number: int) -> JobId:
    outcome = await store.queue.submit(submission(number, user=f"U{number % USERS}"))
    if not isinstance(outcome, Accepted):
        raise TypeError(f"not accepted: {outcome}")
    await store.queue.admit(outcome.fence, plan=PLAN, decision=PROMPT_DECISION, weight=1.0)
    return outcome.job
