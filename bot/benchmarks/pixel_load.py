"""Four 1024 px pictures being finished at a time, again and again: the load under which acks are measured."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from PIL import Image

from bot.images.finishing import FinishOrder, finish_image
from bot.images.formats import ImageFormat
from bot.images.label import MachineLabel, SourceType
from bot.images.processes import ImageProcesses

JOBS = 4
SIDE_PX = 1024
FINISH_TIMEOUT_S = 60.0


@asynccontextmanager
async def pixels_busy(pixels: ImageProcesses, *, busy: bool) -> AsyncIterator[None]:
    """Keeps the worker processes at work while the block runs, unless not `busy`."""
    if not busy:
        yield
        return
    raw = await asyncio.to_thread(_picture)
    label = MachineLabel(source_type=SourceType.ALGORITHMIC_MEDIA, software="bench")
    order = FinishOrder(output_format=ImageFormat.PNG, label=label)
    stop = asyncio.Event()

    async def finish_on() -> None:
        while not stop.is_set():
            await pixels(finish_image, raw, order, timeout_s=FINISH_TIMEOUT_S)

    async with asyncio.TaskGroup() as group:
        for _ in range(JOBS):
            group.create_task(finish_on())
        yield
        stop.set()


def _picture() -> bytes:
    """A PNG with slopes and grain, as hard to encode as a photograph."""
    ramp = np.linspace(0, 200, SIDE_PX, dtype=np.float32)
    grain = np.random.default_rng(7).integers(0, 40, (SIDE_PX, SIDE_PX, 3))
    pixels = (ramp[:, None, None] + ramp[None, :, None]) / 2 + grain
    file = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, "PNG", compress_level=1)
    return file.getvalue()
