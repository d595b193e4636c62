"""What the server's socket tells of one workflow, as values (`server.py` and `execution.py`, read 2026-11-25)."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

from providers.wire.pictures import begins_like_a_picture

PREVIEW = 1
PREVIEW_WITH_METADATA = 4

ENDS = frozenset({"execution_success", "execution_error", "execution_interrupted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far the running node is, 0 to 1."""

    fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A half-finished picture."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The workflow has ended; the history tells how, at once or a moment later."""


Told = Step | Preview | Ended | None


def told_in(message: str | bytes, prompt_id: str) -> Told:
    """What a message tells of that workflow; None for everything else, other people's included."""
    if isinstance(message, bytes):
        return preview_in(message)
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return None
    data = found.get("data") if isinstance(found, dict) else None
    if not isinstance(data, dict) or data.get("prompt_id") != prompt_id:
        return None
    kind = found.get("type")
    if kind in ENDS or (kind == "executing" and data.get("node") is None):
        return Ended()
    return step_in(data) if kind == "progress" else None


def step_in(data: dict[str, Any]) -> Step | None:
    """The step of a `progress` message."""
    value, most = data.get("value"), data.get("max")
    if not isinstance(value, int | float) or not isinstance(most, int | float) or most <= 0:
        return None
    return Step(fraction=min(max(value / most, 0.0), 1.0))


def preview_in(message: bytes) -> Preview | None:
    """The picture of a binary message: `>I` kind, then `>I` format and bytes, or `>I` length, JSON and bytes."""
    if len(message) < 8:
        return None
    kind, number = struct.unpack_from(">II", message)
    if kind == PREVIEW:
        data = message[8:]
    elif kind == PREVIEW_WITH_METADATA:
        data = message[8 + number :]
    else:
        return None
    return Preview(data=data) if begins_like_a_picture(data) else None
