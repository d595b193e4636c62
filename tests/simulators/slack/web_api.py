"""The door of the Web API: one call comes in, is recognised, allowed, limited, done and answered.

Source: docs.slack.dev/apis/web-api; the order of the checks is [unverified].
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.simulators.slack.app import Token
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.workspace import Channel, Message, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import ApiCall, Slack

Json = dict[str, Any]

STRUCTURED = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
    "files": "invalid_arguments",
    "chunks": "invalid_chunks",
    "file_ids": "invalid_arguments",
    "loading_messages": "invalid_arguments",
}
"""Arguments that may come as a string of JSON, and the error when that string is none."""


@dataclass(kw_only=True)
class Call:
    """One call, as a method sees it."""

    slack: Slack
    method: str
    arguments: Json
    token: Token
    request: web.Request

    @property
    def workspace(self) -> Workspace:
        return self.slack.workspaces[self.token.team]

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def needed(self, name: str, error: str = "invalid_arguments") -> str:
        if not (value := self.text(name)):
            problem = f"[ERROR] missing required field: {name}"
            raise Refused(error, response_metadata={"messages": [problem]})
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.arguments.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        value = self.text(name)
        return int(value) if value.isdigit() else default

    def need_scope(self, *scopes: str) -> None:
        """missing_scope with what is needed and provided, unless the token has one of them."""
        if not self.token.scopes.intersection(scopes):
            raise Refused(
                "missing_scope",
                needed=",".join(scopes),
                provided=",".join(sorted(self.token.scopes)),
            )

    def channel(self, name: str = "channel") -> Channel:
        """The channel named by id; `channel_not_found` also for a private one the bot is not in."""
        found = self.workspace.channels.get(self.needed(name, "channel_not_found"))
        if found is None:
            raise Refused("channel_not_found")
        if found.kind != "public" and self.workspace.bot.id not in found.members:
            raise Refused("channel_not_found")
        return found

    def in_channel(self, name: str = "channel") -> Channel:
        channel = self.channel(name)
        if self.workspace.bot.id not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        found = channel.messages.get(self.text(name))
        if found is None or found.deleted:
            raise Refused("message_not_found")
        return found


Do = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True, kw_only=True)
class Method:
    do: Do
    scopes: tuple[str, ...]
    kind: str


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, kind: str = "bot") -> Callable[[Do], Do]:
    """Registers what a method does. `kind` is the token it takes: bot, app, or none at all."""

    def registered(do: Do) -> Do:
        METHODS[name] = Method(do=do, scopes=scopes, kind=kind)
        return do

    return registered


async def handle(slack: Slack, call: ApiCall, request: web.Request) -> web.Response:
    """Answers one call; `call` is the record that tests read, its answer filled in here."""
    fault = slack.faults.take(call.method, call.arguments)
    if fault is not None and fault.delay_s:
        await slack.clock.sleep(fault.delay_s)
    if fault is not None and not fault.accepted and not fault.passes:
        call.answer = {"fault": fault.body or fault.status}
        return fault.answer(request)
    answer = await _answer(slack, call, request)
    if fault is not None and fault.accepted:
        return fault.answer(request)
    return answer


async def _answer(slack: Slack, call: ApiCall, request: web.Request) -> web.Response:
    headers: dict[str, str] = {}
    status = 200
    try:
        call.answer = {"ok": True, **await _done(slack, call, request, headers)}
    except Refused as no:
        call.answer = {"ok": False, "error": no.error, **no.more}
        if no.retry_after_s is not None:
            headers["Retry-After"], status = str(no.retry_after_s), 429
    slack.changed()
    return web.json_response(call.answer, status=status, headers=headers)


async def _done(slack: Slack, call: ApiCall, request: web.Request, headers: dict[str, str]) -> Json:
    """What the method gives, once the call is known, allowed and within its limits; adds the headers of the answer."""
    known = METHODS.get(call.method)
    if known is None:
        raise Refused("unknown_method", req_method=call.method)
    token = _token(slack, known, call, request)
    call.team = token.team
    headers["x-oauth-scopes"] = ",".join(sorted(token.scopes))
    if known.scopes and not token.scopes.intersection(known.scopes):
        needed, provided = ",".join(known.scopes), ",".join(sorted(token.scopes))
        raise Refused("missing_scope", needed=needed, provided=provided)
    if (wait_s := slack.limits.wait_s(call.method, token.team)) is not None:
        raise Refused("ratelimited", retry_after_s=wait_s)
    return await known.do(
        Call(
            slack=slack,
            method=call.method,
            arguments=_structured(call.arguments),
            token=token,
            request=request,
        )
    )


def _token(slack: Slack, known: Method, call: ApiCall, request: web.Request) -> Token:
    """The credential of the call. Source: docs.slack.dev, common errors of every method."""
    if known.kind == "none":
        return Token(value="", kind="bot", team="")
    header = request.headers.get("Authorization", "")
    value = header.removeprefix("Bearer ") or str(call.arguments.get("token") or "")
    if not value:
        raise Refused("not_authed")
    token = slack.tokens.get(value)
    if token is None:
        raise Refused("invalid_auth")
    if token.revoked:
        raise Refused(token.revoked)
    if token.expires_at <= slack.clock.now():
        raise Refused("token_expired")
    if token.kind != known.kind:
        raise Refused("not_allowed_token_type")
    return token


async def arguments_of(request: web.Request) -> Json:
    """Query, form, multipart and JSON merged. A file part of a multipart body stays bytes."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        found |= json.loads(body) if body else {}
    elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, value in (await request.post()).items():
            found[name] = value.file.read() if isinstance(value, web.FileField) else value
    return found


def _structured(arguments: Json) -> Json:
    decoded = dict(arguments)
    for name, error in STRUCTURED.items():
        value = decoded.get(name)
        if not isinstance(value, str) or (name == "file_ids" and not value.startswith("[")):
            continue
        try:
            decoded[name] = json.loads(value)
        except ValueError as no:
            raise Refused(error) from no
    return decoded
