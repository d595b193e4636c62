"""A success as typed values: JSON with the picture in base64, or the picture's bytes with headers beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.errors import BadAnswer
from providers.stability.errors import told_in_answer, words
from providers.stability.transform import MAX_SEED
from providers.wire.picture_json import parsed_pictures
from providers.wire.pictures import begins_like_a_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """The picture of one answer and the seed it was painted with, where told."""

    picture: bytes
    seed: int | None
    request_id: str | None


def painted(body: bytearray, headers: httpx.Headers, *, key: str = "image") -> Painted:
    """What an answer brings. The typed error when it was filtered, or brings no picture that can be used.

    `key` is where the picture stands in JSON: "image", or "result" of a job asked for by its id.
    """
    request_id = headers.get("x-request-id")
    if headers.get("content-type", "").startswith("image/"):
        told: Mapping[str, Any] = {
            "finish_reason": headers.get("finish-reason", ""),
            "seed": headers.get("seed"),
        }
        picture = bytes(body) if begins_like_a_picture(body) else None
    else:
        answer = parsed_pictures(body, key=key, request_id=request_id)
        told = answer.fields
        picture = answer.picture(told.get(key, told.get("image")))
    refused = told_in_answer(told, request_id)
    if refused is not None:
        raise refused
    if picture is None:
        reason = words(told.get("finish_reason"))
        # No cost is told: that the vendor takes its price for this has no source.
        raise BadAnswer(f"no usable image, finish reason {reason!r}", request_id=request_id)
    return Painted(picture=picture, seed=seed_of(told.get("seed")), request_id=request_id)


def job_id_of(body: bytearray, *, request_id: str | None) -> str:
    """The id of a job that was taken. BadAnswer when the answer names none that can be asked for."""
    told = parsed_pictures(body, key="image", request_id=request_id).fields
    refused = told_in_answer(told, request_id)
    if refused is not None:
        raise refused
    job_id = told.get("id")
    if not isinstance(job_id, str) or not is_job_id(job_id):
        raise BadAnswer("the job was taken without an id", request_id=request_id)
    return job_id


def is_job_id(text: str) -> bool:
    """Whether a text can stand in a path by itself: ids are 64 hexadecimal characters or the like."""
    return 0 < len(text) <= 200 and text.isascii() and text.replace("-", "").isalnum()


def seed_of(value: object) -> int | None:
    """A seed told as a number or as digits, or None."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    if not (text.isascii() and text.isdecimal()):
        return None
    seed = int(text[:20])
    return seed if seed <= MAX_SEED else None
