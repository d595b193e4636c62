"""INTERACTION_CREATE as the gateway sends it. Source: docs, interactions/receiving-and-responding, Interaction Object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulators.discord.guild_payloads import (
    channel_json,
    dm_json,
    guild_json,
    member_json,
    user_json,
)
from tests.simulators.discord.guild_state import Channel
from tests.simulators.discord.interactions import Interaction, InteractionType
from tests.simulators.discord.messages import message_json
from tests.simulators.discord.permissions import DM_PERMISSIONS, channel_permissions
from tests.simulators.discord.rest_interactions import owners_json

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]
GUILD_CONTEXT, BOT_DM_CONTEXT = 0, 1


def interaction_json(discord: Discord, interaction: Interaction) -> Json:
    """The event of this interaction."""
    world = discord.world
    user = world.users[interaction.user_id]
    channel = world.channels[interaction.channel_id]
    guild = world.guild_of(channel)
    value: Json = {
        "id": interaction.id,
        "application_id": discord.application_id,
        "type": int(interaction.type),
        "data": interaction.data,
        "token": interaction.token,
        "version": 1,
        "channel_id": channel.id,
        "channel": _channel_json(discord, channel, interaction.user_id),
        "locale": user.locale,
        "entitlements": [],
        "authorizing_integration_owners": owners_json(interaction),
        "context": GUILD_CONTEXT if guild else BOT_DM_CONTEXT,
        "attachment_size_limit": interaction.attachment_bytes,
    }
    if guild is None:
        value |= {"user": user_json(user), "app_permissions": str(DM_PERMISSIONS)}
    else:
        permissions = channel_permissions(guild, channel, user.id)
        value |= {
            "guild_id": guild.id,
            "guild": {key: guild_json(guild)[key] for key in ("id", "features", "preferred_locale")}
            | {"locale": guild.locale},
            "guild_locale": guild.locale,
            "member": member_json(guild.members[user.id], user) | {"permissions": str(permissions)},
            "app_permissions": str(_app_permissions(discord, interaction, channel)),
        }
    carries_message = interaction.type in (
        InteractionType.MESSAGE_COMPONENT,
        InteractionType.MODAL_SUBMIT,
    )
    if carries_message and interaction.message is not None:
        value["message"] = message_json(discord, interaction.message)
    return value


def _app_permissions(discord: Discord, interaction: Interaction, channel: Channel) -> int:
    """The bot's here; where only the user installed the app, what any response may carry."""
    guild = discord.world.guild_of(channel)
    if guild is None or interaction.only_user_installed:
        return DM_PERMISSIONS
    return channel_permissions(guild, channel, discord.bot.id)


def _channel_json(discord: Discord, channel: Channel, user_id: str) -> Json:
    """A partial channel with the permissions of who did it. docs: Resolved Data Structure."""
    guild = discord.world.guild_of(channel)
    if guild is None:
        return dm_json(channel, discord.world.users[channel.recipient_id or ""])
    value = channel_json(channel)
    value.pop("permission_overwrites", None)
    return value | {"permissions": str(channel_permissions(guild, channel, user_id))}


def resolved_channel_json(discord: Discord, channel: Channel, user_id: str) -> Json:
    return _channel_json(discord, channel, user_id)
