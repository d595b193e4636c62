"""A success body as typed values: pictures, links, usage."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.errors import BadAnswer
from providers.openai.catalog import TokenPrices

MAX_ANSWER_BYTES = 48 * 1024 * 1024
"""Most bytes of one answer. Text, parsed text and decoded pictures lie in memory together: about twice this."""

MAX_JSON_MARKS = 500_000
"""Most brackets and commas of one answer. Base64 has none, and a body of nothing else grows fiftyfold when parsed."""

PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """One entry of `data`: bytes, or a link to them, or neither when it can't be used."""

    data: bytes | None = None
    url: str | None = None
    seed: int | None = None
    revised_prompt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call."""

    text_input_tokens: int
    image_input_tokens: int
    output_tokens: int


def parsed(body: bytearray, *, request_id: str | None = None) -> dict[str, Any]:
    """The JSON object of a body, which is emptied. BadAnswer for HTML, cut text, or JSON built to eat memory."""
    if sum(body.count(mark) for mark in (b"{", b"[", b",")) > MAX_JSON_MARKS:
        raise BadAnswer("the answer is no image answer: too many parts", request_id=request_id)
    start = bytes(body[:80]).decode("utf-8", "replace")
    try:
        text = body.decode("utf-8")
        # The bytes go before the text is parsed: three copies of a large answer would pass the memory bound.
        body.clear()
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"no JSON, or cut short: {start!r}", request_id=request_id) from error
    if not isinstance(found, dict):
        raise BadAnswer("the answer is no JSON object", request_id=request_id)
    return found


def paintings_of(answer: Mapping[str, Any]) -> tuple[Painting, ...]:
    """The entries of `data`, unusable ones included so that they can be counted."""
    data = answer.get("data")
    if not isinstance(data, list):
        return ()
    return tuple(painting_of(entry) for entry in data)


def painting_of(entry: object) -> Painting:
    """One entry of `data`, or one completed event of a stream."""
    if not isinstance(entry, dict):
        return Painting()
    text, url, revised = entry.get("b64_json"), entry.get("url"), entry.get("revised_prompt")
    seed = entry.get("seed")
    return Painting(
        data=picture_bytes(text) if isinstance(text, str) else None,
        url=url if isinstance(url, str) else None,
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
        revised_prompt=revised if isinstance(revised, str) else None,
    )


def picture_bytes(text: str) -> bytes | None:
    """The bytes of base64 text, if they begin like a picture."""
    try:
        data = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if begins_like_a_picture(data) else None


def begins_like_a_picture(data: bytes) -> bool:
    """Whether the first bytes are those of PNG, JPEG or WebP. Whether the rest follows, the decoder will see."""
    if data.startswith((PNG_START, JPEG_START)):
        return True
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def usage_of(answer: Mapping[str, Any]) -> Usage | None:
    """The tokens of a call, None when the server doesn't count them."""
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return None
    total, out = tokens(usage, "input_tokens"), tokens(usage, "output_tokens")
    if total is None or out is None:
        return None
    details = usage.get("input_tokens_details")
    pictures = tokens(details, "image_tokens") if isinstance(details, dict) else 0
    pictures = min(pictures or 0, total)
    return Usage(text_input_tokens=total - pictures, image_input_tokens=pictures, output_tokens=out)


def tokens(counts: Mapping[str, Any], name: str) -> int | None:
    """A token count that can be true, or None."""
    value = counts.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 100_000_000:
        return None
    return value


def cost_microusd(usage: Usage | None, prices: TokenPrices | None) -> int | None:
    """The call's cost in millionths of a US dollar, rounded up; None without counts or prices."""
    if usage is None or prices is None:
        return None
    cost = (
        usage.text_input_tokens * prices.text_input_microusd
        + usage.image_input_tokens * prices.image_input_microusd
        + usage.output_tokens * prices.output_microusd
    )
    return -int(-cost // 1)
