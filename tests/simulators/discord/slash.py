"""What Discord's client lets a person type after a slash, and what it sends for it.

Source: docs, interactions/application-commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulators.discord.cdn import Upload
from tests.simulators.discord.command_rules import (
    CHAT_INPUT,
    SUB_COMMAND,
    SUB_COMMAND_GROUP,
)
from tests.simulators.discord.guild_payloads import member_json, role_json, user_json
from tests.simulators.discord.guild_state import Channel, ChannelType, User
from tests.simulators.discord.interaction_payloads import resolved_channel_json
from tests.simulators.discord.permissions import BITS, channel_permissions

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)


class NotOffered(Exception):
    """Discord's client would not let this person do it."""


@dataclass(slots=True, kw_only=True)
class Typist:
    """Who types where."""

    discord: Discord
    user: User
    channel: Channel
    resolved: Json = field(default_factory=dict)


def offered(typist: Typist, name: str, kind: int) -> Json:
    """The command of this name that the picker shows this person here; NotOffered says why there is none."""
    discord, channel = typist.discord, typist.channel
    found = [
        one
        for one in discord.commands.offered_in(channel.guild_id)
        if one["name"] == name and one["type"] == kind
    ]
    if not found:
        known = sorted(one["name"] for one in discord.commands.offered_in(channel.guild_id))
        raise NotOffered(f"there is no command {name!r}, only {known}")
    if len(found) > 1:
        raise NotOffered(f"{name!r} stands twice in the picker: a global and a guild copy")
    command = found[0]
    _check_place(typist, command)
    return command


def _check_place(typist: Typist, command: Json) -> None:
    discord, channel, name = typist.discord, typist.channel, command["name"]
    guild = discord.world.guild_of(channel)
    in_guild = guild is not None and discord.bot.id in guild.members
    if guild is not None and not in_guild and not typist.user.has_installed_app:
        raise NotOffered("the app is neither in this server nor installed by this person")
    installed = 0 if in_guild or guild is None else 1
    if installed not in command.get("integration_types", [0]):
        raise NotOffered(f"{name!r} is not offered through a user install")
    contexts = command.get("contexts")
    if contexts is not None and (0 if guild else 1) not in contexts:
        raise NotOffered(f"{name!r} is not for this place: its contexts are {contexts}")
    if channel.type not in _TYPED_IN:
        raise NotOffered(f"nobody can type in a channel of type {channel.type.name}")
    if guild is None:
        return
    has = channel_permissions(guild, channel, typist.user.id)
    if not has & BITS["USE_APPLICATION_COMMANDS"]:
        raise NotOffered("this person may not use commands here")
    needed = command.get("default_member_permissions")
    if needed is not None and (int(needed) & ~has or (needed == "0" and not has & 8)):
        raise NotOffered(f"{name!r} needs permissions that this person has not")
    parent = discord.world.channels.get(channel.parent_id or "", channel)
    restricted = channel.nsfw or (channel.thread is not None and parent.nsfw)
    if command.get("nsfw") and not restricted:
        raise NotOffered(f"{name!r} is age-restricted and this channel is not")


_TYPED_IN = (
    ChannelType.TEXT,
    ChannelType.DM,
    ChannelType.VOICE,
    ChannelType.ANNOUNCEMENT,
    ChannelType.ANNOUNCEMENT_THREAD,
    ChannelType.PUBLIC_THREAD,
    ChannelType.PRIVATE_THREAD,
)


def command_data(
    typist: Typist, words: str, filled: Mapping[str, Any], *, focused: str | None = None
) -> Json:
    """`data` of "/imagine" or "/impasto-admin quota set" with these options.

    With `focused` it is an autocomplete: required options may be missing and the focused one is any text.
    """
    name, *path = words.removeprefix("/").split()
    command = offered(typist, name, CHAT_INPUT)
    declared, wrappers = _descend(command, path)
    given = {_declared_name(declared, key): value for key, value in filled.items()}
    options = [
        _filled_option(typist, option, given[option["name"]], focused=option["name"] == focused)
        for option in declared
        if given.get(option["name"]) is not None
    ]
    missing = [one["name"] for one in declared if one.get("required") and one["name"] not in given]
    if missing and focused is None:
        raise NotOffered(f"{words} needs {missing}")
    for wrapper in reversed(wrappers):
        options = [{"name": wrapper["name"], "type": wrapper["type"], "options": options}]
    data: Json = {"id": command["id"], "name": name, "type": CHAT_INPUT, "options": options}
    if typist.resolved:
        data["resolved"] = typist.resolved
    if command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    return data


