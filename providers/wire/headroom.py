"""A server's own account of its rate limit, read from its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx

from providers.protocol import Headroom
from providers.wire.pauses import capped, number

HEADERS = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
)
"""Pairs of headers in use: OpenAI's and Azure's, the common older ones, and the IETF draft's first edition."""

DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}

EPOCH_S = 1_000_000_000
"""A "reset" above this is a moment, not a span."""


def headroom_of(headers: httpx.Headers, *, now_s: float) -> Iterator[Headroom]:
    """At most one Headroom: the calls left and the seconds until the count starts anew. `now_s` is Unix time."""
    for left_name, reset_name in HEADERS:
        left = number(headers.get(left_name))
        if left is None or left < 0:
            continue
        reset_s = span_s(headers.get(reset_name, ""), now_s=now_s)
        if reset_s is not None:
            yield Headroom(calls_left=int(left), resets_in_s=capped(reset_s))
            return


def span_s(text: str, *, now_s: float) -> float | None:
    """A span such as "1s", "6m0s", "20ms" or plain seconds, or the way to a moment of Unix time. None for other text."""
    plain = number(text)
    if plain is not None:
        return plain - now_s if plain > EPOCH_S else plain
    parts = DURATION.findall(text)
    if not parts or "".join(amount + unit for amount, unit in parts) != text.strip():
        return None
    return sum(float(amount) * SECONDS[unit] for amount, unit in parts)
