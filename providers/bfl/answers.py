"""What Black Forest Labs answers: a job's id, its state, its end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.errors import (
    BadAnswer,
    Busy,
    ContentBlocked,
    ModelGone,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
)
from providers.remote_jobs.exchange import Reply
from providers.remote_jobs.following import Finished, LinkedPicture, Look, Working, granted
from providers.remote_jobs.ids import is_job_id
from providers.remote_jobs.links import Hosts
from providers.remote_jobs.refusals import complaint_of, refusal_of_create, words

MICROUSD_PER_CREDIT = 10_000
"""One credit is one US cent. Source: docs.bfl.ai pricing, read 2026-11-22."""

MAX_CREDITS = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job there: its id, where to ask after it, and what it costs in credits, which only the first answer tells."""

    id: str
    polling_url: httpx.URL
    credits: float | None = None

    @property
    def remote_id(self) -> str:
        """All that a resume needs, as "ID URL CREDITS"; the id stands as * in the URL."""
        url = str(self.polling_url).replace(self.id, "*")
        return " ".join(
            [self.id, url, *([f"{self.credits:g}"] if self.credits is not None else [])]
        )


def job_of_remote_id(remote_id: str, hosts: Hosts) -> Job:
    """The job again. ModelGone for an id that is none of ours, or leads elsewhere than to the vendor."""
    job_id, *rest = remote_id.split(" ")
    url = hosts.allowed(rest[0].replace("*", job_id)) if 1 <= len(rest) <= 2 else None
    if url is None or not is_job_id(job_id):
        raise ModelGone(f"no job {remote_id[:200]!r}")
    return Job(id=job_id, polling_url=url, credits=number(rest[1]) if len(rest) == 2 else None)


def job_of_create(reply: Reply, hosts: Hosts, *, fallback: httpx.URL) -> Job:
    """The job a create made. Raises what a refusal means; OutcomeUnknown when a success tells no id.

    With a webhook the answer has no polling URL, so `fallback` is asked with the id.
    """
    if not reply.is_success:
        raise refusal_of_job(reply)
    try:
        fields = reply.fields()
    except BadAnswer as error:
        raise OutcomeUnknown(f"a job was made and its id is lost: {error.detail}") from error
    job_id = fields.get("id")
    if not is_job_id(job_id):
        raise OutcomeUnknown("a job was made and its id is lost")
    url = hosts.allowed(fields.get("polling_url")) or fallback.copy_with(params={"id": job_id})
    return Job(id=job_id, polling_url=url, credits=number(fields.get("cost")))


def refusal_of_job(reply: Reply) -> ProviderError:
    """What a refused create means; 402, 403, 422, 429, 503 as docs.bfl.ai/api_integration/errors has them."""
    complaint = complaint_of(reply.body)
    if "moderat" in complaint.message.lower():
        return ContentBlocked(f"{reply.status} {complaint.message}", stage="input")
    return refusal_of_create(reply, complaint, now_s=time.time())


def look_of(reply: Reply, job: Job) -> Look:
    """How the job is. Raises what its end means; Busy and Unavailable when it is worth asking again."""
    if not reply.is_success and not reply.body.startswith(b"{"):
        granted(reply)
    try:
        fields = reply.fields()
    except BadAnswer as error:
        raise Unavailable(f"a look brought no answer: {error.detail}") from error
    status = fields.get("status")
    if not isinstance(status, str):
        granted(reply)
        raise Unavailable("a look brought no status")
    if status == "Pending":
        return Working(fraction=fraction_of(fields.get("progress")))
    if status == "Ready":
        return finished(fields, job)
    raise ended(status, fields, job)


def finished(fields: Mapping[str, Any], job: Job) -> Finished:
    """A job that is done."""
    result = fields.get("result")
    result = result if isinstance(result, dict) else {}
    seed = result.get("seed")
    cost = job.credits * MICROUSD_PER_CREDIT if job.credits is not None else None
    return Finished(
        pictures=(
            LinkedPicture(
                link=result.get("sample"),
                seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
            ),
        ),
        cost_microusd=round(cost) if cost is not None else None,
        request_id=job.id,
    )


def ended(status: str, fields: Mapping[str, Any], job: Job) -> ProviderError:
    """What a status that is no picture means. An unknown one may be a new way of waiting, so it is asked again."""
    details = fields.get("details")
    detail = f"{status}: {words(details)}" if details else status
    if status == "Request Moderated":
        return ContentBlocked(detail, stage="input", categories=reasons(details), request_id=job.id)
    if status == "Content Moderated":
        return ContentBlocked(
            detail, stage="output", categories=reasons(details), request_id=job.id
        )
    if status == "Task not found":
        return ModelGone(detail, request_id=job.id)
    if status in ("Error", "Failed"):
        return BadAnswer(detail, request_id=job.id)
    return Busy(f"status {words(status)}", request_id=job.id)


def reasons(details: object) -> tuple[str, ...]:
    """What moderation objected to: `details` has them under "Moderation Reasons" (docs.bfl.ai)."""
    found = details.get("Moderation Reasons") if isinstance(details, dict) else None
    return tuple(words(reason)[:60] for reason in found[:20]) if isinstance(found, list) else ()


def fraction_of(value: object) -> float | None:
    """Progress from 0 to 1; some models count to 100."""
    found = number(value)
    if found is None:
        return None
    return min(1.0, found / 100 if found > 1 else found)


def number(value: object) -> float | None:
    """A number that can be a cost or a progress, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found <= MAX_CREDITS else None
