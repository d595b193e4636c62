"""The driver: what people do, in words, and what they then see.

told = await ada.runs("/imagine", art, prompt="a fox", count=4)   # waits for the first response, or its absence
result = await art.message("a fox", visible_to=ada)              # waits for the message
click = await ada.clicks(result, "U1")                           # by the words on the button
sent = await ada.submits(click.modal, prompt="an owl")           # by custom id or label
await ada.uses_message_command("Use as reference", result)
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.simulators.discord.api import attachment_limit
from tests.simulators.discord.bodies import Body
from tests.simulators.discord.cdn import Upload
from tests.simulators.discord.command_rules import MESSAGE
from tests.simulators.discord.components import ComponentType
from tests.simulators.discord.controls import CannotPress, controls_of, find_control
from tests.simulators.discord.forms import SELECT_KINDS, submitted
from tests.simulators.discord.guild_state import Guild, User
from tests.simulators.discord.interaction_payloads import interaction_json
from tests.simulators.discord.interactions import Interaction, InteractionType, Modal
from tests.simulators.discord.messages import REPLY, Message, message_json
from tests.simulators.discord.posting import Sender, create, delete
from tests.simulators.discord.rest_channels import dm_channel
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.slash import (
    Typist,
    command_data,
    offered,
    select_value,
)
from tests.simulators.discord.thread_rules import check_sending

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]


def picture(name: str, data: bytes, *, content_type: str = "image/png") -> Upload:
    """A file to choose or to post."""
    return Upload(index="0", filename=name, content_type=content_type, data=data)


class Person:
    """One user at their client."""

    def __init__(self, discord: Discord, user: User, guild: Guild) -> None:
        self.discord = discord
        self.user = user
        self.guild = guild

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def dm(self) -> Room:
        """Their direct messages with the bot."""
        return Room(self.discord, dm_channel(self.discord, self.id))

    def sees(self, room: Room) -> list[Message]:
        return room.messages(visible_to=self)

    def labels(self, message: Message) -> list[str]:
        """The words on what can be pressed there."""
        if message.visible_to not in (None, self.id):
            return []
        return [one.label for one in controls_of(message) if not one.disabled]

    # ---- commands

    async def runs(self, words: str, room: Room | None = None, /, **options: Any) -> Interaction:
        """A slash command, "/imagine" or "/impasto-admin quota set", in `room` or in the first text channel."""
        return await self.discord.settled(self.starts(words, room, **options))

    def starts(self, words: str, room: Room | None = None, /, **options: Any) -> Interaction:
        """The same without waiting for the app."""
        typist = self._typist(room)
        data = command_data(typist, words, options)
        return self._does(InteractionType.APPLICATION_COMMAND, data, typist)

    async def is_offered(
        self, words: str, option: str, typed: str, room: Room | None = None, /, **filled: Any
    ) -> list[Json]:
        """The choices of autocomplete for what is typed so far; none when the app was silent."""
        typist = self._typist(room)
        data = command_data(typist, words, {**filled, option: typed}, focused=option)
        asked = self._does(InteractionType.AUTOCOMPLETE, data, typist)
        return (await self.discord.settled(asked)).choices

    async def uses_message_command(self, name: str, message: Message) -> Interaction:
        return await self.discord.settled(self.starts_message_command(name, message))

    def starts_message_command(self, name: str, message: Message) -> Interaction:
        """Right click, Apps. The app gets the message's content without any intent. docs: events/gateway, exceptions."""
        self._check_sees(message)
        typist = self._typist(Room(self.discord, self.discord.world.channels[message.channel_id]))
        command = offered(typist, name, MESSAGE)
        target = message_json(self.discord, message)
        data = {
            "id": command["id"],
            "name": name,
            "type": MESSAGE,
            "target_id": message.id,
            "resolved": {"messages": {message.id: target}},
        }
        return self._does(InteractionType.APPLICATION_COMMAND, data, typist)

    # ---- pressing

    async def clicks(self, message: Message, words: str) -> Interaction:
        """Presses a button, by the words on it or its custom id."""
        return await self.discord.settled(self.starts_click(message, words))

    def starts_click(self, message: Message, words: str) -> Interaction:
        control = find_control(message, words, user_id=self.id)
        if control.is_select:
            raise CannotPress(f"{words!r} is a menu: selects()")
        return self.presses(message, {"component_type": 2, "custom_id": control.custom_id})

    async def selects(self, message: Message, words: str, *values: Any) -> Interaction:
        """Chooses from a menu, found by its placeholder or custom id; options by their words or values."""
        control = find_control(message, words, user_id=self.id)
        component, typist = control.component, self._typist_at(message)
        kind = ComponentType(component["type"])
        if kind in SELECT_KINDS:
            chosen = [select_value(typist, SELECT_KINDS[kind], one) for one in values]
        else:
            options = component.get("options") or []
            chosen = [
                one["value"] for one in options if one["value"] in values or one["label"] in values
            ]
        least, most = component.get("min_values", 1), component.get("max_values", 1)
        if len(chosen) != len(values) or not least <= len(chosen) <= most:
            raise CannotPress(f"{words!r} does not take {values}")
        data: Json = {
            "component_type": int(kind),
            "custom_id": control.custom_id,
            "values": chosen,
        }
        if typist.resolved:
            data["resolved"] = typist.resolved
        return await self.discord.settled(self.presses(message, data))

    def presses(self, message: Message, data: Json) -> Interaction:
        """Sends this component interaction, also for a control that is no longer (or never was) there."""
        return self._does(
            InteractionType.MESSAGE_COMPONENT, data, self._typist_at(message), message=message
        )

    # ---- forms

    async def submits(
        self,
        modal: Modal | None,
        fields: Mapping[str, Any] | None = None,
        /,
        **more_fields: Any,
    ) -> Interaction:
        """Sends a form; keys are custom ids or labels. CannotSubmit when the client would not let them."""
        return await self.discord.settled(self.starts_submit(modal, fields, **more_fields))

    def starts_submit(
        self,
        modal: Modal | None,
        fields: Mapping[str, Any] | None = None,
        /,
        **more_fields: Any,
    ) -> Interaction:
        assert modal is not None, "no form was opened"
        origin = modal.origin
        room = Room(self.discord, self.discord.world.channels[origin.channel_id])
        typist = self._typist(room)
        data = submitted(typist, modal, {**(fields or {}), **more_fields})
        return self._does(InteractionType.MODAL_SUBMIT, data, typist, message=origin.message)

    # ---- writing

    def posts(
        self,
        text: str,
        room: Room | None = None,
        *,
        files: Sequence[Upload] = (),
        reply_to: Message | None = None,
    ) -> Message:
        """A message of their own; the app hears nothing of it, as it has no message intents."""
        typist = self._typist(room)
        check_sending(self.discord, typist.channel, self.id)
        sender = Sender(
            author_id=self.id,
            attachment_bytes=attachment_limit(self.discord, self.guild),
            type=REPLY if reply_to else 0,
            reply_to=reply_to.id if reply_to else None,
        )
        uploads = tuple(
            Upload(
                index=str(place),
                filename=one.filename,
                content_type=one.content_type,
                data=one.data,
            )
            for place, one in enumerate(files)
        )
        body = Body(payload={"content": text}, uploads=uploads)
        return create(self.discord, typist.channel, body, sender)

    def deletes(self, message: Message) -> None:
        """Takes their own message away, or dismisses an ephemeral one."""
        self._check_sees(message)
        delete(self.discord, self.discord.world.channels[message.channel_id], message)

    def installs_app(self) -> None:
        """For themselves: where the app is not in the server, what they do is user-installed only."""
        self.user.has_installed_app = True

    def closes_dms(self) -> None:
        """Messages to them are answered 50007 from now on."""
        self.user.accepts_dms = False

    # ---- how it reaches the app

    def _check_sees(self, message: Message) -> None:
        if message.deleted or message.visible_to not in (None, self.id):
            raise CannotPress("this person does not see that message")

    def _typist(self, room: Room | None) -> Typist:
        place = room or self.discord.first_room(self.guild)
        return Typist(discord=self.discord, user=self.user, channel=place.channel)

    def _typist_at(self, message: Message) -> Typist:
        return self._typist(Room(self.discord, self.discord.world.channels[message.channel_id]))

    def _does(
        self,
        kind: InteractionType,
        data: Json,
        typist: Typist,
        *,
        message: Message | None = None,
    ) -> Interaction:
        discord, channel = self.discord, typist.channel
        guild = discord.world.guild_of(channel)
        in_guild = guild is not None and discord.bot.id in guild.members
        interaction = Interaction(
            id=discord.ids.new(),
            token=secrets.token_urlsafe(48),
            type=kind,
            user_id=self.id,
            guild_id=channel.guild_id,
            channel_id=channel.id,
            data=data,
            made_at=discord.clock.now(),
            attachment_bytes=attachment_limit(discord, guild),
            message=message,
            only_user_installed=guild is not None and not in_guild,
        )
        discord.interactions[interaction.id] = interaction
        discord.by_token[interaction.token] = interaction
        payload = interaction_json(discord, interaction)
        interaction.delivered = discord.gateway.dispatch(
            "INTERACTION_CREATE", payload, guild_id=channel.guild_id
        )
        return interaction
