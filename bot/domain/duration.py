"""Lengths of time as people write them: `2h`, `1d 6h`, `90 minutes`."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "m": 60,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "d": 86_400,
    "day": 86_400,
    "days": 86_400,
    "w": 604_800,
    "week": 604_800,
    "weeks": 604_800,
}
_PART = re.compile(r"(\d{1,4})\s*([a-z]+)\s*")
LONGEST = timedelta(days=3660)


def read_duration(text: str) -> timedelta | None:
    """The length; None when it can't be read, is nothing, or is longer than ten years."""
    rest = text.strip().casefold()
    total = timedelta()
    while rest:
        found = _PART.match(rest)
        if found is None or found[2] not in _UNITS:
            return None
        total += timedelta(seconds=int(found[1]) * _UNITS[found[2]])
        rest = rest[found.end() :]
    return total if timedelta() < total <= LONGEST else None


def write_duration(length: timedelta) -> str:
    """As `1d 6h`, to the minute; `read_duration` reads it back."""
    minutes = round(length.total_seconds() / 60)
    parts = []
    for unit, size in (("d", 1440), ("h", 60), ("m", 1)):
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"
