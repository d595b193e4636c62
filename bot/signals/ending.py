"""Ends tasks for good, also those whose driver answers a cancellation with an error of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

AGAIN_S = 0.5


async def end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Returns when all have ended.

    A task that catches its driver's errors and goes on may be cancelled in a moment when the driver makes the
    cancellation such an error: it is cancelled until it is over.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN_S)
