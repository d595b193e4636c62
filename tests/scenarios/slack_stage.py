"""The stage on Slack: people type and click in the simulator, and the real bot hears of it over either transport."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.domain.action import Action
from bot.domain.card import Button, Card, Picture, Reply
from bot.domain.identity import BlobKey, ImageId, JobId, Person, Role, WorkspaceId
from bot.domain.job import Job
from bot.domain.job_cards import picture_of
from bot.net.buckets import MemoryBuckets
from bot.ports import Installation
from bot.surfaces.slack.limits import Pace
from bot.surfaces.slack.surface import SlackSurface
from bot.wiring.house import House
from bot.wiring.slack import open_slack_surface
from bot.wiring.web import serve_web
from tests.scenarios import slack_reading
from tests.scenarios.painter import SquarePainter
from tests.scenarios.stage import (
    NOT_IN_THE_GALLERY,
    Actor,
    Stage,
    mark_for_adults,
    open_stage_house,
)
from tests.simulators.slack import people
from tests.simulators.slack.delivery import Delivery
from tests.simulators.slack.methods_views import open_views
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack
from tests.simulators.slack.workspace import Message, View, Workspace

Json = dict[str, Any]
HURRY = 1000


@dataclass
class SlackChat:
    """What Slack shows of jobs."""

    slack: Slack
    house: House

    async def final(self, job: JobId) -> Card:
        """The answer, found by what stands on it: its metadata, or the request's number on a private one."""

        def found() -> list[tuple[Workspace, Message]]:
            return [
                (workspace, message)
                for workspace in self.slack.workspaces.values()
                for channel in workspace.channels.values()
                for message in [*channel.visible(), *channel.ephemerals]
                if _answers(message, job)
            ]

        ((workspace, message),) = await self.slack.until(found, within_s=20, what=f"job {job}")
        return await self.card(workspace, message)

    async def card(self, workspace: Workspace, message: Message) -> Card:
        """The message as a card, its pictures looked up by the ids on its buttons."""
        card = slack_reading.read_card(message.blocks, only_asker=message.is_ephemeral)
        return await self.with_pictures(workspace, card, message.blocks)

    async def with_pictures(self, workspace: Workspace, card: Card, blocks: list[Json]) -> Card:
        if not any(block["type"] == "image" for block in blocks):
            return card
        team = WorkspaceId(f"slack:{workspace.id}")
        titles = [
            int(block["title"]["text"].removeprefix("Picture #"))
            for block in blocks
            if block["type"] == "image" and block.get("title", {}).get("text", "").startswith("Pic")
        ]
        charts = [one for one in blocks if one.get("title", {}).get("text", "") == "Chart"]
        pictures: list[Picture] = [NOT_IN_THE_GALLERY for _ in charts]
        for image in titles or slack_reading.images_on(card):
            found = await self.house.store.gallery.image(ImageId(image), workspace=team)
            assert found is not None
            pictures.append(picture_of(found))
        return slack_reading.read_card(blocks, only_asker=card.only_asker, pictures=tuple(pictures))


def _answers(message: Message, job: JobId) -> bool:
    payload = (message.metadata or {}).get("event_payload", {})
    if payload.get("job") == job and payload["nonce"].endswith("-final"):
        return True
    feet = [block["elements"][0]["text"] for block in message.blocks if block["block_id"] == "foot"]
    return message.is_ephemeral and feet == [f"Request {job}"]


@dataclass
class SlackStage(Stage):
    slack: Slack = field(default_factory=Slack)
    surface: SlackSurface | None = None
    teams: dict[str, Workspace] = field(default_factory=dict)

    def actor(self, user: str, role: Role = Role.MEMBER, workspace: str = "W") -> SlackActor:
        team = self.teams[workspace]
        driver = self.slack.person(user, workspace=team)
        driver.user.is_admin = role is Role.ADMIN
        person = Person(platform="slack", workspace=team.id, user=driver.id, name=user, role=role)
        return SlackActor(self, person, driver)

    async def restrict(self, *, restricted: bool = True) -> None:
        """An admin marks the channel, or takes the mark away."""
        channel = self.slack.room("general").channel.id
        await mark_for_adults(self, channel, restricted=restricted)

    async def until_painted(self, actor: SlackActor, prompt: str | None = None) -> Card:
        """The answer to the actor's newest request, once there is one (with this prompt)."""
        async with asyncio.timeout(20):
            while not (jobs := await self._jobs(actor, prompt)):
                await self.house.job_changed(JobId(0), timeout_s=0.05)
        return await self.chat.final(jobs[0].id)

    async def _jobs(self, actor: SlackActor, prompt: str | None) -> list[Job]:
        found = await self.house.store.queue.jobs_of(actor.person.lane, unfinished=False, limit=1)
        return [job for job in found if prompt in {None, job.order.ask.prompt}]


