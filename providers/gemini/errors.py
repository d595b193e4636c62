"""What the API's "no" means: as a status, or as a reason in an answer of status 200."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from providers.errors import (
    BadAnswer,
    Busy,
    ContentBlocked,
    CreditExhausted,
    InvalidRequest,
    ModelGone,
    NoImage,
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
    Unavailable,
)
from providers.wire.pauses import capped, number, retry_after_s
from providers.wire.statuses import error_of_status

MAX_DETAIL_CHARS = 500

BLOCKED_OUTPUT = frozenset(
    {
        "SAFETY",
        "IMAGE_SAFETY",
        "PROHIBITED_CONTENT",
        "IMAGE_PROHIBITED_CONTENT",
        "RECITATION",
        "IMAGE_RECITATION",
        "SPII",
        "BLOCKLIST",
        "MODEL_ARMOR",
    }
)
"""Reasons to stop that mean "not this content". Source: google-genai 3.6 `types.FinishReason`, 2026-11-25."""

EMPTY_HANDED = frozenset({"NO_IMAGE", "IMAGE_OTHER", "OTHER"})
"""Reasons that give none; the same call made once more may bring a picture. Source: the same."""

ACCOUNT_LIMITED = "PUP_LIMITED_DISABLED"
"""The account itself was limited for what it made before. Source: the same."""

KINDS: Mapping[str, type[ProviderError]] = {
    "UNAUTHENTICATED": Unauthorized,
    "PERMISSION_DENIED": Unauthorized,
    "NOT_FOUND": ModelGone,
    "INVALID_ARGUMENT": InvalidRequest,
    "OUT_OF_RANGE": InvalidRequest,
    "UNIMPLEMENTED": Unavailable,
    "UNAVAILABLE": Unavailable,
    "INTERNAL": OutcomeUnknown,
    "UNKNOWN": OutcomeUnknown,
    "DEADLINE_EXCEEDED": OutcomeUnknown,
    "CANCELLED": OutcomeUnknown,
    "ABORTED": OutcomeUnknown,
}
"""Google's status words (google.rpc.Code). Those that don't say whether work was begun are unknown outcomes."""

NO_MONEY = re.compile(
    r"credits? (?:are |is )?(?:depleted|exhausted)|limit:\s{0,3}0\b", re.IGNORECASE
)
"""A 429 that no waiting mends: prepaid credits gone, or a quota of nothing (a free plan without that model).

An ordinary one also says "check your plan and billing details", so that word tells nothing.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """An error body: Google's status word, its message, the reasons in its details and the pause it names."""

    message: str = ""
    status: str = ""
    reasons: tuple[str, ...] = ()
    param: str | None = None
    retry_after_s: float | None = None


def error_of(status: int, headers: httpx.Headers, body: bytes, *, now_s: float) -> ProviderError:
    """The typed error of an answer that is not a success. `now_s` is the time as seconds since 1970."""
    complaint = complaint_of(body)
    request_id = headers.get("x-request-id")
    detail = f"{status} {complaint.status}: {complaint.message}"[:MAX_DETAIL_CHARS]
    if "API_KEY_INVALID" in complaint.reasons or complaint.status == "FAILED_PRECONDITION":
        # A wrong key and a country that isn't served both come as 400: an admin must act.
        return Unauthorized(detail, request_id=request_id)
    if status in (429, 529) or complaint.status == "RESOURCE_EXHAUSTED":
        if NO_MONEY.search(complaint.message):
            return CreditExhausted(detail, request_id=request_id)
        told_s = retry_after_s(headers, now_s=now_s)
        pause_s = told_s if told_s is not None else complaint.retry_after_s
        return Busy(detail, retry_after_s=pause_s, request_id=request_id)
    kind = KINDS.get(complaint.status)
    if kind is InvalidRequest:
        return InvalidRequest(detail, param=complaint.param, request_id=request_id)
    if kind is not None:
        return kind(detail, request_id=request_id)
    return error_of_status(status, detail, param=complaint.param, request_id=request_id)


