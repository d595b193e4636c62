"""What a server's "no" means: status, headers and body to one typed error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from providers.errors import (
    Busy,
    ContentBlocked,
    CreditExhausted,
    ModelGone,
    ProviderError,
)
from providers.wire.pauses import retry_after_s
from providers.wire.statuses import error_of_status

BLOCKED = frozenset(
    {
        "moderation_blocked",
        "content_policy_violation",
        "content_filter",
        "contentfilter",
        "responsibleaipolicyviolation",
    }
)
"""Codes of a block: OpenAI's, then Azure's in the spellings it uses (litellm, read 2026-11-22)."""

NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "credits_exhausted"})
NO_MODEL = frozenset({"model_not_found", "deploymentnotfound", "model_not_available"})

STATUS_OF_KIND: Mapping[str, int] = {
    "authentication_error": 401,
    "image_generation_user_error": 400,
    "invalid_request_error": 400,
    "permission_error": 403,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "requests": 429,
    "tokens": 429,
}
"""The status OpenAI sends with each type of error."""

VIOLATIONS = re.compile(r"safety_violations=\[([^\]]{0,500})\]")

MAX_DETAIL_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What an error body says, whatever its shape."""

    message: str = ""
    code: str = ""
    kind: str = ""
    param: str | None = None
    stage: str = "input"
    categories: tuple[str, ...] = field(default_factory=tuple)


def error_of(status: int, headers: httpx.Headers, body: bytes, *, now_s: float) -> ProviderError:
    """The typed error of an answer that is not a success. `now_s` is the time as seconds since 1970."""
    complaint = complaint_of(body)
    request_id = headers.get("x-request-id")
    detail = f"{status} {complaint.code or complaint.kind}: {complaint.message}".strip()
    told = told_by_code(complaint, detail, request_id)
    if told is not None:
        return told
    if status in (429, 529):
        pause_s = retry_after_s(headers, now_s=now_s)
        return Busy(detail, retry_after_s=pause_s, request_id=request_id)
    return told_by_status(status, complaint, detail, request_id)


def wrapped_error(body: Mapping[str, Any], headers: httpx.Headers) -> ProviderError:
    """The typed error of a refusal that came with a 200 or inside a stream, where no status tells its kind."""
    error = body.get("error")
    kind = words(error.get("type")) if isinstance(error, dict) else ""
    status = STATUS_OF_KIND.get(kind, 500)
    return error_of(status, headers, json.dumps(body).encode(), now_s=0.0)


def told_by_code(complaint: Complaint, detail: str, request_id: str | None) -> ProviderError | None:
    """The error that the body's own code names, which is more exact than the status; None when it names none."""
    codes = {complaint.code.lower(), complaint.kind.lower()}
    if codes & BLOCKED or VIOLATIONS.search(complaint.message):
        return ContentBlocked(
            detail,
            stage=complaint.stage,
            categories=complaint.categories,
            request_id=request_id,
        )
    if codes & NO_CREDIT:
        return CreditExhausted(detail, request_id=request_id)
    if codes & NO_MODEL:
        return ModelGone(detail, request_id=request_id)
    return None


def told_by_status(
    status: int, complaint: Complaint, detail: str, request_id: str | None
) -> ProviderError:
    """The error of a bare status."""
    return error_of_status(status, detail, param=complaint.param, request_id=request_id)


def complaint_of(body: bytes) -> Complaint:
    """The complaint in `{"error": {...}}`, `{"error": "..."}`, FastAPI's `{"detail": ...}`, or plain text."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        text = body[:MAX_DETAIL_CHARS].decode("utf-8", "replace")
        return Complaint(message=" ".join(re.sub(r"<[^>]*>", " ", text).split()))
    if not isinstance(found, dict):
        return Complaint(message=words(found))
    error = found.get("error", found)
    if not isinstance(error, dict):
        return Complaint(message=words(error))
    detail = error.get("detail")
    first = detail[0] if isinstance(detail, list) and detail else None
    if isinstance(first, dict):
        place = first.get("loc")
        return Complaint(
            message=words(first.get("msg")),
            kind=words(first.get("type")),
            param=words(place[-1]) if isinstance(place, list) and place else None,
        )
    return openai_complaint(error)


def openai_complaint(error: Mapping[str, Any]) -> Complaint:
    """The complaint of OpenAI's or Azure's error object."""
    message = words(error.get("message") or error.get("detail"))
    details = error.get("moderation_details")
    details = details if isinstance(details, dict) else {}
    stage = "output" if details.get("moderation_stage") == "output" else "input"
    param = error.get("param")
    return Complaint(
        message=message,
        code=words(error.get("code")),
        kind=words(error.get("type")),
        param=words(param) if param else None,
        stage=stage,
        categories=categories_of(error, details, message),
    )


def categories_of(
    error: Mapping[str, Any], details: Mapping[str, Any], message: str
) -> tuple[str, ...]:
    """What was objected to: OpenAI's list, its message's `safety_violations=[...]`, or Azure's filter results."""
    listed = details.get("categories")
    if isinstance(listed, list) and listed:
        return tuple(words(item)[:60] for item in listed[:20])
    violations = VIOLATIONS.search(message)
    if violations:
        return tuple(part.strip()[:60] for part in violations[1].split(",") if part.strip())
    inner = error.get("inner_error") or error.get("innererror")
    results = inner.get("content_filter_results") if isinstance(inner, dict) else None
    if not isinstance(results, dict):
        return ()
    return tuple(
        str(name)[:60]
        for name, result in list(results.items())[:20]
        if isinstance(result, dict) and result.get("filtered") is True
    )


def words(value: object) -> str:
    """A body's value as a short text."""
    return "" if value is None else str(value)[:MAX_DETAIL_CHARS]