@dataclass
class SlackActor(Actor):
    driver: people.Person
    typed: dict[str, Json] = field(default_factory=dict)

    async def joins(self, group: str) -> None:
        team = self.driver.workspace
        team.usergroups.setdefault("S0GROUP", []).append(self.driver.id)
        team.usergroup_handles["S0GROUP"] = group
        # What was asked a moment ago would be kept for minutes.
        assert self.on_slack.surface is not None
        self.on_slack.surface.reception.people.user_groups._kept.clear()

    @property
    def on_slack(self) -> SlackStage:
        assert isinstance(self.stage, SlackStage)
        return self.stage

    async def says(
        self, line: str, *, reference: BlobKey | None = None, key: str | None = None
    ) -> Reply:
        assert reference is None
        slack = self.on_slack.slack
        before = self._seen()
        if key is not None and key in self.typed:
            delivery = await slack.deliveries.once("slash_commands", self.typed[key])
        else:
            word, _, text = line.removeprefix("/").partition(" ")
            command = "/imagine" if word == "imagine" else f"/impasto {word}"
            delivery = await self.driver.types(f"{command} {text}".strip(), self.room)
            assert delivery is not None
        if key is not None:
            self.typed[key] = delivery.payload
        assert delivery.acked, delivery
        if delivery.response.get("blocks"):
            card = slack_reading.read_card(delivery.response["blocks"], only_asker=True)
            return Reply(card=card)
        return await self._next(before)

    async def presses(
        self, button: Button | Action, *, mask: BlobKey | None = None, **inputs: str
    ) -> Reply:
        if mask is not None:
            pytest.skip("Slack's forms have no canvas to paint a region on")
        for view in self._views():
            # Nobody can press what lies behind a form.
            await self.driver.closes(view)
        if isinstance(button, Button) and (where := self._message_with(button)):
            before = self._seen()
            delivery = await self.driver.clicks(where, button.label)
        else:
            action = button.action if isinstance(button, Button) else button
            message = await self._some_message()
            before = self._seen()
            delivery = await self.driver.presses(message, _raw(action))
        assert delivery.acked, delivery
        reply = await self._next(before)
        return await self._sends(inputs) if inputs else reply

    async def _sends(self, inputs: dict[str, str]) -> Reply:
        view = await self.driver.form()
        return await self._submitted(view, await self.driver.submits(view, **inputs))

    async def _submitted(self, view: View, delivery: Delivery) -> Reply:
        assert delivery.acked, delivery
        if not view.open:
            return Reply()
        return Reply(card=slack_reading.read_card(view.payload["blocks"], only_asker=True))

    @property
    def room(self) -> people.Room:
        return self.on_slack.slack.room(workspace=self.driver.workspace)

    def _seen(self) -> tuple[int, int]:
        return len(self._ephemerals()), len(self._views())

    def _ephemerals(self) -> list[Message]:
        return [
            one
            for channel in self.driver.workspace.channels.values()
            for one in channel.ephemerals
            if one.only_for == self.driver.id
        ]

    def _views(self) -> list[View]:
        return open_views(self.driver.workspace, self.driver.id)

    async def _next(self, before: tuple[int, int]) -> Reply:
        """What the person is shown next: a private message, or a form."""

        def shown() -> Message | View | None:
            ephemerals, views = self._ephemerals(), self._views()
            if len(views) > before[1]:
                return views[-1]
            return ephemerals[-1] if len(ephemerals) > before[0] else None

        found = await self.on_slack.slack.until(shown, what="a reply")
        if isinstance(found, Message):
            chat = self.stage.chat
            assert isinstance(chat, SlackChat)
            return Reply(card=await chat.card(self.driver.workspace, found))
        has_fields = any(block["type"] == "input" for block in found.payload["blocks"])
        if "submit" in found.payload and not has_fields:
            # A question before a menu entry is done; this person says yes.
            reply = await self._submitted(found, await self.driver.submits(found))
            return reply if found.open else await self._next(before)
        return Reply(form=slack_reading.read_form(found.payload))

    def _message_with(self, button: Button) -> Message | None:
        packed = button.action.pack()
        for message in reversed([*self.driver.workspace.all_messages(), *self._ephemerals()]):
            for control in self.driver.controls(message):
                option = control.action.get("selected_option") or control.action
                value = str(option.get("value", "")).removeprefix(slack_reading.ASK_FIRST)
                if value == packed and control.label == button.label:
                    return message
        return None

    async def _some_message(self) -> Message:
        """Any message of this person's workspace: what is pressed need not stand on it (any more)."""
        if not self._ephemerals():
            await self.driver.types("/impasto models", self.room)
        return self._ephemerals()[-1]


