"""U1–U4, V1–V4, Re-roll and Retry: new jobs that come from a picture or a job that is there."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.ordering import image_here, may_change, place_order
from bot.domain import answers
from bot.domain.action import Action
from bot.domain.card import Reply
from bot.domain.grammar import Ask
from bot.domain.identity import JobId
from bot.domain.invocation import Invocation
from bot.domain.job import Job, JobState, Order
from providers import Operation

UPSCALE_FACTOR = 2
VARY_STRENGTH = 0.4
"""How far a variation moves from its picture when nothing is said."""
LONGEST_SIDE_PX = 4096
"""An upscale beyond this would be larger than anything we decode."""


async def upscale(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The same picture, twice as large."""
    found = await image_here(desk, invocation, action.target)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    if max(image.width_px, image.height_px) * UPSCALE_FACTOR > LONGEST_SIDE_PX:
        return answers.notice(
            "That picture is as large as it gets",
            f"The longest side may have {LONGEST_SIDE_PX} px.",
        )
    ask = replace(job.order.ask, count=1, seed=image.seed, aspect=None, size=None, draft=False)
    order = Order(
        operation=Operation.UPSCALE,
        ask=ask,
        parent_image=image.id,
        scale=UPSCALE_FACTOR,
        lent=job.order.lent,
    )
    return await place_order(desk, invocation, order)


async def vary(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The same picture, moved a little: as many as were asked for at first."""
    found = await image_here(desk, invocation, action.target)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    able = desk.catalog.able(Operation.VARY)
    operation = Operation.VARY if able else Operation.IMAGE_TO_IMAGE
    ask = replace(
        _like(job),
        seed=None,
        aspect=None,
        size=None,
        strength=VARY_STRENGTH,
    )
    order = Order(operation=operation, ask=ask, parent_image=image.id, lent=job.order.lent)
    return await place_order(desk, invocation, order)


async def reroll(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The same words with new seeds."""
    return await _again(desk, invocation, action)


async def retry(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The same once more, after it failed."""
    job = await _job_here(desk, invocation, action.target)
    if job is not None and not may_change(invocation, job):
        return answers.not_yours("request")
    if job is not None and job.state not in {JobState.FAILED, JobState.REFUSED, JobState.CANCELLED}:
        return answers.notice("There is nothing to retry", f"This request is {job.state.value}.")
    return await _again(desk, invocation, action, seed_too=True)


async def _again(
    desk: Desk, invocation: Invocation, action: Action, *, seed_too: bool = False
) -> Reply:
    job = await _job_here(desk, invocation, action.target)
    if job is None:
        return answers.no_request(action.target)
    ask = job.order.ask if seed_too else replace(job.order.ask, seed=None)
    return await place_order(desk, invocation, replace(job.order, ask=ask))


async def _job_here(desk: Desk, invocation: Invocation, job_id: int) -> Job | None:
    job = await desk.queue.job(JobId(job_id))
    if job is None or job.person.workspace_id != invocation.person.workspace_id:
        return None
    return job


def _like(job: Job) -> Ask:
    """The words of a job with the model that painted it, so that its look is kept."""
    return replace(job.order.ask, model=job.plan.model) if job.plan else job.order.ask
