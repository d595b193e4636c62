"""Who may do what where. Source: docs, topics/permissions, Permission Hierarchy and Permission Overwrites."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulators.discord.guild_state import Channel, Guild

BITS = {
    "ADMINISTRATOR": 1 << 3,
    "MANAGE_CHANNELS": 1 << 4,
    "MANAGE_GUILD": 1 << 5,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "MANAGE_MESSAGES": 1 << 13,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MENTION_EVERYONE": 1 << 17,
    "USE_APPLICATION_COMMANDS": 1 << 31,
    "MANAGE_THREADS": 1 << 34,
    "CREATE_PUBLIC_THREADS": 1 << 35,
    "CREATE_PRIVATE_THREADS": 1 << 36,
    "SEND_MESSAGES_IN_THREADS": 1 << 38,
    "USE_EXTERNAL_APPS": 1 << 50,
}
EVERYTHING = (1 << 53) - 1


def bits(*names: str) -> int:
    value = 0
    for name in names:
        value |= BITS[name]
    return value


EVERYONE_DEFAULT = bits(
    "VIEW_CHANNEL",
    "SEND_MESSAGES",
    "EMBED_LINKS",
    "ATTACH_FILES",
    "READ_MESSAGE_HISTORY",
    "USE_APPLICATION_COMMANDS",
    "CREATE_PUBLIC_THREADS",
    "SEND_MESSAGES_IN_THREADS",
    "USE_EXTERNAL_APPS",
)
"""What a new server gives @everyone, of the bits above. MENTION_EVERYONE is left out: the docs' own advice."""

DM_PERMISSIONS = bits(
    "VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY"
)


def guild_permissions(guild: Guild, user_id: str) -> int:
    """Without any channel's overwrites; 0 for who is no member."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return EVERYTHING
    value = guild.roles[guild.id].permissions
    for role_id in member.roles:
        value |= guild.roles[role_id].permissions
    return EVERYTHING if value & BITS["ADMINISTRATOR"] else value


def channel_permissions(guild: Guild, channel: Channel, user_id: str) -> int:
    """In this channel; a thread has those of its parent."""
    value = guild_permissions(guild, user_id)
    if value == EVERYTHING:
        return value
    place = guild.channels.get(channel.parent_id or "", channel) if channel.thread else channel
    value = _with_overwrites(guild, place, user_id, value)
    return value if value & BITS["VIEW_CHANNEL"] else 0


def _with_overwrites(guild: Guild, channel: Channel, user_id: str, value: int) -> int:
    everyone = channel.overwrites.get(guild.id)
    if everyone:
        value = (value & ~everyone.deny) | everyone.allow
    member = guild.members.get(user_id)
    allow = deny = 0
    for role_id in member.roles if member else ():
        if overwrite := channel.overwrites.get(role_id):
            allow |= overwrite.allow
            deny |= overwrite.deny
    value = (value & ~deny) | allow
    if own := channel.overwrites.get(user_id):
        value = (value & ~own.deny) | own.allow
    return value
