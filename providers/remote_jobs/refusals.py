"""What a status means, before and after a job has its id, and the words a refusal brings."""

from __future__ import annotations

import email.utils
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from providers.errors import (
    Busy,
    CreditExhausted,
    InvalidRequest,
    ModelGone,
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
    Unavailable,
)
from providers.remote_jobs.exchange import Reply

MAX_RETRY_AFTER_S = 600.0
"""A server that names a longer pause (or 1e9 s) means no better than "later"."""

NOT_PROCESSED = frozenset({409, 501, 503, 505, 521, 523, 525, 526})
"""Statuses that say the request was not carried out, so that repeating it elsewhere bills once.

409 conflict, 501 and 505 not implemented, 503 "currently unable to handle the request" (RFC 9110, 15.5.10, 15.6);
521, 523, 525 and 526 are Cloudflare's "no connection to the origin". Every other 5xx, and 408 from a gateway that gave
up waiting, may come after the job was made.
"""

MAX_DETAIL_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a refusal's body says: FastAPI's `{"detail": …}`, `{"title", "detail"}`, `{"error": …}`, or plain text."""

    message: str = ""
    kind: str = ""
    param: str | None = None


def complaint_of(body: bytes) -> Complaint:
    """The complaint of a body, whatever its shape."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        text = body[:MAX_DETAIL_CHARS].decode("utf-8", "replace")
        return Complaint(message=" ".join(re.sub(r"<[^>]*>", " ", text).split()))
    if not isinstance(found, dict):
        return Complaint(message=words(found))
    detail = found.get("detail")
    first = detail[0] if isinstance(detail, list) and detail else detail
    if isinstance(first, dict):
        place = first.get("loc")
        return Complaint(
            message=words(first.get("msg")),
            kind=words(first.get("type")),
            param=words(place[-1]) if isinstance(place, list) and place else None,
        )
    message = first or found.get("error") or found.get("message") or found.get("title")
    return Complaint(message=words(message), kind=words(found.get("error_type")))


def refusal_of_create(reply: Reply, complaint: Complaint, *, now_s: float) -> ProviderError:
    """What a create's status means. `now_s` is Unix time.

    A redirect and the statuses of NOT_PROCESSED surely started nothing; other 5xx may have.
    """
    detail = f"{reply.status} {complaint.kind}: {complaint.message}".strip()
    request_id = request_id_of(reply.headers)
    if reply.status in (429, 529):
        pause_s = retry_after_s(reply.headers, complaint.message, now_s=now_s)
        return Busy(detail, retry_after_s=pause_s, request_id=request_id)
    plain: Mapping[int, type[ProviderError]] = {
        401: Unauthorized,
        402: CreditExhausted,
        403: Unauthorized,
        404: ModelGone,
        408: OutcomeUnknown,
        410: ModelGone,
    }
    if reply.status in plain:
        return plain[reply.status](detail, request_id=request_id)
    if reply.status in NOT_PROCESSED or reply.status < 400:
        return Unavailable(detail, request_id=request_id)
    if reply.status < 500:
        return InvalidRequest(detail, param=complaint.param, request_id=request_id)
    return OutcomeUnknown(detail, request_id=request_id)


def refusal_of_look(reply: Reply, complaint: Complaint, *, now_s: float) -> ProviderError:
    """What a status means when nothing is paid: 404 is a job that isn't there, trouble is a reason to ask again.

    Busy and Unavailable are worth asking again; the job goes on meanwhile.
    """
    error = refusal_of_create(reply, complaint, now_s=now_s)
    if isinstance(error, OutcomeUnknown):
        return Unavailable(error.detail, request_id=error.request_id)
    return error


def request_id_of(headers: httpx.Headers) -> str | None:
    """The id by which a vendor's support finds the exchange."""
    found = headers.get("x-request-id") or headers.get("x-fal-request-id") or headers.get("cf-ray")
    return found[:200] if found else None


def words(value: object) -> str:
    """A body's value as a short text."""
    return "" if value is None else str(value)[:MAX_DETAIL_CHARS]


RESETS_IN = re.compile(r"~\s{0,3}(\d{1,6})\s{0,3}s")
"""Replicate's only word on it: "Your rate limit resets in ~30s." (docs on rate limits, read 2026-11-22)."""


def retry_after_s(headers: httpx.Headers, message: str, *, now_s: float) -> float | None:
    """The pause a server asks for, from 0 to MAX_RETRY_AFTER_S; None when it names none.

    Read in this order: Retry-After in seconds or as a date, counted from the answer's own Date where it has one because
    two clocks differ, then the message.
    """
    text = headers.get("retry-after", "")
    seconds = number(text)
    if seconds is not None:
        return capped(seconds)
    then_s = moment_s(text)
    if then_s is not None:
        return capped(then_s - (moment_s(headers.get("date", "")) or now_s))
    told = RESETS_IN.search(message)
    return capped(float(told[1])) if told else None


def number(text: str | None) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def moment_s(text: str) -> float | None:
    """An HTTP date as seconds since 1970, or None."""
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def capped(pause_s: float) -> float:
    """The pause, not below nothing and not above the cap."""
    return min(max(pause_s, 0.0), MAX_RETRY_AFTER_S)
