"""A job followed to its end: asked after until its pictures are there, never made again."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import httpx

from providers.errors import (
    BadAnswer,
    Busy,
    ContentBlocked,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
)
from providers.protocol import Done, GeneratedImage, Progress, Result, Workshop
from providers.remote_jobs.bells import Bells, Pauses
from providers.remote_jobs.exchange import Reply, exchanged
from providers.remote_jobs.links import Hosts, all_fetched
from providers.remote_jobs.refusals import complaint_of, refusal_of_look
from providers.wire.deadline import Deadline

LOOK_TIMEOUT_S = 20.0
"""How long one look may take: a look that hangs is asked again, the job doesn't notice."""

MOST_LOST_LOOKS = 8
"""Looks in a row that may be lost, about 25 s of pauses; then the caller hears of it and resumes later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """The job is queued or being painted; `fraction` from 0 to 1 where the provider tells."""

    fraction: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedPicture:
    """One picture of a finished job: a link as the provider wrote it, and the seed it told."""

    link: object
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The job is done. `withheld` counts pictures that the provider's own judge took back."""

    pictures: tuple[LinkedPicture, ...]
    withheld: int = 0
    cost_microusd: int | None = None
    request_id: str | None = None


Look = Working | Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What is to be followed: the vendor's id, how to look, how many pictures are wanted, and notes for the answer."""

    job_id: str
    look: Callable[[Deadline], Awaitable[Look]]
    count: int
    notes: tuple[str, ...] = ()


class Follower:
    """Follows the jobs of one provider."""

    def __init__(self, workshop: Workshop, hosts: Hosts) -> None:
        self._workshop = workshop
        self._hosts = hosts
        self.bells = Bells()

    async def follow(
        self, job: Followed, deadline: Deadline
    ) -> AsyncGenerator[Progress | Done, None]:
        """Growing progress, then Done.

        Busy when the deadline comes first or the provider asks for patience too often, Unavailable when it can't be
        reached for a while: in both cases the job goes on there, and a later resume finds it.
        """
        try:
            async with aclosing(self._looked(job, deadline)) as events:
                async for event in events:
                    yield event
        except (Busy, Unavailable) as error:
            # The job was made and goes on: it will be billed, whatever became of our looks.
            error.billed = True
            raise

    async def _looked(
        self, job: Followed, deadline: Deadline
    ) -> AsyncGenerator[Progress | Done, None]:
        with self.bells.listening(job.job_id) as bell:
            pauses, lost, shown = Pauses(bell, deadline), 0, -1.0
            while True:
                wish_s = 0.0
                try:
                    seen = await job.look(deadline.at_most(LOOK_TIMEOUT_S))
                    if isinstance(seen, Finished):
                        yield Done(result=await self._result(seen, job, deadline))
                        return
                    lost = 0
                    if seen.fraction is not None and seen.fraction > shown:
                        shown = seen.fraction
                        yield Progress(fraction=shown)
                except (Busy, Unavailable) as error:
                    lost += 1
                    if lost >= MOST_LOST_LOOKS:
                        raise
                    wish_s = wished_s(error)
                    self._workshop.log.info("job %s: a look was lost: %s", job.job_id, error.detail)
                if not deadline.is_over():
                    await pauses.rest(at_least_s=wish_s)
                if deadline.is_over():
                    raise Busy(f"{job.job_id} was still at work when the time was up")

    async def _result(self, done: Finished, job: Followed, deadline: Deadline) -> Result:
        wanted = done.pictures[: job.count]
        if not wanted and done.withheld:
            # The job was completed, and withheld from us only: it is billed like any other.
            raise ContentBlocked(
                "every picture was withheld", stage="output", request_id=done.request_id
            ).charging(done.cost_microusd, images=done.withheld)
        urls = [(picture, self._hosts.allowed(picture.link)) for picture in wanted]
        good = [(picture, url) for picture, url in urls if url is not None]
        for picture, url in urls:
            if url is None:
                self._workshop.log.warning(
                    "job %s: a link is not followed: %.200r", job.job_id, picture.link
                )
        data, worst = await all_fetched(self._workshop.http, [url for _, url in good], deadline)
        images = tuple(
            GeneratedImage(data=bytes_, seed=picture.seed)
            for (picture, _), bytes_ in zip(good, data, strict=True)
            if bytes_ is not None
        )
        if not images:
            if isinstance(worst, Unavailable | Busy):
                raise worst
            why = worst.detail if worst else "no usable picture in the answer"
            raise BadAnswer(why, request_id=done.request_id).charging(
                done.cost_microusd, images=len(done.pictures) + done.withheld
            )
        return Result(
            images=images,
            notes=(*job.notes, *missing(len(images), job.count, done.withheld)),
            cost_microusd=done.cost_microusd,
            request_id=done.request_id,
        )


def missing(came: int, wanted: int, withheld: int) -> tuple[str, ...]:
    """A note when pictures are missing."""
    if came >= wanted:
        return ()
    reason = f"; the service withheld {withheld}" if withheld else ""
    return (f"{came} of {wanted} images came{reason}",)


def wished_s(error: ProviderError) -> float:
    """The pause a provider wished for, 0 when it named none."""
    return (error.retry_after_s or 0.0) if isinstance(error, Busy) else 0.0


async def asked(
    http: httpx.AsyncClient, request: httpx.Request, deadline: Deadline, *, max_bytes: int = 1 << 22
) -> Reply:
    """The answer to a question that costs nothing, success or not. Unavailable when it can't be had.

    Busy and Unavailable also for a status that says so, and for a success whose body broke off.
    """
    try:
        reply = await exchanged(http, request, deadline, max_bytes=max_bytes)
    except OutcomeUnknown as error:
        raise Unavailable(error.detail) from error
    if reply.is_cut:
        raise Unavailable("the answer broke off")
    return reply


def granted(reply: Reply) -> Reply:
    """The reply if it is a success; else the typed error of a question that costs nothing."""
    if reply.is_success:
        return reply
    raise refusal_of_look(reply, complaint_of(reply.body), now_s=time.time())
