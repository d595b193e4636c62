"""How the app hears of things: over Socket Mode or signed HTTP, acknowledged within 3 s, events repeated when they are not.

Source: docs.slack.dev, acknowledge (3 s); Events API, retries (at once, after 1 min, after 5 min, X-Slack-No-Retry).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tests.simulators.slack.signed_http import Answer, SignedHttp
from tests.simulators.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]
Kind = Literal["slash_commands", "interactive", "events_api"]
Outcome = Literal["pending", "acked", "timeout", "refused", "unreachable", "lost"]

ACK_S = 3.0
RETRY_AFTER_S = (0.0, 60.0, 300.0)
REASON = {
    "timeout": "http_timeout",
    "refused": "http_error",
    "unreachable": "connection_failed",
    "lost": "connection_failed",
}
USER_SEES = {
    "timeout": "operation_timeout",
    "refused": "dispatch_failed",
    "unreachable": "dispatch_failed",
    "lost": "dispatch_failed",
}
"""What Slackbot tells a person whose command or click was not taken. Source: docs.slack.dev, slash commands."""


@dataclass(kw_only=True)
class Delivery:
    """One payload sent once: what became of it, in how many seconds, and what the app answered."""

    kind: Kind
    payload: Json
    outcome: Outcome = "pending"
    seconds: float = 0.0
    ended_at: float = 0.0
    response: Json = field(default_factory=dict)
    status: int = 0
    attempt: int = 0
    no_retry: bool = False
    connection: str = ""
    envelope_id: str = ""

    @property
    def acked(self) -> bool:
        return self.outcome == "acked"

    @property
    def user_sees(self) -> str:
        return USER_SEES.get(self.outcome, "")


class Deliveries:
    """Everything that was sent to the app, in order."""

    def __init__(self, slack: Slack) -> None:
        self.sent: list[Delivery] = []
        self.duplicate_next = 0
        """So many of the next payloads arrive twice."""
        self.http = SignedHttp(slack)
        self._slack = slack

    @property
    def has_listener(self) -> bool:
        app = self._slack.app
        return bool(self._slack.sockets.live() if app.socket_mode else app.request_url)

    @property
    def last(self) -> Delivery:
        return self.sent[-1]

    def of(self, kind: Kind) -> list[Delivery]:
        return [one for one in self.sent if one.kind == kind]

    async def once(self, kind: Kind, payload: Json) -> Delivery:
        """A command or an interaction: sent once, never repeated."""
        delivery = await self._send(Delivery(kind=kind, payload=payload))
        if self.duplicate_next > 0:
            self.duplicate_next -= 1
            await self.again(delivery)
        return delivery

    async def again(self, delivery: Delivery) -> Delivery:
        """The same payload (and envelope) once more, as Slack does when it lost the acknowledgement."""
        copy = Delivery(
            kind=delivery.kind,
            payload=delivery.payload,
            envelope_id=delivery.envelope_id,
            attempt=delivery.attempt,
        )
        return await self._send(copy)

    async def event(self, workspace: Workspace, event: Json) -> Delivery:
        """An event in its envelope; the first attempt is awaited, repetitions go on beside."""
        payload = {
            "token": self._slack.app.verification_token,
            "team_id": workspace.id,
            "api_app_id": self._slack.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": self._slack.new_id("Ev"),
            "event_time": int(self._slack.clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.id,
                    "user_id": workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }
        first = await self.once("events_api", payload)
        if not first.acked and not first.no_retry:
            self._slack.spawn(self._repeat(first))
        return first

    async def _repeat(self, first: Delivery) -> None:
        reason, ended_at = REASON[first.outcome], first.ended_at
        for attempt, delay_s in enumerate(RETRY_AFTER_S, start=1):
            await self._slack.clock.sleep_until(ended_at + delay_s)
            retry = Delivery(kind="events_api", payload=first.payload, attempt=attempt)
            await self._send(retry, reason=reason)
            if retry.acked or retry.no_retry:
                return
            reason, ended_at = REASON[retry.outcome], retry.ended_at

    async def _send(self, delivery: Delivery, *, reason: str = "") -> Delivery:
        self.sent.append(delivery)
        self._slack.changed()
        began = time.perf_counter()
        channel = self._slack.sockets if self._slack.app.socket_mode else self.http
        try:
            answer = await self._slack.clock.within(channel.deliver(delivery, reason=reason), ACK_S)
        except TimeoutError:
            answer = Answer(outcome="timeout")
        delivery.seconds = time.perf_counter() - began
        delivery.ended_at = self._slack.clock.now()
        delivery.outcome, delivery.status = answer.outcome, answer.status
        delivery.response, delivery.no_retry = answer.body, answer.no_retry
        self._slack.changed()
        return delivery

    async def close(self) -> None:
        await self.http.close()
