"""`/metrics`: what this process counted, for Prometheus, and for nobody who may not read it."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PATH = "/metrics"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""What a proxy on this machine adds: whoever sent it is somewhere else."""
ONLY_HERE = (
    "These figures are told on this machine alone. Set METRICS_TOKEN and let Prometheus send it as a bearer token, "
    "or IMPASTO_METRICS=open where only Prometheus can reach this port.\n"
)
WRONG_TOKEN = "These figures are told to whoever sends METRICS_TOKEN as a bearer token.\n"  # noqa: S105 - a sentence


class Exposing(Protocol):
    """Tells what was counted: `bot.telemetry.metrics.Metrics`."""

    async def text(self, accept: str) -> tuple[bytes, str]:
        """Everything, in the format the header `Accept` asks for, and its content type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who may read: with a token, whoever sends it; without one, this machine, or `anybody`.

    `behind_proxy` where pages are reached under an address of their own: a proxy on this machine need not say that it
    is one, so without a token nobody reads them there.
    """

    token: str | None = field(default=None, repr=False)
    anybody: bool = False
    behind_proxy: bool = False

    def refusal(self, request: Request) -> Response | None:
        """Why not; None when it may be told."""
        if self.token is not None:
            if _sends(request, self.token):
                return None
            headers = {**_HEADERS, "WWW-Authenticate": "Bearer"}
            return PlainTextResponse(WRONG_TOKEN, status_code=401, headers=headers)
        if self.anybody or (not self.behind_proxy and _comes_from_here(request)):
            return None
        return PlainTextResponse(ONLY_HERE, status_code=403, headers=_HEADERS)


def metrics_route(metrics: Exposing, readers: Readers) -> Route:
    """The route; it stands before the pages' guard, because Prometheus calls a process by any name."""

    async def scrape(request: Request) -> Response:
        if refused := readers.refusal(request):
            return refused
        body, content_type = await metrics.text(request.headers.get("accept", ""))
        return Response(body, headers={**_HEADERS, "Content-Type": content_type})

    return Route(PATH, scrape)


def _sends(request: Request, token: str) -> bool:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and secrets.compare_digest(
        sent.strip().encode(), token.encode()
    )


def _comes_from_here(request: Request) -> bool:
    """Whether a program on this machine asks for itself: not a proxy for somebody, nor a page by a name of its own."""
    if request.client is None or any(name in request.headers for name in _PASSED_ON):
        return False
    return _is_loopback(request.client.host) and _is_this_machine(request.headers.get("host", ""))


def _is_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
