"""Delivery to the app's request URL: signed with v0, form for commands and interactions, JSON for events.

Source: docs.slack.dev, verifying requests from Slack; slash commands; interactivity payloads.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

if TYPE_CHECKING:
    from tests.simulators.slack.delivery import Delivery, Outcome
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the app said to one delivery."""

    outcome: Outcome
    status: int = 0
    body: Json = field(default_factory=dict)
    no_retry: bool = False


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v0=` and the HMAC-SHA256 of `v0:timestamp:body`."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class SignedHttp:
    """The attributes are for tests that sign badly on purpose."""

    def __init__(self, slack: Slack) -> None:
        self.secret = slack.app.signing_secret
        self.age_s = 0
        """How old the timestamp pretends to be. Real time, not the simulator's: the app checks it against its own."""
        self._slack = slack
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, delivery: Delivery, *, reason: str) -> Answer:
        body, content_type = _encoded(delivery)
        headers = self.signed_headers(body, content_type)
        if delivery.attempt:
            headers |= {
                "X-Slack-Retry-Num": str(delivery.attempt),
                "X-Slack-Retry-Reason": reason,
            }
        return await self.post(body, headers)

    def signed_headers(self, body: bytes, content_type: str) -> dict[str, str]:
        timestamp = str(int(time.time()) - self.age_s)
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    async def post(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Any body with any headers, also ones that Slack would never send."""
        session = self._session = self._session or aiohttp.ClientSession()
        url = self._slack.app.request_url
        try:
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as got:
                text = await got.text()
                content_type, status = got.content_type, got.status
                no_retry = got.headers.get("X-Slack-No-Retry") == "1"
        except aiohttp.ClientError:
            return Answer(outcome="unreachable")
        good = status == 200
        answered = _decoded(text, content_type) if good else {"error": text}
        outcome: Outcome = "acked" if good else "refused"
        return Answer(outcome=outcome, status=status, body=answered, no_retry=no_retry)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    form = (
        delivery.payload
        if delivery.kind == "slash_commands"
        else {"payload": json.dumps(delivery.payload)}
    )
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _decoded(text: str, content_type: str) -> Json:
    """A plain body is the text of the answer. Source: docs.slack.dev, slash commands, responding."""
    if not text.strip():
        return {}
    if content_type == "application/json":
        body = json.loads(text)
        return body if isinstance(body, dict) else {}
    return {"text": text}
