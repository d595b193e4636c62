"""What a word takes: typed parameters, declared once for free text, typed options, forms and the shell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.subject import SubjectKind


class ParameterKind(StrEnum):
    """What a parameter takes, and what its value is for the word's handler."""

    WHO = "who"
    """A Subject of one of `subjects`."""
    NUMBER = "number"
    """int"""
    DECIMAL = "decimal"
    """float"""
    MONEY = "money"
    """int, in microdollars; written `$5` or `0.50`."""
    WORD = "word"
    """str without blanks, or in quotes."""
    TEXT = "text"
    """str: everything that is left of the line."""
    CHOICE = "choice"
    """str, one of `choices`."""
    MODEL = "model"
    """str, a model that is offered here."""
    MODELS = "models"
    """tuple[str, ...]; written with commas."""
    DURATION = "duration"
    """timedelta; written `2h`."""
    HOURS = "hours"
    """str, two times of day as `22:00-07:00`."""
    SIZE = "size"
    """int: pixels of the longest side; written `1024`, `1024px` or `1024x768`."""
    SWITCH = "switch"
    """bool; written `on` or `off`."""
    FLAG = "flag"
    """bool; its name alone says yes."""
    PICTURE = "picture"
    """BlobKey of a picture that was attached."""


WHO = "who"
"""The name of every parameter that takes a subject."""

EVERYBODY = (
    SubjectKind.PERSON,
    SubjectKind.ROLE,
    SubjectKind.CHANNEL,
    SubjectKind.EVERYONE,
)
PEOPLE = (SubjectKind.PERSON, SubjectKind.ROLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing a word takes. `help` is read in completion and fits 60 characters.

    A `positional` one may stand without its name, in the order of the declaration. With `per`, `50/day` sets it too.
    """

    name: str
    kind: ParameterKind
    help: str
    required: bool = False
    positional: bool = True
    per: str = ""
    choices: tuple[str, ...] = ()
    subjects: tuple[SubjectKind, ...] = ()
    low: float | None = None
    high: float | None = None
    aliases: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """As help shows it: `@PERSON|role:ROLE`, `[N/day]`, `[weight N]`."""
        written = self._written()
        if not self.positional and self.kind is not ParameterKind.FLAG and not self.per:
            written = f"{self.name} {written}"
        return written if self.required else f"[{written}]"

    def _written(self) -> str:
        if self.per:
            return f"N/{self.per}"
        match self.kind:
            case ParameterKind.WHO:
                return "|".join(_WHO[kind] for kind in self.subjects)
            case ParameterKind.CHOICE:
                return "|".join(self.choices)
            case ParameterKind.FLAG:
                return self.name
            case ParameterKind.SWITCH:
                return "on|off"
            case _:
                return _PLACEHOLDERS.get(self.kind, self.name.upper())


_WHO = {
    SubjectKind.PERSON: "@PERSON",
    SubjectKind.ROLE: "role:ROLE",
    SubjectKind.CHANNEL: "#CHANNEL",
    SubjectKind.EVERYONE: "everyone",
    SubjectKind.EVERYWHERE: "everywhere",
}
_PLACEHOLDERS = {
    ParameterKind.NUMBER: "N",
    ParameterKind.DECIMAL: "N",
    ParameterKind.MONEY: "$N",
    ParameterKind.DURATION: "2h",
    ParameterKind.HOURS: "22:00-07:00",
    ParameterKind.SIZE: "1024",
    ParameterKind.MODELS: "MODEL,MODEL",
}


def usage_of(parameters: tuple[Parameter, ...]) -> str:
    """What follows the word, for help."""
    return " ".join(parameter.usage for parameter in parameters)
