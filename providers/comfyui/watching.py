"""A queued workflow followed to its end: by its socket while there is one, by asking in any case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from providers.comfyui.history import PictureFile, ended_in, is_queued
from providers.comfyui.messages import Ended, Preview, Step, told_in
from providers.comfyui.websocket import Line, LineLost
from providers.errors import ModelGone, Unavailable
from providers.protocol import Progress
from providers.wire.deadline import Deadline
from providers.wire.own_server import OwnServer, get

HURRY_S = 0.02
"""First pause after the end was told: the history has the entry a moment later (seen at a real server)."""

LOOKS_UNTIL_GONE = 3
"""A workflow between queue and history is in neither for one look; one that was lost stays away."""

START, SPAN = 0.05, 0.9
"""Where the sampler's own progress lies in the whole: loading comes before it, decoding after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The workflow ended well: its pictures."""

    files: tuple[PictureFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is followed: a workflow by its id, and the node that gives its answer, None for all."""

    server: OwnServer
    prompt_id: str
    output: str | None
    look_every_s: float
    deadline: Deadline


async def followed(watch: Watch, line: Line | None) -> AsyncGenerator[Progress | Arrived, None]:
    """Progress, then Arrived. The workflow's own error when it failed, ModelGone when it is there no more.

    Unavailable when time runs out or the server is gone: the job goes on under its id and can be taken up.
    """
    fraction, pause_s, away, looks = 0.0, watch.look_every_s, 0, True
    while True:
        if looks:
            files = await ended(watch)
            if files is not None:
                yield Arrived(files=files)
                return
            away = 0 if await is_waiting(watch) else away + 1
            if away >= LOOKS_UNTIL_GONE:
                raise ModelGone(f"the server has no workflow {watch.prompt_id!r} (any more)")
            pause_s = min(pause_s * 2, watch.look_every_s) if away == 0 else HURRY_S
        if watch.deadline.is_over():
            raise Unavailable("still at work when time ran out")
        try:
            message = await heard(line, min(pause_s, watch.deadline.left_s()))
        except LineLost:
            line, looks = None, True
            continue
        told = told_in(message, watch.prompt_id) if message is not None else None
        looks = message is None or isinstance(told, Ended)
        if isinstance(told, Ended):
            pause_s = HURRY_S / 2
        elif isinstance(told, Step):
            fraction = max(fraction, START + SPAN * told.fraction)
            yield Progress(fraction=fraction)
        elif isinstance(told, Preview):
            yield Progress(fraction=fraction, preview=told.data)


async def heard(line: Line | None, within_s: float) -> str | bytes | None:
    """The next message within that time; without a line, only the time passes."""
    if line is None:
        await asyncio.sleep(within_s)
        return None
    return await line.next(within_s)


async def ended(watch: Watch) -> tuple[PictureFile, ...] | None:
    """The pictures of a workflow that has ended well, None while it hasn't ended."""
    found = await watch.server.json_of(get(f"/history/{watch.prompt_id}"), watch.deadline)
    return ended_in(found, watch.prompt_id, output=watch.output)


async def is_waiting(watch: Watch) -> bool:
    """Whether the workflow runs or stands in line."""
    found = await watch.server.json_of(get("/queue"), watch.deadline)
    return any(
        is_queued(found, watch.prompt_id, key=key) for key in ("queue_running", "queue_pending")
    )
