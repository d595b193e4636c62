"""One exchange over HTTP: sent at most once, its end always typed, its answer bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.errors import BadAnswer, OutcomeUnknown, Unavailable

CONNECT_TIMEOUT_S = 10.0

MAX_JSON_BYTES = 4 * 1024 * 1024
"""Most bytes of one answer. Replicate repeats a job's input in it, data URLs of up to 256 kB included."""

MAX_JSON_MARKS = 200_000
"""Most brackets and commas of one answer; a body of nothing else grows fiftyfold when it is parsed."""

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""Failures after which the server surely has no request of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a call must have ended, in the loop's time."""

    at: float

    @staticmethod
    def after(timeout_s: float) -> Deadline:
        """The deadline that many seconds from now."""
        return Deadline(at=asyncio.get_running_loop().time() + timeout_s)

    def left_s(self) -> float:
        """Seconds left, at least a millisecond."""
        return max(0.001, self.at - asyncio.get_running_loop().time())

    def is_over(self) -> bool:
        """Whether the time is up."""
        return asyncio.get_running_loop().time() >= self.at

    def at_most(self, seconds: float) -> Deadline:
        """The same deadline, or the one that many seconds from now if that comes first."""
        return Deadline(at=min(self.at, asyncio.get_running_loop().time() + seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer read whole. `body` is bounded; `is_cut` tells that it broke off or was too long."""

    status: int
    headers: httpx.Headers
    body: bytes
    is_cut: bool = False

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def fields(self) -> Mapping[str, Any]:
        """The JSON object in the body. BadAnswer for HTML, cut text, other JSON, or one built to eat memory."""
        if self.is_cut:
            raise BadAnswer("the answer broke off or is too long")
        if sum(self.body.count(mark) for mark in (b"{", b"[", b",")) > MAX_JSON_MARKS:
            raise BadAnswer("the answer has too many parts")
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            start = self.body[:80].decode("utf-8", "replace")
            raise BadAnswer(f"no JSON, or cut short: {start!r}") from error
        if not isinstance(found, dict):
            raise BadAnswer("the answer is no JSON object")
        return found


class SendWatch:
    """Learns from the transport's trace whether the request began to leave the house."""

    def __init__(self) -> None:
        self.is_watching = False
        self.was_sent = False

    async def __call__(self, name: str, _info: Mapping[str, object]) -> None:
        """Takes one event of httpcore's trace, such as "http11.send_request_headers.started"."""
        self.is_watching = True
        if name.endswith("send_request_headers.started"):
            self.was_sent = True

    def surely_unsent(self) -> bool:
        """Whether a request without an answer never left; False when the transport doesn't tell."""
        return self.is_watching and not self.was_sent


async def exchanged(
    http: httpx.AsyncClient,
    request: httpx.Request,
    deadline: Deadline,
    *,
    max_bytes: int = MAX_JSON_BYTES,
) -> Reply:
    """The answer, whatever its status; a redirect is not followed, for the key would travel with it.

    Unavailable when nothing was sent; OutcomeUnknown when it was and no status came back. A body that breaks off or
    stops coming is marked, not raised: the caller knows whether the status alone tells enough.
    """
    watch = SendWatch()
    request.extensions = {**request.extensions, "trace": watch, "timeout": timeouts(deadline)}
    try:
        async with asyncio.timeout_at(deadline.at):
            response = await http.send(request, stream=True, follow_redirects=False)
    except NEVER_SENT as error:
        raise Unavailable(f"not reached: {error!r}") from error
    except (httpx.RequestError, TimeoutError) as error:
        if watch.surely_unsent():
            raise Unavailable(f"not sent: {error!r}") from error
        raise OutcomeUnknown(f"sent, no answer: {error!r}") from error
    try:
        body, is_cut = await bounded_body(response, deadline, max_bytes=max_bytes)
    finally:
        await response.aclose()
    return Reply(
        status=response.status_code, headers=response.headers, body=bytes(body), is_cut=is_cut
    )


def timeouts(deadline: Deadline) -> dict[str, float]:
    """httpx's four time-outs, all within the deadline."""
    left_s = deadline.left_s()
    short_s = min(CONNECT_TIMEOUT_S, left_s)
    return {"connect": short_s, "pool": short_s, "read": left_s, "write": left_s}


async def bounded_body(
    response: httpx.Response, deadline: Deadline, *, max_bytes: int
) -> tuple[bytearray, bool]:
    """What came of the body within time and size, and whether something is missing."""
    body = bytearray()
    told = response.headers.get("content-length", "")
    if told.isdecimal() and int(told) > max_bytes:
        return body, True
    try:
        async for piece in pieces(response, deadline):
            body += piece
            if len(body) > max_bytes:
                return body[:max_bytes], True
    except (httpx.RequestError, TimeoutError):
        return body, True
    return body, False


async def pieces(response: httpx.Response, deadline: Deadline) -> AsyncIterator[bytes]:
    """The body's pieces, TimeoutError when one isn't there by the deadline. Nothing is awaited between steps."""
    source = aiter(response.aiter_bytes())
    while True:
        try:
            async with asyncio.timeout_at(deadline.at):
                piece = await anext(source)
        except StopAsyncIteration:
            return
        yield piece
