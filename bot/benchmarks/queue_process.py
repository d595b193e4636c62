"""One of several processes on one queue: python -m bot.benchmarks.queue_process URL NUMBER PROCESSES JOBS SLOTS

Says that it is ready, begins at the first line it reads, and ends at the second.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from typing import Any

from bot.benchmarks.queue_end_to_end import Course
from bot.wiring.settle import settle


async def main(url: str, number: int, processes: int, jobs: int, slots: int) -> None:
    """Takes part in the course until it is over."""
    opening: Any = importlib.import_module("bot.store.postgres_opening")
    store = await opening.open_postgres(url)
    try:
        course = Course(store, jobs=jobs, slots=slots, number=number, processes=processes)
        settle()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        async with asyncio.TaskGroup() as group:
            group.create_task(course.run(submitters=slots))
            await asyncio.to_thread(sys.stdin.readline)
            course.end()
    finally:
        await store.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
