"""The stage on Discord: people type and click in the simulator, and the real bot hears of it over its gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.commands.words import REGISTRY
from bot.domain.action import Action
from bot.domain.argument_values import MICROUSD, Known
from bot.domain.arguments import Arguments, read_text
from bot.domain.card import Button, Card, Reply
from bot.domain.duration import write_duration
from bot.domain.identity import BlobKey, ImageId, JobId, Person, Role
from bot.domain.job import FINAL, Job
from bot.domain.job_cards import picture_of
from bot.domain.parameter import ParameterKind
from bot.domain.subject import Subject, SubjectKind
from bot.surfaces.discord.gateway import Gateway
from bot.surfaces.discord.surface import DiscordSurface
from bot.wiring.discord import open_discord_surface
from bot.wiring.house import House
from tests.scenarios import discord_reading
from tests.scenarios.painter import SquarePainter
from tests.scenarios.stage import NOT_IN_THE_GALLERY, WAIT_S, Actor, Stage, open_stage_house
from tests.simulators.discord import people
from tests.simulators.discord.administration import (
    add_channel,
    add_guild,
    add_member,
    add_role,
    add_user,
)
from tests.simulators.discord.components import walk
from tests.simulators.discord.guild_state import Guild
from tests.simulators.discord.guild_state import Role as Role_
from tests.simulators.discord.interactions import CallbackType, Interaction, InteractionType
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.messages import Message
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord
from tests.simulators.discord.slash import Typist, command_data

LOOK_AGAIN_S = 0.02


@dataclass
class DiscordChat:
    """What Discord shows of jobs."""

    platform: Discord
    house: House

    async def final(self, job: JobId) -> Card:
        """The answer: the job's own message, or a private one with the request's number on it."""
        async with asyncio.timeout(WAIT_S):
            while not (found := await self._answer(job)):
                await asyncio.wait({asyncio.ensure_future(asyncio.sleep(LOOK_AGAIN_S))})
        return await self.card(found)

    async def _answer(self, number: JobId) -> Message | None:
        job = await self.house.store.queue.job(number)
        if job is None or job.state not in FINAL:
            return None
        told = [one for one in self.platform.messages.values() if _tells(one, job)]
        return told[-1] if told else None

    async def card(self, message: Message) -> Card:
        """The message as a card, its pictures looked up by the names of its files."""
        names = [one.filename for one in message.pictures]
        pictures = []
        for image in discord_reading.images_in(names):
            if not image:
                pictures.append(NOT_IN_THE_GALLERY)
            for workspace in (f"discord:{guild}" for guild in self.platform.world.guilds):
                found = await self.house.store.gallery.image(ImageId(image), workspace=workspace)
                if found is not None:
                    pictures.append(picture_of(found))
        return discord_reading.read_card(
            message.components,
            only_asker=message.visible_to is not None,
            pictures=tuple(pictures),
        )


def _tells(message: Message, job: Job) -> bool:
    if message.deleted or message.is_loading or not message.components:
        return False
    card = discord_reading.read_card(message.components, only_asker=False)
    if message.visible_to is not None:
        return card.footer == f"Request {job.id}"
    return message.id == (job.message or "").partition("/")[2] and card.tone != "working"


@dataclass
class DiscordStage(Stage):
    platform: Discord = field(default_factory=Discord)
    guilds: dict[str, Guild] = field(default_factory=dict)
    drivers: dict[tuple[str, str], people.Person] = field(default_factory=dict)

    def actor(self, user: str, role: Role = Role.MEMBER, workspace: str = "W") -> DiscordActor:
        guild = self.guilds[workspace]
        driver = self.drivers.get((workspace, user))
        if driver is None:
            roles = (
                [add_role(self.platform, guild, "keepers", "MANAGE_GUILD")]
                if role is Role.ADMIN
                else []
            )
            driver = add_member(self.platform, guild, add_user(self.platform, user), *roles)
            self.drivers[workspace, user] = driver
        person = Person(
            platform="discord", workspace=guild.id, user=driver.id, name=user, role=role
        )
        return DiscordActor(self, person, driver)

    async def restrict(self, *, restricted: bool = True) -> None:
        """The channel is set to be age-restricted, or is so no longer."""
        room = self.platform.first_room(self.guilds["W"])
        room.channel.nsfw = restricted
        room._updated()


@dataclass
class DiscordActor(Actor):
    driver: people.Person
    typed: set[str] = field(default_factory=set)

    @property
    def on_discord(self) -> DiscordStage:
        assert isinstance(self.stage, DiscordStage)
        return self.stage

    @property
    def platform(self) -> Discord:
        return self.on_discord.platform

    @property
    def room(self) -> Room:
        return self.platform.first_room(self.driver.guild)

    async def says(
        self, line: str, *, reference: BlobKey | None = None, key: str | None = None
    ) -> Reply:
        assert reference is None
        if key in self.typed:
            pytest.skip("Discord shows nothing of an event that comes a second time")
        self.typed |= {key} if key else set()
        word, _, text = line.removeprefix("/").partition(" ")
        if word == "imagine":
            return await self._reply(await self._imagines(text))
        if word == "admin":
            return await self._administers(text)
        options = await self._options(word, text)
        if options is None:
            pytest.skip("Discord offers no words that don't exist, and no empty required options")
        return await self._reply(await self.driver.runs(f"/impasto {word}", self.room, **options))

    async def _imagines(self, text: str) -> Interaction:
        """Also what Discord's own client would not let a person send."""
        typist = Typist(discord=self.platform, user=self.driver.user, channel=self.room.channel)
        data = command_data(typist, "/imagine", {"prompt": "x"})
        data["options"][0]["value"] = text
        sent = self.driver._does(InteractionType.APPLICATION_COMMAND, data, typist)
        return await self.platform.settled(sent)

    async def joins(self, group: str) -> None:
        member = self.driver.guild.members[self.driver.id]
        member.roles.append(self._role(group).id)

    def _role(self, name: str) -> Role_:
        found = [one for one in self.driver.guild.roles.values() if one.name == name]
        return found[0] if found else add_role(self.platform, self.driver.guild, name)

    async def _administers(self, text: str) -> Reply:
        """As typed options; whoever keeps the server may show the command to everybody, so everybody sees it here."""
        found = REGISTRY.admin_word(text)
        if found is None:
            pytest.skip("Discord offers no words that don't exist")
        word, rest = found
        for tree in self.platform.commands.of(None):
            if tree["name"] == "impasto-admin":
                tree["default_member_permissions"] = None
        read = read_text(rest, word.guide.parameters, Known(subjects=self._named(), models=MODELS))
        if isinstance(read, tuple):
            pytest.skip("Discord's typed options can't be filled in like that")
        options = dict(filled_options(read))
        for one in word.guide.parameters:
            if one.kind is ParameterKind.MONEY and one.name in options:
                # Read in microdollars, and typed in dollars.
                options[one.name] = read.number(one.name) / MICROUSD
        return await self._reply(
            await self.driver.runs(f"/impasto-admin {word.guide.under_admin}", self.room, **options)
        )

    def _named(self) -> dict[str, str]:
        guild = self.driver.guild
        people = [
            Subject(kind=SubjectKind.PERSON, id=one.id, name=name)
            for (_, name), one in self.on_discord.drivers.items()
        ]
        rooms = [
            Subject(kind=SubjectKind.CHANNEL, id=one.id, name=one.name)
            for one in guild.channels.values()
        ]
        roles = [
            Subject(kind=SubjectKind.ROLE, id=one.id, name=one.name) for one in guild.roles.values()
        ]
        return {one.shown.casefold(): one.mention for one in (*people, *rooms, *roles)}

    async def _options(self, word: str, text: str) -> dict[str, str] | None:
        tree = next(one for one in self.platform.commands.of(None) if one["name"] == "impasto")
        found = next((one for one in tree["options"] if one["name"] == word), None)
        if found is None:
            return None
        arguments = found.get("options", [])
        if not text:
            return None if any(one.get("required") for one in arguments) else {}
        return {arguments[0]["name"]: text} if arguments else None

    async def presses(
        self, button: Button | Action, *, mask: BlobKey | None = None, **inputs: str
    ) -> Reply:
        if mask is not None:
            pytest.skip("Discord's forms have no canvas to paint a region on")
        action = button.action if isinstance(button, Button) else button
        message, data = self._control(action)
        told = await self.platform.settled(self.driver.presses(message, data))
        if isinstance(button, Button) and button.confirm is not None:
            return await self._reply(await self._agrees(told))
        if told.modal is not None and inputs:
            return await self._reply(await self.driver.submits(told.modal, inputs))
        return await self._reply(told)

    async def _agrees(self, asked: Interaction) -> Interaction:
        assert asked.original is not None
        (label,) = self.driver.labels(asked.original)
        return await self.driver.clicks(asked.original, label)

    def _control(self, action: Action) -> tuple[Message, dict[str, object]]:
        """Where the button stands, else any message: what is pressed need not stand there any more."""
        packed = action.pack()
        mine = [
            one
            for one in reversed(self.platform.messages.values())
            if not one.deleted
            and one.visible_to in (None, self.driver.id)
            and one.components
            and self.platform.world.channels[one.channel_id].guild_id == self.driver.guild.id
        ]
        for message in mine:
            for _, component in walk(message.components):
                for option in component.get("options", ()):
                    if option["value"].removeprefix("c1:") == packed:
                        menu = {"component_type": 3, "custom_id": component["custom_id"]}
                        return message, menu | {"values": [option["value"]]}
                if str(component.get("custom_id", "")).removeprefix("c1:") == packed:
                    return message, {"component_type": 2, "custom_id": component["custom_id"]}
        if not mine:
            note = self.driver.posts("hello", self.room)
            return note, {"component_type": 2, "custom_id": packed}
        return mine[0], {"component_type": 2, "custom_id": packed}

    async def _reply(self, told: Interaction) -> Reply:
        """What the person is shown; nothing when the answer follows."""
        assert told.outcome == "answered", told
        if told.modal is not None:
            modal = told.modal
            return Reply(
                form=discord_reading.read_form(modal.custom_id, modal.title, modal.components)
            )
        if told.first_response is CallbackType.DEFERRED_UPDATE or not told.is_ephemeral:
            return Reply()
        original = told.original
        assert original is not None
        await self.platform.until(lambda: not original.is_loading, what="a reply")
        chat = self.stage.chat
        assert isinstance(chat, DiscordChat)
        card = await chat.card(original)
        return Reply() if card.footer.startswith("Request ") else Reply(card=card)


