"""What a server's "no" means. Nothing is billed here, so whatever is no fault of the request may be tried elsewhere."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from providers.errors import (
    Busy,
    InvalidRequest,
    ModelGone,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
)
from providers.wire.pauses import retry_after_s
from providers.wire.statuses import error_of_status

MAX_DETAIL_CHARS = 500

NO_MEMORY = re.compile(r"out of memory|OutOfMemory|not enough memory", re.IGNORECASE)

NO_MODEL = re.compile(
    r"model (?:'[^']*' )?not found|checkpoint .*not found|could not find checkpoint",
    re.IGNORECASE,
)

BLAMED = (
    (re.compile(r"sampler not found", re.IGNORECASE), "sampler"),
    (re.compile(r"invalid encoded image|invalid image|init image", re.IGNORECASE), "source_image"),
    (re.compile(r"prompt required", re.IGNORECASE), "prompt"),
)
"""What the server objects to, and the field that is to blame.

Sources: AUTOMATIC1111 `modules/api/api.py`, stable-diffusion.cpp `examples/server`, both read 2026-11-25.
"""


def error_of(status: int, headers: httpx.Headers, body: bytes, *, now_s: float) -> ProviderError:
    """The typed error of an answer that is no success. `now_s` is Unix time."""
    words, param = complaint_of(body)
    detail = f"{status}: {words}"
    if status in (429, 529):
        return Busy(detail, retry_after_s=retry_after_s(headers, now_s=now_s))
    if NO_MEMORY.search(words):
        return Unavailable(f"the server has too little memory for this: {detail}")
    if NO_MODEL.search(words):
        return ModelGone(detail)
    for pattern, field in BLAMED:
        if pattern.search(words):
            return InvalidRequest(detail, param=field)
    if status == 404:
        return ModelGone(f"no such path: is the server started with --api? {detail}")
    error = error_of_status(status, detail, param=param)
    return Unavailable(detail) if isinstance(error, OutcomeUnknown) else error


def complaint_of(body: bytes) -> tuple[str, str | None]:
    """What an error body says, and the field it names; the text without tags when it is a page."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        text = body[:4000].decode("utf-8", "replace")
        return " ".join(re.sub(r"<[^>]*>", " ", text).split())[:MAX_DETAIL_CHARS], None
    if not isinstance(found, dict):
        return str(found)[:MAX_DETAIL_CHARS], None
    said = found.get("detail")
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return first_of(said[0])
    parts = (found.get("error"), said, found.get("message"), found.get("errors"))
    words = ": ".join(str(part) for part in parts if part and isinstance(part, str))
    return words[:MAX_DETAIL_CHARS], None


def first_of(entry: dict[str, Any]) -> tuple[str, str | None]:
    """The words and the field of one of FastAPI's objections."""
    place = entry.get("loc")
    param = str(place[-1]) if isinstance(place, list) and place else None
    return f"{param}: {entry.get('msg')}"[:MAX_DETAIL_CHARS], param
