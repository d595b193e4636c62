"""What exists on this Discord: users, guilds, roles, channels and threads. Plain records; nothing here speaks HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulators.discord.messages import Message


class ChannelType(IntEnum):
    """Source: docs, resources/channel, Channel Types."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15
    MEDIA = 16


THREAD_ONLY = (ChannelType.FORUM, ChannelType.MEDIA)


@dataclass(slots=True, kw_only=True)
class User:
    id: str
    name: str
    bot: bool = False
    locale: str = "en-US"
    accepts_dms: bool = True
    has_installed_app: bool = False


@dataclass(slots=True, kw_only=True)
class Role:
    id: str
    name: str
    permissions: int
    mentionable: bool = False


@dataclass(slots=True, kw_only=True)
class Member:
    user_id: str
    joined_at: float
    roles: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Overwrite:
    """Of a role or a member in one channel."""

    is_member: bool
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, kw_only=True)
class ThreadState:
    owner_id: str
    made_at: float
    auto_archive_minutes: int = 4320
    archived: bool = False
    locked: bool = False
    archive_changed_at: float = 0.0
    members: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Channel:
    id: str
    type: ChannelType
    name: str
    guild_id: str | None = None
    parent_id: str | None = None
    nsfw: bool = False
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    thread: ThreadState | None = None
    recipient_id: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def last_message_id(self) -> str | None:
        return next(reversed(self.messages), None)


@dataclass(slots=True, kw_only=True)
class Guild:
    """A server. Its @everyone role has the guild's own id (docs: topics/permissions)."""

    id: str
    name: str
    owner_id: str
    made_at: float
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    locale: str = "en-US"
    attachment_bytes: int | None = None
    """Raised by boosts; None is the default limit. docs: reference, Uploading Files."""


@dataclass(slots=True, kw_only=True)
class World:
    """Everything by id. Channels of guilds stand in `channels` too, threads included."""

    users: dict[str, User] = field(default_factory=dict)
    guilds: dict[str, Guild] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    def guild_of(self, channel: Channel) -> Guild | None:
        return self.guilds.get(channel.guild_id) if channel.guild_id else None

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.guild_id:
            self.guilds[channel.guild_id].channels[channel.id] = channel
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """With its threads, as Discord does."""
        gone = [channel, *(one for one in self.channels.values() if one.parent_id == channel.id)]
        for one in gone:
            self.channels.pop(one.id, None)
            if one.guild_id:
                self.guilds[one.guild_id].channels.pop(one.id, None)
