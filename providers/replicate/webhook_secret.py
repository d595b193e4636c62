"""The secret that Replicate signs its webhooks with: the operator's, or asked for once with the key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from providers.errors import ForgedRing, ProviderError

RENEW_AFTER_S = 60.0
"""A forger can make us ask for the secret again, but not more often than this."""


class WebhookSecret:
    """Fetched on the first ring; again when a signature doesn't fit, for it may have been changed there."""

    def __init__(self, written: str, fetch: Callable[[], Awaitable[str]]) -> None:
        self._known = written
        self._is_written = bool(written)
        self._fetch = fetch
        self._renewed_at_s: float | None = None

    async def get(self) -> str:
        """The secret. ForgedRing when it can't be had: what can't be checked isn't believed."""
        if not self._known:
            try:
                self._known = await self._fetch()
            except ProviderError as error:
                raise ForgedRing(f"the secret can't be had: {error.detail}") from error
        return self._known

    async def renew(self, *, now_s: float) -> bool:
        """Whether another secret was found than the one that didn't fit. `now_s` is Unix time."""
        last = self._renewed_at_s
        if self._is_written or (last is not None and abs(now_s - last) < RENEW_AFTER_S):
            return False
        self._renewed_at_s = now_s
        before, self._known = self._known, ""
        try:
            return await self.get() != before
        except ForgedRing:
            self._known = before
            return False
