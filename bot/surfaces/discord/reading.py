"""An interaction, parsed at the edge: who did what where, in our own values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord

from bot.domain.action import Action, Verb, unpack
from bot.domain.grammar import OptionValue
from bot.domain.guide import ADMIN_PREFIX
from bot.domain.identity import ImageId, Person, Place, Role
from bot.surfaces.discord import admin_options
from bot.surfaces.discord.commands import ADMIN, IMAGINE, WORDS, flag_of
from bot.surfaces.discord.components import CONFIRM_PREFIX, MENU_PREFIX
from bot.surfaces.discord.handle import Handle
from bot.surfaces.discord.modals import FILE_UPLOAD

PLATFORM = "discord"

_TYPE_SUBCOMMAND, _TYPE_GROUP, _TYPE_ATTACHMENT = 1, 2, 11
_HAS_THREAD = 1 << 5
_EPHEMERAL = 1 << 6

Json = Mapping[str, Any]


class Kind(StrEnum):
    """What a person did."""

    COMMAND = "command"
    MESSAGE_COMMAND = "message_command"
    PRESS = "press"
    FORM = "form"
    COMPLETION = "completion"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file a person brought. `size_bytes` is what Discord says."""

    url: str
    size_bytes: int
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A typed command. `options` are its typed options by the name of their flag, `text` what followed a word."""

    word: str
    text: str
    options: Mapping[str, OptionValue]
    files: Mapping[str, Attached]


def kind_of(interaction: discord.Interaction[Any]) -> Kind:
    """What the person did."""
    match interaction.type:
        case discord.InteractionType.application_command:
            chat = data_of(interaction).get("type", 1) == discord.AppCommandType.chat_input.value
            return Kind.COMMAND if chat else Kind.MESSAGE_COMMAND
        case discord.InteractionType.component:
            return Kind.PRESS
        case discord.InteractionType.modal_submit:
            return Kind.FORM
        case discord.InteractionType.autocomplete:
            return Kind.COMPLETION
        case _:
            return Kind.OTHER


def data_of(interaction: discord.Interaction[Any]) -> Json:
    """The interaction's own part of the payload."""
    data: Any = interaction.data
    return data or {}


def key_of(interaction: discord.Interaction[Any]) -> str:
    """The idempotency key."""
    return f"{PLATFORM}:{interaction.id}"


def person_of(interaction: discord.Interaction[Any], *, admins: frozenset[str]) -> Person:
    """Who did it. An admin may manage the server, an owner is named in `admins` as `GUILD:USER`.

    In direct messages everybody is a workspace of their own: nobody else's pictures are there.
    """
    user = interaction.user
    guild = interaction.guild_id
    workspace = str(guild) if guild else f"dm{user.id}"
    manages = guild is not None and interaction.permissions.manage_guild
    named = f"{workspace}:{user.id}" in admins
    return Person(
        platform=PLATFORM,
        workspace=workspace,
        user=str(user.id),
        name=user.display_name,
        role=Role.OWNER if named else Role.ADMIN if manages else Role.MEMBER,
        locale=interaction.locale.value,
        groups=_groups(user),
    )


def _groups(user: discord.User | discord.Member) -> tuple[str, ...]:
    """The ids of the member's roles. Everyone's own role, which has the server's id, says nothing."""
    if not isinstance(user, discord.Member):
        return ()
    return tuple(str(role.id) for role in user.roles if role.id != user.guild.id)


def place_of(interaction: discord.Interaction[Any]) -> Place:
    """Where the answer goes: the thread it was asked in, or the one that hangs on the message that was pressed."""
    channel: Any = interaction.channel
    thread: int | None = None
    channel_id = interaction.channel_id or 0
    if isinstance(channel, discord.Thread):
        thread, channel_id = channel.id, channel.parent_id
    elif (message := interaction.message) is not None and _has_thread(interaction, message):
        thread = message.id
    return Place(
        channel=str(channel_id),
        thread=None if thread is None else str(thread),
        age_restricted=_age_restricted(channel),
        tells_age=True,
        callback=handle_of(interaction).pack(),
    )


def _has_thread(interaction: discord.Interaction[Any], message: discord.Message) -> bool:
    """A thread opened from a message has the message's id: discord-api-docs, topics/threads, read 2026-11."""
    guild = interaction.guild
    known = guild is not None and guild.get_thread(message.id) is not None
    return known or bool(message.flags.value & _HAS_THREAD)


def handle_of(interaction: discord.Interaction[Any]) -> Handle:
    """What is needed to answer later."""
    message = interaction.message
    lasting = message is not None and not message.flags.value & _EPHEMERAL
    return Handle(
        application=interaction.application_id,
        token=interaction.token,
        upload_bytes=interaction.filesize_limit,
        may_thread=_may_thread(interaction),
        in_guild=interaction.guild_id is not None,
        pressed=message.id if message is not None and lasting else None,
    )


def command_of(interaction: discord.Interaction[Any]) -> Command:
    """The command with its options."""
    data = data_of(interaction)
    name, options = str(data["name"]), list(data.get("options", ()))
    words = [] if name in {WORDS, ADMIN} else [name]
    while options and options[0]["type"] in {_TYPE_SUBCOMMAND, _TYPE_GROUP}:
        words.append(str(options[0]["name"]))
        options = list(options[0].get("options", ()))
    resolved = data.get("resolved", {}).get("attachments", {})
    values = {str(one["name"]): one for one in options}
    files = {
        option: _attached(resolved[str(one["value"])])
        for option, one in values.items()
        if one["type"] == _TYPE_ATTACHMENT and str(one["value"]) in resolved
    }
    typed = {
        flag_of(option): one["value"]
        for option, one in values.items()
        if one["type"] != _TYPE_ATTACHMENT
    }
    if name == IMAGINE:
        return Command(word=IMAGINE, text="", options=typed, files=files)
    if name == ADMIN:
        word = ADMIN_PREFIX + " ".join(words)
        chosen = admin_options.read(options, data.get("resolved", {}))
        return Command(word=word, text="", options=chosen, files=files)
    text = " ".join(str(value) for value in typed.values())
    return Command(word=" ".join(words), text=text, options={}, files=files)


