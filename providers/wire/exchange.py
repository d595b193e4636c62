"""One HTTP exchange with a provider: sent at most once, its end always typed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import httpx

from providers.errors import BadAnswer, OutcomeUnknown, ProviderError, Unavailable
from providers.protocol import AddressRefused
from providers.wire.deadline import Deadline

CONNECT_TIMEOUT_S = 10.0

MAX_ANSWER_BYTES = 48 * 1024 * 1024
"""Most bytes of one answer. The answer and its decoded pictures lie in memory together: about twice this."""

MAX_ERROR_BYTES = 64 * 1024
"""As much of an error's body as is read."""

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""Failures after which the server surely has no request of ours."""

PLAIN = {"accept": "application/json", "accept-encoding": "identity"}
"""Headers of a call that wants JSON, not packed: a packed body can hide its size."""


_IN_WORDS: Mapping[type[Exception], str] = {
    AddressRefused: "its address is refused",
    httpx.ConnectTimeout: "no connection in time",
    httpx.ConnectError: "no connection",
    httpx.PoolTimeout: "too many calls at once",
    httpx.ReadTimeout: "no answer in time",
    httpx.ReadError: "the connection broke",
    httpx.RemoteProtocolError: "the connection broke",
    TimeoutError: "no answer in time",
}


def not_reached(error: Exception) -> Unavailable:
    """Why the other side wasn't reached, in words; the error itself stays its cause."""
    found = [words for kind, words in _IN_WORDS.items() if isinstance(error, kind)]
    words = found[0] if found else "the call failed"
    detail = f" ({error})" if str(error) else ""
    return Unavailable(f"not reached: {words}{detail}")


class ReadsRefusals(Protocol):
    """What one vendor's "no" means."""

    def __call__(
        self, status: int, headers: httpx.Headers, body: bytes, *, now_s: float
    ) -> ProviderError:
        """The typed error of an answer that is no success. `now_s` is Unix time."""


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


def timeout_until(deadline: Deadline) -> httpx.Timeout:
    """The client's timeouts of a call with that deadline."""
    left_s = deadline.left_s()
    short_s = min(CONNECT_TIMEOUT_S, left_s)
    return httpx.Timeout(left_s, connect=short_s, pool=short_s)


def header_text(text: str) -> str:
    """What of a text a header may carry, at most 512 characters."""
    return "".join(c for c in text if " " < c < "\x7f")[:512]


async def opened(
    http: httpx.AsyncClient, request: httpx.Request, deadline: Deadline, error_of: ReadsRefusals
) -> httpx.Response:
    """The answer's status and headers of a success; its body is still to be read and the caller closes it.

    Raises the typed error of anything else: Unavailable when nothing was sent, OutcomeUnknown when it was and no status
    came back, and what `error_of` says when one did.
    """
    watch = SendWatch()
    request.extensions = {**request.extensions, "trace": watch}
    try:
        async with asyncio.timeout_at(deadline.at):
            response = await http.send(request, stream=True, follow_redirects=False)
    except NEVER_SENT as error:
        raise not_reached(error) from error
    except (httpx.RequestError, TimeoutError) as error:
        if watch.surely_unsent():
            raise Unavailable(f"not sent: {error!r}") from error
        raise OutcomeUnknown(f"sent, no answer: {error!r}") from error
    if response.is_success:
        return response
    raise await refusal(response, deadline, error_of)


async def refusal(
    response: httpx.Response, deadline: Deadline, error_of: ReadsRefusals
) -> ProviderError:
    """The typed error of an answer that is no success; closes it."""
    body = bytearray()
    try:
        async for piece in pieces(response, deadline):
            body += piece
            if len(body) >= MAX_ERROR_BYTES:
                break
    except (httpx.RequestError, TimeoutError):
        # The status alone tells enough; a body that breaks off takes nothing from it.
        pass
    finally:
        await response.aclose()
    return error_of(
        response.status_code, response.headers, bytes(body[:MAX_ERROR_BYTES]), now_s=time.time()
    )


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


async def whole_body(
    response: httpx.Response,
    deadline: Deadline,
    *,
    max_bytes: int = MAX_ANSWER_BYTES,
) -> bytearray:
    """The body of a success. BadAnswer when it breaks off or is too large, OutcomeUnknown when time runs out.

    After a success status of a plain answer the work is done and billed: a body that breaks off is a bad answer.
    Silence is not: some servers send the status first and work then.
    """
    request_id = response.headers.get("x-request-id")
    told = response.headers.get("content-length", "")
    if told.isdecimal() and int(told) > max_bytes:
        raise BadAnswer(f"{told} bytes are too many", request_id=request_id)
    body = bytearray()
    try:
        async for piece in pieces(response, deadline):
            body += piece
            if len(body) > max_bytes:
                raise BadAnswer(f"over {max_bytes} bytes", request_id=request_id)
    except (httpx.TimeoutException, TimeoutError) as error:
        raise OutcomeUnknown("the answer stopped coming", request_id=request_id) from error
    except httpx.RequestError as error:
        raise BadAnswer(f"the answer broke off: {error!r}", request_id=request_id) from error
    return body
