"""A success body as typed values: pictures, links, usage."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from providers.errors import BadAnswer
from providers.openai.catalog import TokenPrices

MAX_ANSWER_BYTES = 48 * 1024 * 1024
"""Most bytes of one answer. The answer and its decoded pictures lie in memory together: about twice this."""

MAX_JSON_MARKS = 500_000
"""Most brackets and commas of one answer beside its pictures; a body of nothing else grows fiftyfold when parsed."""

PICTURE_KEY = b'"b64_json"'

PICTURE_START = re.compile(rb'"b64_json"\s{0,20}:\s{0,20}"')

LIFTED = "lifted:"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A JSON object without its pictures' texts, and those texts beside it."""

    fields: Mapping[str, Any]
    texts: tuple[memoryview, ...] = ()

    def entries(self) -> Sequence[object]:
        """The entries of `data`, unusable ones included so that they can be counted."""
        data = self.fields.get("data")
        return data if isinstance(data, list) else ()

    def painting(self, entry: object) -> Painting:
        """One entry of `data`, or the object itself for an event of a stream. Decodes: some ms for each MB."""
        if not isinstance(entry, Mapping):
            return Painting()
        url, revised, seed = entry.get("url"), entry.get("revised_prompt"), entry.get("seed")
        return Painting(
            data=self.picture(entry),
            url=url if isinstance(url, str) else None,
            seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
            revised_prompt=revised if isinstance(revised, str) else None,
        )

    def picture(self, entry: Mapping[str, Any]) -> bytes | None:
        """The picture in an entry's `b64_json`, None when there is none that can be used."""
        text = entry.get("b64_json")
        if not isinstance(text, str):
            return None
        place = text.removeprefix(LIFTED)
        if place != text and place.isdecimal() and int(place) < len(self.texts):
            return picture_bytes(self.texts[int(place)])
        return picture_bytes(text)


def parsed(body: bytes | bytearray, *, request_id: str | None = None) -> Answer:
    """The JSON object of a body. BadAnswer for HTML, cut text, other JSON, or one built to eat memory.

    The texts of pictures are lifted out first: they are nearly all of a body, and a JSON parser copies them twice and
    takes 2 ms for each MB, on the event loop.
    """
    rest, texts = lifted(body)
    if sum(rest.count(mark) for mark in (b"{", b"[", b",")) > MAX_JSON_MARKS:
        raise BadAnswer("the answer is no image answer: too many parts", request_id=request_id)
    try:
        found = json.loads(rest)
    except (ValueError, RecursionError) as error:
        start = bytes(body[:80]).decode("utf-8", "replace")
        raise BadAnswer(f"no JSON, or cut short: {start!r}", request_id=request_id) from error
    if not isinstance(found, dict):
        raise BadAnswer("the answer is no JSON object", request_id=request_id)
    return Answer(fields=found, texts=texts)


def lifted(body: bytes | bytearray) -> tuple[bytes | bytearray, tuple[memoryview, ...]]:
    """The body with each picture's text replaced by its place among the texts, and the texts.

    A quote inside a JSON string is escaped, so the key can't be met inside one. A text with an escape in it stays
    where it is, for the parser.
    """
    view = memoryview(body)
    kept: list[bytes | memoryview] = []
    texts: list[memoryview] = []
    done = at = 0
    while (at := body.find(PICTURE_KEY, at)) >= 0:
        found = PICTURE_START.match(body, at)
        start = found.end() if found else at + len(PICTURE_KEY)
        end = body.find(b'"', start) if found else -1
        at = start
        if end >= 0 and body.find(b"\\", start, end) < 0:
            kept += [view[done:start], f"{LIFTED}{len(texts)}".encode()]
            texts.append(view[start:end])
            done = at = end
    if not texts:
        return body, ()
    return b"".join([*kept, view[done:]]), tuple(texts)


def picture_bytes(text: str | memoryview) -> bytes | None:
    """The bytes of base64 text, if they begin like a picture."""
    plain = text.strip() if isinstance(text, str) else text
    try:
        data = binascii.a2b_base64(plain, strict_mode=True)
    except (binascii.Error, ValueError):
        return None
    return data if begins_like_a_picture(data) else None


def begins_like_a_picture(data: bytes) -> bool:
    """Whether the first bytes are those of PNG, JPEG or WebP. Whether the rest follows, the decoder will see."""
    if data.startswith((PNG_START, JPEG_START)):
        return True
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def usage_of(answer: Answer) -> Usage | None:
    """The tokens of a call, None when the server doesn't count them."""
    usage = answer.fields.get("usage")
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