MODELS = ("square-1",)


def filled_options(arguments: Arguments) -> Iterator[tuple[str, object]]:
    """What a person picks and types for these values."""
    for name, value in arguments.values.items():
        match value:
            case Subject(kind=SubjectKind.PERSON):
                yield "user", value.id
            case Subject(kind=SubjectKind.ROLE):
                yield "role", value.id
            case Subject(kind=SubjectKind.CHANNEL):
                yield "channel", value.id
            case Subject():
                yield "all", value.kind.value
            case timedelta():
                yield name, write_duration(value)
            case tuple():
                yield name, ",".join(value)
            case _:
                yield name, value


@contextmanager
def without_patience() -> Iterator[None]:
    """The library's addresses are put back, and its sleep of 5 s before it identifies again is left out."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gateway, "before_identify_hook", _no_wait)
        try:
            yield
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


async def _no_wait(self: Gateway, shard_id: int | None, *, initial: bool = False) -> None: ...


@asynccontextmanager
async def open_discord_stage(folder: Path, **rules: object) -> AsyncIterator[DiscordStage]:
    """The simulator, the house, and the bot between them."""
    platform = Discord(limits=Limits(identify_window_s=0.0, bucket_requests=1000))
    other = add_guild(platform, "Other", platform.person("Ada").user)
    add_channel(platform, other, "elsewhere")
    async with running(platform):
        painter = SquarePainter()
        environment = {
            "DISCORD_TOKEN": platform.token,
            "IMPASTO_DISCORD_API_URL": platform.api_url,
            "IMPASTO_DISCORD_GATEWAY_URL": platform.gateway_url,
        }
        with without_patience():
            async with (
                open_stage_house(folder, painter, environment=environment, **rules) as house,
                working(house, platform),
            ):
                try:
                    yield DiscordStage(
                        house,
                        DiscordChat(platform, house),
                        painter,
                        platform=platform,
                        guilds={"W": platform.guild, "X": other},
                    )
                finally:
                    painter.gate.set()
        assert not platform.violations, platform.violations
        assert not platform.called_anybody, platform.called_anybody


@asynccontextmanager
async def working(house: House, platform: Discord) -> AsyncIterator[DiscordSurface]:
    """The house at work with Discord connected, until the block ends."""
    surface = open_discord_surface(house)
    assert surface is not None
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(house.work(stop=stop, drain_s=0))
        group.create_task(surface.run(stop=stop))
        try:
            await platform.until(lambda: platform.gateway.is_connected, what="a connection")
            yield surface
        finally:
            stop.set()
