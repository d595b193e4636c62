"""Spoils the answers of any simulated provider on their way out, whatever protocol it speaks (faults F9 to F15).

`Spoiler(app)` is the app with faults in front of it. It is told which exchanges to spoil and how; the app behind it
still does its work and bills it, only its answer is lost, cut, or replaced. A fault is a dict with its `kind`:

  status      `status`, `headers`, text `body`: refused, the app behind hears nothing of the call
  stall       `after` request | headers | half: goes silent there
  reset       `after` request | headers | half: breaks the connection there
  truncate    `framing` length | chunked | none: closes half-way through the body
  drip        one byte every `every_s` seconds
  html        200 with a page as text/html; `mislabelled` true: a page that claims the good answer's type
  text        the text `body` under the good answer's type
  mislabelled the good body as text/plain
  huge        `size_bytes` that begin like the good answer; `declared` true: only a content-length that says so
  gzip_bomb   `size_bytes` in a small packed body; `layers` times packed
  json_bomb   `size_bytes` of `{},{},...`
  body        the very bytes `data`, of type `media_type`
"""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.simulators.providers.openai_faults import PAGE, Raw

Fault = Mapping[str, Any]

Picks = Callable[[str, str], bool]
"""Whether an exchange, by its method and path, is meant."""


@dataclass(kw_only=True)
class GoodAnswer:
    """What the app would have answered."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        found = dict(self.headers).get(b"content-type", b"application/json")
        return found.decode()

    def head(self, *lines: str) -> bytes:
        """The answer's first lines with its type and those headers, as bytes of HTTP/1.1."""
        start = f"HTTP/1.1 {self.status} OK"
        return "\r\n".join((start, f"content-type: {self.media_type}", *lines, "", "")).encode()

    def with_body(self, body: bytes, **headers: str) -> Response:
        return Response(body, media_type=self.media_type, headers=headers)


class Spoiler:
    """An app whose answers can be spoiled. `seen` counts the exchanges that were."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.seen = 0
        self._fault: Fault | None = None
        self._picks: Picks = lambda method, path: False

    def spoil(self, fault: Fault, picks: Picks) -> None:
        """From now on plays the fault on every exchange picked."""
        if fault["kind"] not in (*PLAYED, "status"):
            raise ValueError(f"no fault {fault['kind']!r}")
        self._fault, self._picks = fault, picks

    def heal(self) -> None:
        """From now on answers as the app does."""
        self._fault = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._fault
        if (
            fault is None
            or scope["type"] != "http"
            or not self._picks(scope["method"], scope["path"])
        ):
            await self.app(scope, receive, send)
            return
        self.seen += 1
        if fault["kind"] == "status":
            await drained(receive)
            response: Response = Response(
                fault.get("body", ""), status_code=fault["status"], headers=fault.get("headers")
            )
        else:
            response = PLAYED[fault["kind"]](fault, await answer_of(self.app, scope, receive))
        await response(scope, receive, send)


async def drained(receive: Receive) -> None:
    """Takes the request's body in."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


async def answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> GoodAnswer:
    """What the app answers, kept back."""
    good = GoodAnswer()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            good.status, good.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            good.body += message.get("body", b"")

    await app(scope, receive, keep)
    return good


def begun(good: GoodAnswer, after: str) -> bytes:
    """The bytes that were written when the fault struck."""
    length = good.head(f"content-length: {len(good.body)}")
    return {
        "request": b"",
        "headers": length,
        "half": length + good.body[: len(good.body) // 2],
    }[after]


def truncate(fault: Fault, good: GoodAnswer) -> Response:
    half = good.body[: len(good.body) // 2]
    written = {
        "length": good.head(f"content-length: {len(good.body)}") + half,
        "chunked": good.head("transfer-encoding: chunked")
        + f"{len(good.body):x}\r\n".encode()
        + half,
        "none": good.head("connection: close") + half,
    }
    return Raw(written[fault.get("framing", "length")], end="close")


def drip(fault: Fault, good: GoodAnswer) -> Response:
    start = good.head(f"content-length: {len(good.body)}")
    pieces = (good.body[at : at + 1] for at in range(len(good.body)))
    return Raw(start, *pieces, every_s=fault.get("every_s", 0.02))


def html(fault: Fault, good: GoodAnswer) -> Response:
    kind = good.media_type if fault.get("mislabelled") else "text/html"
    return Response(PAGE, media_type=kind)


def huge(fault: Fault, good: GoodAnswer) -> Response:
    size_bytes = fault.get("size_bytes", 100 << 20)
    if fault.get("declared"):
        return Raw(good.head(f"content-length: {size_bytes}") + good.body[:200])
    start, piece = good.body[: len(good.body) // 2], b"A" * (1 << 20)

    async def pieces() -> AsyncIterator[bytes]:
        yield start
        for _ in range(size_bytes >> 20):
            yield piece

    return StreamingResponse(pieces(), media_type=good.media_type)


def gzip_bomb(fault: Fault, good: GoodAnswer) -> Response:
    layers = fault.get("layers", 1)
    packed = good.body[: len(good.body) // 2] + b"A" * fault.get("size_bytes", 300 << 20)
    for _ in range(layers):
        packed = gzip.compress(packed, 1)
    return good.with_body(packed, **{"content-encoding": ", ".join(["gzip"] * layers)})


def json_bomb(fault: Fault, good: GoodAnswer) -> Response:
    count = fault.get("size_bytes", 30 << 20) // 3
    return good.with_body(b'{"data": [' + b"{}," * count + b"{}]}")


PLAYED: Mapping[str, Callable[[Fault, GoodAnswer], Response]] = {
    "stall": lambda fault, good: Raw(begun(good, fault.get("after", "request"))),
    "reset": lambda fault, good: Raw(begun(good, fault.get("after", "request")), end="reset"),
    "truncate": truncate,
    "drip": drip,
    "html": html,
    "text": lambda fault, good: good.with_body(fault["body"].encode()),
    "mislabelled": lambda fault, good: Response(good.body, media_type="text/plain"),
    "huge": huge,
    "gzip_bomb": gzip_bomb,
    "json_bomb": json_bomb,
    "body": lambda fault, good: Response(fault["data"], media_type=fault["media_type"]),
}
