"""Faults that the images simulator plays on command, from polite refusals to broken connections.

A fault is a dict with its `kind` and options. `prompt_contains` limits it to some calls, `times` repeats it.

Before the call is accepted (not billed, unless `billed` is true):
  status         answers `status` with `headers`, and `error` or the raw text `body`
  moderation     400 moderation_blocked with `stage` and `categories`
  content_filter 400 as Azure says it, with `categories` (litellm, read 2026-11-22)
After it was accepted (billed, unless `billed` is false):
  stall          `after` request | status | headers | half: goes silent there
  reset          `after` request | headers | half: breaks the connection there
  truncate       `framing` length | chunked | none: closes half-way through the body
  drip           one byte every `every_s` seconds
  html, raw      200 with a page, or with the bytes of the text `body`
  empty          200 without pictures
  some           only the first `usable` pictures can be used
  bad_base64     text that is no base64
  not_picture    base64 of a page
  pixel_bomb     a PNG header of 60000x60000
  large          `size_bytes` of JSON
  gzip_bomb      `size_bytes` of JSON in a small packed body
  nested_gzip    packed twice
  json_bomb      `size_bytes` of `{},{},...`
  wrapped_error  200 with an error object
  links          pictures as links; `target` good | expired | page | private | other
  stream_cut     a stream that ends before its picture
  stream_error   a stream with an error event
  plain          a plain answer to a call that wanted a stream
"""

from __future__ import annotations

import base64
import gzip
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tests.simulators.providers.pictures import pixel_bomb
from tests.simulators.providers.serving import TRANSPORT, pass_time, until_gone

Fault = Mapping[str, Any]

REFUSALS = ("status", "moderation", "content_filter")

PAGE = "<!doctype html><title>502</title><h1>Bad gateway</h1>"


class FaultScript:
    """Faults in the order they are to happen; a call takes the first that fits it."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []

    def add(self, *faults: Fault) -> None:
        for fault in faults:
            if fault["kind"] not in (*REFUSALS, *PLAYED):
                raise ValueError(f"no fault {fault['kind']!r}")
            self._waiting.append({"times": 1, **fault})

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, prompt: str) -> Fault | None:
        for fault in self._waiting:
            if fault.get("prompt_contains", "") in prompt:
                fault["times"] -= 1
                if fault["times"] <= 0:
                    self._waiting.remove(fault)
                return fault
        return None


@dataclass(frozen=True, kw_only=True)
class Played:
    """An accepted call that a fault spoils: its good answer, and where links would lead."""

    request: Request
    fault: Fault
    answer: dict[str, Any]
    link: Callable[[str], str]

    def body(self) -> bytes:
        return json.dumps(self.answer).encode()

    def with_pictures(self, *texts: str) -> Response:
        return JSONResponse({**self.answer, "data": [{"b64_json": text} for text in texts]})


class Raw(Response):
    """Writes bytes on the connection as they are, then waits until the client has gone."""

    def __init__(self, *parts: bytes, end: str = "hold", every_s: float = 0.0) -> None:
        super().__init__()
        self._parts = parts
        self._end = end
        self._every_s = every_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope[TRANSPORT]
        request = Request(scope, receive)
        for part in self._parts:
            transport.write(part)
            if self._every_s and await pass_time(request, self._every_s):
                return
        if self._end == "close":
            transport.close()
        elif self._end == "reset":
            # A linger of zero seconds makes the system send RST instead of FIN.
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            transport.abort()
        await until_gone(receive)


def refused(fault: Fault) -> Response:
    """The answer of a fault that comes before acceptance."""
    if fault["kind"] == "moderation":
        stage, categories = fault.get("stage", "input"), fault.get("categories", ["violence"])
        error = {
            "message": "Your request was rejected by the safety system."
            f" safety_violations=[{', '.join(categories)}]",
            "type": "image_generation_user_error",
            "param": None,
            "code": "moderation_blocked",
            "moderation_details": {"moderation_stage": stage, "categories": categories},
        }
        return JSONResponse({"error": error}, status_code=400)
    if fault["kind"] == "content_filter":
        return JSONResponse({"error": azure_block(fault)}, status_code=400)
    headers = {"x-request-id": "req_fault", **fault.get("headers", {})}
    if "body" in fault:
        return Response(fault["body"], status_code=fault["status"], headers=headers)
    error = {"message": "scripted", "type": "server_error", "param": None, "code": None}
    return JSONResponse(
        {"error": {**error, **fault.get("error", {})}},
        status_code=fault["status"],
        headers=headers,
    )


def azure_block(fault: Fault) -> dict[str, Any]:
    """The error object of Azure's filter."""
    results = {name: {"filtered": True, "severity": "high"} for name in fault["categories"]}
    results["hate"] = results.get("hate", {"filtered": False, "severity": "safe"})
    return {
        "code": fault.get("code", "contentFilter"),
        "message": "Your task failed as a result of our safety system.",
        "inner_error": {"code": "ResponsibleAIPolicyViolation", "content_filter_results": results},
    }


