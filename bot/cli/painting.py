"""Requests from the shell: submitted like any other, waited for, and written to a folder."""

from __future__ import annotations

import asyncio
import getpass
import itertools
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from bot.cli.bringing import Brought, Kept, keep
from bot.commands.imagine import imagine_order
from bot.commands.ordering import told, unknown_names
from bot.commands.wording import rules_for
from bot.config import Settings
from bot.domain import answers
from bot.domain.card import Reply
from bot.domain.grammar import Ask, parse
from bot.domain.house import SHELL
from bot.domain.identity import JobId, Person, Place, Role
from bot.domain.invocation import Invocation
from bot.domain.job import FINAL, Job, JobState, Order, StoredImage
from bot.domain.live import InLine, Painting
from bot.domain.sentences import explain, images, ordinal
from bot.ports import Accepted, Duplicate
from bot.wiring.faults import AlreadyRunning
from bot.wiring.house import House, open_house
from bot.wiring.uploads import SafeUploads

POLL_S = 0.25
"""How often a job is looked at; the bot that paints it may be another process."""
SHOWN_CHARS = 40
IN_FLIGHT_PER_SLOT = 2
"""Enough to keep every slot busy, few enough that stopping costs little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedImage:
    """One picture written to the folder."""

    path: Path
    image: StoredImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """How one request ended."""

    text: str
    job: Job | None
    state: JobState
    images: tuple[SavedImage, ...] = ()
    reason: str | None = None
    lines: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The object scripts read: job id, state, images, model, cost, seconds, and the reason of a no."""
        job = self.job
        seconds = None
        if job and job.finished_at:
            seconds = round((job.finished_at - job.created_at).total_seconds(), 3)
        return {
            "job": job.id if job else None,
            "state": self.state.value,
            "prompt": job.order.ask.prompt if job else self.text,
            "images": [
                {
                    "path": str(saved.path),
                    "seed": saved.image.seed,
                    "width": saved.image.width_px,
                    "height": saved.image.height_px,
                    "sha256": saved.image.key,
                }
                for saved in self.images
            ],
            "model": job.plan.model if job and job.plan else None,
            "cost_microusd": job.cost_microusd if job else None,
            "seconds": seconds,
            "notes": list(self.lines),
            "reason": self.reason,
            "category": job.ending.category if job and job.ending else None,
        }

    def files(self) -> tuple[str, ...]:
        """A line for each picture written."""
        return tuple(f"{one.path}  seed {one.image.seed}" for one in self.images)

    def said(self) -> tuple[str, ...]:
        """What else a person should know: why there is no picture, or what was done otherwise than asked."""
        if self.images:
            return self.lines
        prompt = self.job.order.ask.prompt if self.job else self.text
        return (f"“{shortened(prompt)}”: {self.reason or self.state.value}", *self.lines)


def shortened(prompt: str) -> str:
    """As much of a prompt as names it among others."""
    return prompt if len(prompt) <= SHOWN_CHARS else prompt[: SHOWN_CHARS - 1] + "…"


class UnfitRequest(ValueError):
    """A model, style or template that nobody here has, or values that don't fit it; the message says what would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """Where pictures go, where progress is shown, and what calls everything back."""

    out: Path
    console: Console
    stop: asyncio.Event


async def paint_all(
    settings: Settings, texts: Sequence[str], *, brought: Brought, canvas: Canvas
) -> AsyncIterator[Painted]:
    """Each request as it ends, in the order of the texts. Works by itself, or through the bot that runs already."""
    async with AsyncExitStack() as stack:
        try:
            house = await stack.enter_async_context(open_house(settings, work=True))
            works = True
        except AlreadyRunning:
            house = await stack.enter_async_context(open_house(settings, work=False))
            works = False
        kept = await keep(
            brought,
            SafeUploads(blobs=house.desk.blobs, use=house.store.blob_use, pixels=house.pixels),
        )
        await _check_orders(house, texts, kept)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        ended = asyncio.Event()
        if works:
            group.create_task(house.work(stop=ended, drain_s=0.0))
        try:
            bar = stack.enter_context(_bar(canvas.console))
            at_once = min(settings.slots * IN_FLIGHT_PER_SLOT, settings.rules.jobs_queued)
            gate = asyncio.Semaphore(at_once)
            tasks = [
                group.create_task(_one(house, text, kept, bar=bar, gate=gate, canvas=canvas))
                for text in texts
            ]
            for task in tasks:
                yield await task
        finally:
            ended.set()


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[stage]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


async def _one(
    house: House,
    text: str,
    kept: Kept,
    *,
    bar: Progress,
    gate: asyncio.Semaphore,
    canvas: Canvas,
) -> Painted:
    async with gate:
        invocation = _invocation(text, kept)
        order = await _order_of(house, invocation)
        if isinstance(order, Reply):
            return Painted(text=text, job=None, state=JobState.FAILED, reason=_sentence(order))
        outcome = await house.desk.intake.submit(invocation, order)
        if not isinstance(outcome, Accepted | Duplicate):
            reason = _sentence(await told(house.desk, invocation, order, outcome))
            return Painted(text=text, job=None, state=JobState.FAILED, reason=reason)
        shown = bar.add_task(shortened(order.ask.prompt), total=1.0, stage="")
        job = await _wait(house, outcome.job, bar=bar, shown=shown, stop=canvas.stop)
        bar.remove_task(shown)
        return await _saved(house, text, job, canvas.out)


async def _check_orders(house: House, texts: Sequence[str], kept: Kept) -> None:
    """UnfitRequest for the first text that can't be asked for: before anything is painted."""
    for text in texts:
        order = await _order_of(house, _invocation(text, kept))
        if isinstance(order, Reply):
            raise UnfitRequest(_sentence(order))


