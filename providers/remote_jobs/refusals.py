"""What a status means, before and after a job has its id, and the words a refusal brings."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import httpx

from providers.errors import Busy, OutcomeUnknown, ProviderError, Unavailable
from providers.remote_jobs.exchange import Reply
from providers.wire.pauses import capped, retry_after_s
from providers.wire.statuses import error_of_status

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
        pause_s = pause_of(reply.headers, complaint.message, now_s=now_s)
        return Busy(detail, retry_after_s=pause_s, request_id=request_id)
    return error_of_status(reply.status, detail, param=complaint.param, request_id=request_id)


def error_of_look(
    status: int, headers: httpx.Headers, body: bytes, *, now_s: float
) -> ProviderError:
    """The typed error of a free question's answer that is no success. `now_s` is Unix time."""
    reply = Reply(status=status, headers=headers, body=body)
    return refusal_of_look(reply, complaint_of(body), now_s=now_s)


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


def pause_of(headers: httpx.Headers, message: str, *, now_s: float) -> float | None:
    """The pause a server asks for in its headers, else in its message; None when it names none."""
    told_s = retry_after_s(headers, now_s=now_s)
    if told_s is not None:
        return told_s
    told = RESETS_IN.search(message)
    return capped(float(told[1])) if told else None
