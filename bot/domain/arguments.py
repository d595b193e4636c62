"""What follows a word, read by the word's parameters: from free text, or from a platform's typed options."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.argument_values import Known, Misfit, Value, read_value
from bot.domain.grammar import OptionValue
from bot.domain.nearest import nearest
from bot.domain.parameter import WHO, Parameter, ParameterKind
from bot.domain.subject import Subject, SubjectKind, Unknown, read_subject

Values = dict[str, Value]

MAX_LINE_CHARS = 4000
"""Ours; no admin word needs more, and every word of a line is compared with every name."""

_TOKEN = re.compile(r'(?:<[^<>]*>|"[^"]*"|[^\s"<]|[<"])+')
_NAMED = re.compile(r"(?:--)?([A-Za-z][A-Za-z_-]{0,30})[:=](.+)", re.DOTALL)
_RATE = re.compile(r"([^/\s]+)/([A-Za-z]+)")


@dataclass(frozen=True, slots=True)
class Arguments:
    """Values by parameter name. The readers raise nothing for what was left out: they say None."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def subject(self) -> Subject | None:
        """The subject, None when none was named. A word has at most one, and it is called `who`."""
        value = self.values.get(WHO)
        return value if isinstance(value, Subject) else None

    def text(self, name: str) -> str:
        """A text or choice, empty when there was none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """A whole number, pixels or microdollars."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool:
        """Whether the flag was given."""
        return self.values.get(name) is True


def read_options(
    options: Mapping[str, OptionValue], parameters: Sequence[Parameter], known: Known
) -> Arguments | tuple[Misfit, ...]:
    """Typed options by parameter name; a subject is a mention. Everything that doesn't fit is told at once."""
    values: Values = {}
    misfits: list[Misfit] = []
    for parameter in parameters:
        if parameter.name not in options:
            continue
        value = read_value(parameter, str(options[parameter.name]), known)
        if isinstance(value, Misfit):
            misfits.append(value)
        else:
            values[parameter.name] = value
    return _complete(values, misfits, parameters)


def read_text(
    text: str, parameters: Sequence[Parameter], known: Known
) -> Arguments | tuple[Misfit, ...]:
    """A typed line. Each word that doesn't fit is named, with the nearest that would."""
    if len(text) > MAX_LINE_CHARS:
        return (
            Misfit(f"This line is too long: {len(text):,} characters, {MAX_LINE_CHARS:,} fit."),
        )
    return _Reading(text, parameters, known).result()


