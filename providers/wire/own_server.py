"""HTTP with a server of the operator's own, where no call costs money.

A call whose answer is lost has billed nobody, so it is Unavailable and may be tried elsewhere at once, and no error
says "billed".
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from providers.errors import BadAnswer, OutcomeUnknown, Unavailable
from providers.wire.deadline import Deadline
from providers.wire.exchange import (
    MAX_ANSWER_BYTES,
    ReadsRefusals,
    not_reached,
    opened,
    timeout_until,
    whole_body,
)

MAX_SMALL_JSON_BYTES = 4 * 1024 * 1024
"""Most bytes of an answer that tells something and brings no picture."""

MAX_JSON_MARKS = 400_000
"""Most brackets and commas of such an answer: a body of nothing else grows fiftyfold when parsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A file of a form: its field, its name and its bytes."""

    field: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: JSON, or a form with files, or nothing but its path."""

    method: str
    path: str
    json: object = None
    form: Mapping[str, str] | None = None
    files: tuple[FilePart, ...] = ()


def get(path: str) -> Ask:
    """A question."""
    return Ask(method="GET", path=path)


def post(path: str, body: object = None) -> Ask:
    """A request with a JSON body."""
    return Ask(method="POST", path=path, json=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServer:
    """One server: where it is, how it is spoken to, and what its "no" means."""

    http: httpx.AsyncClient
    base_url: httpx.URL
    error_of: ReadsRefusals
    authorization: str | None = field(default=None, repr=False)

    def url(self, path: str) -> httpx.URL:
        """The URL of a path below the base URL; the path may bring a query."""
        path, _, query = path.partition("?")
        return self.base_url.copy_with(
            path=self.base_url.path.rstrip("/") + path, query=query.encode() if query else None
        )

    async def bytes_of(
        self, ask: Ask, deadline: Deadline, *, max_bytes: int = MAX_ANSWER_BYTES
    ) -> bytes:
        """The body of a success. Unavailable when it isn't reached or says nothing in time, or what it refuses with."""
        request = self.http.build_request(
            ask.method,
            self.url(ask.path),
            headers=self.headers(),
            timeout=timeout_until(deadline),
            json=ask.json,
            data=ask.form,
            files=[(part.field, (part.name, part.data)) for part in ask.files] or None,
        )
        try:
            response = await opened(self.http, request, deadline, self.error_of)
            try:
                return bytes(await whole_body(response, deadline, max_bytes=max_bytes))
            finally:
                await response.aclose()
        except OutcomeUnknown as error:
            raise Unavailable(error.detail, request_id=error.request_id) from error
        except BadAnswer as error:
            error.billed = False
            raise

    async def json_of(self, ask: Ask, deadline: Deadline) -> object:
        """The parsed body of a success that brings no picture. BadAnswer for anything but JSON."""
        return parsed(await self.bytes_of(ask, deadline, max_bytes=MAX_SMALL_JSON_BYTES))

    async def upgraded(
        self, path: str, headers: Mapping[str, str], deadline: Deadline
    ) -> httpx.Response:
        """The answer to a request to speak another protocol; its connection is under `network_stream` when granted.

        The caller closes it. Unavailable when the server isn't reached.
        """
        request = self.http.build_request(
            "GET",
            self.url(path),
            headers={**self.headers(), **headers},
            timeout=timeout_until(deadline),
        )
        try:
            async with asyncio.timeout_at(deadline.at):
                return await self.http.send(request, stream=True, follow_redirects=False)
        except (httpx.RequestError, TimeoutError) as error:
            raise not_reached(error) from error

    def headers(self) -> dict[str, str]:
        """The headers of every call."""
        headers = {"accept-encoding": "identity"}
        if self.authorization:
            headers["authorization"] = self.authorization
        return headers


def parsed(data: bytes) -> object:
    """The JSON of a small body. BadAnswer, billing nobody, for HTML, cut text, or one built to eat memory."""
    if sum(data.count(mark) for mark in (b"{", b"[", b",")) > MAX_JSON_MARKS:
        raise not_billed("the answer has too many parts")
    try:
        found: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        start = data[:80].decode("utf-8", "replace")
        raise not_billed(f"no JSON, or cut short: {start!r}") from error
    return found


def not_billed(detail: str) -> BadAnswer:
    """A bad answer that cost nothing."""
    error = BadAnswer(detail)
    error.billed = False
    return error
