"""The pause a server asks for."""

from __future__ import annotations

import email.utils
import math

import httpx

MAX_RETRY_AFTER_S = 600.0
"""A server that names a longer pause (or 1e9 s) means no better than "later"."""


def retry_after_s(headers: httpx.Headers, *, now_s: float) -> float | None:
    """The pause a server asks for, from 0 to MAX_RETRY_AFTER_S; None when it names none.

    Read in this order: retry-after-ms, then Retry-After in seconds or as a date, counted from the answer's own Date
    where it has one, because two clocks differ.
    """
    milliseconds = number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return capped(milliseconds / 1000)
    text = headers.get("retry-after", "")
    seconds = number(text)
    if seconds is not None:
        return capped(seconds)
    then_s = moment_s(text)
    if then_s is None:
        return None
    return capped(then_s - (moment_s(headers.get("date", "")) or now_s))


def number(text: str | None) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def moment_s(text: str) -> float | None:
    """An HTTP date as seconds since 1970, or None."""
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def capped(pause_s: float) -> float:
    """The pause, not below nothing and not above the cap."""
    return min(max(pause_s, 0.0), MAX_RETRY_AFTER_S)
