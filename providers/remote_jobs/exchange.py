"""One exchange over HTTP: sent at most once, its end always typed, its answer bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.errors import BadAnswer, OutcomeUnknown, Unavailable
from providers.wire.deadline import Deadline
from providers.wire.exchange import NEVER_SENT, SendWatch, not_reached, pieces, timeout_until

MAX_JSON_BYTES = 4 * 1024 * 1024
"""Most bytes of one answer. Replicate repeats a job's input in it, data URLs of up to 256 kB included."""

MAX_JSON_MARKS = 200_000
"""Most brackets and commas of one answer; a body of nothing else grows fiftyfold when it is parsed."""


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
    request.extensions = {
        **request.extensions,
        "trace": watch,
        "timeout": timeout_until(deadline).as_dict(),
    }
    try:
        async with asyncio.timeout_at(deadline.at):
            response = await http.send(request, stream=True, follow_redirects=False)
    except NEVER_SENT as error:
        raise not_reached(error) from error
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
                del body[max_bytes:]
                return body, True
    except (httpx.RequestError, TimeoutError):
        return body, True
    return body, False
