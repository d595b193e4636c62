"""JSON with pictures in base64, read without copying the pictures through a JSON parser."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.errors import BadAnswer
from providers.wire.pictures import begins_like_a_picture

MAX_JSON_MARKS = 500_000
"""Most brackets and commas of one answer beside its pictures; a body of nothing else grows fiftyfold when parsed."""

LIFTED = "lifted:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureJson:
    """A JSON object without its pictures' texts, and those texts beside it."""

    fields: Mapping[str, Any]
    texts: tuple[memoryview, ...] = ()

    def picture(self, text: object) -> bytes | None:
        """The picture a field's value holds, None when there is none that can be used. Decodes: some ms for each MB."""
        if not isinstance(text, str):
            return None
        place = text.removeprefix(LIFTED)
        if place != text and place.isdecimal() and int(place) < len(self.texts):
            return picture_bytes(self.texts[int(place)])
        return picture_bytes(text)


def parsed_pictures(
    body: bytes | bytearray, *, key: str, request_id: str | None = None
) -> PictureJson:
    """The JSON object of a body whose pictures stand under `key`.

    BadAnswer for HTML, cut text, other JSON, or one built to eat memory. The texts of pictures are lifted out first:
    they are nearly all of a body, and a JSON parser copies them twice and takes 2 ms for each MB, on the event loop.
    """
    rest, texts = lifted(body, key)
    if sum(rest.count(mark) for mark in (b"{", b"[", b",")) > MAX_JSON_MARKS:
        raise BadAnswer("the answer is no image answer: too many parts", request_id=request_id)
    try:
        found = json.loads(rest)
    except (ValueError, RecursionError) as error:
        start = bytes(body[:80]).decode("utf-8", "replace")
        raise BadAnswer(f"no JSON, or cut short: {start!r}", request_id=request_id) from error
    if not isinstance(found, dict):
        raise BadAnswer("the answer is no JSON object", request_id=request_id)
    return PictureJson(fields=found, texts=texts)


def lifted(body: bytes | bytearray, key: str) -> tuple[bytes | bytearray, tuple[memoryview, ...]]:
    """The body with each picture's text replaced by its place among the texts, and the texts.

    A quote inside a JSON string is escaped, so the key can't be met inside one. A text with an escape in it stays
    where it is, for the parser.
    """
    name = f'"{key}"'.encode()
    text_start = re.compile(re.escape(name) + rb'\s{0,20}:\s{0,20}"')
    view = memoryview(body)
    kept: list[bytes | memoryview] = []
    texts: list[memoryview] = []
    done = at = 0
    while (at := body.find(name, at)) >= 0:
        found = text_start.match(body, at)
        start = found.end() if found else at + len(name)
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