def complaint_of(body: bytes) -> Complaint:
    """The complaint in `{"error": {code, message, status, details}}`, or in a page's words."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        text = body[:MAX_DETAIL_CHARS].decode("utf-8", "replace")
        return Complaint(message=" ".join(re.sub(r"<[^>]*>", " ", text).split()))
    # Some of Google's front ends wrap the object in a list of one.
    found = found[0] if isinstance(found, list) and found else found
    error = found.get("error") if isinstance(found, dict) else None
    if not isinstance(error, dict):
        return Complaint(message=words(error or found))
    details = list(entries(error.get("details")))
    delays = [delay_s(entry.get("retryDelay")) for entry in details]
    fields = [
        words(violation.get("field"))
        for entry in details
        for violation in entries(entry.get("fieldViolations"))
    ]
    return Complaint(
        message=words(error.get("message")),
        status=words(error.get("status")),
        reasons=tuple(words(entry.get("reason")) for entry in details),
        param=fields[0] if fields else None,
        retry_after_s=next((delay for delay in delays if delay is not None), None),
    )


def entries(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; none when it is no list."""
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict):
            yield entry


def delay_s(text: object) -> float | None:
    """A RetryInfo's "37s" or "1.5s" as a pause in seconds."""
    if not isinstance(text, str) or not text.endswith("s"):
        return None
    seconds = number(text[:-1])
    return None if seconds is None else capped(seconds)


def words(value: object) -> str:
    """A body's value as a short text."""
    return "" if value is None else str(value)[:MAX_DETAIL_CHARS]


def told_in_answer(fields: Mapping[str, Any], request_id: str | None) -> ProviderError | None:
    """The error that an answer of status 200 tells by itself: blocked, limited, or wrapped; None when it tells none."""
    if isinstance(fields.get("error"), dict):
        code = fields["error"].get("code")
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
        return error_of(status, httpx.Headers(), json.dumps(dict(fields)).encode(), now_s=0.0)
    feedback = fields.get("promptFeedback")
    if isinstance(feedback, dict) and feedback.get("blockReason"):
        return ContentBlocked(
            f"the prompt was blocked: {words(feedback['blockReason'])}",
            stage="input",
            categories=categories_of(feedback, feedback["blockReason"]),
            request_id=request_id,
        )
    for candidate in entries(fields.get("candidates")):
        reason = words(candidate.get("finishReason"))
        detail = f"stopped by {reason}: {words(candidate.get('finishMessage'))}"
        if reason == ACCOUNT_LIMITED:
            return Unauthorized(detail, request_id=request_id)
        if reason in BLOCKED_OUTPUT:
            return ContentBlocked(
                detail,
                stage="output",
                categories=categories_of(candidate, reason),
                request_id=request_id,
            )
    return None


def categories_of(told: Mapping[str, Any], reason: object) -> tuple[str, ...]:
    """What was objected to: the ratings that blocked, else the reason itself, in lower case."""
    blocked = [
        words(rating.get("category")).removeprefix("HARM_CATEGORY_").lower()
        for rating in entries(told.get("safetyRatings"))
        if rating.get("blocked") is True
    ]
    return tuple(blocked[:20]) or (words(reason).lower()[:60],)


def no_image(fields: Mapping[str, Any], said: Sequence[str], request_id: str | None) -> BadAnswer:
    """The error of a success without a picture: NO_IMAGE, IMAGE_OTHER, words only, or nothing."""
    reasons = [words(one.get("finishReason")) for one in entries(fields.get("candidates"))]
    kind = NoImage if reasons and EMPTY_HANDED.issuperset(reasons) else BadAnswer
    return kind(
        f"no image: {', '.join(reasons) or 'no candidates'}: {' '.join(said)[:200]}",
        request_id=request_id,
    )
