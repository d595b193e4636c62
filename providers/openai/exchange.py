"""One HTTP exchange that costs money: sent at most once, its end always typed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx

from providers.errors import BadAnswer, OutcomeUnknown, ProviderError, Unavailable
from providers.openai.answers import MAX_ANSWER_BYTES
from providers.openai.errors import error_of
from providers.openai.options import Options
from providers.openai.transform import Field, WireCall

CONNECT_TIMEOUT_S = 10.0

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


def paid_request(
    http: httpx.AsyncClient, call: WireCall, options: Options, *, key: str, deadline: Deadline
) -> httpx.Request:
    """The HTTP request of a call. `key` travels as X-Client-Request-Id, which OpenAI's support can look up."""
    headers = {"accept": "application/json", "accept-encoding": "identity"}
    headers["x-client-request-id"] = "".join(c for c in key if " " < c < "\x7f")[:512]
    if call.streamed:
        headers["accept"] = "text/event-stream, application/json"
    if options.api_key and options.auth == "bearer":
        headers["authorization"] = f"Bearer {options.api_key}"
    elif options.api_key:
        headers["api-key"] = options.api_key
    url = options.base_url.copy_with(path=options.base_url.path + call.path)
    left_s = deadline.left_s()
    timeout = httpx.Timeout(
        left_s, connect=min(CONNECT_TIMEOUT_S, left_s), pool=min(CONNECT_TIMEOUT_S, left_s)
    )
    if not call.files:
        return http.build_request("POST", url, json=call.fields, headers=headers, timeout=timeout)
    return http.build_request(
        "POST",
        url,
        data={name: form_text(value) for name, value in call.fields.items()},
        files=[(name, (f"{name}.png", data, mime_of(data))) for name, data in call.files],
        headers=headers,
        timeout=timeout,
    )


def form_text(value: Field) -> str:
    """A field's value as a form writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def mime_of(data: bytes) -> str:
    """The media type of a picture by its first bytes."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/webp" if data[:4] == b"RIFF" else "image/png"


async def opened(
    http: httpx.AsyncClient, request: httpx.Request, deadline: Deadline
) -> httpx.Response:
    """The answer's status and headers of a success; its body is still to be read and the caller closes it.

    Raises the typed error of anything else: Unavailable when nothing was sent, OutcomeUnknown when it was and no status
    came back, and what the status says when one did.
    """
    watch = SendWatch()
    request.extensions = {**request.extensions, "trace": watch}
    try:
        async with asyncio.timeout_at(deadline.at):
            response = await http.send(request, stream=True, follow_redirects=False)
    except NEVER_SENT as error:
        raise Unavailable(f"not reached: {error!r}") from error
    except (httpx.RequestError, TimeoutError) as error:
        if watch.surely_unsent():
            raise Unavailable(f"not sent: {error!r}") from error
        raise OutcomeUnknown(f"sent, no answer: {error!r}") from error
    if response.is_success:
        return response
    raise await refusal(response, deadline)


async def refusal(response: httpx.Response, deadline: Deadline) -> ProviderError:
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
    response: httpx.Response, deadline: Deadline, *, max_bytes: int = MAX_ANSWER_BYTES
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
