r"""`template:hero product="earbuds" mood=warm` in a typed line: which template, and the values for its variables.

Values are taken out before anything else is read, so whatever stands in one is text: a flag, a brace, a dollar sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.flags import DOUBLE_QUOTES, SINGLE_QUOTES

PREFIX = "template:"
MAX_NAME_CHARS = 32
_NAME = rf"[^\W\d_][\w-]{{0,{MAX_NAME_CHARS - 1}}}"
_CALL = re.compile(rf"{PREFIX}({_NAME})(?!\S)", re.IGNORECASE)
_QUOTED = rf"[{DOUBLE_QUOTES}][^{DOUBLE_QUOTES}]*[{DOUBLE_QUOTES}](?!\S)"
_VALUES = re.compile(
    rf"(?<!\S){_QUOTED}"
    rf"|(?<!\S)({_NAME})="
    rf"(?:[{DOUBLE_QUOTES}]([^{DOUBLE_QUOTES}]*)[{DOUBLE_QUOTES}](?!\S)"
    rf"|[{SINGLE_QUOTES}]([^{SINGLE_QUOTES}]*)[{SINGLE_QUOTES}](?!\S)"
    rf"|([^\s{DOUBLE_QUOTES}{SINGLE_QUOTES}]\S*)"
    r"|(?!\S))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCall:
    """A template by its name, and what was typed for its variables, in that order."""

    name: str
    values: tuple[tuple[str, str], ...] = ()


def lift(line: str) -> tuple[TemplateCall | None, str]:
    """The call that begins a cleaned line, and the line without it; None where it begins with no template."""
    found = _CALL.match(line)
    if found is None:
        return None, line
    values: list[tuple[str, str]] = []

    def take(match: re.Match[str]) -> str:
        if match[1] is None:
            # Words in quotes are to be lettered: nothing is read in them.
            return match[0]
        text = next((one for one in match.groups()[1:] if one is not None), "")
        values.append((match[1].casefold(), text.strip()))
        return ""

    rest = " ".join(_VALUES.sub(take, line[found.end() :]).split())
    return TemplateCall(name=found[1].casefold(), values=tuple(values)), rest