def _descend(command: Json, path: list[str]) -> tuple[list[Json], list[Json]]:
    """The parameters at the end of the subcommand's words, and the words as options."""
    declared, wrappers = command["options"], []
    for word in path:
        below = next((one for one in declared if one["name"] == word), None)
        if below is None or below["type"] not in (SUB_COMMAND, SUB_COMMAND_GROUP):
            raise NotOffered(f"{command['name']!r} has no subcommand {word!r}")
        wrappers.append(below)
        declared = below.get("options") or []
    if any(one["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP) for one in declared):
        raise NotOffered(f"{command['name']!r} needs a subcommand")
    return declared, wrappers


def _declared_name(declared: list[Json], key: str) -> str:
    """Python's names know no hyphen."""
    for option in declared:
        if key in (option["name"], option["name"].replace("-", "_")):
            return option["name"]
    raise NotOffered(f"there is no option {key!r}, only {[one['name'] for one in declared]}")


def _filled_option(typist: Typist, option: Json, value: Any, *, focused: bool) -> Json:
    sent: Json = {"name": option["name"], "type": option["type"]}
    if focused:
        if not option.get("autocomplete"):
            raise NotOffered(f"{option['name']!r} has no autocomplete")
        return sent | {"value": str(value), "focused": True}
    return sent | {"value": _value(typist, option, value)}


def _value(typist: Typist, option: Json, value: Any) -> Any:
    kind, name = option["type"], option["name"]
    if kind in (STRING, INTEGER, NUMBER):
        return _plain_value(option, value)
    if kind == BOOLEAN:
        if not isinstance(value, bool):
            raise NotOffered(f"{name!r} is true or false")
        return value
    if kind == ATTACHMENT:
        return upload_file(typist, value)
    return _mention_value(typist, kind, value)


def _plain_value(option: Json, value: Any) -> Any:
    name, kind = option["name"], option["type"]
    python_type = {STRING: str, INTEGER: int, NUMBER: (int, float)}[kind]
    if not isinstance(value, python_type) or isinstance(value, bool):
        raise NotOffered(f"{name!r} takes no {type(value).__name__}")
    choices = option.get("choices")
    if choices and value not in [one["value"] for one in choices]:
        raise NotOffered(f"{name!r} offers {[one['value'] for one in choices]}, not {value!r}")
    size = len(value) if isinstance(value, str) else value
    least, most = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
    if option.get(least) is not None and size < option[least]:
        raise NotOffered(f"{name!r} is at least {option[least]}")
    if option.get(most) is not None and size > option[most]:
        raise NotOffered(f"{name!r} is at most {option[most]}")
    return value


def upload_file(typist: Typist, upload: Upload) -> str:
    """Uploads a person's file for an option or a form; its id. Such files are ephemeral attachments."""
    discord = typist.discord
    attachment = discord.cdn.keep(discord.ids.new(), typist.channel.id, upload, ephemeral=True)
    files = typist.resolved.setdefault("attachments", {})
    files[attachment.id] = discord.cdn.as_json(attachment)
    return attachment.id


def _mention_value(typist: Typist, kind: int, value: Any) -> str:
    """A user, role or channel: `value` is anything with an `id`, or the id."""
    wanted = str(getattr(value, "id", value))
    discord, world = typist.discord, typist.discord.world
    guild = world.guild_of(typist.channel)
    if kind in (USER, MENTIONABLE) and wanted in world.users:
        users = typist.resolved.setdefault("users", {})
        users[wanted] = user_json(world.users[wanted])
        if guild is not None and wanted in guild.members:
            members = typist.resolved.setdefault("members", {})
            has = channel_permissions(guild, typist.channel, wanted)
            members[wanted] = member_json(guild.members[wanted], None) | {"permissions": str(has)}
        return wanted
    if kind in (ROLE, MENTIONABLE) and guild is not None and wanted in guild.roles:
        typist.resolved.setdefault("roles", {})[wanted] = role_json(guild.roles[wanted], 0)
        return wanted
    if kind == CHANNEL and guild is not None and wanted in guild.channels:
        channels = typist.resolved.setdefault("channels", {})
        place = guild.channels[wanted]
        channels[wanted] = resolved_channel_json(discord, place, typist.user.id)
        return wanted
    raise NotOffered(f"nothing with the id {wanted} can be chosen here")


select_value = _mention_value
"""Select menus of users, roles and channels resolve the same way."""
