"""One value as its parameter's kind reads it, or the sentence that says why it can't be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from bot.domain.duration import read_duration
from bot.domain.nearest import nearest
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.subject import Subject, SubjectKind, Unknown, read_subject

N = TypeVar("N", int, float)
Value = str | int | float | bool | timedelta | Subject | tuple[str, ...]

MICROUSD = 1_000_000
MOST_MICROUSD = 10**15


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something that can't be read; `sentence` names it and what would do."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What names can be given here: `subjects` as in `read_subject`, and the models that are offered."""

    subjects: Mapping[str, str] = field(default_factory=dict)
    models: Sequence[str] = ()


def read_value(parameter: Parameter, text: str, known: Known) -> Value | Misfit:
    """The value of `text` for `parameter`."""
    return _READERS[parameter.kind](parameter, _unquoted(text.strip()), known)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text


def _who(parameter: Parameter, text: str, known: Known) -> Subject | Misfit:
    subject = read_subject(text, known.subjects)
    kinds = " or ".join(_WHO[kind] for kind in parameter.subjects)
    match subject:
        case None:
            meant = nearest(text, [name.lstrip("@#") for name in known.subjects])
            written = next((n for n in known.subjects if n.lstrip("@#") == meant), None)
            hint = f" Did you mean {written}?" if written else ""
            return Misfit(f"{text}: name {kinds}.{hint}")
        case Unknown(shown=shown):
            meant = nearest(shown, known.subjects)
            hint = f" Did you mean {meant}?" if meant else _PICK[subject.kind]
            return Misfit(f"{shown} is not known here.{hint}")
        case Subject(kind=kind) if kind not in parameter.subjects:
            return Misfit(f"{subject.shown}: this takes {kinds}.")
        case _:
            return subject


_WHO = {
    SubjectKind.PERSON: "a person (@name)",
    SubjectKind.ROLE: "a role (role:name)",
    SubjectKind.CHANNEL: "a channel (#name)",
    SubjectKind.EVERYONE: "everyone",
    SubjectKind.EVERYWHERE: "everywhere",
}
_PICK = {
    SubjectKind.PERSON: " Pick the name from the list that opens after @.",
    SubjectKind.ROLE: " Pick the group from the list that opens after @, or give its id.",
    SubjectKind.CHANNEL: " Pick the channel from the list that opens after #.",
    SubjectKind.EVERYONE: "",
    SubjectKind.EVERYWHERE: "",
}


def _number(parameter: Parameter, text: str, _known: Known) -> int | Misfit:
    if not re.fullmatch(r"-?\d{1,12}", text, re.ASCII):
        return Misfit(f"{parameter.name}: {text} is not a whole number.")
    return _within(parameter, int(text))


def _decimal(parameter: Parameter, text: str, _known: Known) -> float | Misfit:
    if not re.fullmatch(r"\d{1,9}(?:[.,]\d{1,6})?", text, re.ASCII):
        return Misfit(f"{parameter.name}: {text} is not a number.")
    return _within(parameter, float(text.replace(",", ".")))


def _within(parameter: Parameter, value: N) -> N | Misfit:
    low, high = parameter.low, parameter.high
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"{low:g} to {high:g}" if high is not None else f"at least {low:g}"
        return Misfit(f"{parameter.name}: {value:g} is out of range; it takes {bounds}.")
    return value


def _money(parameter: Parameter, text: str, _known: Known) -> int | Misfit:
    bare = text.removeprefix("$").removesuffix("$").removesuffix("USD").removesuffix("usd")
    try:
        amount = Decimal(bare.strip().replace(",", ".")) * MICROUSD
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= MOST_MICROUSD:
        return Misfit(f"{parameter.name}: {text} is no amount; write it as $5 or $0.50.")
    return int(amount)


def _text(parameter: Parameter, text: str, _known: Known) -> str | Misfit:
    most = int(parameter.high or 500)
    if len(text) > most:
        return Misfit(f"{parameter.name}: that is {len(text):,} characters; {most:,} fit.")
    return text


