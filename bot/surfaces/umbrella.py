"""How words are typed where all but `imagine` stand under one command: `/show 12` becomes `/impasto show 12`."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.commands.words import REGISTRY
from bot.domain.card import Card

COMMAND = "impasto"
_OWN_COMMAND = "imagine"

_NAMES = sorted((guide.name for guide in REGISTRY.guides), key=len, reverse=True)
_WORD = re.compile(
    rf"(?<!\S)/({'|'.join(re.escape(name) for name in _NAMES if name != _OWN_COMMAND)})(?![\w/-])"
)
_COLUMN = re.compile(rf"^/{_OWN_COMMAND}(?= {{2}})", re.MULTILINE)


def under_umbrella(card: Card, *, admin: str = f"{COMMAND} admin") -> Card:
    """The card with every word in the house's own sentences as it is typed there. A quoted prompt stays as it is.

    `admin` is what admin words stand under.
    """

    def typed(text: str) -> str:
        if "/" not in text:
            return text
        return _WORD.sub(rf"/{COMMAND} \1", text).replace(f"/{COMMAND} admin ", f"/{admin} ")

    if not any(
        "/" in text for text in (card.headline, *card.lines, card.footer, card.preformatted)
    ):
        return card
    return replace(
        card,
        headline=typed(card.headline),
        lines=tuple(typed(line) for line in card.lines),
        footer=typed(card.footer),
        preformatted=_COLUMN.sub(_widened, typed(card.preformatted)),
    )


def _widened(found: re.Match[str]) -> str:
    """The one name in a column that did not grow, padded so that what follows stays below its like."""
    return found[0] + " " * len(f"{COMMAND} ")
