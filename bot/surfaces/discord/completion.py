"""Suggestions while a typed option is being filled in: from what is in memory, never from a database."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.flags import MAX_NAME_CHARS
from bot.domain.grammar import TEMPLATE
from bot.domain.wordings import Wordings
from bot.pipeline.catalog import Catalog
from bot.surfaces.discord import limits
from bot.surfaces.discord.commands import suggests


def suggestions(option: str, typed: str, catalog: Catalog, words: Wordings) -> tuple[str, ...]:
    """At most 25 values that fit what was typed; those that begin with it come first."""
    values = _values(option, catalog, words)
    wanted = typed.strip().casefold()
    fitting = [value for value in values if wanted in value.casefold()]
    fitting.sort(key=lambda value: not value.casefold().startswith(wanted))
    return tuple(value for value in fitting if len(value) <= MAX_NAME_CHARS)[: limits.CHOICES]


def _values(option: str, catalog: Catalog, words: Wordings) -> Sequence[str]:
    if option == TEMPLATE:
        return sorted(words.templates)
    flag = suggests(option)
    return catalog.suggestions(flag, words) if flag is not None else ()
