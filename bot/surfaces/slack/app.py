"""The Bolt app: one listener for each kind of thing Slack tells us. Each is short; its return is the ack."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import cast

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import answers
from bot.surfaces.slack.events_once import Once
from bot.surfaces.slack.home import Home
from bot.surfaces.slack.payloads import Origin
from bot.surfaces.slack.reception import Reception
from bot.surfaces.slack.shortcuts import Shortcuts
from bot.surfaces.slack.tenants import Tenants
from bot.surfaces.slack.text import Json

log = logging.getLogger("impasto.slack")

_ANYTHING = re.compile(".*", re.DOTALL)


def build_app(
    reception: Reception, tenants: Tenants, client: AsyncWebClient, *, signing_secret: str
) -> AsyncApp:
    """The app. Requests are verified before they come here: over HTTP by `http.py`, over a socket by its ticket.

    `process_before_response` answers when the listener returns, instead of looking every 10 ms whether it has acked.
    """

    async def authorize(
        enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult | None:
        # A plain function: Bolt would ask a bound method for its `self`.
        return await tenants.authorize(enterprise_id, team_id, user_id)

    app = AsyncApp(
        logger=logging.getLogger("impasto.slack.bolt"),
        name="impasto",
        process_before_response=True,
        signing_secret=signing_secret,
        client=client,
        # Bolt takes None for "not installed here", which its own types leave out.
        authorize=cast("Callable[..., Awaitable[AuthorizeResult]]", authorize),
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    _listen_to_people(app, reception)
    _listen_to_events(app, reception, tenants)
    _answer_faults(app, reception)
    return app


def _listen_to_people(app: AsyncApp, reception: Reception) -> None:
    shortcuts = Shortcuts(reception=reception)

    async def on_command(body: Json, context: AsyncBoltContext) -> BoltResponse:
        return BoltResponse(status=200, body=await reception.command(body, _workspace(context)))

    async def on_press(ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        await reception.press(body, _workspace(context))
        await ack()

    async def on_submission(ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        await ack(**await reception.submission(body, _workspace(context)))

    async def on_closed(ack: AsyncAck) -> None:
        await ack()

    async def on_shortcut(ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        shortcuts.take(body, _workspace(context))
        await ack()

    app.command(_ANYTHING)(on_command)
    app.action(_ANYTHING)(on_press)
    app.view_submission(_ANYTHING)(on_submission)
    app.view_closed(_ANYTHING)(on_closed)
    app.shortcut(_ANYTHING)(on_shortcut)


def _listen_to_events(app: AsyncApp, reception: Reception, tenants: Tenants) -> None:
    once, home = Once(), Home(reception=reception)

    async def on_message(body: Json, context: AsyncBoltContext) -> None:
        workspace = _workspace(context)
        await once(body["event_id"], lambda: reception.message(body, workspace))

    async def on_home(body: Json, context: AsyncBoltContext) -> None:
        home.opened(body, _workspace(context))

    async def on_gone(body: Json, context: AsyncBoltContext) -> None:
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        await tenants.revoked(_workspace(context))

    async def on_anything_else() -> None:
        """An event without a listener would be answered with 404, and sent three times more."""

    app.event("app_mention")(on_message)
    app.event("message")(on_message)
    app.event("app_home_opened")(on_home)
    app.event("app_uninstalled")(on_gone)
    app.event("tokens_revoked")(on_gone)
    app.event(_ANYTHING)(on_anything_else)


def _answer_faults(app: AsyncApp, reception: Reception) -> None:
    async def on_fault(error: Exception, body: Json, context: AsyncBoltContext) -> BoltResponse:
        """Slack sends an event again when it gets 500; whoever pressed or typed something is told."""
        log.error("a listener failed", exc_info=error)
        callback = body.get("response_url")
        card = answers.broke().card
        if "event" in body or not callback or card is None:
            return BoltResponse(status=500)
        user = str((body.get("user") or {}).get("id") or body.get("user_id") or "")
        origin = Origin(
            key="", workspace=_workspace(context), user=user, name=user, callback=str(callback)
        )
        reception.errands.do("saying that it failed", reception.showing.card(origin, card))
        return BoltResponse(status=200)

    app.error(on_fault)


def _workspace(context: AsyncBoltContext) -> str:
    return str(context.team_id or context.enterprise_id or "")
