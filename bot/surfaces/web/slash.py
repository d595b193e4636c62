"""A typed line as a command, and what the composer may complete."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.flags import FLAGS
from bot.domain.guide import Guide
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.template import Variable
from bot.domain.template_call import PREFIX as PREFIX_OF_TEMPLATES
from bot.domain.wordings import Wordings
from bot.pipeline.catalog import Catalog

PREFIX = "impasto"
"""What stands before words on platforms whose command names are shared; here it may be left out."""


def command_of(line: str, known: Sequence[str]) -> tuple[str, str] | None:
    """Word and rest of a slash command; None when the line is plain talk.

    `/impasto queue` and `/queue` are the same; a word of several parts, as `quota set`, is known by its whole name.
    """
    typed = line.strip()
    if not typed.startswith("/") or typed.startswith("//"):
        return None
    body = typed[1:]
    first, *rest = body.split(maxsplit=1) or [""]
    if first.casefold() == PREFIX:
        body = rest[0] if rest else ""
    for name in sorted(known, key=len, reverse=True):
        head, tail = body[: len(name)], body[len(name) :]
        if head.casefold() == name and (not tail or tail[0].isspace()):
            return name, tail.strip()
    word, *arguments = body.split(maxsplit=1) or [""]
    return word, arguments[0] if arguments else ""


def completions(
    guides: Sequence[Guide], catalog: Catalog, words: Wordings, subjects: Sequence[str] = ()
) -> dict[str, object]:
    """Commands, flags and their values for the composer, as plain data. `subjects` are who and what can be named."""
    return {
        "commands": [
            {
                "name": f"/{guide.name}",
                "usage": guide.usage,
                "summary": guide.summary,
                "arguments": [
                    {"value": value, "note": parameter.help}
                    for parameter in guide.parameters
                    for value in _values(parameter, catalog)
                ],
                "takesSubject": any(one.kind is ParameterKind.WHO for one in guide.parameters),
            }
            for guide in guides
        ],
        "flags": [
            {
                "name": flag.written,
                "placeholder": flag.placeholder,
                "help": flag.help,
                "values": list(catalog.suggestions(flag, words)),
            }
            for flag in FLAGS
        ],
        "templates": [
            {
                "name": f"{PREFIX_OF_TEMPLATES}{name}",
                "about": template.about,
                "values": [_written(one) for one in template.variables],
            }
            for name, template in sorted(words.templates.items())
        ],
        "subjects": list(subjects),
    }


def _written(variable: Variable) -> dict[str, str]:
    """A variable as it is typed, with an example of its value."""
    shown = f'"{variable.shown}"' if " " in variable.shown else variable.shown
    return {"value": f"{variable.name}=", "example": shown, "note": variable.takes}


def _values(parameter: Parameter, catalog: Catalog) -> Sequence[str]:
    """What may be typed for a parameter beside a subject: its values, or its name where the value is free."""
    match parameter.kind:
        case ParameterKind.CHOICE:
            return parameter.choices
        case ParameterKind.MODEL | ParameterKind.MODELS:
            return catalog.model_ids
        case ParameterKind.WHO:
            return [kind.value for kind in parameter.subjects if kind.value.startswith("every")]
        case _:
            return () if parameter.positional else (parameter.name,)
