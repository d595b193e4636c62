"""`impasto bench images`: what finishing a 4-image job costs beside its bare codecs, and how late the loop is meanwhile."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bot.benchmarks.images_floor import floor_cpu_s, used_cpu_s
from bot.benchmarks.loop_lag import measure_lag_s, p99
from bot.benchmarks.machine import machine, median_ratio
from bot.blobs.disk import DiskBlobs
from bot.domain.grammar import Ask
from bot.domain.identity import BlobKey, JobId, Person, Place
from bot.domain.job import Job, JobState, Order, Plan
from bot.images.finishing import HEADROOM_BYTES, warm_codecs
from bot.images.processes import ImageProcesses
from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy
from bot.pipeline.catalog import Catalog
from bot.pipeline.finish import Darkroom
from bot.ports import Answer, AnsweredImage
from moderation import Bench, JudgeConfig
from moderation.image import plugin
from moderation.panel import Panel
from providers import Operation
from providers.sketch.task import Task, paint

IMAGES = 4
SIDE_PX = 1024
IDLE_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lab:
    """One worker process for pixels and one for the model, so that every second of processor is seen."""

    pixels: ImageProcesses
    models: ImageProcesses
    darkroom: Darkroom
    raws: list[bytes]
    keys: list[BlobKey]

    async def cpu_s(self) -> float:
        """Processor seconds used so far by this process and both workers."""
        inside = [await each(used_cpu_s, timeout_s=10) for each in (self.pixels, self.models)]
        return time.process_time() + sum(inside)

    async def job(self) -> None:
        """Finishes one 4-image job as the worker does."""
        images = tuple(AnsweredImage(raw=key, seed=1) for key in self.keys)
        answer = Answer(images=images, cost_microusd=0, notes=(), request_id=None)
        await self.darkroom.develop(_JOB, [answer])


async def run(rounds: int = 5) -> dict[str, Any]:
    """One JSON-ready object: every round, and the medians of their ratios."""
    with tempfile.TemporaryDirectory(prefix="impasto-bench-") as folder:
        async with make_client(OutboundPolicy()) as http:
            lab = await _open(Path(folder), http)
            try:
                await lab.job()
                await lab.models(floor_cpu_s, lab.raws, timeout_s=120)
                measured = [await _round(lab) for _ in range(rounds)]
            finally:
                await lab.pixels.aclose()
                await lab.models.aclose()
    return {
        "bench": "images",
        "machine": machine(),
        "rounds": measured,
        "ratios": {
            "cpu_to_floor": median_ratio(measured, "job_cpu_s", "floor_cpu_s"),
            "loop_lag": median_ratio(measured, "busy_lag_p99_s", "idle_lag_p99_s"),
        },
    }


async def _round(lab: _Lab) -> dict[str, float]:
    floor_s = await lab.models(floor_cpu_s, lab.raws, timeout_s=120)
    before_s = await lab.cpu_s()
    await lab.job()
    job_s = await lab.cpu_s() - before_s
    idle = await _lag_during(asyncio.sleep(IDLE_S))
    busy = await _lag_during(_jobs(lab, seconds=IDLE_S))
    return {
        "floor_cpu_s": round(floor_s, 4),
        "job_cpu_s": round(job_s, 4),
        "idle_lag_p99_s": round(p99(idle), 5),
        "busy_lag_p99_s": round(p99(busy), 5),
    }


async def _jobs(lab: _Lab, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await lab.job()


async def _lag_during(work: Awaitable[object]) -> list[float]:
    done = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        lag = group.create_task(measure_lag_s(done))
        await work
        done.set()
    return lag.result()


async def _open(folder: Path, http: httpx.AsyncClient) -> _Lab:
    pixels = ImageProcesses(workers=1, headroom_bytes=HEADROOM_BYTES, prepare=warm_codecs)
    models = ImageProcesses(workers=1, name="models")
    blobs = DiskBlobs(folder)
    await blobs.prepare()
    raws = [(await models(paint, _task(seed), timeout_s=60)).png for seed in range(1, IMAGES + 1)]
    bench = Bench(http=http, off_loop=models, log=logging.getLogger("impasto.bench"))
    judge = plugin(JudgeConfig(name="image", kind="image"), bench)
    darkroom = Darkroom(
        blobs=blobs,
        parent_of=_no_parent,
        panel=Panel([(judge, True)], policy_version="bench", timeout_s=60),
        catalog=Catalog(()),
        off_loop=pixels,
        boundary=_unwatched,
        software="bench",
    )
    keys = [await blobs.put(raw) for raw in raws]
    return _Lab(pixels=pixels, models=models, darkroom=darkroom, raws=raws, keys=keys)


def _task(seed: int) -> Task:
    return Task(
        operation=Operation.TEXT_TO_IMAGE,
        prompt="a sailing ship at sunset",
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        seed=seed,
    )


def _unwatched(name: str, job: JobId | None) -> None:
    del name, job


_JOB = Job(
    id=JobId(1),
    key="bench",
    person=Person(platform="bench", workspace="bench", user="bench", name="bench"),
    place=Place(channel="bench"),
    order=Order(operation=Operation.TEXT_TO_IMAGE, ask=Ask(prompt="a ship", count=IMAGES)),
    state=JobState.RUNNING,
    plan=Plan(
        model="sketch",
        providers=("sketch",),
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        count=IMAGES,
        seed=1,
    ),
    attempt=1,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    started_at=None,
    finished_at=None,
    cancel_asked=False,
    ending=None,
    message=None,
)


async def _no_parent(job: Job) -> None:
    del job
