"""A job that was taken, asked for by its id until it is there."""

from __future__ import annotations

import asyncio

import httpx

from providers.errors import BadAnswer, Busy, OutcomeUnknown, Unavailable
from providers.protocol import Workshop
from providers.stability.answers import Painted, painted
from providers.stability.errors import error_of
from providers.stability.exchange import poll_request
from providers.stability.options import Options
from providers.wire.deadline import Deadline
from providers.wire.exchange import opened, whole_body

MAX_BROKEN_POLLS = 3
"""So many answers in a row without sense are taken for the answer. Asking is free, but not useful for ever."""

POLL_TIMEOUT_S = 60.0
"""How long one poll may take: a whole large picture comes with the last one."""

PASSING = (Busy, Unavailable, OutcomeUnknown, BadAnswer)
"""What goes wrong with a poll and may be right with the next: the result is kept for 24 hours."""


async def awaited(workshop: Workshop, options: Options, job_id: str, deadline: Deadline) -> Painted:
    """The job's picture. Busy when it isn't there by the deadline: it goes on there, and a later resume finds it.

    ModelGone for an id the API doesn't know (any more), ContentBlocked for a filtered picture, BadAnswer when it comes
    broken again and again.
    """
    why, broken_in_a_row = "", 0
    while not deadline.is_over():
        pause_s = options.poll_every_s
        try:
            found = await polled(workshop.http, options, job_id, deadline)
        except PASSING as error:
            # Only the words are kept: the error holds the frames, and they the body, of up to 48 MB.
            why, broken_in_a_row = f": {error.detail}", broken_in_a_row + 1
            workshop.log.warning("a poll for job %s failed%s", job_id, why)
            if isinstance(error, BadAnswer) and broken_in_a_row >= MAX_BROKEN_POLLS:
                raise
            if isinstance(error, Busy):
                pause_s = max(pause_s, error.retry_after_s or 0.0)
        else:
            if found is not None:
                return found
            broken_in_a_row = 0
        await asyncio.sleep(min(pause_s, deadline.left_s()))
    late = Busy(f"job {job_id} isn't done yet{why}")
    # The job was taken and will be billed, whatever became of our polls.
    late.billed = True
    raise late


async def polled(
    http: httpx.AsyncClient, options: Options, job_id: str, deadline: Deadline
) -> Painted | None:
    """What one poll brings, None while the job is worked on."""
    soon = Deadline(at=min(deadline.at, Deadline.after(POLL_TIMEOUT_S).at))
    response = await opened(http, poll_request(http, options, job_id, soon), soon, error_of)
    try:
        if response.status_code == httpx.codes.ACCEPTED:
            return None
        body = await whole_body(response, soon)
    finally:
        await response.aclose()
    return painted(body, response.headers, key="result")