def focused_of(interaction: discord.Interaction[Any]) -> tuple[str, str]:
    """The option being typed and what is in it so far."""
    options = list(data_of(interaction).get("options", ()))
    while options and options[0]["type"] in {_TYPE_SUBCOMMAND, _TYPE_GROUP}:
        options = list(options[0].get("options", ()))
    for one in options:
        if one.get("focused"):
            return str(one["name"]), str(one.get("value", ""))
    return "", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a custom id, or what was chosen in a select, stands for. None is none of ours (any more)."""

    action: Action | None
    asks_first: bool = False


def pressed_of(interaction: discord.Interaction[Any]) -> Pressed:
    """The button or the chosen option."""
    data = data_of(interaction)
    text = str(data.get("custom_id", ""))
    if text.startswith(MENU_PREFIX):
        text = str(next(iter(data.get("values", ())), ""))
    asks = text.startswith(CONFIRM_PREFIX)
    return Pressed(action=unpack(text.removeprefix(CONFIRM_PREFIX)), asks_first=asks)


def form_of(interaction: discord.Interaction[Any]) -> tuple[str, dict[str, str]]:
    """A sent form's custom id and its inputs by name."""
    data = data_of(interaction)
    return str(data.get("custom_id", "")), dict(_inputs(data.get("components", ())))


def files_of(interaction: discord.Interaction[Any]) -> dict[str, Attached]:
    """The files that were sent with a form, by the names of its inputs."""
    data = data_of(interaction)
    resolved = data.get("resolved", {}).get("attachments", {})
    return {
        str(one["custom_id"]): _attached(resolved[str(value)])
        for one in _leaves(data.get("components", ()))
        if one.get("type") == FILE_UPLOAD
        for value in one.get("values", ())[:1]
        if str(value) in resolved
    }


def _leaves(components: Sequence[Json]) -> Iterator[Json]:
    for component in components:
        if inner := component.get("component"):
            yield from _leaves([inner])
        yield from _leaves(component.get("components", ()))
        yield component


def _inputs(components: Sequence[Json]) -> Iterator[tuple[str, str]]:
    for component in _leaves(components):
        answered = "value" in component or "values" in component
        if "custom_id" in component and answered and component.get("type") != FILE_UPLOAD:
            values = component.get("values") or [component.get("value") or ""]
            yield str(component["custom_id"]), str(values[0])


def target_of(interaction: discord.Interaction[Any]) -> tuple[str, Json]:
    """A message command's name and the message it was used on, as Discord sent it."""
    data = data_of(interaction)
    messages = data.get("resolved", {}).get("messages", {})
    return str(data["name"]), messages.get(str(data.get("target_id")), {})


def own_image(message: Json) -> ImageId | None:
    """The first picture of ours that a message's buttons speak of; None when there is none.

    Whoever may imitate our buttons gains nothing: a picture is looked up in the asker's own workspace.
    """
    for text in _custom_ids(message.get("components", ())):
        action = unpack(text.removeprefix(CONFIRM_PREFIX))
        if action is not None and action.verb in _ON_IMAGES and not action.argument:
            return ImageId(action.target)
    return None


_ON_IMAGES = frozenset({Verb.UPSCALE, Verb.VARY, Verb.DETAILS, Verb.SAVE, Verb.REPORT, Verb.DELETE})


def _custom_ids(components: Sequence[Json]) -> Iterator[str]:
    for component in components:
        if custom_id := component.get("custom_id"):
            yield str(custom_id)
        for option in component.get("options", ()):
            yield str(option.get("value", ""))
        yield from _custom_ids(component.get("components", ()))


def picture_in(message: Json) -> Attached | None:
    """The first picture attached to or shown in a message."""
    for attachment in message.get("attachments", ()):
        if str(attachment.get("content_type") or "image/").startswith("image/"):
            return _attached(attachment)
    for media in _media(message.get("components", ())):
        return Attached(url=str(media["url"]), size_bytes=0, content_type="")
    for embed in message.get("embeds", ()):
        picture = embed.get("image") or embed.get("thumbnail") or {}
        if url := picture.get("proxy_url"):
            return Attached(url=str(url), size_bytes=0, content_type="")
    return None


def _media(components: Sequence[Json]) -> Iterator[Json]:
    for component in components:
        for item in component.get("items", ()):
            if item.get("media", {}).get("url"):
                yield item["media"]
        yield from _media(component.get("components", ()))


def _attached(raw: Json) -> Attached:
    return Attached(
        url=str(raw["url"]),
        size_bytes=int(raw.get("size", 0)),
        content_type=str(raw.get("content_type") or ""),
    )


def _age_restricted(channel: object) -> bool:
    """A thread is what its parent is; a parent we don't know is not."""
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    return bool(getattr(channel, "nsfw", False))


def _may_thread(interaction: discord.Interaction[Any]) -> bool:
    channel: Any = interaction.channel
    kind = getattr(channel, "type", None)
    rights = interaction.app_permissions
    return (
        kind in {discord.ChannelType.text, discord.ChannelType.news}
        and rights.view_channel
        and rights.create_public_threads
        and rights.send_messages_in_threads
    )
