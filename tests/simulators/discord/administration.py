"""Making servers, channels, roles and people, and taking the app in and out. Each tells the gateway what Discord would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulators.discord.guild_payloads import channel_json, guild_create_json, role_json
from tests.simulators.discord.guild_state import (
    Channel,
    ChannelType,
    Guild,
    Member,
    Role,
    User,
)
from tests.simulators.discord.people import Person
from tests.simulators.discord.permissions import EVERYONE_DEFAULT, bits
from tests.simulators.discord.rooms import Room

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

BOT_PERMISSIONS = (
    "VIEW_CHANNEL",
    "SEND_MESSAGES",
    "SEND_MESSAGES_IN_THREADS",
    "CREATE_PUBLIC_THREADS",
    "ATTACH_FILES",
    "EMBED_LINKS",
    "READ_MESSAGE_HISTORY",
)


def add_guild(discord: Discord, name: str, owner: User, *, with_bot: bool = True) -> Guild:
    """A server with its @everyone role and its owner."""
    guild = Guild(id=discord.ids.new(), name=name, owner_id=owner.id, made_at=discord.clock.now())
    guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=EVERYONE_DEFAULT)
    discord.world.guilds[guild.id] = guild
    add_member(discord, guild, owner)
    if with_bot:
        invite_bot(discord, guild)
    return guild


def add_user(discord: Discord, name: str) -> User:
    user = User(id=discord.ids.new(), name=name)
    discord.world.users[user.id] = user
    return user


def add_member(discord: Discord, guild: Guild, user: User, *roles: Role) -> Person:
    guild.members[user.id] = Member(
        user_id=user.id, joined_at=discord.clock.now(), roles=[one.id for one in roles]
    )
    return Person(discord, user, guild)


def add_role(
    discord: Discord, guild: Guild, name: str, *permissions: str, mentionable: bool = False
) -> Role:
    role = Role(
        id=discord.ids.new(), name=name, permissions=bits(*permissions), mentionable=mentionable
    )
    guild.roles[role.id] = role
    data = {"guild_id": guild.id, "role": role_json(role, len(guild.roles) - 1)}
    discord.gateway.dispatch("GUILD_ROLE_CREATE", data, guild_id=guild.id)
    return role


def add_channel(
    discord: Discord,
    guild: Guild,
    name: str,
    kind: ChannelType = ChannelType.TEXT,
    *,
    nsfw: bool = False,
) -> Room:
    channel = Channel(id=discord.ids.new(), type=kind, name=name, guild_id=guild.id, nsfw=nsfw)
    discord.world.add_channel(channel)
    discord.gateway.dispatch("CHANNEL_CREATE", channel_json(channel), guild_id=guild.id)
    return Room(discord, channel)


def invite_bot(
    discord: Discord, guild: Guild, permissions: tuple[str, ...] = BOT_PERMISSIONS
) -> None:
    """The invite link is followed: the bot gets a role of its own with these permissions, and a GUILD_CREATE."""
    role = add_role(discord, guild, discord.bot.name, *permissions)
    guild.members[discord.bot.id] = Member(
        user_id=discord.bot.id, joined_at=discord.clock.now(), roles=[role.id]
    )
    payload = guild_create_json(guild, discord.bot)
    # Only a guild that was announced as unavailable by READY says that it no longer is (discord.py, state.py).
    del payload["unavailable"]
    discord.gateway.dispatch("GUILD_CREATE", payload, guild_id=guild.id)


def kick_bot(discord: Discord, guild: Guild) -> None:
    """GUILD_DELETE without `unavailable`. docs: events/gateway-events, Guild Delete."""
    guild.members.pop(discord.bot.id, None)
    discord.gateway.dispatch("GUILD_DELETE", {"id": guild.id}, guild_id=guild.id)


def add_many_guilds(discord: Discord, count: int, *, channels: int = 10, roles: int = 10) -> None:
    """Servers of ordinary size, for measuring what a gateway process keeps of them."""
    owner = add_user(discord, "Somebody")
    for number in range(count):
        guild = add_guild(discord, f"Server {number}", owner)
        for place in range(roles):
            add_role(discord, guild, f"role {place}")
        for place in range(channels):
            add_channel(discord, guild, f"channel-{place}")


def furnish(discord: Discord) -> None:
    """The world every simulator starts with.

    Server "Studio": Olga owns it, Ada and Ben are members, Mia moderates (Manage Server, Manage Threads). Rooms: art and
    lounge, night (age-restricted), ideas (a forum). Roles: painters, which anybody may mention.
    """
    olga = add_user(discord, "Olga")
    guild = add_guild(discord, "Studio", olga)
    moderators = add_role(
        discord, guild, "moderators", "MANAGE_GUILD", "MANAGE_THREADS", "MANAGE_MESSAGES"
    )
    painters = add_role(discord, guild, "painters", mentionable=True)
    for name, roles in (("Ada", [painters]), ("Ben", []), ("Mia", [moderators])):
        add_member(discord, guild, add_user(discord, name), *roles)
    add_channel(discord, guild, "art")
    add_channel(discord, guild, "lounge")
    add_channel(discord, guild, "night", nsfw=True)
    add_channel(discord, guild, "ideas", ChannelType.FORUM)
