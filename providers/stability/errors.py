"""What the API's "no" means: its status, its name for it, and a picture that was blurred."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.errors import (
    Busy,
    ContentBlocked,
    CreditExhausted,
    InvalidRequest,
    ProviderError,
    Unauthorized,
)
from providers.wire.pauses import retry_after_s
from providers.wire.statuses import error_of_status

MAX_DETAIL_CHARS = 500

MODERATED = frozenset({"content_moderation", "content_filtered"})

NO_CREDIT = frozenset({"payment_required", "insufficient_credits", "insufficient_balance"})

FULL_PAUSE_S = 60.0
"""After 150 requests in 10 seconds the API shuts a key out for a minute and names no pause: docs, from memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """An error body `{id, name, errors}`, or the older `{id, name, message}`."""

    message: str = ""
    name: str = ""
    request_id: str | None = None
    param: str | None = None


def error_of(status: int, headers: httpx.Headers, body: bytes, *, now_s: float) -> ProviderError:
    """The typed error of an answer that is not a success. `now_s` is the time as seconds since 1970."""
    complaint = complaint_of(body)
    request_id = complaint.request_id or headers.get("x-request-id")
    detail = f"{status} {complaint.name}: {complaint.message}"[:MAX_DETAIL_CHARS]
    if complaint.name in MODERATED:
        return ContentBlocked(detail, stage="input", request_id=request_id)
    if complaint.name in NO_CREDIT:
        return CreditExhausted(detail, request_id=request_id)
    if status in (429, 529):
        told_s = retry_after_s(headers, now_s=now_s)
        pause_s = FULL_PAUSE_S if told_s is None and status == 429 else told_s
        return Busy(detail, retry_after_s=pause_s, request_id=request_id)
    return error_of_status(status, detail, param=complaint.param, request_id=request_id)


def told_in_answer(fields: Mapping[str, Any], request_id: str | None) -> ProviderError | None:
    """The error that an answer of status 200 tells by itself; None when it tells none."""
    reason = str(fields.get("finish_reason", "")).upper()
    if reason == "CONTENT_FILTERED":
        # A picture comes with it, blurred; it is not what was asked for and is not handed over.
        return ContentBlocked("the picture was filtered", stage="output", request_id=request_id)
    if fields.get("errors") or (fields.get("name") and not reason):
        return wrapped_error(fields)
    return None


def wrapped_error(fields: Mapping[str, Any]) -> ProviderError:
    """The typed error of an error body that came with a 200."""
    kinds: Mapping[str, type[ProviderError]] = {
        "bad_request": InvalidRequest,
        "unauthorized": Unauthorized,
    }
    complaint = complaint_of(json.dumps(dict(fields)).encode())
    kind = kinds.get(complaint.name)
    if kind is not None:
        return kind(complaint.message, request_id=complaint.request_id)
    status = 429 if complaint.name == "rate_limit_exceeded" else 500
    return error_of(status, httpx.Headers(), json.dumps(dict(fields)).encode(), now_s=0.0)


def complaint_of(body: bytes) -> Complaint:
    """The complaint in an error body, or in a page's words."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        text = body[:MAX_DETAIL_CHARS].decode("utf-8", "replace")
        return Complaint(message=" ".join(re.sub(r"<[^>]*>", " ", text).split()))
    if not isinstance(found, dict):
        return Complaint(message=words(found))
    errors = found.get("errors")
    sentences = [words(one) for one in errors[:20]] if isinstance(errors, list) else []
    message = "; ".join(sentences) or words(found.get("message"))
    # "prompt: cannot be blank" names its field.
    field, colon, _ = message.partition(":")
    given_id = found.get("id")
    return Complaint(
        message=message[:MAX_DETAIL_CHARS],
        name=words(found.get("name")).lower(),
        request_id=words(given_id) if given_id else None,
        param=field if colon and field.isidentifier() else None,
    )


def words(value: object) -> str:
    """A body's value as a short text."""
    return "" if value is None else str(value)[:MAX_DETAIL_CHARS]
