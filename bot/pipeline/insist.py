"""Writing down what can't be asked for again: a database that is away for a moment must not cost a paid picture."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.ports import StoreUnavailable

WAITS_S = (0.2, 0.5, 1.0, 2.0, 3.0)
"""Together less than a lease, so that nobody else has taken the job over meanwhile."""


async def insist(write: Callable[[], Awaitable[None]]) -> None:
    """Writes, again and again while the database is away. StoreUnavailable when it stays away; the write is safe to repeat."""
    for wait_s in WAITS_S:
        try:
            await write()
        except StoreUnavailable:
            await asyncio.sleep(wait_s)
        else:
            return
    await write()
