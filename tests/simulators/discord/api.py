"""What every REST route shares: its place, what was asked, and how the channel or message in its path is found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.simulators.discord.bodies import Body
from tests.simulators.discord.guild_state import Channel, Guild
from tests.simulators.discord.messages import Message
from tests.simulators.discord.permissions import BITS, DM_PERMISSIONS, channel_permissions
from tests.simulators.discord.refusals import Refused

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a route gives back; no `data` is 204."""

    data: Any = None
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request that passed authorisation and rate limits, with its body read and checked."""

    discord: Discord
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Body

    def channel(self) -> Channel:
        """The channel of the path. 10003 when it is gone, 50001 when the bot may not see it."""
        channel = self.discord.world.channels.get(self.path["channel_id"])
        if channel is None:
            raise Refused(10003)
        self.need(channel, "VIEW_CHANNEL", code=50001)
        return channel

    def message(self, channel: Channel) -> Message:
        """The message of the path. 10008 when it is gone, and for an ephemeral one: no bot token reaches those.

        Source: discord-api-docs #3090, #6007.
        """
        message = channel.messages.get(self.path["message_id"])
        if message is None or message.is_ephemeral:
            raise Refused(10008)
        return message

    def permissions(self, channel: Channel) -> int:
        """The bot's own in this channel."""
        guild = self.discord.world.guild_of(channel)
        if guild is None:
            return DM_PERMISSIONS
        return channel_permissions(guild, channel, self.discord.bot.id)

    def need(self, channel: Channel, *names: str, code: int = 50013) -> None:
        """Refuses unless the bot has every one of these permissions here."""
        has = self.permissions(channel)
        if any(not has & BITS[name] for name in names):
            raise Refused(code)

    def guild(self) -> Guild:
        """The guild of the path: 10004 when there is none or the bot is not in it."""
        guild = self.discord.world.guilds.get(self.path["guild_id"])
        if guild is None or self.discord.bot.id not in guild.members:
            raise Refused(10004)
        return guild


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`template` is written as in the published document, with snake_case parameters."""

    method: str
    template: str
    handler: Handler
    needs_token: bool = True
    counts_globally: bool = True
    """Interaction endpoints are not bound to the global limit. docs: topics/rate-limits."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


def attachment_limit(discord: Discord, guild: Guild | None) -> int:
    """Bytes of one file in this guild."""
    if guild is not None and guild.attachment_bytes is not None:
        return guild.attachment_bytes
    return discord.limits.attachment_bytes
