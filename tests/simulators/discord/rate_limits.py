"""429s: per route and top-level resource, for the whole bot, and shut out after too many invalid requests.

Source: docs, topics/rate-limits. A 429 of Discord passes a proxy and carries `Via`; one of Cloudflare carries none and HTML
(discord.py 2.7.1 raises on it: http.py, webhook/async_.py).
"""

from __future__ import annotations

import hashlib
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from tests.simulators.clock import Clock
from tests.simulators.discord.limits import Limits

MAJOR = ("channel_id", "guild_id", "webhook_id")
"""Top-level resources; of a webhook the token counts too."""
CLOUDFLARE_PAGE = "<!doctype html><title>Access denied | discord.com used Cloudflare</title>"


@dataclass(slots=True)
class _Window:
    """A fixed number of requests per window, which opens with the first."""

    limit: int
    window_s: float
    used: int = 0
    ends: float = 0.0

    def take(self, now: float) -> bool:
        if now >= self.ends:
            self.used, self.ends = 0, now + self.window_s
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    def headers(self, now: float, bucket: str) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - self.used),
            "X-RateLimit-Reset": f"{self.ends:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, self.ends - now):.3f}",
            "X-RateLimit-Bucket": bucket,
        }


def too_many(
    retry_after_s: float, *, scope: str = "user", headers: Mapping[str, str] | None = None
) -> web.Response:
    """Discord's own 429: JSON, `Via`, and Retry-After in whole seconds."""
    is_global = scope == "global"
    message = (
        "The resource is being rate limited."
        if scope == "shared"
        else "You are being rate limited."
    )
    answer = web.json_response(
        {"message": message, "retry_after": round(retry_after_s, 3), "global": is_global},
        status=429,
        headers={
            "Retry-After": str(math.ceil(retry_after_s)),
            "X-RateLimit-Scope": scope,
            "Via": "1.1 google",
            **(headers or {}),
        },
    )
    if is_global:
        answer.headers["X-RateLimit-Global"] = "true"
    return plain_json(answer)


def cloudflare_ban(retry_after_s: float = 600.0) -> web.Response:
    """The 429 of who is shut out: no `Via`, HTML."""
    return web.Response(
        status=429,
        text=CLOUDFLARE_PAGE,
        content_type="text/html",
        headers={"Retry-After": str(math.ceil(retry_after_s))},
    )


def plain_json(answer: web.Response) -> web.Response:
    """`Content-Type: application/json` and no charset: discord.py compares it exactly (http.py json_or_text)."""
    answer.headers["Content-Type"] = "application/json"
    return answer


class RateLimiter:
    """Counts every request that reached the API."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self.limits = limits
        self._buckets: dict[str, _Window] = {}
        self._global = _Window(limits.global_requests_per_s, 1.0)
        self._invalid: deque[float] = deque()
        self.limited = 0
        """How many 429s were given."""

    @property
    def invalid_requests(self) -> int:
        """401, 403 and 429 (not shared) within the last ten minutes."""
        oldest = self._clock.now() - self.limits.invalid_window_s
        while self._invalid and self._invalid[0] < oldest:
            self._invalid.popleft()
        return len(self._invalid)

    @property
    def is_shut_out(self) -> bool:
        return self.invalid_requests >= self.limits.invalid_requests

    def admit(
        self, route: str, parameters: Mapping[str, str], *, counts_globally: bool
    ) -> tuple[web.Response | None, dict[str, str]]:
        """The 429, if this request is one too many, and the headers that its answer carries."""
        now = self._clock.now()
        if counts_globally and not self._global.take(now):
            return too_many(self._global.ends - now, scope="global"), {}
        bucket = hashlib.md5(route.encode(), usedforsecurity=False).hexdigest()[:16]
        window = self._window(route, parameters)
        allowed = window.take(now)
        headers = window.headers(now, bucket)
        if not allowed:
            return too_many(window.ends - now, headers=headers), {}
        return None, headers

    def _window(self, route: str, parameters: Mapping[str, str]) -> _Window:
        major = [parameters[name] for name in MAJOR if name in parameters]
        major += [
            parameters[one] for one in ("webhook_token", "interaction_token") if one in parameters
        ]
        key = "|".join((route, *major))
        if key not in self._buckets:
            self._forget_old()
            self._buckets[key] = _Window(self.limits.bucket_requests, self.limits.bucket_window_s)
        return self._buckets[key]

    def _forget_old(self) -> None:
        if len(self._buckets) > 10_000:
            now = self._clock.now()
            self._buckets = {key: one for key, one in self._buckets.items() if one.ends > now}

    def saw(self, status: int, *, shared: bool = False) -> None:
        """Counts an answer that was given."""
        if status == 429:
            self.limited += 1
        if status in (401, 403) or (status == 429 and not shared):
            self._invalid.append(self._clock.now())
