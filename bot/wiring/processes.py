"""The worker processes for pixels and models, kept apart by what a fault in them may cost."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.config import Settings
from bot.images.finishing import HEADROOM_BYTES, warm_codecs
from bot.images.processes import ImageProcesses


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Who works off the loop."""

    pixels: ImageProcesses
    models: ImageProcesses
    """Models need more memory than a hostile picture may have, so they live in processes of their own."""
    judges: ImageProcesses
    """Judges never wait behind a renderer: everybody's next answer depends on them."""


def open_processes(settings: Settings, *, stack: AsyncExitStack) -> Processes:
    """None is started before there is work; all end with `stack`."""
    processes = Processes(
        pixels=ImageProcesses(
            workers=settings.image_processes, headroom_bytes=HEADROOM_BYTES, prepare=warm_codecs
        ),
        models=ImageProcesses(workers=settings.model_processes, name="models"),
        judges=ImageProcesses(workers=1, name="judges"),
    )
    for one in (processes.pixels, processes.models, processes.judges):
        stack.push_async_callback(one.aclose)
    return processes
