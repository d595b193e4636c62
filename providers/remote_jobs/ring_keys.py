"""What a vendor's webhooks are checked with, asked of that vendor seldom, however many strangers ring.

Anybody may post to a webhook's address. So a request to the vendor is one for all who wait for it, and there is none
within RENEW_AFTER_S of the last, whether that one brought something or not.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from providers.errors import ProviderError, Unavailable

T = TypeVar("T")

RENEW_AFTER_S = 60.0
"""A forger can make us ask the vendor, but not more often than this."""


class RingKeys(Generic[T]):
    """Fetched on the first ring; again when they are too old, or when a signature doesn't fit."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[T]],
        *,
        written: T | None = None,
        good_for_s: float = math.inf,
    ) -> None:
        """`written` is what the operator wrote: then nobody is asked. `fetch` raises a ProviderError."""
        self._fetch = fetch
        self._is_written = written is not None
        self._known = written
        self._good_for_s = good_for_s
        self._fetched_at_s = 0.0
        self._asked_at_s: float | None = None
        self._asking = asyncio.Lock()
        self._fault = ""

    async def current(self, *, now_s: float) -> T:
        """The keys, `now_s` in Unix time. Unavailable when there are none: a ring can't be checked now."""
        if (known := self._good(now_s)) is not None:
            return known
        async with self._asking:
            if self._good(now_s) is None:
                await self._ask(now_s)
            if (known := self._good(now_s)) is not None:
                return known
        raise Unavailable(f"what rings are checked with can't be had: {self._fault}")

    async def other_than(self, failed: T, *, now_s: float) -> T | None:
        """Other keys than those that didn't fit, for they may have been changed there; None when there are none."""
        async with self._asking:
            if self._known == failed:
                await self._ask(now_s)
            return self._known if self._known != failed else None

    def _good(self, now_s: float) -> T | None:
        if self._is_written or abs(now_s - self._fetched_at_s) < self._good_for_s:
            return self._known
        return None

    async def _ask(self, now_s: float) -> None:
        asked_at_s = self._asked_at_s
        if self._is_written or (asked_at_s is not None and abs(now_s - asked_at_s) < RENEW_AFTER_S):
            return
        # Noted before it is known how it ends: a vendor that is down isn't asked for each stranger either.
        self._asked_at_s = now_s
        try:
            self._known = await self._fetch()
        except ProviderError as error:
            self._fault = error.detail
            return
        self._fetched_at_s = now_s