def head(*lines: str) -> bytes:
    return "\r\n".join(
        ("HTTP/1.1 200 OK", "content-type: application/json", *lines, "", "")
    ).encode()


def stall(played: Played) -> Response:
    body = played.body()
    written = {
        "request": b"",
        "status": b"HTTP/1.1 200 OK\r\ncontent-",
        "headers": head(f"content-length: {len(body)}"),
        "half": head(f"content-length: {len(body)}") + body[: len(body) // 2],
    }
    return Raw(written[played.fault.get("after", "request")])


def reset(played: Played) -> Response:
    body = played.body()
    written = {
        "request": b"",
        "headers": head(f"content-length: {len(body)}"),
        "half": head(f"content-length: {len(body)}") + body[: len(body) // 2],
    }
    return Raw(written[played.fault.get("after", "request")], end="reset")


def truncate(played: Played) -> Response:
    body = played.body()
    half = body[: len(body) // 2]
    written = {
        "length": head(f"content-length: {len(body)}") + half,
        "chunked": head("transfer-encoding: chunked") + f"{len(body):x}\r\n".encode() + half,
        "none": head("connection: close") + half,
    }
    return Raw(written[played.fault.get("framing", "length")], end="close")


def drip(played: Played) -> Response:
    body = played.body()
    start = head(f"content-length: {len(body)}")
    pieces = (body[at : at + 1] for at in range(len(body)))
    return Raw(start, *pieces, every_s=played.fault.get("every_s", 0.01))


def some(played: Played) -> Response:
    usable = played.fault.get("usable", 3)
    data = played.answer["data"]
    broken = [{"b64_json": "%%%"} for _ in data[usable:]]
    return JSONResponse({**played.answer, "data": [*data[:usable], *broken]})


def large(played: Played) -> Response:
    piece = b"A" * (1 << 20)

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"data": [{"b64_json": "'
        for _ in range(played.fault.get("size_bytes", 100 << 20) >> 20):
            yield piece
        yield b'"}]}'

    return StreamingResponse(pieces(), media_type="application/json")


def gzip_bomb(played: Played) -> Response:
    body = b'{"data": [{"b64_json": "' + b"A" * played.fault.get("size_bytes", 300 << 20) + b'"}]}'
    return Response(gzip.compress(body, 1), headers={"content-encoding": "gzip"})


def nested_gzip(played: Played) -> Response:
    packed = gzip.compress(gzip.compress(b"A" * (64 << 20), 9), 9)
    return Response(packed, headers={"content-encoding": "gzip, gzip"})


def json_bomb(played: Played) -> Response:
    count = played.fault.get("size_bytes", 30 << 20) // 3
    return Response(b'{"data": [' + b"{}," * count + b"{}]}", media_type="application/json")


def links(played: Played) -> Response:
    target = played.fault.get("target", "good")
    data = [{"url": played.link(target)} for _ in played.answer["data"]]
    return JSONResponse({**played.answer, "data": data})


def stream_cut(played: Played) -> Response:
    partial = {
        "type": "image_generation.partial_image",
        "partial_image_index": 0,
        "b64_json": played.answer["data"][0]["b64_json"],
    }
    return Response(f"data: {json.dumps(partial)}\n\n", media_type="text/event-stream")


def stream_error(played: Played) -> Response:
    event = {"type": "error", "error": played.fault["error"]}
    return Response(f"event: error\ndata: {json.dumps(event)}\n\n", media_type="text/event-stream")


PLAYED: Mapping[str, Callable[[Played], Response]] = {
    "stall": stall,
    "reset": reset,
    "truncate": truncate,
    "drip": drip,
    "html": lambda played: Response(PAGE, media_type="text/html"),
    "raw": lambda played: Response(played.fault["body"], media_type="application/json"),
    "empty": lambda played: JSONResponse({**played.answer, "data": []}),
    "some": some,
    "bad_base64": lambda played: played.with_pictures("this is *no* base64"),
    "not_picture": lambda played: played.with_pictures(base64.b64encode(PAGE.encode()).decode()),
    "pixel_bomb": lambda played: played.with_pictures(base64.b64encode(pixel_bomb()).decode()),
    "large": large,
    "gzip_bomb": gzip_bomb,
    "nested_gzip": nested_gzip,
    "json_bomb": json_bomb,
    "wrapped_error": lambda played: JSONResponse({"error": played.fault["error"]}),
    "links": links,
    "stream_cut": stream_cut,
    "stream_error": stream_error,
    "plain": lambda played: JSONResponse(played.answer),
}
