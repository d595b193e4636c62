"""A flag's value as text and as what it means, both ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from bot.domain.aspect import Aspect, Size
from bot.domain.flags import (
    DOUBLE_QUOTES,
    MAX_DIGITS,
    MAX_NAME_CHARS,
    Bounds,
    Flag,
    FlagValue,
    ValueKind,
)


def read_value(flag: Flag, text: str) -> FlagValue | None:
    """What `text` means as the value of `flag`, or None when it isn't allowed: then `flag.allowed` says what is."""
    return _READERS[flag.kind](flag, text.strip())


def write_value(value: FlagValue) -> str:
    """The shortest text that `read_value` reads back as `value`, without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Aspect | Size):
        return value.written
    if isinstance(value, float):
        plain = format(Decimal(repr(value)), "f")
        return plain.removesuffix(".0")
    return str(value)


def _whole(flag: Flag, text: str) -> int | None:
    digits = text.removeprefix("+")
    if not digits.isdecimal() or len(digits) > MAX_DIGITS:
        return None
    number = int(digits)
    return number if _within(flag.bounds, number) else None


def _decimal(flag: Flag, text: str) -> float | None:
    # Half the world writes 7,5; nothing else here can mean a comma.
    if len(text) > MAX_DIGITS * 2 or not re.fullmatch(r"\+?(\d+([.,]\d*)?|[.,]\d+)", text):
        return None
    number = float(text.replace(",", "."))
    return number if _within(flag.bounds, number) else None


_BETWEEN_RATIOS = re.compile(r"\s*[:：/xX×]\s*")
_BETWEEN_SIDES = re.compile(r"\s*[xX×*]\s*")


def _pair(flag: Flag, text: str, separator: re.Pattern[str]) -> tuple[int, int] | None:
    numbers = [_whole(flag, part) for part in separator.split(text)]
    match numbers:
        case [int(first), int(second)]:
            return first, second
        case _:
            return None


def _aspect(flag: Flag, text: str) -> Aspect | None:
    sides = _pair(flag, text, _BETWEEN_RATIOS)
    if sides is None or max(sides) > 4 * min(sides):
        return None
    return Aspect(width=sides[0], height=sides[1])


def _size(flag: Flag, text: str) -> Size | None:
    sides = _pair(flag, text, _BETWEEN_SIDES)
    return Size(width_px=sides[0], height_px=sides[1]) if sides else None


def _name(_flag: Flag, text: str) -> str | None:
    # A name with a double quote couldn't be written back between two of them.
    if not text or len(text) > MAX_NAME_CHARS or any(mark in text for mark in DOUBLE_QUOTES):
        return None
    return text


def _words(_flag: Flag, text: str) -> str | None:
    return text or None


def _switch(_flag: Flag, text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.casefold())


def _within(bounds: Bounds | None, number: float) -> bool:
    return bounds is None or bounds.low <= number <= bounds.high


_READERS: dict[ValueKind, Callable[[Flag, str], FlagValue | None]] = {
    ValueKind.WHOLE: _whole,
    ValueKind.DECIMAL: _decimal,
    ValueKind.ASPECT: _aspect,
    ValueKind.SIZE: _size,
    ValueKind.NAME: _name,
    ValueKind.WORDS: _words,
    ValueKind.SWITCH: _switch,
}
