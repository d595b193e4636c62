"""A message, what it was before each edit, and its JSON. Source: docs, resources/message, Message Object."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Any

from tests.simulators.discord import components as parts
from tests.simulators.discord.cdn import Attachment
from tests.simulators.discord.guild_payloads import channel_json, user_json
from tests.simulators.discord.mentions import Called
from tests.simulators.discord.timestamps import as_iso

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]


class Flag(IntFlag):
    """Source: docs, resources/message, Message Flags."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_VOICE_MESSAGE = 1 << 13
    IS_COMPONENTS_V2 = 1 << 15


DEFAULT, REPLY, CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND = 0, 19, 20, 23
"""Source: docs, resources/message, Message Types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """How a message looked until an edit."""

    content: str
    components: list[Json]
    filenames: list[str]


@dataclass(slots=True, kw_only=True)
class Message:
    id: str
    channel_id: str
    author_id: str
    created_at: float
    type: int = DEFAULT
    flags: int = 0
    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    nonce: str | int | None = None
    visible_to: str | None = None
    """A user's id for an ephemeral message, None when everybody in the channel sees it."""
    reply_to: str | None = None
    application_id: str | None = None
    """Set on the response to an interaction, which Discord sends as a webhook of the application."""
    interaction_metadata: Json | None = None
    called: Called = field(default_factory=Called)
    ever_called: list[Called] = field(default_factory=list)
    """Everybody called by it, at its making and by each edit."""
    edited_at: float | None = None
    past: list[Version] = field(default_factory=list)
    thread_id: str | None = None
    deleted: bool = False

    @property
    def is_ephemeral(self) -> bool:
        return self.visible_to is not None

    @property
    def is_loading(self) -> bool:
        """The "thinking…" of a deferred response."""
        return bool(self.flags & Flag.LOADING)

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & Flag.IS_COMPONENTS_V2)

    @property
    def text(self) -> str:
        """All words one can read in it, without those on buttons."""
        embedded = [
            one.get(key, "") for one in self.embeds for key in ("title", "description") if one
        ]
        return "\n".join(
            one for one in (self.content, *embedded, *parts.texts(self.components)) if one
        )

    @property
    def pictures(self) -> list[Attachment]:
        """The files one can see: in a v2 message only those that a component shows.

        Source: docs, components/reference: "Attachments won't show by default".
        """
        if not self.is_v2:
            return list(self.attachments)
        names = self._referenced_names()
        by_name = {one.filename: one for one in self.attachments}
        return [by_name[name] for name in names if name in by_name]

    def _referenced_names(self) -> list[str]:
        urls = [
            media["url"]
            for _, component in parts.walk(self.components)
            for _, media in parts.media_of(component)
        ]
        urls += [
            one[key]["url"]
            for one in self.embeds
            for key in ("image", "thumbnail")
            if one.get(key, {}).get("url")
        ]
        return [name for name in map(parts.attachment_name, urls) if name is not None]

    @property
    def alt_texts(self) -> list[str]:
        """Of the items of its galleries, in order; "" where there is none."""
        return [
            item.get("description") or ""
            for _, component in parts.walk(self.components)
            if component.get("type") == parts.ComponentType.MEDIA_GALLERY
            for item in component["items"]
        ]

    @property
    def spoilers(self) -> list[bool]:
        """Of the items of its galleries: hidden until clicked?"""
        return [
            bool(item.get("spoiler"))
            for _, component in parts.walk(self.components)
            if component.get("type") == parts.ComponentType.MEDIA_GALLERY
            for item in component["items"]
        ]

    def remember(self) -> None:
        names = [one.filename for one in self.attachments]
        self.past.append(Version(content=self.content, components=self.components, filenames=names))


def message_json(discord: Discord, message: Message, *, with_reply: bool = True) -> Json:
    """As the API and an interaction carry it: with attachment addresses signed now."""
    world = discord.world
    channel = world.channels.get(message.channel_id)
    shown_in_components = set(message._referenced_names())
    value: Json = {
        "id": message.id,
        "channel_id": message.channel_id,
        "type": message.type,
        "flags": int(message.flags),
        "author": user_json(world.users[message.author_id]),
        "content": message.content,
        "timestamp": as_iso(message.created_at),
        "edited_timestamp": as_iso(message.edited_at) if message.edited_at else None,
        "tts": False,
        "pinned": False,
        "mention_everyone": message.called.everyone,
        "mentions": [
            user_json(world.users[one]) for one in message.called.users if one in world.users
        ],
        "mention_roles": list(message.called.roles),
        # "Any attached files that are not referenced in embeds or components."
        "attachments": [
            discord.cdn.as_json(one)
            for one in message.attachments
            if one.filename not in shown_in_components
        ],
        "embeds": [_embed_json(discord, message, one) for one in message.embeds],
        "components": parts.with_media(
            message.components, lambda url: media_json(discord, message, url)
        ),
    }
    if message.nonce is not None:
        value["nonce"] = message.nonce
    if message.application_id:
        value |= {"application_id": message.application_id, "webhook_id": message.application_id}
    if message.interaction_metadata:
        value["interaction_metadata"] = message.interaction_metadata
    if message.reply_to:
        value |= _reply_fields(discord, message, with_reply=with_reply)
    if message.thread_id in world.channels:
        value["thread"] = channel_json(world.channels[message.thread_id or ""])
    if channel is not None and channel.thread is not None:
        value["position"] = max(0, len(channel.messages) - 1)
    return value


def _reply_fields(discord: Discord, message: Message, *, with_reply: bool) -> Json:
    channel = discord.world.channels.get(message.channel_id)
    reference: Json = {"type": 0, "channel_id": message.channel_id, "message_id": message.reply_to}
    if channel is not None and channel.guild_id:
        reference["guild_id"] = channel.guild_id
    value: Json = {"message_reference": reference}
    if with_reply:
        target = channel.messages.get(message.reply_to or "") if channel else None
        value["referenced_message"] = (
            message_json(discord, target, with_reply=False) if target else None
        )
    return value


def media_json(discord: Discord, message: Message, url: str) -> Json:
    """An unfurled media item as the API gives it back. Source: docs, components/reference."""
    name = parts.attachment_name(url)
    attachment = next((one for one in message.attachments if one.filename == name), None)
    if attachment is None:
        return {"url": url, "proxy_url": url}
    whole = discord.cdn.as_json(attachment)
    kept = ("url", "proxy_url", "width", "height", "content_type")
    return {key: whole[key] for key in kept if key in whole} | {
        "attachment_id": attachment.id,
        "loading_state": 2,
        "flags": 0,
    }


def _embed_json(discord: Discord, message: Message, embed: Json) -> Json:
    value = {"type": "rich", **embed}
    for key in ("image", "thumbnail"):
        if embed.get(key, {}).get("url"):
            value[key] = {**embed[key], **media_json(discord, message, embed[key]["url"])}
    return value