async def _order_of(house: House, invocation: Invocation) -> Order | Reply:
    """What is to be painted, template, style and defaults filled in as for `/imagine`; or what doesn't fit."""
    asked = parse(invocation.text)
    if not isinstance(asked, Ask):
        return answers.bad_flags(asked)
    rules = await rules_for(house.desk, invocation, asked)
    order = await imagine_order(house.desk, invocation, asked, rules)
    if isinstance(order, Reply):
        return order
    return unknown_names(house.desk, order.ask) or order


def _sentence(reply: Reply) -> str:
    return " ".join(reply.card.lines) if reply.card is not None else "It can't be asked for."


def _invocation(text: str, kept: Kept) -> Invocation:
    user = getpass.getuser()
    return Invocation(
        key=f"{SHELL}:{uuid.uuid4()}",
        person=Person(platform=SHELL, workspace="local", user=user, name=user, role=Role.ADMIN),
        place=Place(channel=SHELL),
        word="imagine",
        text=text,
        reference=kept.reference,
        mask=kept.mask,
    )


async def _wait(
    house: House, job_id: JobId, *, bar: Progress, shown: TaskID, stop: asyncio.Event
) -> Job:
    """The job once it has ended; a job called back by Ctrl-C ends as cancelled."""
    asked_to_stop = False
    while True:
        job = await house.desk.queue.job(job_id)
        if job is None:
            raise RuntimeError(f"job {job_id} is gone from the database")
        if job.state in FINAL:
            return job
        if stop.is_set() and not asked_to_stop:
            asked_to_stop = True
            await house.desk.queue.cancel(job_id, by=job.person.lane)
        match house.live(job_id):
            case InLine(place=place):
                bar.update(shown, stage=f"{ordinal(place)} in line")
            case Painting(fraction=fraction):
                bar.update(shown, completed=fraction or 0.0, stage=images(job.order.images))
            case _:
                bar.update(shown, stage=job.state.value)
        await house.job_changed(job_id, timeout_s=POLL_S)


async def _saved(house: House, text: str, job: Job, out: Path) -> Painted:
    if job.state is not JobState.DELIVERED:
        if job.ending is None:
            return Painted(text=text, job=job, state=job.state, reason=job.state.value)
        explanation = explain(job.ending)
        return Painted(
            text=text,
            job=job,
            state=job.state,
            reason=explanation.headline,
            lines=explanation.lines,
        )
    card = await house.cards.of(job)
    saved = []
    for image in await house.desk.gallery.images_of(job.id):
        data = await house.desk.blobs.get(image.key)
        name, kind = f"{job.id}-{image.position}", image.mime.partition("/")[2]
        path = await asyncio.to_thread(_write_new, out, name, kind, data)
        saved.append(SavedImage(path=path, image=image))
    return Painted(text=text, job=job, state=job.state, images=tuple(saved), lines=card.lines)


def _write_new(out: Path, name: str, kind: str, data: bytes) -> Path:
    """Where the file was put: never in the place of another picture, which a fresh data folder gives the same number."""
    for number in itertools.count(1):
        path = out / (f"{name}.{kind}" if number == 1 else f"{name}-{number}.{kind}")
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            if path.read_bytes() != data:
                continue
        return path
    raise AssertionError("counting never ends")
