"""Every request we make of Discord, each with its deadline and at our pace, its refusals sorted into faults.

All bodies leave through here, and every one of them forbids mentions.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord.http import HTTPClient, Route
from discord.webhook.async_ import async_context

from bot.surfaces.discord.components import EPHEMERAL_FLAG, texts_of
from bot.surfaces.discord.faults import NETWORK, Away, Busy, Gone, NoAccess, TokenOver, fault_of
from bot.surfaces.discord.handle import Handle
from bot.surfaces.discord.pace import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CALL_TIMEOUT_S = 20.0
UPLOAD_TIMEOUT_S = 50.0
"""Less than the time a letter may take, so that we and not the outbox end the call."""
ACK_TIMEOUT_S = 2.8
ARCHIVE_AFTER_MIN = 1440

Payload = dict[str, Any]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that goes with a body."""

    name: str
    data: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A message of ours, by Discord's ids."""

    channel: int
    message: int

    def pack(self) -> str:
        """The text kept with the job."""
        return f"{self.channel}/{self.message}"


def unpack_ref(text: str | None) -> Ref | None:
    """The message in `text`, or None when it names none."""
    channel, _, message = (text or "").partition("/")
    if not (channel.isdecimal() and message.isdecimal()):
        return None
    return Ref(channel=int(channel), message=int(message))


class Rest:
    """Discord's HTTP side. `transport` gives the client's as it is now, None while nobody is logged in."""

    def __init__(self, transport: Callable[[], HTTPClient | None], pace: Pace) -> None:
        self._transport = transport
        self._pace = pace

    async def respond(
        self,
        interaction: discord.Interaction[Any],
        kind: int,
        data: Payload | None = None,
    ) -> Ref | None:
        """The first response; the message it made, if it made one.

        It goes through the webhooks' own transport: a global limit hit by others must not delay it.
        """
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=interaction.id,
            webhook_token=interaction.token,
        )
        body: Payload = {"type": kind} if data is None else {"type": kind, "data": data}
        self._http()
        try:
            async with asyncio.timeout(ACK_TIMEOUT_S):
                answer = await async_context.get().request(
                    route,
                    interaction._session,
                    payload=body,
                    params={"with_response": 1},
                )
        except NETWORK as error:
            raise fault_of(error) from error
        message = ((answer or {}).get("resource") or {}).get("message")
        if message is None:
            made = ((answer or {}).get("interaction") or {}).get("response_message_id")
            channel = interaction.channel_id
            return Ref(channel=channel, message=int(made)) if made and channel else None
        return Ref(channel=int(message["channel_id"]), message=int(message["id"]))

    async def edit_original(
        self, handle: Handle, body: Payload, uploads: Sequence[Upload] = ()
    ) -> Ref:
        """Changes the first response, through the interaction's token."""
        route = self._token_route("PATCH", "/messages/@original", handle)
        return _ref(await self._token_call(route, body, uploads))

    async def follow_up(self, handle: Handle, body: Payload, uploads: Sequence[Upload] = ()) -> Ref:
        """Says one thing more, through the interaction's token."""
        route = self._token_route("POST", "", handle)
        return _ref(await self._token_call(route, body, uploads))

    async def edit_follow_up(
        self, handle: Handle, ref: Ref, body: Payload, uploads: Sequence[Upload] = ()
    ) -> None:
        """Changes what was said through the interaction's token."""
        route = self._token_route("PATCH", f"/messages/{ref.message}", handle)
        await self._token_call(route, body, uploads)

    async def delete_original(self, handle: Handle) -> None:
        """Takes the first response back; gone already is as good."""
        try:
            await self._token_call(self._token_route("DELETE", "/messages/@original", handle))
        except Gone:
            return

    async def send(
        self, channel: int, body: Payload, uploads: Sequence[Upload] = (), *, nonce: str
    ) -> Ref:
        """Posts with the bot token. The same nonce again within minutes gives the message there is, which then shows `body`."""
        await self._pace.turn(channel)
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        answer = await self._call(route, {**body, "nonce": nonce, "enforce_nonce": True}, uploads)
        ref = _ref(answer)
        if not _shows(answer, body, uploads):
            kept = {key: value for key, value in body.items() if key != "message_reference"}
            await self.edit(ref, kept, uploads)
        return ref

    async def edit(self, ref: Ref, body: Payload, uploads: Sequence[Upload] = ()) -> None:
        """Changes a message of ours with the bot token."""
        await self._pace.turn(ref.channel)
        await self._call(self._message_route("PATCH", ref), _edited(body, uploads), uploads)

    async def delete(self, ref: Ref) -> None:
        """Takes a message of ours back; gone already is as good."""
        await self._pace.turn(ref.channel)
        try:
            await self._call(self._message_route("DELETE", ref))
        except Gone:
            return

    async def open_thread(self, ref: Ref, name: str) -> None:
        """Opens a thread beneath a message; its id is the message's."""
        await self._pace.turn(ref.channel)
        route = Route(
            "POST",
            "/channels/{channel_id}/messages/{message_id}/threads",
            channel_id=ref.channel,
            message_id=ref.message,
        )
        await self._call(route, {"name": name, "auto_archive_duration": ARCHIVE_AFTER_MIN})

    async def direct_channel(self, user: int) -> int:
        """The id of the channel of direct messages with a person."""
        await self._pace.turn(None)
        answer = await self._call(Route("POST", "/users/@me/channels"), {"recipient_id": str(user)})
        return int(answer["id"])

    async def register(self, application: int, commands: Sequence[Payload]) -> None:
        """Replaces all global commands."""
        route = Route("PUT", "/applications/{application_id}/commands", application_id=application)
        await self._call(route, list(commands))

    async def download(self, url: str, *, timeout_s: float) -> bytes:
        """An attachment's bytes from the address Discord gave for it."""
        http = self._http()
        async with _faults(timeout_s):
            return await http.get_from_cdn(url)

    def _token_route(self, method: str, path: str, handle: Handle) -> Route:
        return Route(
            method,
            f"/webhooks/{{webhook_id}}/{{webhook_token}}{path}",
            webhook_id=handle.application,
            webhook_token=handle.token,
        )

    @staticmethod
    def _message_route(method: str, ref: Ref) -> Route:
        return Route(
            method,
            "/channels/{channel_id}/messages/{message_id}",
            channel_id=ref.channel,
            message_id=ref.message,
        )

    def _http(self) -> HTTPClient:
        """The transport; Away while nobody is logged in."""
        http = self._transport()
        if http is None:
            raise Away("not logged in")
        return http

    async def _token_call(
        self, route: Route, body: Payload | None = None, uploads: Sequence[Upload] = ()
    ) -> Json:
        if route.method == "PATCH" and body is not None:
            body = _edited(body, uploads)
        return await self._call(route, body, uploads, by_token=True)

    async def _call(
        self,
        route: Route,
        body: Payload | list[Payload] | None = None,
        uploads: Sequence[Upload] = (),
        *,
        by_token: bool = False,
    ) -> Json:
        http = self._http()
        if pause_s := self._pace.pause_s:
            raise Busy("too much was refused of late", retry_after_s=pause_s)
        try:
            async with _faults(UPLOAD_TIMEOUT_S if uploads else CALL_TIMEOUT_S):
                answer: Json
                if isinstance(body, dict) and uploads:
                    form, files = _form(body, uploads)
                    answer = await http.request(route, form=form, files=files)
                elif body is None:
                    answer = await http.request(route)
                else:
                    answer = await http.request(route, json=body)
                return answer
        except (NoAccess, Busy):
            self._pace.refused()
            raise
        except Gone as error:
            # A token route that isn't there is a token that isn't good: only a message can be gone.
            if by_token and "/messages/" not in route.path:
                raise TokenOver(str(error)) from error
            raise


