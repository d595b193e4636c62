"""One simulated Discord with one application: everything it knows, in one place.

`server.running(Discord())` serves it; `people.Person` and `rooms.Room` drive it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.simulators.clock import Clock
from tests.simulators.discord.administration import furnish
from tests.simulators.discord.cdn import Cdn
from tests.simulators.discord.commands import Commands
from tests.simulators.discord.faults import Faults, route_named
from tests.simulators.discord.gateway import Gateway
from tests.simulators.discord.guild_state import Guild, User, World
from tests.simulators.discord.interactions import Interaction
from tests.simulators.discord.limits import Beliefs, Limits
from tests.simulators.discord.messages import Message
from tests.simulators.discord.people import Person
from tests.simulators.discord.rate_limits import RateLimiter
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.snowflakes import Snowflakes

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of the bot, as the journal keeps it."""

    route: str
    path: str
    status: int
    code: int
    at: float
    body: Any = None
    """What was sent as JSON; None where nothing was read of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A body that Discord refuses with 50035: a fault of the bot."""

    route: str
    complaints: tuple[str, ...]


class Discord:
    """The state of the platform. `api_url` and `gateway_url` are set when it is served."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        beliefs: Beliefs | None = None,
        checks_schema: bool = True,
    ) -> None:
        self.limits = limits or Limits()
        self.beliefs = beliefs or Beliefs()
        self.checks_schema = checks_schema
        """False leaves the published schema out, which costs milliseconds a body: for benchmarks."""
        self.clock = Clock()
        self.ids = Snowflakes(self.clock)
        self.world = World()
        self.bot = User(id=self.ids.new(), name="Impasto", bot=True)
        self.world.users[self.bot.id] = self.bot
        self.application_id = self.bot.id
        self.token = f"sim.{self.application_id}.{secrets.token_hex(8)}"
        self.privileged_intents = 0
        """Those enabled in the developer portal; any other privileged one closes with 4014."""
        self.cdn = Cdn(self.clock, self.limits)
        self.commands = Commands(self.application_id, self.clock, self.ids, self.limits)
        self.rates = RateLimiter(self.clock, self.limits)
        self.faults = Faults()
        self.gateway = Gateway(self)
        self.interactions: dict[str, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self.messages: dict[str, Message] = {}
        """Every message that ever was, deleted ones too."""
        self.requests: list[Request] = []
        self.violations: list[Violation] = []
        self.base_url = ""
        self.changes = 0
        self._news = asyncio.Event()
        furnish(self)

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"{self.base_url.replace('http', 'ws', 1)}/gateway"

    # ---- news

    def changed(self) -> None:
        """Something one can see has changed: wakes every `until`."""
        self.changes += 1
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def until(
        self, look: Callable[[], T | None], *, within_s: float = 10.0, what: str = "it"
    ) -> T:
        """What `look` gives once it gives something true; AssertionError after `within_s` real seconds."""

        async def waiting() -> T:
            while not (seen := look()):
                await self._news.wait()
            return seen

        try:
            return await asyncio.wait_for(waiting(), within_s)
        except TimeoutError as error:
            raise AssertionError(f"{what} did not come within {within_s} s") from error

    async def settled(self, interaction: Interaction) -> Interaction:
        """The interaction once the app has answered, or once 3 s have passed on the clock without that."""
        until = interaction.made_at + self.limits.first_response_s
        deadline = asyncio.ensure_future(self.clock.sleep_until(until))
        answer = asyncio.ensure_future(interaction.settled.wait())
        try:
            await asyncio.wait({deadline, answer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            deadline.cancel()
            answer.cancel()
        if interaction.first_response is None:
            interaction.timed_out = True
            self.changed()
        return interaction

    # ---- the people and places of the furnished world

    @property
    def guild(self) -> Guild:
        """The first server, "Studio"."""
        return next(iter(self.world.guilds.values()))

    def person(self, name: str, guild: Guild | None = None) -> Person:
        """A user by name, at home in `guild` or in the first server; KeyError when there is none."""
        for user in self.world.users.values():
            if user.name == name:
                return Person(self, user, guild or self.guild)
        raise KeyError(name)

    def room(self, name: str, guild: Guild | None = None) -> Room:
        """A channel or thread by name; KeyError when there is none."""
        for channel in (guild or self.guild).channels.values():
            if channel.name == name:
                return Room(self, channel)
        raise KeyError(name)

    def first_room(self, guild: Guild) -> Room:
        return Room(self, next(iter(guild.channels.values())))

    # ---- what a test asks

    def count(self, route: str, *, status: int | None = None) -> int:
        """How often the bot sent this route ("METHOD /template", or a word of `faults.SHORT`)."""
        wanted = route_named(route)
        return sum(one.route == wanted and status in (None, one.status) for one in self.requests)

    @property
    def called_anybody(self) -> list[Message]:
        """Messages of the bot that called a person, a role or everyone, at any time."""
        return [
            one
            for one in self.messages.values()
            if one.author_id == self.bot.id and one.ever_called
        ]
