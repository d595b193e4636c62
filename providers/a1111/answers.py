"""A success body as images with their seeds. `answer_in` runs in a worker process, off the loop."""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass

from providers.wire.pictures import begins_like_a_picture

MAX_JSON_MARKS = 400_000
"""Most brackets and commas of one answer; base64 has none, and a body of nothing else grows fiftyfold when parsed."""

MAX_SEED = 2**53
"""Larger numbers are no seeds, and no JSON number keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """The pictures of one answer in order, each with its seed where the server told it."""

    pictures: tuple[tuple[bytes, int | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why the body is no answer."""

    reason: str


def answer_in(body: bytes, count: int) -> Painted | Unreadable:
    """The first `count` pictures of an answer to txt2img, img2img or extra-single-image.

    A grid before them and control maps behind them are left out.
    """
    if sum(body.count(mark) for mark in (b"{", b"[", b",")) > MAX_JSON_MARKS:
        return Unreadable(reason="the answer has too many parts")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        start = body[:80].decode("utf-8", "replace")
        return Unreadable(reason=f"no JSON, or cut short: {start!r}")
    if not isinstance(found, dict):
        return Unreadable(reason="the answer is no JSON object")
    if isinstance(found.get("image"), str):
        texts, told = [found["image"]], Told()
    else:
        listed = found.get("images")
        texts, told = listed if isinstance(listed, list) else [], told_in(found.get("info"))
    wanted = texts[told.first : told.first + count]
    pictures = []
    for place, text in enumerate(wanted):
        data = picture_in(text)
        if data is not None:
            seed = told.seeds[place] if place < len(told.seeds) else None
            pictures.append((data, seed))
    if not pictures:
        return Unreadable(reason=f"no usable image in the answer, of {len(texts)}")
    return Painted(pictures=tuple(pictures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an answer's `info` says: where the images begin and which seeds they have."""

    first: int = 0
    seeds: tuple[int | None, ...] = ()


def told_in(info: object) -> Told:
    """The `info`, which is JSON inside a text; stable-diffusion.cpp leaves it empty."""
    if not isinstance(info, str) or not info:
        return Told()
    try:
        found = json.loads(info)
    except (ValueError, RecursionError):
        return Told()
    if not isinstance(found, Mapping):
        return Told()
    first, seeds = found.get("index_of_first_image", 0), found.get("all_seeds")
    return Told(
        first=first if isinstance(first, int) and 0 <= first <= 1 else 0,
        seeds=tuple(seed_in(seed) for seed in seeds) if isinstance(seeds, list) else (),
    )


def seed_in(value: object) -> int | None:
    """A seed that can be one."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_SEED:
        return None
    return value


def picture_in(text: object) -> bytes | None:
    """The bytes of base64 text, with or without `data:image/png;base64,` before it, if they begin like a picture."""
    if not isinstance(text, str):
        return None
    if text.startswith("data:image/"):
        text = text.partition(",")[2]
    try:
        data = binascii.a2b_base64(text.strip(), strict_mode=True)
    except (binascii.Error, ValueError):
        return None
    return data if begins_like_a_picture(data) else None
