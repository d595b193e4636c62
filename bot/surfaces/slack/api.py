"""The one way to ask Slack for something: in the workspace's name, at our pace, with its answers sorted into faults."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.pipeline.post_by import still_in_time
from bot.surfaces.slack.faults import NoAccess, SaidNo, TooFast, Unclear, fault_of
from bot.surfaces.slack.limits import Pace
from bot.surfaces.slack.text import Json

log = logging.getLogger("impasto.slack")

CALL_TIMEOUT_S = 15.0
"""Longer than Slack's own slow answers, shorter than the lease of the letter that waits for it."""
UPLOAD_TIMEOUT_S = 40.0


class Tokens(Protocol):
    """Whose name we act in."""

    async def token(self, workspace: str) -> str | None:
        """The bot token of that workspace; None when it has not installed us, or took the token back."""

    async def revoked(self, workspace: str) -> None:
        """Slack says that the token is good no more: only this workspace is stopped."""


@dataclass(slots=True, kw_only=True)
class SlackApi:
    """Calls for every workspace over one HTTP session.

    The session is Slack's alone; its address is the operator's, so it may be private. A token in a call never stands
    in a log: slack_sdk sends it in a header.
    """

    base_url: str
    session: aiohttp.ClientSession
    tokens: Tokens
    pace: Pace

    async def call(
        self,
        workspace: str,
        method: str,
        *,
        query: bool = False,
        channel: str = "",
        **arguments: object,
    ) -> Json:
        """Slack's answer. Raises SlackFault, and NotPosted for a letter whose time is over. `query` sends the arguments in the address, for methods that take no JSON."""
        token = await self.tokens.token(workspace)
        if token is None:
            raise NoAccess(method, "not_authed")
        await self.pace.wait_turn(method, workspace=workspace, channel=channel)
        client = self.client(token)
        given = {name: value for name, value in arguments.items() if value is not None}
        if channel:
            given["channel"] = channel
        if query:
            return await self._send(
                workspace, method, lambda: client.api_call(method, params=given)
            )
        return await self._send(workspace, method, lambda: client.api_call(method, json=given))

    async def ask_as(self, client: AsyncWebClient, method: str, **arguments: object) -> Json:
        """Slack's answer to a client of its own, for what comes before there is an installation. Raises SlackFault.

        The arguments go in the body: an address ends up in logs, and a secret may be among them.
        """
        return await self._send("", method, lambda: client.api_call(method, data=arguments))

    def client(self, token: str | None) -> AsyncWebClient:
        """Slack's own client with that token.

        It retries nothing: by default it repeats a call whose connection broke, and a message would be posted twice.
        """
        return AsyncWebClient(
            token=token, base_url=self.base_url, session=self.session, retry_handlers=[]
        )

    async def _send(
        self, workspace: str, method: str, send: Callable[[], Awaitable[object]]
    ) -> Json:
        still_in_time()
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                response = await send()
        except SlackApiError as error:
            await self._raise(workspace, method, error.response)
            raise Unclear(f"{method}: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Unclear(f"{method}: {type(error).__name__}") from error
        return _data(response)

    async def _raise(self, workspace: str, method: str, response: object) -> None:
        fault = fault_of(
            method,
            status=getattr(response, "status_code", 0) or getattr(response, "status", 0),
            headers=getattr(response, "headers", {}),
            answer=_data(response),
        )
        if isinstance(fault, TooFast):
            await self.pace.close(method, workspace=workspace, for_s=fault.retry_after_s)
        if isinstance(fault, NoAccess) and workspace:
            await self.tokens.revoked(workspace)
        if fault is not None:
            raise fault from None

    async def respond(self, callback: str, **body: object) -> None:
        """Answers through a response_url, which works where the bot is no member, five times in half an hour.

        Raises SlackFault. Source: docs.slack.dev, handling user interaction, read 2026-11.
        """
        given = {name: value for name, value in body.items() if value is not None}
        still_in_time()
        try:
            async with (
                asyncio.timeout(CALL_TIMEOUT_S),
                self.session.post(callback, json=given) as response,
            ):
                answer = await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unclear(f"response_url: {type(error).__name__}") from error
        if response.status != 200 or '"ok":false' in answer.replace(" ", ""):
            fault = fault_of(
                "response_url",
                status=response.status,
                headers=response.headers,
                answer={"ok": False, "error": answer[:200] or "refused"},
            )
            if fault is not None:
                raise fault

    async def upload_bytes(self, url: str, data: bytes) -> None:
        """Sends a file's bytes where Slack said. Raises SlackFault; nothing is shown by it yet."""
        try:
            async with (
                asyncio.timeout(UPLOAD_TIMEOUT_S),
                self.session.post(url, data=data) as response,
            ):
                await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unclear(f"upload: {type(error).__name__}") from error
        if response.status != 200:
            fault = fault_of("upload", status=response.status, headers=response.headers, answer={})
            raise fault or Unclear(f"upload: status {response.status}")

    async def download(self, workspace: str, url: str, *, most_bytes: int) -> bytes | None:
        """A private file, read with the bot's token; None when it is larger than `most_bytes`. Raises SlackFault.

        A wrong token gets a page to sign in, with status 200: what came is for its bytes to say. An address outside
        Slack, as remote files have, is refused: the token would go there.
        """
        if not self._is_slacks(url):
            raise SaidNo("download", "not_a_slack_file")
        token = await self.tokens.token(workspace)
        if token is None:
            raise NoAccess("download", "not_authed")
        pieces = bytearray()
        try:
            async with (
                asyncio.timeout(UPLOAD_TIMEOUT_S),
                self.session.get(
                    url, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
                ) as response,
            ):
                if response.status != 200:
                    raise Unclear(f"download: status {response.status}")
                async for piece in response.content.iter_chunked(64 * 1024):
                    pieces += piece
                    if len(pieces) > most_bytes:
                        return None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unclear(f"download: {type(error).__name__}") from error
        return bytes(pieces)

    def _is_slacks(self, url: str) -> bool:
        asked, own = urlsplit(url), urlsplit(self.base_url)
        if (asked.scheme, asked.netloc) == (own.scheme, own.netloc):
            return True
        return asked.scheme == "https" and (asked.hostname or "").endswith(".slack.com")


def _data(response: object) -> Json:
    data = getattr(response, "data", None)
    if isinstance(data, Mapping):
        return dict(data)
    return dict(response) if isinstance(response, dict) else {}
