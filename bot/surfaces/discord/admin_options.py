"""A word's parameters as Discord's typed options, and the options a person filled in as the word reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.grammar import OptionValue
from bot.domain.parameter import WHO, Parameter, ParameterKind
from bot.domain.subject import Subject, SubjectKind
from bot.surfaces.discord import limits
from bot.surfaces.discord.escaping import one_line, shortened

_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _NUMBER, _ATTACHMENT = 3, 4, 5, 6, 7, 8, 10, 11
"""Option types: interactions/application-commands."""

_KINDS: Mapping[ParameterKind, int] = {
    ParameterKind.NUMBER: _INTEGER,
    ParameterKind.DECIMAL: _NUMBER,
    ParameterKind.MONEY: _NUMBER,
    ParameterKind.SIZE: _INTEGER,
    ParameterKind.SWITCH: _BOOLEAN,
    ParameterKind.FLAG: _BOOLEAN,
    ParameterKind.PICTURE: _ATTACHMENT,
}
_SUBJECTS: Mapping[SubjectKind, tuple[str, int, str]] = {
    SubjectKind.PERSON: ("user", _USER, "A person"),
    SubjectKind.ROLE: ("role", _ROLE, "A role"),
    SubjectKind.CHANNEL: ("channel", _CHANNEL, "A channel"),
}
ALL = "all"
"""The option that names everyone or everywhere."""
_SUBJECT_OPTIONS = {name: kind for kind, (name, _, _) in _SUBJECTS.items()}
_RESOLVED = {"user": "users", "role": "roles", "channel": "channels"}


def options_of(parameters: Sequence[Parameter]) -> list[dict[str, Any]]:
    """Every parameter as an option of its type; required ones first, as Discord wants it."""
    options = [option for one in parameters for option in _options(one)]
    return sorted(options, key=lambda option: not option.get("required", False))


def _options(parameter: Parameter) -> Iterator[dict[str, Any]]:
    if parameter.kind is ParameterKind.WHO:
        yield from _subject_options(parameter)
        return
    option = _option(parameter.name, _KINDS.get(parameter.kind, _STRING), parameter.help)
    if parameter.kind is ParameterKind.CHOICE:
        option["choices"] = [
            {"name": choice, "value": choice} for choice in parameter.choices[: limits.CHOICES]
        ]
    if parameter.kind is ParameterKind.MODEL:
        option["autocomplete"] = True
    if option["type"] in {_INTEGER, _NUMBER}:
        if parameter.low is not None:
            option["min_value"] = parameter.low
        if parameter.high is not None:
            option["max_value"] = parameter.high
    if parameter.required:
        option["required"] = True
    yield option


def _subject_options(parameter: Parameter) -> Iterator[dict[str, Any]]:
    """An option for each kind of subject: one of them is filled in."""
    named = [kind for kind in parameter.subjects if kind in _SUBJECTS]
    whole = [kind.value for kind in parameter.subjects if kind not in _SUBJECTS]
    for kind in named:
        name, type_, description = _SUBJECTS[kind]
        option = _option(name, type_, description)
        yield option | (
            {"required": True} if parameter.required and len(named) == 1 and not whole else {}
        )
    if whole:
        option = _option(ALL, _STRING, " or ".join(whole).capitalize())
        yield option | {"choices": [{"name": kind, "value": kind} for kind in whole]}


def read(
    options: Sequence[Mapping[str, Any]], resolved: Mapping[str, Any]
) -> dict[str, OptionValue]:
    """Values by parameter name; whoever was picked as a mention with their name."""
    values: dict[str, OptionValue] = {}
    for option in options:
        name, value = str(option["name"]), option["value"]
        if name in _SUBJECT_OPTIONS:
            values[WHO] = _mention(name, str(value), resolved)
        elif name == ALL:
            values[WHO] = str(value)
        elif option["type"] != _ATTACHMENT:
            values[name] = value
    return values


def _mention(name: str, number: str, resolved: Mapping[str, Any]) -> str:
    found: Mapping[str, Any] = resolved.get(_RESOLVED[name], {}).get(number, {})
    member: Mapping[str, Any] = (
        resolved.get("members", {}).get(number, {}) if name == "user" else {}
    )
    shown = (
        member.get("nick") or found.get("global_name") or found.get("username") or found.get("name")
    )
    return Subject(kind=_SUBJECT_OPTIONS[name], id=number, name=str(shown or "")).mention


def within_budget(command: dict[str, Any]) -> dict[str, Any]:
    """The command with its options' descriptions shortened until all its words together fit Discord's limit."""
    for most in (limits.DESCRIPTION_CHARS, 60, 40, 30, 20, 10, 1):
        fitted = _shortened(command, most)
        if _weight(fitted) <= limits.COMMAND_CHARS:
            return fitted
    return _shortened(command, 1)


def _shortened(command: dict[str, Any], most: int) -> dict[str, Any]:
    options = command.get("options")
    if options is None:
        return command
    return command | {
        "options": [
            _shortened(option, most) | {"description": shortened(option["description"], most)}
            for option in options
        ]
    }


def _weight(part: Mapping[str, Any]) -> int:
    own = len(str(part.get("name", ""))) + len(str(part.get("description", "")))
    choices = sum(len(one["name"]) + len(str(one["value"])) for one in part.get("choices", ()))
    return own + choices + sum(_weight(option) for option in part.get("options", ()))


def _option(name: str, kind: int, description: str) -> dict[str, Any]:
    text = shortened(one_line(description), limits.DESCRIPTION_CHARS) or "…"
    return {"name": name, "type": kind, "description": text}