class _Reading:
    """One walk over a line."""

    def __init__(self, text: str, parameters: Sequence[Parameter], known: Known) -> None:
        self._text = text
        self._spans = [found.span() for found in _TOKEN.finditer(text)]
        self._parameters = parameters
        self._known = known
        self._values: Values = {}
        self._misfits: list[Misfit] = []
        self._names = {
            name.casefold(): parameter
            for parameter in parameters
            for name in (parameter.name, *parameter.aliases)
        }

    def result(self) -> Arguments | tuple[Misfit, ...]:
        """The arguments, or everything wrong with the line."""
        index = 0
        while index < len(self._spans):
            index = self._take(index)
        return _complete(self._values, self._misfits, self._parameters)

    def _take(self, index: int) -> int:
        """Reads what begins at token `index`; the index of the first token after it."""
        token = self._token(index)
        if named := self._named(index, token):
            return named
        if self._rate(token):
            return index + 1
        for parameter in self._open():
            if parameter.kind is ParameterKind.WORD and self._means_somebody(token):
                # As a word it would fit, and mean nothing: who isn't known must be said.
                continue
            if parameter.kind is ParameterKind.TEXT:
                if any(one.required and one is not parameter for one in self._open()):
                    # The rest of the line would swallow the word that was meant for something else.
                    break
                self._put(parameter, self._text[self._spans[index][0] :])
                return len(self._spans)
            if (end := self._fits(parameter, index)) is not None:
                return end
        self._misfits.append(self._lost(token))
        return index + 1

    def _means_somebody(self, token: str) -> bool:
        """Whether it names a person, place or group where one may stand."""
        wanted = any(one.kind is ParameterKind.WHO for one in self._open())
        return wanted and read_subject(token, self._known.subjects) is not None

    def _named(self, index: int, token: str) -> int | None:
        """`name:value`, `name=value`, `--name value`, `name value`, or a flag."""
        found = _NAMED.fullmatch(token)
        parameter = self._names.get(found[1].casefold()) if found else None
        if found and parameter is not None:
            return self._named_value(parameter, index, self._spans[index][0] + found.start(2))
        parameter = self._names.get(token.casefold().removeprefix("--"))
        if parameter is None or parameter.name in self._values:
            return None
        if parameter.kind is ParameterKind.FLAG:
            self._values[parameter.name] = True
            return index + 1
        if index + 1 >= len(self._spans):
            self._misfits.append(Misfit(f"{token}: its value is missing. {parameter.help}."))
            return index + 1
        return self._named_value(parameter, index + 1, self._spans[index + 1][0])

    def _named_value(self, parameter: Parameter, index: int, start: int) -> int:
        whole = parameter.kind is ParameterKind.TEXT
        self._put(parameter, self._text[start:] if whole else self._text[start : self._end(index)])
        return len(self._spans) if whole else index + 1

    def _rate(self, token: str) -> bool:
        """`50/day`."""
        found = _RATE.fullmatch(token)
        if found is None:
            return False
        for parameter in self._parameters:
            if parameter.per and found[2].casefold() in {parameter.per, parameter.per[0]}:
                self._put(parameter, found[1])
                return True
        return False

    def _open(self) -> list[Parameter]:
        return [
            parameter
            for parameter in self._parameters
            if parameter.positional and not parameter.per and parameter.name not in self._values
        ]

    def _fits(self, parameter: Parameter, index: int) -> int | None:
        """The index after the value, when what stands here fits the parameter."""
        token = self._token(index)
        if parameter.kind is ParameterKind.DURATION and index + 1 < len(self._spans):
            # `2 hours` is one length, written in two words.
            both = self._text[self._spans[index][0] : self._end(index + 1)]
            if token.isdigit() and not isinstance(value := self._read(parameter, both), Misfit):
                self._values[parameter.name] = value
                return index + 2
        value = self._read(parameter, token)
        if isinstance(value, Misfit):
            return None
        self._values[parameter.name] = value
        return index + 1

    def _read(self, parameter: Parameter, text: str) -> Value | Misfit:
        return read_value(parameter, text, self._known)

    def _put(self, parameter: Parameter, text: str) -> None:
        if parameter.name in self._values:
            self._misfits.append(Misfit(f"{parameter.name} is said twice."))
            return
        value = self._read(parameter, text)
        if isinstance(value, Misfit):
            self._misfits.append(value)
        else:
            self._values[parameter.name] = value

    def _lost(self, token: str) -> Misfit:
        """Why no parameter takes this word: what the likeliest one says of it, else the nearest name."""
        subject = read_subject(token, self._known.subjects)
        wants = [one for one in self._open() if one.kind is ParameterKind.WHO]
        if isinstance(subject, Unknown | Subject):
            if wants:
                return self._refusal(wants[0], token)
            return Misfit(f"{token}: nobody and no place can be named here{_again(self._values)}.")
        if wants and wants[0].required and "/" not in token:
            return self._refusal(wants[0], token)
        apart = {ParameterKind.WHO, ParameterKind.FLAG}
        options = [one for one in self._open() if one.kind not in apart]
        rates = [f"N/{one.per}" for one in self._parameters if one.per]
        if rates and any(character.isdigit() for character in token):
            # An amount that was mistyped: of words that could stand here nothing is to be said.
            options = []
        if len(options) == 1 or (options and options[0].required):
            return self._refusal(options[0], token)
        values = [choice for one in options for choice in one.choices]
        near = nearest(token.split("/")[-1], [*self._names, *values, *(r[2:] for r in rates)])
        hint = f" Did you mean {near}?" if near else ""
        taken = ", ".join(one.usage.strip("[]") for one in self._parameters)
        return Misfit(f"{token}: that has no meaning here.{hint} This takes: {taken or 'nothing'}.")

    def _refusal(self, parameter: Parameter, token: str) -> Misfit:
        value = self._read(parameter, token)
        return value if isinstance(value, Misfit) else Misfit(f"{token}: once is enough.")

    def _token(self, index: int) -> str:
        return self._text[self._spans[index][0] : self._end(index)]

    def _end(self, index: int) -> int:
        return self._spans[index][1]


def _again(values: Values) -> str:
    named = [value.shown for value in values.values() if isinstance(value, Subject)]
    return f" beside {named[0]}" if named else ""


def _complete(
    values: Values, misfits: list[Misfit], parameters: Sequence[Parameter]
) -> Arguments | tuple[Misfit, ...]:
    missing = [one for one in parameters if one.required and one.name not in values]
    if not misfits:
        misfits += [Misfit(f"{one.usage} is missing: {_lower(one.help)}.") for one in missing]
    return tuple(misfits) if misfits else Arguments(values)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def everyone_unless(subject: Subject | None) -> Subject:
    """The subject, or everyone when none was named."""
    return subject or Subject(kind=SubjectKind.EVERYONE)
