"""Discord's application commands, drawn from the registry and the table of flags, as plain data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.flags import FLAGS, Completion, Flag, ValueKind
from bot.domain.grammar import MAX_PROMPT_CHARS, PROMPT, TEMPLATE
from bot.domain.guide import Guide
from bot.surfaces.discord import limits
from bot.surfaces.discord.admin_options import options_of, within_budget
from bot.surfaces.discord.escaping import one_line, shortened

IMAGINE = "imagine"
WORDS = "impasto"
ADMIN = "impasto-admin"

REIMAGINE = "Reimagine this image"
USE_AS_REFERENCE = "Use as reference"
IMAGE_DETAILS = "Image details"
REPORT_IMAGE = "Report image"
MESSAGE_COMMANDS = (REIMAGINE, USE_AS_REFERENCE, IMAGE_DETAILS, REPORT_IMAGE)

REFERENCE = "reference"
MASK = "mask"
_OPTION_OF_FLAG: Mapping[str, str] = {"ar": "aspect", "n": "count", "no": "negative"}
"""What a typed option is called where the flag's own name is short for typing."""
_FLAG_OF_OPTION = {option: flag for flag, option in _OPTION_OF_FLAG.items()}

_SUBCOMMAND, _GROUP, _STRING, _INTEGER, _BOOLEAN, _NUMBER, _ATTACHMENT = 1, 2, 3, 4, 5, 10, 11
_CHAT, _MESSAGE = 1, 3
_IN_GUILD, _IN_BOT_DM = 0, 1
_GUILD_INSTALL = 0
MANAGE_GUILD = 1 << 5
"""The right a member needs before Discord offers the admin words: topics/permissions."""

_KINDS: Mapping[ValueKind, int] = {
    ValueKind.WHOLE: _INTEGER,
    ValueKind.DECIMAL: _NUMBER,
    ValueKind.ASPECT: _STRING,
    ValueKind.SIZE: _STRING,
    ValueKind.NAME: _STRING,
    ValueKind.WORDS: _STRING,
    ValueKind.SWITCH: _BOOLEAN,
}


def payloads(guides: Sequence[Guide]) -> list[dict[str, Any]]:
    """Every command to be registered: all words of the registry, and the message commands."""
    words = [guide for guide in guides if guide.name != IMAGINE]
    members = [guide for guide in words if not guide.is_admin_word]
    admins = [guide for guide in words if guide.is_admin_word]
    commands = [_imagine(guide) for guide in guides if guide.name == IMAGINE]
    if members:
        commands.append(_tree(WORDS, "Your queue, quota, gallery and more", members))
    if admins:
        commands.append(
            {
                **_tree(ADMIN, "Quotas, budgets, people, models: for admins", admins),
                "default_member_permissions": MANAGE_GUILD,
                "contexts": [_IN_GUILD],
            }
        )
    return commands + [_command(name, _MESSAGE) for name in MESSAGE_COMMANDS]


def digest(commands: Sequence[Mapping[str, Any]]) -> str:
    """Changes whenever what would be registered does."""
    text = json.dumps(commands, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def flag_of(option: str) -> str:
    """The flag that a typed option sets."""
    return _FLAG_OF_OPTION.get(option, option)


def suggests(option: str) -> Flag | None:
    """The flag whose values are suggested while `option` is typed; None when nothing is."""
    name = flag_of(option)
    flag = next((flag for flag in FLAGS if flag.name == name), None)
    return flag if flag is not None and _completes(flag) else None


def _command(name: str, kind: int) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "contexts": [_IN_GUILD, _IN_BOT_DM],
        "integration_types": [_GUILD_INSTALL],
    }


def _imagine(guide: Guide) -> dict[str, Any]:
    prompt = {
        "name": PROMPT,
        "type": _STRING,
        "description": "What you want to see; flags such as --ar 16:9 work here too",
        "required": True,
        "max_length": MAX_PROMPT_CHARS,
    }
    pictures = [
        _option(REFERENCE, _ATTACHMENT, "A picture to start from"),
        _option(MASK, _ATTACHMENT, "White where the reference is to change, black elsewhere"),
    ]
    template = {
        **_option(TEMPLATE, _STRING, "A template; its values go into the prompt, as mood=warm"),
        "autocomplete": True,
    }
    return {
        **_command(guide.name, _CHAT),
        "description": _description(guide.summary),
        "options": [prompt, template, *(_flag_option(flag) for flag in FLAGS), *pictures],
    }


def _flag_option(flag: Flag) -> dict[str, Any]:
    name = _OPTION_OF_FLAG.get(flag.name, flag.name)
    option = _option(name, _KINDS[flag.kind], flag.help)
    if flag.bounds and flag.kind in {ValueKind.WHOLE, ValueKind.DECIMAL}:
        option |= {"min_value": flag.bounds.low, "max_value": flag.bounds.high}
    if _completes(flag):
        option["autocomplete"] = True
    return option


def _completes(flag: Flag) -> bool:
    # An integer's few usual values need no help; a name or a shape does.
    return flag.completion is not Completion.NONE and _KINDS[flag.kind] == _STRING


def _tree(name: str, summary: str, guides: Sequence[Guide]) -> dict[str, Any]:
    """Words of one part as subcommands, of two as a group and a verb: Discord nests no deeper."""
    options: list[dict[str, Any]] = []
    groups: dict[str, dict[str, Any]] = {}
    for guide in guides:
        first, _, rest = guide.under_admin.partition(" ")
        if not rest:
            options.append(_word(first, guide))
            continue
        if first not in groups:
            groups[first] = {**_option(first, _GROUP, first.capitalize()), "options": []}
            options.append(groups[first])
        groups[first]["options"].append(_word(rest, guide))
    return within_budget({**_command(name, _CHAT), "description": summary, "options": options})


def _word(name: str, guide: Guide) -> dict[str, Any]:
    word = _option(name, _SUBCOMMAND, guide.summary)
    if guide.parameters:
        word["options"] = options_of(guide.parameters)
    elif guide.usage:
        argument = _option(_argument(guide.usage), _STRING, guide.usage)
        word["options"] = [{**argument, "required": not guide.usage.startswith("[")}]
    return word


def _argument(usage: str) -> str:
    """What the text after a word is called: its own name when it has one."""
    named = re.fullmatch(r"\[?([A-Z]{1,32})(?: \| \w+)?\]?", usage)
    return named[1].lower() if named else "what"


def _option(name: str, kind: int, description: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "description": _description(description)}


def _description(text: str) -> str:
    return shortened(one_line(text), limits.DESCRIPTION_CHARS) or "…"
