"""`impasto bench pipeline`: whole jobs, from the words to the posted answer, beside the pixels they can't avoid."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.benchmarks.images_floor import floor_cpu_s, used_cpu_s
from bot.benchmarks.machine import machine, median_ratio
from bot.config import load_settings
from bot.domain.house import SHELL
from bot.domain.identity import JobId, Person, Place
from bot.domain.invocation import Invocation
from bot.domain.job import FINAL, JobState
from bot.images.processes import ImageProcesses
from bot.pipeline.catalog import Catalog, Stall
from bot.wiring.fittings import Fittings
from bot.wiring.house import House, open_house
from moderation import Allow, Gate, ImageCase, PromptCase, Verdict
from moderation.image import sexual_probability
from moderation.panel import Panel
from providers import (
    Call,
    Capabilities,
    Done,
    Event,
    GeneratedImage,
    GenerationRequest,
    Model,
    ModelGone,
    Operation,
    Result,
    SeedSupport,
)
from providers.sketch.task import Task, paint

JOBS = 6
IMAGES = 4
SIDE_PX = 1024
"""A typical job: four pictures of this side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Instant:
    """A provider that answers at once with pictures made before."""

    pictures: tuple[bytes, ...]
    name: str = "instant"

    async def models(self) -> Sequence[Model]:
        """One model."""
        able = Capabilities(
            operations=frozenset({Operation.TEXT_TO_IMAGE}),
            max_count=IMAGES,
            seed=SeedSupport.ECHOED,
            repeatable=True,
        )
        return [Model(id="instant", capabilities=able)]

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        """Done, at once."""
        del call
        images = [GeneratedImage(data=data, seed=request.seed) for data in self.pictures]
        yield Done(result=Result(images=tuple(images), cost_microusd=0))

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        """Nothing to take up."""
        del request, call
        if remote_id:
            raise ModelGone(f"no job {remote_id}")
        yield Done(result=Result(images=()))

    async def cancel(self, remote_id: str) -> bool:
        """There is nothing to stop."""
        del remote_id
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Classifier:
    """The image judge's network without its prompt side, as the floor runs it."""

    models: ImageProcesses
    name: str = "classifier"
    version: str = "bench"
    gates: frozenset[Gate] = frozenset(Gate)

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        """Always allowed."""
        del case
        return Allow()

    async def judge_image(self, case: ImageCase) -> Verdict:
        """Allowed, after the network has looked."""
        await self.models(sexual_probability, case.preview_jpeg, timeout_s=60)
        return Allow()


async def run(rounds: int = 5) -> dict[str, Any]:
    """One JSON-ready object: every round, and the median of processor time per job to its floor."""
    models = ImageProcesses(workers=1, name="models")
    try:
        raws = [(await models(paint, _task(seed), timeout_s=60)).png for seed in range(IMAGES)]
        with tempfile.TemporaryDirectory(prefix="impasto-bench-") as folder:
            measured = await _measure(Path(folder), models, raws, rounds)
    finally:
        await models.aclose()
    return {
        "bench": "pipeline",
        "machine": machine(),
        "rounds": measured,
        "ratios": {"cpu_to_floor": median_ratio(measured, "job_cpu_s", "floor_cpu_s")},
    }


async def _measure(
    folder: Path, models: ImageProcesses, raws: list[bytes], rounds: int
) -> list[dict[str, float]]:
    settings = load_settings(
        {}, data_dir=folder, moderators=[], image_processes=1, model_processes=1
    )
    instant = _Instant(pictures=tuple(raws))
    stall = Stall(provider=instant, models=tuple(await instant.models()))
    fittings = Fittings(
        catalog=lambda _: Catalog((stall,)),
        panel=lambda _: Panel(
            [(_Classifier(models=models), True)], policy_version="bench", timeout_s=60
        ),
    )
    async with open_house(settings, work=True, fittings=fittings) as house:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(house.work(stop=stop, drain_s=0))
            await _jobs(house, count=1)
            await models(floor_cpu_s, raws, timeout_s=120)
            measured = [await _round(house, models, raws) for _ in range(rounds)]
            stop.set()
    return measured


async def _round(house: House, models: ImageProcesses, raws: list[bytes]) -> dict[str, float]:
    floor_s = await models(floor_cpu_s, raws, timeout_s=120)
    before_s, begun_s = await _cpu_s(house, models), time.monotonic()
    await _jobs(house, count=JOBS)
    took_s = time.monotonic() - begun_s
    used_s = await _cpu_s(house, models) - before_s
    return {
        "floor_cpu_s": round(floor_s, 4),
        "job_cpu_s": round(used_s / JOBS, 4),
        "jobs_per_s": round(JOBS / took_s, 2),
    }


async def _cpu_s(house: House, models: ImageProcesses) -> float:
    inside = [await each(used_cpu_s, timeout_s=30) for each in (house.pixels, models)]
    return time.process_time() + sum(inside)


async def _jobs(house: House, *, count: int) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(_one(house, f"{time.monotonic_ns()}-{number}"))


async def _one(house: House, key: str) -> None:
    person = Person(platform=SHELL, workspace="bench", user=key, name=key)
    invocation = Invocation(
        key=key,
        person=person,
        place=Place(channel=SHELL),
        word="imagine",
        text=f"a ship --n {IMAGES}",
    )
    await house.dispatch(invocation)
    (job,) = await house.desk.queue.jobs_of(person.lane, unfinished=False, limit=1)
    await _end(house, job.id)


async def _end(house: House, job_id: JobId) -> None:
    while True:
        job = await house.desk.queue.job(job_id)
        if job is not None and job.state in FINAL:
            if job.state is not JobState.DELIVERED:
                raise RuntimeError(f"job {job_id} ended as {job.state}")
            return
        await house.job_changed(job_id, timeout_s=0.5)


def _task(seed: int) -> Task:
    return Task(
        operation=Operation.TEXT_TO_IMAGE,
        prompt="a sailing ship at sunset",
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        seed=seed,
    )
