"""The records of `guild_state` as Discord's JSON. Source: docs, resources/user, guild, channel and topics/permissions."""

from __future__ import annotations

from typing import Any

from tests.simulators.discord.guild_state import Channel, ChannelType, Guild, Member, Role, User
from tests.simulators.discord.timestamps import as_iso

Json = dict[str, Any]


def user_json(user: User) -> Json:
    return {
        "id": user.id,
        "username": user.name.lower(),
        "global_name": user.name,
        "discriminator": "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def member_json(member: Member, user: User | None) -> Json:
    """A guild member; without `user` the partial one of resolved data."""
    value: Json = {
        "roles": list(member.roles),
        "joined_at": as_iso(member.joined_at),
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "pending": False,
        "communication_disabled_until": None,
        "flags": 0,
    }
    if user is not None:
        value |= {"user": user_json(user), "deaf": False, "mute": False}
    return value


def role_json(role: Role, position: int) -> Json:
    return {
        "id": role.id,
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": position,
        "permissions": str(role.permissions),
        "managed": False,
        "mentionable": role.mentionable,
        "flags": 0,
    }


def channel_json(channel: Channel) -> Json:
    if channel.type is ChannelType.DM:
        return {
            "id": channel.id,
            "type": int(channel.type),
            "last_message_id": channel.last_message_id,
            "flags": 0,
        }
    value: Json = {
        "id": channel.id,
        "type": int(channel.type),
        "guild_id": channel.guild_id,
        "name": channel.name,
        "parent_id": channel.parent_id,
        "last_message_id": channel.last_message_id,
        "rate_limit_per_user": 0,
        "flags": 0,
    }
    if channel.thread is not None:
        return value | _thread_fields(channel)
    return value | {
        "nsfw": channel.nsfw,
        "topic": None,
        "position": 0,
        "permission_overwrites": [
            {
                "id": target,
                "type": 1 if one.is_member else 0,
                "allow": str(one.allow),
                "deny": str(one.deny),
            }
            for target, one in channel.overwrites.items()
        ],
    }


def _thread_fields(channel: Channel) -> Json:
    thread = channel.thread
    assert thread is not None
    return {
        "owner_id": thread.owner_id,
        "message_count": max(0, len(channel.messages) - 1),
        "total_message_sent": len(channel.messages),
        "member_count": len(thread.members),
        "thread_metadata": {
            "archived": thread.archived,
            "auto_archive_duration": thread.auto_archive_minutes,
            "archive_timestamp": as_iso(thread.archive_changed_at or thread.made_at),
            "locked": thread.locked,
            "create_timestamp": as_iso(thread.made_at),
        },
    }


def dm_json(channel: Channel, recipient: User) -> Json:
    return channel_json(channel) | {"recipients": [user_json(recipient)]}


def guild_json(guild: Guild) -> Json:
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "owner_id": guild.owner_id,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [role_json(role, place) for place, role in enumerate(guild.roles.values())],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": guild.locale,
        "nsfw_level": 0,
    }


def guild_create_json(guild: Guild, bot: User) -> Json:
    """GUILD_CREATE: with channels, active threads and only the bot among the members (no members intent).

    Source: docs, events/gateway-events, Guild Create.
    """
    places = guild.channels.values()
    return guild_json(guild) | {
        "joined_at": as_iso(guild.members[bot.id].joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "voice_states": [],
        "members": [member_json(guild.members[bot.id], bot)],
        "channels": [channel_json(one) for one in places if one.thread is None],
        "threads": [channel_json(one) for one in places if one.thread and not one.thread.archived],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
