"""`impasto bench scale`: how many more jobs two and four workers paint than one, each a real process with four slots."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bot.benchmarks.machine import machine, median_ratio
from bot.benchmarks.postgres_server import postgres_server
from bot.benchmarks.slow_painter import SIDE_PX, slow_painter
from bot.config import load_settings
from bot.domain.house import SHELL
from bot.domain.identity import Person, Place
from bot.domain.invocation import Invocation
from bot.domain.job import FINAL, JobState
from bot.wiring.house import House, open_house

WORKERS = (1, 2, 4)
SLOTS = 4
WAVES = 6
"""Jobs for each slot."""
PAINTING_S = 2.0
START_TIMEOUT_S = 60.0
CONFIG = """
image_processes = 1
model_processes = 1
moderators = [{{ name = "rules", kind = "rules" }}, {{ name = "image", kind = "image" }}]

[rules]
side_px = {side_px}
jobs_at_once = 100

[[providers]]
name = "slow"
kind = "openai"
base_url = "{url}"
models = ["slow"]
max_concurrent = 1000
options = {{ dialect = "extended", response_format = "b64_json" }}
"""


async def run(rounds: int = 3) -> dict[str, Any]:
    """One JSON-ready object: every round, and the medians of throughput to one worker's."""
    with tempfile.TemporaryDirectory(prefix="impasto-bench-") as folder, postgres_server() as url:
        async with slow_painter(PAINTING_S) as painter:
            # One folder for all: workers of the round before count as living for a while.
            measured = [await _round(Path(folder), url, painter) for _ in range(rounds)]
    names = {2: "two_workers", 4: "four_workers"}
    return {
        "bench": "scale",
        "machine": machine(),
        "rounds": measured,
        "ratios": {
            name: median_ratio(measured, f"workers_{count}_jobs_per_s", "workers_1_jobs_per_s")
            for count, name in names.items()
        },
    }


async def _round(folder: Path, url: str, painter: str) -> dict[str, float]:
    config = await asyncio.to_thread(_write_config, folder, painter)
    environment = {
        "DATABASE_URL": url,
        "IMPASTO_DATA_DIR": str(folder),
        "IMPASTO_CONFIG": str(config),
    }
    settings = load_settings(environment)
    figures: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings, work=False))
        listening = asyncio.create_task(house.listen())
        stack.callback(listening.cancel)
        running = 0
        for workers in WORKERS:
            await asyncio.gather(
                *(_start_worker(environment, stack) for _ in range(workers - running))
            )
            running = workers
            # Every worker has its pictures' processes and judges loaded before it counts.
            for _ in range(2):
                await _jobs(house, count=workers * SLOTS)
            jobs = workers * SLOTS * WAVES
            took_s = await _jobs(house, count=jobs)
            figures[f"workers_{workers}_jobs_per_s"] = round(jobs / took_s, 3)
    return figures


def _write_config(folder: Path, painter: str) -> Path:
    config = folder / "impasto.toml"
    config.write_text(CONFIG.format(url=painter, side_px=SIDE_PX), encoding="utf-8")
    return config


async def _start_worker(environment: dict[str, str], stack: AsyncExitStack) -> None:
    words = ("worker", "--slots", str(SLOTS), "--port", "0")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    stack.push_async_callback(_end, process)
    if process.stderr is None:
        return
    async with asyncio.timeout(START_TIMEOUT_S):
        async for line in process.stderr:
            if b"is listening at" in line:
                break
    reading = asyncio.create_task(_read_on(process.stderr))
    stack.callback(reading.cancel)


async def _read_on(pipe: asyncio.StreamReader) -> None:
    while await pipe.read(65536):
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def _jobs(house: House, *, count: int) -> float:
    """Seconds from the first request to the last answer, each of somebody else."""
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(_one(house, f"{time.monotonic_ns()}-{number}"))
    return time.perf_counter() - started


async def _one(house: House, key: str) -> None:
    person = Person(platform=SHELL, workspace="bench", user=key, name=key)
    await house.dispatch(
        Invocation(
            key=key, person=person, place=Place(channel=SHELL), word="imagine", text=f"a ship {key}"
        )
    )
    (job,) = await house.desk.queue.jobs_of(person.lane, unfinished=False, limit=1)
    while (found := await house.desk.queue.job(job.id)) is not None and found.state not in FINAL:
        await house.job_changed(job.id, timeout_s=1.0)
    if found is None or found.state is not JobState.DELIVERED:
        raise RuntimeError(f"job {job.id} was not delivered: {found and found.ending}")
