"""Finds judge plug-ins by kind: built-ins and strangers come the same way, by entry point."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import cast

from moderation.protocol import JudgePlugin

GROUP = "impasto.moderators"


def kinds() -> tuple[str, ...]:
    """The kinds that can be named in the configuration, sorted."""
    return tuple(sorted(point.name for point in entry_points(group=GROUP)))


def plugin(kind: str) -> JudgePlugin:
    """The plug-in of that kind. LookupError names the kinds there are."""
    for point in entry_points(group=GROUP):
        if point.name == kind:
            return cast(JudgePlugin, point.load())
    raise LookupError(f"no moderator kind {kind!r}; there are: {', '.join(kinds())}")
