"""Things that go wrong on purpose.

faults.once("PATCH /channels/{channel_id}/messages/{message_id}", 500)         # Discord is broken
faults.once("callback", 503, after_effect=True)                               # it was done, and says it was not
faults.once("send", 403, 50013)                                               # a code of the docs
faults.rate_limited("send", retry_after_s=0.2, scope="shared")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.simulators.discord.rate_limits import cloudflare_ban, plain_json, too_many
from tests.simulators.discord.refusals import MESSAGES

SHORT = {
    "callback": "POST /interactions/{interaction_id}/{interaction_token}/callback",
    "edit response": "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
    "delete response": "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original",
    "followup": "POST /webhooks/{webhook_id}/{webhook_token}",
    "send": "POST /channels/{channel_id}/messages",
    "edit": "PATCH /channels/{channel_id}/messages/{message_id}",
    "delete": "DELETE /channels/{channel_id}/messages/{message_id}",
    "thread": "POST /channels/{channel_id}/messages/{message_id}/threads",
    "forum post": "POST /channels/{channel_id}/threads",
    "open dm": "POST /users/@me/channels",
    "commands": "PUT /applications/{application_id}/commands",
    "guild commands": "PUT /applications/{application_id}/guilds/{guild_id}/commands",
    "cdn": "GET cdn",
}
"""Words for the routes that fail most in tests; any route as "METHOD /template" works too, and "*" for all."""


def route_named(words: str) -> str:
    return SHORT.get(words, words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to fail."""

    status: int = 500
    code: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    after_effect: bool = False
    """Discord does it, and the bot is told that it failed."""
    cut: bool = False
    """The connection breaks instead of an answer."""
    delay_s: float = 0.0
    """The answer comes this much later, on the simulator's clock; with status 0 it is the true one."""
    retry_after_s: float = 0.0
    scope: str = "user"
    cloudflare: bool = False

    def answer(self, request: web.Request) -> web.Response:
        if self.cut and request.transport is not None:
            request.transport.abort()
        if self.cloudflare:
            return cloudflare_ban(self.retry_after_s)
        if self.status == 429:
            return too_many(self.retry_after_s, scope=self.scope)
        if not self.code and self.status >= 500:
            return web.Response(
                status=self.status, text="<html>error</html>", content_type="text/html"
            )
        body: dict[str, Any] = {
            "message": MESSAGES.get(self.code, "Error"),
            "code": self.code,
        }
        return plain_json(web.json_response(body, status=self.status, headers=dict(self.headers)))


@dataclass(slots=True, kw_only=True)
class _Planned:
    route: str
    fault: Fault
    left: float


class Faults:
    """Planned faults, taken in the order they were planned."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self.happened: list[str] = []
        """Routes on which a fault struck, in order."""

    def once(self, route: str, status: int, code: int = 0, *, after_effect: bool = False) -> None:
        """The next request of this route is answered with this status and code."""
        self.plan(route, Fault(status=status, code=code, after_effect=after_effect))

    def times(
        self, count: float, route: str, status: int, code: int = 0, *, after_effect: bool = False
    ) -> None:
        self.plan(route, Fault(status=status, code=code, after_effect=after_effect), count=count)

    def always(self, route: str, status: int, code: int = 0) -> None:
        self.plan(route, Fault(status=status, code=code), count=float("inf"))

    def cut(self, route: str, *, after_effect: bool = False, count: float = 1) -> None:
        """No answer: the connection breaks before Discord did it, or after."""
        self.plan(route, Fault(cut=True, after_effect=after_effect), count=count)

    def slow(self, route: str, delay_s: float, *, count: float = 1) -> None:
        """Discord takes its time before it does anything, then answers truly."""
        self.plan(route, Fault(status=0, delay_s=delay_s), count=count)

    def rate_limited(
        self, route: str, *, retry_after_s: float = 0.05, scope: str = "user", count: float = 1
    ) -> None:
        """429 with `Via`; scope is user, global or shared."""
        self.plan(route, Fault(status=429, retry_after_s=retry_after_s, scope=scope), count=count)

    def cloudflare(self, route: str, *, retry_after_s: float = 600.0, count: float = 1) -> None:
        """429 without `Via`."""
        self.plan(
            route, Fault(status=429, cloudflare=True, retry_after_s=retry_after_s), count=count
        )

    def plan(self, route: str, fault: Fault, *, count: float = 1) -> None:
        self._planned.append(_Planned(route=route_named(route), fault=fault, left=count))

    def clear(self) -> None:
        self._planned.clear()

    def take(self, route: str) -> Fault | None:
        """The fault for this request, used up; None when it may succeed."""
        for planned in self._planned:
            if planned.route in (route, "*") and planned.left > 0:
                planned.left -= 1
                self.happened.append(route)
                return planned.fault
        return None
