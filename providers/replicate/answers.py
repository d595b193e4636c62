"""What Replicate answers about a prediction."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

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
from providers.remote_jobs.refusals import complaint_of, refusal_of_create, words

MAX_PICTURES = 16
LOG_TAIL_CHARS = 4000

PERCENT = re.compile(r"(?<![\d.])(\d{1,3})%")
SEED = re.compile(r"[Uu]sing seed:?\s{0,3}(\d{1,19})")
BLOCKED = re.compile(r"nsfw|flagged|sensitive|\bE005\b|safety", re.IGNORECASE)


def id_of_create(reply: Reply) -> str:
    """The id of the prediction a create made. Raises what a refusal means; OutcomeUnknown when a success tells no id."""
    if not reply.is_success:
        complaint = complaint_of(reply.body)
        if reply.status in (400, 422) and BLOCKED.search(complaint.message):
            raise ContentBlocked(f"{reply.status} {complaint.message}", stage="input")
        raise refusal_of_create(reply, complaint, now_s=time.time())
    try:
        found = reply.fields().get("id")
    except BadAnswer as error:
        raise OutcomeUnknown(f"a prediction was made and its id is lost: {error.detail}") from error
    if not is_job_id(found):
        raise OutcomeUnknown("a prediction was made and its id is lost")
    return found


def look_of(reply: Reply, *, seed: int | None, is_seeded: bool) -> Look:
    """How the prediction is. Raises what its end means; Busy and Unavailable when it is worth asking again.

    `seed` is the one that was asked for, which these models use for the first picture; one that isn't seeded tells none.
    """
    try:
        fields = granted(reply).fields()
    except BadAnswer as error:
        raise Unavailable(f"a look brought no answer: {error.detail}") from error
    status = fields.get("status")
    if status in ("starting", "processing"):
        return Working(fraction=fraction_of(fields.get("logs")))
    if status == "succeeded":
        return finished(fields, seed=seed if is_seeded else None, is_seeded=is_seeded)
    raise ended(status, fields)


def finished(fields: Mapping[str, Any], *, seed: int | None, is_seeded: bool) -> Finished:
    """A prediction that is done."""
    links = list(links_of(fields.get("output")))[:MAX_PICTURES]
    if not links and fields.get("data_removed") is True:
        raise BadAnswer("the pictures were already removed there")
    logs = fields.get("logs")
    told = SEED.search(logs[-LOG_TAIL_CHARS:]) if is_seeded and isinstance(logs, str) else None
    first = int(told[1]) if told is not None else seed
    return Finished(
        pictures=tuple(
            LinkedPicture(link=link, seed=first if place == 0 else None)
            for place, link in enumerate(links)
        ),
        request_id=words(fields.get("id")),
    )


def links_of(output: object) -> Iterator[str]:
    """The links in an output: one, a list of them, or an object that names them."""
    if isinstance(output, str):
        yield output
    elif isinstance(output, list):
        yield from (item for item in output if isinstance(item, str))
    elif isinstance(output, Mapping):
        for value in output.values():
            if isinstance(value, str) and value.startswith("http"):
                yield value


def ended(status: object, fields: Mapping[str, Any]) -> ProviderError:
    """What an end without pictures means. An unknown status may be a new way of waiting, so it is asked again."""
    request_id = words(fields.get("id"))
    detail = f"{words(status)}: {words(fields.get('error'))}"
    if status in ("canceled", "aborted"):
        return ModelGone(detail, request_id=request_id)
    if status != "failed":
        return Busy(f"status {words(status)}", request_id=request_id)
    if BLOCKED.search(detail):
        at_input = "input" in detail.lower() and "output" not in detail.lower()
        return ContentBlocked(
            detail, stage="input" if at_input else "output", request_id=request_id
        )
    return BadAnswer(detail, request_id=request_id)


def fraction_of(logs: object) -> float | None:
    """The last percentage in the logs, from 0 to 1: models print progress bars there. 0 before the first."""
    if not isinstance(logs, str):
        return 0.0
    told = PERCENT.findall(logs[-LOG_TAIL_CHARS:])
    return min(1.0, int(told[-1]) / 100) if told else 0.0


def is_stopped(fields: Mapping[str, Any]) -> bool:
    """Whether a prediction was stopped for good."""
    return fields.get("status") in ("canceled", "aborted")
