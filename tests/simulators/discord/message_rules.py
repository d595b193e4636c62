"""What a message may say, beside its components. Source: docs, resources/message, Create Message and Edit Message."""

from __future__ import annotations

from typing import Any

from tests.simulators.discord.component_rules import length, message_component_wrongs
from tests.simulators.discord.mentions import wrongs_in
from tests.simulators.discord.messages import Flag
from tests.simulators.discord.refusals import Wrong

Json = dict[str, Any]

MAX_CONTENT = 2000
MAX_EMBEDS = 10
MAX_EMBED_TEXT = 6000
MAX_NONCE = 25
MAX_FILES = 10
MAX_ALT_TEXT = 1024
LEGACY_FIELDS = ("content", "embeds", "sticker_ids", "poll", "shared_client_theme")
DEFERRED_FLAGS = Flag.EPHEMERAL


def message_wrongs(
    payload: Json, *, v2: bool, components: list[Json], filenames: list[str]
) -> list[Wrong]:
    """Everything wrong with a body; `components` and `filenames` are what the message will have afterwards."""
    found = length(payload.get("content"), ("content",), at_most=MAX_CONTENT)
    found += length(payload.get("embeds"), ("embeds",), at_most=MAX_EMBEDS, what="embeds")
    if _embed_text(payload.get("embeds") or []) > MAX_EMBED_TEXT:
        sentence = f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}"
        found.append(Wrong(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", sentence))
    found += length(str(payload.get("nonce") or ""), ("nonce",), at_most=MAX_NONCE)
    found += length(filenames, ("attachments",), at_most=MAX_FILES, what="files")
    found += wrongs_in(payload.get("allowed_mentions"))
    for place, one in enumerate(payload.get("attachments") or []):
        path = ("attachments", place, "description")
        found += length(one.get("description"), path, at_most=MAX_ALT_TEXT)
    if v2:
        found += _legacy_wrongs(payload)
    return found + message_component_wrongs(components, v2=v2, filenames=filenames)


def _legacy_wrongs(payload: Json) -> list[Wrong]:
    """With the v2 flag a message holds only components."""
    code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    return [
        Wrong((name,), code, f"The '{name}' field cannot be used with IS_COMPONENTS_V2")
        for name in LEGACY_FIELDS
        if payload.get(name)
    ]


def _embed_text(embeds: list[Json]) -> int:
    """Characters that count: titles, descriptions, field names and values, footers, authors."""
    total = 0
    for embed in embeds:
        total += len(embed.get("title") or "") + len(embed.get("description") or "")
        total += len((embed.get("footer") or {}).get("text") or "")
        total += len((embed.get("author") or {}).get("name") or "")
        total += sum(len(one["name"]) + len(one["value"]) for one in embed.get("fields") or [])
    return total


def deferred_wrongs(data: Json | None) -> list[Wrong]:
    """A deferred response may carry nothing but the EPHEMERAL flag.

    Source: docs, interactions/receiving-and-responding, Interaction Callback Data Structure.
    """
    flags = (data or {}).get("flags") or 0
    if flags & ~DEFERRED_FLAGS:
        sentence = "Only the EPHEMERAL flag is valid on a deferred response."
        return [Wrong(("data", "flags"), "INTERACTION_DEFERRED_FLAGS_INVALID", sentence)]
    return []
