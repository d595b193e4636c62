"""What a button carries: a verb and an id, versioned, in at most a hundred characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 100
"""Longest custom_id Discord takes, in characters. Source: discord-api-docs, components/reference, read 2026-11-22."""

_VERSION = "i1"
_SHAPE = re.compile(r"i1:([a-z_]{1,24}):([0-9]{1,18})(?::([A-Za-z0-9_.-]{0,40}))?")


class Verb(StrEnum):
    """What a button does."""

    IMAGINE = "imagine"
    """The empty form; its target is the picture to start from, or 0."""
    UPSCALE = "upscale"
    FINISH = "finish"
    """A draft in full size."""
    VARY = "vary"
    REMOVE_BACKGROUND = "remove_background"
    OUTPAINT = "outpaint"
    RATE = "rate"
    """Its argument is the rating; without one the form asks."""
    REROLL = "reroll"
    EDIT = "edit"
    CANCEL = "cancel"
    DETAILS = "details"
    SAVE = "save"
    REPORT = "report"
    DELETE = "delete"
    RETRY = "retry"
    WAIT = "wait"
    """Runs it when its quota is back; its target is an offer, or with the argument `job` a request."""
    APPROVE = "approve"
    """Lets a request through a budget that asks an admin."""
    RESTORE = "restore"
    """A reported picture is shown again."""
    REMOVE = "remove"
    """A reported picture goes for good."""
    SETTINGS = "settings"
    """The form with a person's own defaults; its target means nothing."""


_VERBS = {verb.value: verb for verb in Verb}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A verb on one job or one image; everything else about it is in the database."""

    verb: Verb
    target: int
    argument: str = ""

    def pack(self) -> str:
        """The text a button carries, at most MAX_LENGTH characters."""
        tail = f":{self.argument}" if self.argument else ""
        return f"{_VERSION}:{self.verb}:{self.target}{tail}"


def unpack(text: str) -> Action | None:
    """The action a button carried, or None when it is none of ours (any more)."""
    match = _SHAPE.fullmatch(text)
    if match is None or match[1] not in _VERBS:
        return None
    return Action(verb=_VERBS[match[1]], target=int(match[2]), argument=match[3] or "")
