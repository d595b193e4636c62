"""`impasto bench queue`: the whole queue beside a bare loop and beside saq, and what fairness and places cost."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from bot.benchmarks.machine import machine, median_ratio
from bot.benchmarks.queue_databases import (
    DatabaseKind,
    Databases,
    PostgresDatabases,
    databases,
)
from bot.benchmarks.queue_end_to_end import end_to_end
from bot.benchmarks.queue_fairness import light_user_s
from bot.benchmarks.queue_floor import bare_loop_jobs_per_s
from bot.benchmarks.queue_place import place_costs
from bot.benchmarks.queue_saq import redis_server, saq_jobs_per_s
from bot.benchmarks.queue_together import together_jobs_per_s
from bot.wiring.settle import settle

JOBS = 3_000
CONCURRENCY = 50
FLOOD = 500


async def run(rounds: int = 5, database: DatabaseKind = DatabaseKind.SQLITE) -> dict[str, Any]:
    """One JSON-ready object: every round, and the medians of their ratios.

    Each round measures queue, floor and saq one after another, so that a machine's slow minute falls on all three.
    """
    settle()
    with tempfile.TemporaryDirectory(prefix="impasto-bench-") as folder:
        root = Path(folder)
        async with databases(database, folder=root) as made:
            async with redis_server(root) as url:
                measured = [await _round(made, url) for _ in range(rounds)]
            place = await place_costs(made)
    line = {
        "place_ms": round(place.place_ms, 3),
        "line_ms": round(place.line_ms, 3),
        "commit_ms": round(place.commit_ms, 3),
    }
    ratios = {
        "to_bare_loop": median_ratio(measured, "queue_jobs_per_s", "bare_loop_jobs_per_s"),
        "to_saq": median_ratio(measured, "queue_jobs_per_s", "saq_jobs_per_s"),
        "light_user": median_ratio(measured, "light_user_flooded_s", "light_user_alone_s"),
        "place_in_commits": round(place.place_ms / place.commit_ms, 2),
    }
    if database is DatabaseKind.POSTGRES:
        ratios["five_processes"] = median_ratio(
            measured, "five_processes_jobs_per_s", "queue_jobs_per_s"
        )
    return {
        "bench": "queue",
        "database": database,
        "machine": machine(),
        "rounds": [*measured, line],
        "ratios": ratios,
    }


async def _round(made: Databases, url: str) -> dict[str, float]:
    queue = await end_to_end(made, jobs=JOBS, concurrency=CONCURRENCY)
    floor = await asyncio.to_thread(bare_loop_jobs_per_s, made, jobs=JOBS, commits=queue.commits)
    saq = await saq_jobs_per_s(url, jobs=JOBS, concurrency=CONCURRENCY)
    alone_s = await light_user_s(made, flood=0)
    flooded_s = await light_user_s(made, flood=FLOOD)
    figures = {
        "queue_jobs_per_s": round(queue.jobs_per_s, 1),
        "queue_commits": queue.commits,
        "bare_loop_jobs_per_s": round(floor, 1),
        "saq_jobs_per_s": round(saq, 1),
        "light_user_alone_s": round(alone_s, 4),
        "light_user_flooded_s": round(flooded_s, 4),
    }
    if isinstance(made, PostgresDatabases):
        together = await together_jobs_per_s(made, jobs=JOBS, concurrency=CONCURRENCY)
        figures["five_processes_jobs_per_s"] = round(together, 1)
    return figures
