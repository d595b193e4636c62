"""Things that go wrong on purpose: `faults.once("chat.update", ratelimited(retry_after_s=1))`.

Where: a Web API method, `upload` (the POST of the bytes), `download` (a private file), `response_url`, or `*` for all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]
When = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to fail. `accepted` lets Slack do the work first: the caller cannot know that it was done."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: bool = False
    accepted: bool = False
    delay_s: float = 0.0
    passes: bool = False

    def answer(self, request: web.Request) -> web.Response:
        if self.cut and request.transport is not None:
            request.transport.abort()
        return web.Response(
            status=self.status,
            text=self.body,
            headers=dict(self.headers),
            content_type=self.content_type,
        )


def ratelimited(*, retry_after_s: int = 1) -> Fault:
    """HTTP 429 with Retry-After in whole seconds. Source: docs.slack.dev, rate limits."""
    return Fault(
        status=429,
        body=json.dumps({"ok": False, "error": "ratelimited"}),
        headers={"Retry-After": str(retry_after_s)},
    )


def refused(error: str, **more: Any) -> Fault:
    """HTTP 200 with `ok: false`, as nearly all of Slack's refusals."""
    return Fault(body=json.dumps({"ok": False, "error": error, **more}))


def http_error(status: int = 503, body: str = "<html>Service Unavailable</html>") -> Fault:
    return Fault(status=status, body=body, content_type="text/html")


def html_page(body: str = "<!DOCTYPE html><html>Slack is down for maintenance</html>") -> Fault:
    """HTTP 200 that is no JSON."""
    return Fault(body=body, content_type="text/html")


def cut() -> Fault:
    """The connection is reset before Slack did anything."""
    return Fault(cut=True)


def accepted_then_cut() -> Fault:
    """Slack did it, and the answer is lost on its way."""
    return Fault(cut=True, accepted=True)


def accepted_then(error: str = "internal_error") -> Fault:
    """Slack did it and says it failed: "some aspect of the operation succeeded" (docs.slack.dev, fatal_error)."""
    return Fault(body=json.dumps({"ok": False, "error": error}), accepted=True)


def slow(seconds: float) -> Fault:
    """The answer is good but comes `seconds` later, on the simulator's clock."""
    return Fault(delay_s=seconds, passes=True)


@dataclass(kw_only=True)
class _Planned:
    where: str
    fault: Fault
    left: float
    when: When


class Faults:
    """Planned faults, taken in the order they were planned."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def once(self, where: str, *faults: Fault, when: When = lambda _: True) -> None:
        """The next calls fail, one with each fault."""
        for fault in faults:
            self.times(1, where, fault, when=when)

    def times(self, count: float, where: str, fault: Fault, *, when: When = lambda _: True) -> None:
        self._planned.append(_Planned(where=where, fault=fault, left=count, when=when))

    def always(self, where: str, fault: Fault, *, when: When = lambda _: True) -> None:
        self.times(float("inf"), where, fault, when=when)

    def clear(self, where: str | None = None) -> None:
        self._planned = [one for one in self._planned if where is not None and one.where != where]

    def take(self, where: str, arguments: Mapping[str, Any]) -> Fault | None:
        """The fault for this call, used up; None when it may succeed."""
        for planned in self._planned:
            if planned.where in (where, "*") and planned.left > 0 and planned.when(arguments):
                planned.left -= 1
                return planned.fault
        return None
