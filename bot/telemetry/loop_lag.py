"""How late the event loop comes: whatever blocks it makes everybody's answer late."""

from __future__ import annotations

import asyncio

from bot.telemetry.events import LoopLagged, Recorder

EVERY_S = 0.5
"""Ours: often enough to see what blocks for a second, and two wakings a second cost nothing."""


async def watch_loop(record: Recorder, *, stop: asyncio.Event, every_s: float = EVERY_S) -> None:
    """Records, until `stop` is set, how much later than `every_s` it was woken."""
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        due_s = loop.time() + every_s
        try:
            async with asyncio.timeout_at(due_s):
                await stop.wait()
        except TimeoutError:
            record(LoopLagged(lag_s=max(0.0, loop.time() - due_s)))
