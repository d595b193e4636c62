"""Until when something may be posted: asked again by every platform's wire right before the bytes leave.

A process that stood still finds its timers late: what was about to leave when it stopped leaves first. So the time is read
from a clock that goes on meanwhile, where the request is made.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from bot.ports import NotPosted, since_boot_s

_POST_BY_S: ContextVar[float] = ContextVar("post_by_s", default=math.inf)


@asynccontextmanager
async def posting_until(post_by_s: float) -> AsyncIterator[None]:
    """What is posted in here leaves before that time, by `since_boot_s`, or not at all. TimeoutError when it comes."""
    token = _POST_BY_S.set(post_by_s)
    left_s = post_by_s - since_boot_s()
    try:
        async with asyncio.timeout(None if math.isinf(left_s) else max(0.0, left_s)):
            yield
    finally:
        _POST_BY_S.reset(token)


def still_in_time() -> None:
    """Asked right before a request leaves. NotPosted when another process may have taken over what it says."""
    if since_boot_s() >= _POST_BY_S.get():
        raise NotPosted("its time was over before it left")