def _word(parameter: Parameter, text: str, known: Known) -> str | Misfit:
    return _text(parameter, text, known) if text else Misfit(f"{parameter.name}: it is empty.")


def _choice(parameter: Parameter, text: str, _known: Known) -> str | Misfit:
    folded = {choice.casefold(): choice for choice in parameter.choices}
    if (chosen := folded.get(text.casefold())) is not None:
        return chosen
    return Misfit(_not_among(parameter.name, text, parameter.choices))


def _model(parameter: Parameter, text: str, known: Known) -> str | Misfit:
    return text if text in known.models else Misfit(_not_among(parameter.name, text, known.models))


def _models(parameter: Parameter, text: str, known: Known) -> tuple[str, ...] | Misfit:
    chosen = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in chosen:
        if name not in known.models:
            return Misfit(_not_among(parameter.name, name, known.models))
    return chosen or Misfit(f"{parameter.name}: name at least one model.")


def _not_among(name: str, text: str, choices: Sequence[str]) -> str:
    meant = nearest(text, choices)
    hint = f" Did you mean {meant}?" if meant else ""
    return f"{name}: there is no {text}.{hint} It takes: {', '.join(choices) or 'nothing yet'}."


def _duration(parameter: Parameter, text: str, _known: Known) -> timedelta | Misfit:
    length = read_duration(text)
    if length is not None:
        return length
    return Misfit(f"{parameter.name}: {text} is no length of time; write it as 30m, 2h or 3d.")


_HOURS = re.compile(r"(\d{1,2})(?::?(\d{2}))?\s*-\s*(\d{1,2})(?::?(\d{2}))?", re.ASCII)


def _hours(parameter: Parameter, text: str, _known: Known) -> str | Misfit:
    if text.casefold() in {"off", "none"}:
        return "off"
    found = _HOURS.fullmatch(text)
    if found:
        begin, end = (int(found[1]), int(found[2] or 0)), (int(found[3]), int(found[4] or 0))
        if begin != end and all(hour <= 23 and minute <= 59 for hour, minute in (begin, end)):
            return f"{begin[0]:02}:{begin[1]:02}-{end[0]:02}:{end[1]:02}"
    return Misfit(f"{parameter.name}: {text} is no span of hours; write it as 22:00-07:00, or off.")


def _size(parameter: Parameter, text: str, _known: Known) -> int | Misfit:
    found = re.fullmatch(r"(\d{2,5})(?:px)?(?:[x×](\d{2,5}))?", text.casefold(), re.ASCII)
    if found is None:
        return Misfit(f"{parameter.name}: {text} is no size; write it as 1024 or 1024x768.")
    return _within(parameter, max(int(found[1]), int(found[2] or 0)))


_YES, _NO = frozenset({"on", "yes", "true"}), frozenset({"off", "no", "false"})


def _switch(parameter: Parameter, text: str, _known: Known) -> bool | Misfit:
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    return Misfit(f"{parameter.name}: {text} is neither on nor off.")


def _picture(parameter: Parameter, text: str, _known: Known) -> str | Misfit:
    if re.fullmatch(r"[0-9a-f]{64}", text):
        return text
    return Misfit(f"{parameter.name}: attach a picture.")


_READERS: Mapping[ParameterKind, Callable[[Parameter, str, Known], Value | Misfit]] = {
    ParameterKind.WHO: _who,
    ParameterKind.NUMBER: _number,
    ParameterKind.DECIMAL: _decimal,
    ParameterKind.MONEY: _money,
    ParameterKind.WORD: _word,
    ParameterKind.TEXT: _text,
    ParameterKind.CHOICE: _choice,
    ParameterKind.MODEL: _model,
    ParameterKind.MODELS: _models,
    ParameterKind.DURATION: _duration,
    ParameterKind.HOURS: _hours,
    ParameterKind.SIZE: _size,
    ParameterKind.SWITCH: _switch,
    ParameterKind.FLAG: _switch,
    ParameterKind.PICTURE: _picture,
}