def _raw(action: Action) -> Json:
    return {
        "type": "button",
        "action_id": "press:0:0",
        "block_id": "row:0",
        "value": action.pack(),
        "text": {"type": "plain_text", "text": "An old button"},
    }


@asynccontextmanager
async def open_slack_stage(
    folder: Path, *, transport: str, slack: Slack | None = None, **rules: object
) -> AsyncIterator[SlackStage]:
    """The simulator, the house, and the bot between them. `transport` is `socket` or `http`."""
    simulator = slack or hurried(Slack())
    simulator.app.socket_mode = transport == "socket"
    async with running(simulator):
        painter = SquarePainter()
        environment = {
            "SLACK_BOT_TOKEN": simulator.bot_token,
            "SLACK_APP_TOKEN": simulator.app.app_token,
            "SLACK_SIGNING_SECRET": simulator.app.signing_secret,
            "IMPASTO_SLACK_API_URL": simulator.api_url,
            "IMPASTO_SLACK_MODE": transport,
        }
        async with (
            open_stage_house(folder, painter, environment=environment, **rules) as house,
            working(house, simulator) as surface,
        ):
            known = {one.domain: one for one in simulator.workspaces.values()}
            other = known.get("other") or simulator.add_workspace("other", people=("eve",))
            token = simulator.install(other)
            await surface.tenants.installed(
                Installation(
                    workspace=WorkspaceId(f"slack:{other.id}"),
                    token=token.value,
                    bot_user=other.bot.id,
                )
            )
            teams = {"W": simulator.workspace, "X": other}
            try:
                yield SlackStage(
                    house,
                    SlackChat(simulator, house),
                    painter,
                    slack=simulator,
                    surface=surface,
                    teams=teams,
                )
            finally:
                painter.gate.set()
        assert not simulator.violations, simulator.violations


def hurried(slack: Slack) -> Slack:
    """The same Slack, without its patience: pace is tested where it is the subject."""
    slack.limits.enforced = False
    return slack


@asynccontextmanager
async def working(
    house: House, slack: Slack, *, pace: Pace | None = None
) -> AsyncIterator[SlackSurface]:
    """The house at work with Slack connected, until the block ends."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        surface = await open_slack_surface(
            house, stack=stack, pace=pace or Pace(MemoryBuckets(), speed=HURRY)
        )
        assert surface is not None
        async with asyncio.TaskGroup() as group:
            group.create_task(house.work(stop=stop, drain_s=0))
            group.create_task(surface.run(stop=stop))
            if surface.pool is not None:
                await surface.pool.connected.wait()
            else:
                listening = socket.create_server(("127.0.0.1", 0))
                port = listening.getsockname()[1]
                slack.app.request_url = f"http://127.0.0.1:{port}/slack/events"
                group.create_task(
                    serve_web(house, listening, playground=False, stop=stop, hooks=surface.routes)
                )
            try:
                yield surface
            finally:
                stop.set()
