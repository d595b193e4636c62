"""What fal's queue and the models behind it answer."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from providers.errors import (
    BadAnswer,
    Busy,
    ContentBlocked,
    InvalidRequest,
    ModelGone,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
)
from providers.fal.jobs import Job, job_of_answer
from providers.remote_jobs.exchange import Reply
from providers.remote_jobs.following import Finished, LinkedPicture, Working, granted
from providers.remote_jobs.links import Hosts
from providers.remote_jobs.refusals import (
    Complaint,
    complaint_of,
    refusal_of_create,
    request_id_of,
    words,
)

MAX_PICTURES = 16
MAX_LOG_LINES = 200

PERCENT = re.compile(r"(?<![\d.])(\d{1,3})%")

TIMED_OUT = "x-fal-request-timeout-type"
"""A 504 with this header is the job's own end, not the network's (fal-client 1.0.3 never repeats it, read 2026-11-22)."""

BLOCKED = frozenset({"content_policy_violation", "nsfw_content", "safety_violation"})

WRONG_INPUT = frozenset(
    {
        "bad_request",
        "face_detection_error",
        "feature_not_supported",
        "file_download_error",
        "file_too_large",
        "greater_than",
        "greater_than_equal",
        "image_load_error",
        "image_too_large",
        "image_too_small",
        "invalid_archive",
        "less_than",
        "less_than_equal",
        "missing",
        "sequence_too_long",
        "sequence_too_short",
        "string_too_long",
        "unsupported_image_format",
        "value_error",
    }
)
"""Types of `detail` that blame the request. Source: fal's page on model errors, read 2026-11-25."""

CANCELLED = frozenset({"client_cancelled", "client_disconnected", "request_cancelled"})


def job_of_submit(reply: Reply, hosts: Hosts) -> Job:
    """The job a submit made. Raises what a refusal means; OutcomeUnknown when a success tells no usable id."""
    if not reply.is_success:
        complaint = typed_complaint(reply)
        if complaint.kind in BLOCKED:
            raise ContentBlocked(f"{reply.status} {complaint.message}", stage="input")
        if reply.status == 504 and TIMED_OUT in reply.headers:
            raise OutcomeUnknown("the submit timed out there")
        raise refusal_of_create(reply, complaint, now_s=time.time())
    try:
        job = job_of_answer(reply.fields(), hosts)
    except BadAnswer as error:
        raise OutcomeUnknown(f"a job was made and its id is lost: {error.detail}") from error
    if job is None:
        raise OutcomeUnknown("a job was made and its id is lost")
    return job


def typed_complaint(reply: Reply) -> Complaint:
    """The complaint of a body; its type may stand in a header instead."""
    found = complaint_of(reply.body)
    header = reply.headers.get("x-fal-error-type", "")[:100]
    return Complaint(message=found.message, kind=found.kind or header, param=found.param)


def still_working(reply: Reply) -> Working | None:
    """How far the job is, None when it has completed. Raises its error when the status has one.

    Busy and Unavailable when it is worth asking again.
    """
    try:
        fields = granted(reply).fields()
    except BadAnswer as error:
        raise Unavailable(f"a look brought no answer: {error.detail}") from error
    status = fields.get("status")
    if status == "IN_QUEUE":
        return Working(fraction=0.0)
    if status == "IN_PROGRESS":
        return Working(fraction=fraction_of(fields.get("logs")))
    if status in ("CANCELLED", "CANCELED"):
        raise ModelGone("cancelled")
    if status != "COMPLETED":
        raise Busy(f"status {words(status)}")
    if fields.get("error"):
        complaint = Complaint(
            message=words(fields.get("error")), kind=words(fields.get("error_type"))
        )
        raise end_of_job(complaint, request_id=request_id_of(reply.headers))
    return None


def fraction_of(logs: object) -> float:
    """The last percentage in the logs, from 0 to 1: models print progress bars there. 0 before the first."""
    if not isinstance(logs, list):
        return 0.0
    for line in reversed(logs[-MAX_LOG_LINES:]):
        message = line.get("message") if isinstance(line, Mapping) else None
        told = PERCENT.findall(message[-500:]) if isinstance(message, str) else []
        if told:
            return min(1.0, int(told[-1]) / 100)
    return 0.0


def finished(reply: Reply, *, is_seeded: bool) -> Finished:
    """A completed job's pictures. Raises what its error means; Busy and Unavailable when it is worth asking again.

    A gateway's 5xx carries none of fal's headers and says nothing of the job; the model's own does.
    """
    request_id = request_id_of(reply.headers)
    if not reply.is_success:
        complaint = typed_complaint(reply)
        of_the_job = (
            TIMED_OUT in reply.headers
            or "x-fal-error-type" in reply.headers
            or (reply.status >= 500 and "x-fal-request-id" in reply.headers)
            or reply.status in (400, 413, 422)
        )
        if of_the_job:
            raise end_of_job(complaint, request_id=request_id)
        granted(reply)
    try:
        fields = reply.fields()
    except BadAnswer as error:
        raise BadAnswer(error.detail, request_id=request_id) from error
    links = list(links_of(fields))[:MAX_PICTURES]
    flags = fields.get("has_nsfw_concepts")
    flags = flags if isinstance(flags, list) else []
    # A flagged picture is black: it isn't worth fetching.
    withheld = [place < len(flags) and flags[place] is True for place in range(len(links))]
    seed = fields.get("seed") if is_seeded else None
    seed = seed if isinstance(seed, int) and not isinstance(seed, bool) else None
    return Finished(
        pictures=tuple(
            LinkedPicture(link=link, seed=seed if place == 0 else None)
            for place, link in enumerate(links)
            if not withheld[place]
        ),
        withheld=sum(withheld),
        request_id=request_id,
    )


def links_of(fields: Mapping[str, Any]) -> Iterator[str]:
    """The links of a result: `images`, `image`, or what a few models call them."""
    for name in ("images", "image", "output", "outputs"):
        found = fields.get(name)
        items = found if isinstance(found, list) else [found]
        links = [item.get("url") if isinstance(item, Mapping) else item for item in items]
        good = [link for link in links if isinstance(link, str)]
        if good:
            yield from good
            return


def end_of_job(complaint: Complaint, *, request_id: str | None) -> ProviderError:
    """What the error of a completed job means."""
    detail = f"{complaint.kind}: {complaint.message}"
    if complaint.kind in BLOCKED or "content policy" in complaint.message.lower():
        return ContentBlocked(detail, stage="output", request_id=request_id)
    if complaint.kind in WRONG_INPUT:
        return InvalidRequest(detail, param=complaint.param, request_id=request_id)
    if complaint.kind in CANCELLED:
        return ModelGone(detail, request_id=request_id)
    return BadAnswer(detail, request_id=request_id)
