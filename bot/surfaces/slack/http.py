"""`/slack/events`: what Slack sends over HTTP, looked at before Bolt sees it.

Bolt answers a body that isn't UTF-8, or a timestamp that is no number, with 500 and a traceback; here they are a plain
no. Source of the signature: docs.slack.dev, verifying requests from Slack, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

MAX_BODY_BYTES = 1_000_000
"""Ours; Slack's largest payload is a view of 250 kB."""
PATH = "/slack/events"
_SIGNATURE = "x-slack-signature"
_TIMESTAMP = "x-slack-request-timestamp"


def events_route(app: AsyncApp, *, signing_secret: str) -> Route:
    """The route. Only requests that Slack signed in the last five minutes reach the app."""
    verifier = SignatureVerifier(signing_secret)

    async def events(request: Request) -> Response:
        body = await _read(request)
        headers = dict(request.headers.items())
        if body is None:
            return PlainTextResponse("That is too large.\n", status_code=413)
        text = _text(body)
        if text is None or not _is_signed(verifier, headers, text):
            return PlainTextResponse("This must be signed by Slack.\n", status_code=401)
        answer = await app.async_dispatch(AsyncBoltRequest(body=text, headers={**headers}))
        return Response(
            content=answer.body,
            status_code=answer.status,
            headers=answer.first_headers_without_set_cookie(),
        )

    return Route(PATH, events, methods=["POST"])


async def _read(request: Request) -> bytes | None:
    """The body; None as soon as it is larger than it may be, whatever its header claims."""
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > MAX_BODY_BYTES:
            return None
    return bytes(pieces)


def _text(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_signed(verifier: SignatureVerifier, headers: Mapping[str, str], body: str) -> bool:
    timestamp = headers.get(_TIMESTAMP, "")
    signature = headers.get(_SIGNATURE, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 15):
        return False
    if not signature.isascii():
        return False
    return verifier.is_valid(body, timestamp, signature)
