"""What an application command may be. Source: docs, interactions/application-commands."""

from __future__ import annotations

import re
from typing import Any

from tests.simulators.discord.component_rules import length
from tests.simulators.discord.components import Path
from tests.simulators.discord.refusals import Wrong

Json = dict[str, Any]

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2
CHOOSABLE = (3, 4, 10)
"""STRING, INTEGER, NUMBER take choices and autocomplete."""
NAME = re.compile(r"^[-_'\w]{1,32}$")
MAX_OF_KIND = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
MAX_OPTIONS = 25
MAX_CHOICES = 25
MAX_DESCRIPTION = 100
MAX_CHOICE_TEXT = 100
MAX_TOTAL = 8000
"""Names, descriptions and values of a command together."""


def commands_wrongs(commands: list[Json]) -> list[Wrong]:
    """Everything wrong with a bulk overwrite: each command, names used twice, too many of a kind."""
    found: list[Wrong] = []
    seen: set[tuple[int, str]] = set()
    for place, command in enumerate(commands):
        found += command_wrongs(command, (place,))
        key = (command.get("type", CHAT_INPUT), command.get("name", ""))
        if key in seen:
            sentence = "Application command names must be unique"
            found.append(Wrong((place, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", sentence))
        seen.add(key)
    for kind, most in MAX_OF_KIND.items():
        if sum(one.get("type", CHAT_INPUT) == kind for one in commands) > most:
            sentence = f"Must be {most} or fewer of type {kind}."
            found.append(Wrong((), "BASE_TYPE_MAX_LENGTH", sentence))
    return found


def command_wrongs(command: Json, path: Path = ()) -> list[Wrong]:
    kind = command.get("type", CHAT_INPUT)
    if kind != CHAT_INPUT:
        found = length(command.get("name") or "", (*path, "name"), at_least=1, at_most=32)
        if command.get("options"):
            sentence = "Context menu commands cannot have options"
            found.append(
                Wrong((*path, "options"), "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS", sentence)
            )
        if command.get("description"):
            sentence = "Context menu commands cannot have description"
            found.append(
                Wrong(
                    (*path, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", sentence
                )
            )
        return found
    found = _named(command, path) + _options(command, path)
    if _total(command) > MAX_TOTAL:
        sentence = f"Command exceeds maximum size ({MAX_TOTAL})"
        found.append(Wrong(path, "APPLICATION_COMMAND_TOO_LARGE", sentence))
    return found


def _named(thing: Json, path: Path) -> list[Wrong]:
    name = thing.get("name") or ""
    found = length(
        thing.get("description") or "",
        (*path, "description"),
        at_least=1,
        at_most=MAX_DESCRIPTION,
    )
    if not NAME.match(name) or name != name.lower():
        sentence = f"{name!r} is no name: 1 to 32 letters, digits, - or _, in lower case."
        found.append(Wrong((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", sentence))
    return found


def _options(holder: Json, path: Path) -> list[Wrong]:
    options = holder.get("options") or []
    found = length(options, (*path, "options"), at_most=MAX_OPTIONS, what="options")
    names: set[str] = set()
    optional_seen = False
    for place, option in enumerate(options):
        below = (*path, "options", place)
        found += _named(option, below)
        if option.get("name") in names:
            sentence = "Option names must be unique"
            found.append(
                Wrong((*below, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", sentence)
            )
        names.add(option.get("name", ""))
        if option.get("required") and optional_seen:
            sentence = "Required options must be placed before non-required options"
            found.append(Wrong(below, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", sentence))
        optional_seen = optional_seen or not option.get("required")
        found += _option(option, below)
    return found


def _option(option: Json, path: Path) -> list[Wrong]:
    if option.get("type") in (SUB_COMMAND, SUB_COMMAND_GROUP):
        return _options(option, path)
    found = []
    choices = option.get("choices") or []
    found += choice_wrongs(choices, (*path, "choices"))
    if choices and option.get("autocomplete"):
        sentence = "Autocomplete and choices exclude each other"
        found.append(
            Wrong(path, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_MUTUALLY_EXCLUSIVE", sentence)
        )
    if (choices or option.get("autocomplete")) and option.get("type") not in CHOOSABLE:
        sentence = "This type of option takes no choices"
        found.append(Wrong(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", sentence))
    return found


def choice_wrongs(choices: list[Json], path: Path) -> list[Wrong]:
    """Of an option, or of an autocomplete answer: at most 25, texts of 1 to 100 characters."""
    found = length(choices, path, at_most=MAX_CHOICES, what="choices")
    for place, choice in enumerate(choices):
        found += length(
            choice.get("name") or "", (*path, place, "name"), at_least=1, at_most=MAX_CHOICE_TEXT
        )
        if isinstance(choice.get("value"), str):
            found += length(choice["value"], (*path, place, "value"), at_most=MAX_CHOICE_TEXT)
    return found


def _total(holder: Json) -> int:
    size = len(holder.get("name") or "") + len(holder.get("description") or "")
    for choice in holder.get("choices") or []:
        size += len(str(choice.get("value", "")))
    return size + sum(map(_total, holder.get("options") or []))
