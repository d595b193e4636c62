"""The one loop under every background task: it goes on after a fault, and stops when told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

PAUSE_AFTER_FAULT_S = 1.0


async def keep_going(
    name: str, step: Callable[[], Awaitable[object]], *, stop: asyncio.Event
) -> None:
    """Runs `step` again and again until `stop` is set. A step waits by itself when there is nothing to do.

    A fault in a step is logged and answered by a pause: one bad job must not end the loop that serves all others.
    """
    log = logging.getLogger(f"impasto.{name}")
    while not stop.is_set():
        try:
            await step()
        except Exception:
            log.exception("%s failed; going on in %s s", name, PAUSE_AFTER_FAULT_S)
            await pause(PAUSE_AFTER_FAULT_S, stop=stop)


async def pause(seconds: float, *, stop: asyncio.Event) -> None:
    """Returns after `seconds`, or at once when `stop` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
