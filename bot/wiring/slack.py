"""Slack, when its tokens are set: the surface over the house's parts."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from bot.config import Settings
from bot.images.as_jpeg import as_jpeg
from bot.pipeline.sole import Sole
from bot.store.slack import SqlChatFiles, SqlChatMessages
from bot.store.slack_installations import SqlInstallations
from bot.surfaces.slack.faults import SlackFault
from bot.surfaces.slack.limits import Pace
from bot.surfaces.slack.manifest import SCOPES
from bot.surfaces.slack.oauth import OAuthClient
from bot.surfaces.slack.parts import SlackParts
from bot.surfaces.slack.surface import SlackOptions, SlackSurface, TokenRefused, open_slack
from bot.wiring.faults import CannotStart
from bot.wiring.house import House
from bot.wiring.secret_key import read_secret_key
from bot.wiring.token_cipher import TokenCipher
from bot.wiring.uploads import SafeUploads

JPEG_TIMEOUT_S = 30.0


async def open_slack_surface(
    house: House, *, stack: AsyncExitStack, pace: Pace | None = None
) -> SlackSurface | None:
    """The surface, closed with `stack`, its postman added to the house; None when Slack is not configured.

    CannotStart says what is missing, or that Slack doesn't take the token.
    """
    secret = await asyncio.to_thread(read_secret_key, house.settings.data_dir)
    options = _options(house.settings, secret)
    if options is None:
        return None
    try:
        surface = await open_slack(_parts(house, secret), options, pace=pace)
    except TokenRefused as refused:
        raise CannotStart(
            f"Slack doesn't take SLACK_BOT_TOKEN ({refused}). Copy the Bot User OAuth Token from "
            "the app's page, OAuth & Permissions, once more."
        ) from None
    except SlackFault as fault:
        raise CannotStart(
            f"Slack can't be reached at {house.settings.slack_api_url} ({fault}). Look at this machine's "
            "network and at IMPASTO_SLACK_API_URL, then start again."
        ) from None
    stack.push_async_callback(surface.aclose)
    house.postmen[surface.postman.platform] = surface.postman
    return surface


def _options(settings: Settings, secret: str) -> SlackOptions | None:
    bot_token = settings.secret("SLACK_BOT_TOKEN")
    app_token = settings.secret("SLACK_APP_TOKEN")
    signing_secret = settings.secret("SLACK_SIGNING_SECRET")
    oauth = _oauth(settings, secret)
    if bot_token is None and oauth is None:
        return None
    mode = settings.slack_mode or ("socket" if app_token else "http")
    if mode == "socket" and app_token is None:
        raise CannotStart(
            "Slack over sockets needs SLACK_APP_TOKEN (xapp-...): make one on the app's page, Basic "
            "Information, App-Level Tokens, with the scope connections:write."
        )
    if mode == "http" and signing_secret is None:
        raise CannotStart(
            "Slack over HTTP needs SLACK_SIGNING_SECRET, from the app's page, Basic Information. "
            "Without a public address, set SLACK_APP_TOKEN instead."
        )
    return SlackOptions(
        api_url=settings.slack_api_url,
        bot_token=bot_token,
        app_token=app_token if mode == "socket" else None,
        signing_secret=signing_secret,
        oauth=oauth,
        admins=settings.admins_of("slack"),
        admin_group=settings.slack_admin_group,
    )


def _oauth(settings: Settings, secret: str) -> OAuthClient | None:
    client_id = settings.secret("SLACK_CLIENT_ID")
    client_secret = settings.secret("SLACK_CLIENT_SECRET")
    if client_id is None or client_secret is None:
        return None
    if settings.public_url is None:
        raise CannotStart(
            "Installing into many workspaces needs IMPASTO_PUBLIC_URL: the address Slack sends people back to."
        )
    return OAuthClient(
        client_id=client_id,
        client_secret=client_secret,
        state_secret=secret,
        public_url=settings.public_url.rstrip("/"),
        scopes=tuple(sorted(SCOPES)),
    )


def _parts(house: House, secret: str) -> SlackParts:
    executor = house.store.executor

    async def to_jpeg(data: bytes) -> bytes:
        return await house.pixels(as_jpeg, data, timeout_s=JPEG_TIMEOUT_S)

    return SlackParts(
        answer=house.dispatch,
        jobs=house.store.queue,
        card_of=house.cards,
        blobs=house.desk.blobs,
        uploads=SafeUploads(blobs=house.desk.blobs, use=house.store.blob_use, pixels=house.pixels),
        signals=house.signals,
        clock=house.desk.clock,
        messages=SqlChatMessages(executor),
        files=SqlChatFiles(executor),
        installations=SqlInstallations(executor, TokenCipher(secret)),
        as_jpeg=to_jpeg,
        buckets=house.buckets,
        sole=None if house.store.exclusive else Sole(house.store.locks, owner=house.owner),
    )
