"""What Slack sends, read into values: who, where, what. Slack's JSON goes no further than this file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.domain.action import Action, unpack
from bot.surfaces.slack.blocks import ASK_FIRST
from bot.surfaces.slack.text import Json, typed, with_mentions

PLATFORM = "slack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who did something and where. `key` is the platform's id of the event, `callback` its short-lived reply handle."""

    key: str
    workspace: str
    user: str
    name: str
    channel: str | None = None
    thread: str | None = None
    is_active: bool = True
    """Whether somebody has answered in the thread: only then is a private answer seen there."""
    trigger: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A word and what followed it: from a slash command, a mention or a direct message."""

    origin: Origin
    word: str
    text: str
    files: tuple[SentFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button or a menu entry. `action` is None when it is none of ours (any more)."""

    origin: Origin
    action: Action | None
    label: str = ""
    ask_first: bool = False
    """A menu entry that wants its question asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A form that was sent."""

    origin: Origin
    metadata: str
    view: Json = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file in a message: its address, and its size as Slack tells it."""

    id: str
    url: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A message shortcut: what it is called, and what stands on the message."""

    origin: Origin
    callback_id: str
    actions: tuple[Action, ...]
    files: tuple[SentFile, ...]


def read_command(body: Json, workspace: str) -> tuple[Origin, str]:
    """A slash command's origin and text. It never comes from a thread: Slack has none there."""
    origin = Origin(
        key=_key(workspace, body["trigger_id"]),
        workspace=workspace,
        user=body["user_id"],
        name=body.get("user_name") or body["user_id"],
        channel=body["channel_id"],
        trigger=body["trigger_id"],
        callback=body.get("response_url"),
    )
    return origin, _heard(body.get("text") or "")


def read_press(body: Json, workspace: str) -> Pressed:
    """A pressed button or a chosen menu entry."""
    action = body["actions"][0]
    option = action.get("selected_option") or {}
    value = str(option.get("value") or action.get("value") or "")
    label = str((option.get("text") or action.get("text") or {}).get("text") or "")
    origin = _interactive(body, workspace, thread=_thread_of_press(body))
    in_thread = "thread_ts" in (body.get("container") or {}) or "thread_ts" in (
        body.get("message") or {}
    )
    return Pressed(
        origin=replace(origin, is_active=in_thread),
        action=unpack(value.removeprefix(ASK_FIRST)),
        label=label,
        ask_first=value.startswith(ASK_FIRST),
    )


def _thread_of_press(body: Json) -> str | None:
    """The thread an answer belongs in: the message's own, or the one that it opens; none under a passing message."""
    container = body.get("container") or {}
    if thread := container.get("thread_ts"):
        return str(thread)
    message = body.get("message") or {}
    if container.get("is_ephemeral") or container.get("type") == "view" or not message:
        return None
    return str(message.get("thread_ts") or message["ts"])


def read_submission(body: Json, workspace: str) -> Submitted:
    """A sent form."""
    view = body["view"]
    user = body["user"]
    return Submitted(
        origin=Origin(
            key=_key(workspace, f"{view['id']}:{view.get('hash', '')}"),
            workspace=workspace,
            user=user["id"],
            name=_name(user),
        ),
        metadata=view.get("private_metadata") or "",
        view=view,
    )


def read_shortcut(body: Json, workspace: str) -> Shortcut:
    """A shortcut on a message, or the global one, which has no message."""
    message = body.get("message") or {}
    thread = message.get("thread_ts") or message.get("ts")
    origin = _interactive(body, workspace, thread=None if thread is None else str(thread))
    return Shortcut(
        origin=replace(origin, is_active="thread_ts" in message),
        callback_id=body["callback_id"],
        actions=tuple(_actions(message.get("blocks") or ())),
        files=files_of(message),
    )


def _actions(blocks: object) -> Iterator[Action]:
    """Every action that stands on a message, in order: they name the pictures it shows."""
    if isinstance(blocks, dict):
        value = blocks.get("value")
        if isinstance(value, str) and (action := unpack(value.removeprefix(ASK_FIRST))):
            yield action
        for part in blocks.values():
            yield from _actions(part)
    elif isinstance(blocks, list | tuple):
        for part in blocks:
            yield from _actions(part)


def _interactive(body: Json, workspace: str, *, thread: str | None) -> Origin:
    user = body["user"]
    channel = (body.get("channel") or {}).get("id") or (body.get("container") or {}).get(
        "channel_id"
    )
    return Origin(
        key=_key(workspace, body["trigger_id"]),
        workspace=workspace,
        user=user["id"],
        name=_name(user),
        channel=channel,
        thread=thread,
        trigger=body["trigger_id"],
        callback=body.get("response_url"),
    )


def read_message(body: Json, workspace: str) -> Command | None:
    """A mention or a direct message as a command; None when no person said it."""
    event = body["event"]
    if event.get("bot_id") or event.get("subtype") not in {None, "file_share"}:
        return None
    if not event.get("user"):
        return None
    origin = Origin(
        key=_key(workspace, body["event_id"]),
        workspace=workspace,
        user=event["user"],
        name=event["user"],
        channel=event["channel"],
        thread=str(event.get("thread_ts") or event["ts"]),
        is_active="thread_ts" in event,
    )
    text = _without_mention(event.get("text") or "", body)
    return Command(origin=origin, word="", text=_heard(text), files=files_of(event))


_ADMIN = re.compile(r"/?(?:impasto\s+)?admin\b", re.IGNORECASE)


def _heard(text: str) -> str:
    """What was typed; an admin word keeps the mentions that say whom it is about."""
    text = text.strip()
    return (with_mentions(text) if _ADMIN.match(text) else typed(text)).strip()


def _without_mention(text: str, body: Json) -> str:
    """The text without the first mention of the bot."""
    for one in body.get("authorizations") or ():
        text = text.replace(f"<@{one.get('user_id')}>", "", 1)
    return text


def files_of(message: Json) -> tuple[SentFile, ...]:
    """What is attached to a message."""
    return tuple(
        SentFile(
            id=str(file["id"]),
            url=str(file.get("url_private_download") or file["url_private"]),
            size_bytes=int(file.get("size") or 0),
        )
        for file in message.get("files") or ()
        if file.get("url_private")
    )


def _name(user: Json) -> str:
    return str(user.get("username") or user.get("name") or user["id"])


def _key(workspace: str, event: str) -> str:
    return f"{PLATFORM}:{workspace}:{event}"