@asynccontextmanager
async def _faults(timeout_s: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except NETWORK as error:
        raise fault_of(error) from error


def _edited(body: Payload, uploads: Sequence[Upload]) -> Payload:
    """What an edit shows is all there is: files that were there before and aren't named go.

    Who may see a message can't be edited, so of its flags only the kind of body is sent.
    """
    kept: Payload = {} if uploads else {"attachments": []}
    return {**body, **kept, "flags": body.get("flags", 0) & ~EPHEMERAL_FLAG}


def _form(
    body: Payload, uploads: Sequence[Upload]
) -> tuple[list[dict[str, Any]], list[discord.File]]:
    files = [
        discord.File(io.BytesIO(upload.data), filename=upload.name, description=upload.alt or None)
        for upload in uploads
    ]
    payload = {
        **body,
        "attachments": [file.to_dict(number) for number, file in enumerate(files)],
    }
    form: list[dict[str, Any]] = [{"name": "payload_json", "value": json.dumps(payload)}]
    form += [
        {
            "name": f"files[{number}]",
            "value": file.fp,
            "filename": file.filename,
            "content_type": "application/octet-stream",
        }
        for number, file in enumerate(files)
    ]
    return form, files


def _shows(answer: Json, body: Payload, uploads: Sequence[Upload]) -> bool:
    """Whether the message is what was just sent, and not an older one with the same nonce."""
    files = {one["filename"] for one in answer.get("attachments", ())}
    texts = list(texts_of(answer.get("components", ())))
    return files == {one.name for one in uploads} and texts == list(texts_of(body["components"]))


def _ref(answer: Json) -> Ref:
    return Ref(channel=int(answer["channel_id"]), message=int(answer["id"]))
