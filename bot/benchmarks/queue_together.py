"""The same jobs through several processes on one Postgres."""

from __future__ import annotations

import asyncio
import importlib
import sys
import time
from typing import Any

from bot.benchmarks.queue_databases import PostgresDatabases

PROCESSES = 5
LOOK_S = 0.05
START_TIMEOUT_S = 60.0
END_TIMEOUT_S = 120.0


async def together_jobs_per_s(
    databases: PostgresDatabases, *, jobs: int, concurrency: int
) -> float:
    """Jobs per second from the first submit to the last answer, through PROCESSES processes."""
    url = await databases.new_url()
    share, slots = jobs // PROCESSES, concurrency // PROCESSES
    processes = [await _start(url, number, share, slots) for number in range(PROCESSES)]
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            for process in processes:
                if process.stdout is not None:
                    await process.stdout.readline()
        started = time.perf_counter()
        _tell(processes)
        await _delivered(url, share * PROCESSES)
        seconds = time.perf_counter() - started
        _tell(processes)
        await asyncio.gather(*(process.wait() for process in processes))
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
    return share * PROCESSES / seconds


async def _start(url: str, number: int, jobs: int, slots: int) -> asyncio.subprocess.Process:
    words = [url, *map(str, (number, PROCESSES, jobs, slots))]
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.benchmarks.queue_process", *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


def _tell(processes: list[asyncio.subprocess.Process]) -> None:
    for process in processes:
        if process.stdin is not None:
            process.stdin.write(b"\n")


async def _delivered(url: str, jobs: int) -> None:
    connecting: Any = importlib.import_module("bot.store.postgres_connection")
    connection = connecting.connect(connecting.conninfo(url))
    with connection:
        async with asyncio.timeout(END_TIMEOUT_S):
            while True:
                found = await asyncio.to_thread(
                    connection.execute, "SELECT count(*) FROM job WHERE state = 'delivered'"
                )
                if found.fetchone()[0] >= jobs:
                    return
                await asyncio.sleep(LOOK_S)
