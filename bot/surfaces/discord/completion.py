"""Suggestions while a typed option is being filled in: from the catalogue in memory, never from a database."""

from __future__ import annotations

from bot.domain.flags import MAX_NAME_CHARS
from bot.pipeline.catalog import Catalog
from bot.surfaces.discord import limits
from bot.surfaces.discord.commands import suggests


def suggestions(option: str, typed: str, catalog: Catalog) -> tuple[str, ...]:
    """At most 25 values that fit what was typed; those that begin with it come first."""
    flag = suggests(option)
    if flag is None:
        return ()
    values = catalog.suggestions(flag)
    wanted = typed.strip().casefold()
    fitting = [value for value in values if wanted in value.casefold()]
    fitting.sort(key=lambda value: not value.casefold().startswith(wanted))
    return tuple(value for value in fitting if len(value) <= MAX_NAME_CHARS)[: limits.CHOICES]
