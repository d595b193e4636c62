"""Who a message pings and which links it shows: read the way Slack reads it, so that a test can say nobody was pinged.

Source: docs.slack.dev, formatting message text: `<@U…>`, `<!subteam^S…>`, `<!here>`, `<!channel>`, `<!everyone>`; `&`, `<` and `>`
are control characters; plain_text and rich text elements of type text parse nothing; `link_names` and `parse=full` turn
plain names into mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_MENTION = re.compile(
    r"<(?:@([UW][A-Z0-9]+)|!subteam\^(S[A-Z0-9]+)|!(here|channel|everyone))(?:\|[^>]*)?>"
)
_LINK = re.compile(r"<((?:https?|mailto)[^|>\s]*)(?:\|[^>]*)?>")
_BARE_LINK = re.compile(r"(?<![<|])\bhttps?://[^\s<>|]+")
_NAME = re.compile(r"(?<![\w@])@([A-Za-z0-9._-]+)")
_BROADCASTS = frozenset({"here", "channel", "everyone"})
_RICH = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}


def pinged(
    text: str, blocks: list[Json], *, names: dict[str, str], link_names: bool
) -> frozenset[str]:
    """User ids, user group ids, and `here`, `channel`, `everyone`, of the text and of the blocks together.

    `names` maps display names to user ids. The text counts also when there are blocks: it is what a notification shows.
    """
    found: set[str] = set()
    for piece in [text, *marked_texts(blocks)]:
        found.update(next(filter(None, match.groups())) for match in _MENTION.finditer(piece))
    found.update(_rich_mentions(blocks))
    if link_names:
        for name in _NAME.findall(text):
            if name in _BROADCASTS or name in names:
                found.add(names.get(name, name))
    return frozenset(found)


def links(text: str, blocks: list[Json]) -> tuple[str, ...]:
    """Every address that a client would make clickable, in order."""
    found = [
        link
        for piece in [text, *marked_texts(blocks)]
        for link in [*_LINK.findall(piece), *_BARE_LINK.findall(piece)]
    ]
    return tuple(dict.fromkeys(found))


def marked_texts(node: Any) -> Iterable[str]:
    """The strings that Slack reads as mrkdwn or markdown."""
    if isinstance(node, list):
        for inner in node:
            yield from marked_texts(inner)
    elif isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "markdown") and isinstance(node.get("text"), str):
            yield node["text"]
        for inner in node.values():
            yield from marked_texts(inner)


def _rich_mentions(node: Any) -> Iterable[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _rich_mentions(inner)
    elif isinstance(node, dict):
        key = _RICH.get(str(node.get("type")))
        if key and isinstance(node.get(key), str):
            yield node[key]
        for inner in node.values():
            yield from _rich_mentions(inner)


def escaped(text: str) -> str:
    """What a person typed, as Slack hands it to an app. Source: docs.slack.dev, escaping text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_ids(
    text: str, *, users: dict[str, str], channels: dict[str, str], labels: bool = False
) -> str:
    """Typed `@ana` and `#general` become `<@U…>` and `<#C…>`, addresses `<https://…>`, all else escaped.

    `labels` adds `|ana`, as slash commands with should_escape do. Source: docs.slack.dev, slash commands, should_escape.
    """

    def replaced(match: re.Match[str]) -> str:
        mark, name = match.group(0)[0], match.group(0)[1:].rstrip(".").lower()
        known = (users if mark == "@" else channels).get(name)
        if known is None:
            return match.group(0)
        return f"<{mark}{known}|{name}>" if labels else f"<{mark}{known}>"

    text = _BARE_LINK.sub(lambda match: f"<{match.group(0)}>", escaped(text))
    return re.sub(r"(?<!\w)[@#][\w.-]+", replaced, text)
