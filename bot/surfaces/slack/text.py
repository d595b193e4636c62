"""Text on its way into Slack and out of it: never longer than Slack takes, never a mention by accident."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
"""A JSON object of Slack's; it stays in this folder."""

_MENTION = re.compile(r"<([@#!])([A-Z0-9a-z_^.-]+)(?:\|([^<>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^<>|]+)(?:\|[^<>]*)?>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def escape(text: str) -> str:
    """The text as Slack's own markup shows it literally: without these three no mention, link or channel can begin."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str) -> str:
    """What the person typed, from the form in which Slack sends it: mentions by name, links bare, escapes undone."""
    plain = _LINK.sub(lambda found: found[1], _MENTION.sub(_named, text))
    for escaped, character in _ESCAPES:
        plain = plain.replace(escaped, character)
    return plain


def with_mentions(text: str) -> str:
    """What the person typed, its mentions kept as Slack sends them: they say who is meant, whatever they are called."""
    plain = _LINK.sub(lambda found: found[1], text)
    for escaped, character in _ESCAPES:
        plain = plain.replace(escaped, character)
    return plain


def _named(found: re.Match[str]) -> str:
    sign = "#" if found[1] == "#" else "@"
    return f"{sign}{found[3] or found[2]}"


def shorten(text: str, most: int) -> str:
    """The text in at most `most` characters, its end replaced by an ellipsis when it is longer."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def plain(text: str, most: int) -> Json:
    """A text object that Slack never reads as markup. `text` may be empty: Slack wants one character at least."""
    return {"type": "plain_text", "text": shorten(text, most) or "\u00a0", "emoji": False}
