"""`Run it when it is back` and `Approve`: requests that wait for their quota, or for an admin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.action import Action
from bot.domain.audit import Deed
from bot.domain.card import Card, Reply, Tone
from bot.domain.identity import JobId, Place
from bot.domain.invocation import Invocation
from bot.domain.job import Job, JobState, Order, ParkedFor
from bot.domain.job_cards import cancel_button
from bot.domain.sentences import until
from bot.pipeline.topics import PARKED
from bot.ports import Accepted, Duplicate, Offer, TooManyQueued


async def offer(desk: Desk, invocation: Invocation, order: Order) -> int:
    """The number of a request that is over quota, kept so that a button can ask for it later."""
    return await desk.offers.put(
        Offer(
            key=invocation.key,
            person=invocation.person,
            place=_lasting(invocation.place),
            order=order,
        )
    )


def _lasting(place: Place) -> Place:
    """The place without the reply handle, which is long over when its turn comes."""
    return replace(place, callback=None)


async def wait(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """Parks the request the button stands for."""
    if action.argument == "job":
        return await _wait_again(desk, invocation, action.target)
    made = await desk.offers.find(action.target)
    if made is None or made.person.workspace_id != invocation.person.workspace_id:
        return answers.notice("This offer is over", "Ask again with /imagine.")
    if made.person.lane != invocation.person.lane:
        return answers.not_yours("request")
    counters = await desk.entitlements.counters_of(invocation.person, made.place)
    usages = await desk.quotas.usage(counters)
    short = [one.counter.returns_at for one in usages if one.left < made.order.images]
    run_at = max(short, default=desk.clock.now())
    outcome = await desk.parking.park(
        made.key, invocation.person, made.place, made.order, run_at=run_at
    )
    return _told(desk, outcome, run_at)


async def _wait_again(desk: Desk, invocation: Invocation, number: int) -> Reply:
    """The same for a request that was turned away because a budget was spent."""
    job = await desk.queue.job(JobId(number))
    if job is None or job.person.workspace_id != invocation.person.workspace_id:
        return answers.no_request(number)
    if job.person.lane != invocation.person.lane:
        return answers.not_yours("request")
    if job.ending is None or job.ending.until is None:
        return answers.dead_button()
    run_at = max(job.ending.until, desk.clock.now())
    outcome = await desk.parking.park(
        f"waited:{job.id}", invocation.person, _lasting(job.place), job.order, run_at=run_at
    )
    return _told(desk, outcome, run_at)


def _told(desk: Desk, outcome: Accepted | Duplicate | TooManyQueued, run_at: datetime) -> Reply:
    match outcome:
        case Accepted(job=job):
            return Reply(
                card=Card(
                    tone=Tone.NOTICE,
                    headline="It runs when there is room again",
                    lines=(
                        f"That is {until(run_at, now=desk.clock.now())}, or sooner if an admin gives you more.",
                        f"It is request {job}; /queue shows it.",
                    ),
                    rows=((cancel_button(job),),),
                    only_asker=True,
                )
            )
        case Duplicate(job=job, state=state):
            return answers.asked_before(job, state)
        case TooManyQueued(queued=queued, limit=limit):
            return answers.too_many_queued(queued, limit)


async def approve(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """An admin lets a request through a budget that asks."""
    job = await desk.queue.job(JobId(action.target))
    if job is None or job.person.workspace_id != invocation.person.workspace_id:
        return answers.no_request(action.target)
    if not _waits_for_an_admin(job):
        return answers.notice("This request no longer waits", f"It is {job.state.value}.")
    person = invocation.person
    deed = Deed(
        workspace=person.workspace_id,
        actor=person.lane,
        name=person.name,
        action="budget.approve",
        target=f"job:{job.id}",
        place=invocation.place.channel,
    )
    if not await desk.queue.waive(job.id, deed=deed):
        return answers.notice("This request no longer waits", "Nothing was changed.")
    desk.signals.wake(PARKED)
    return answers.notice("Approved", f"Request {job.id} of {job.person.name} goes into the line.")


def _waits_for_an_admin(job: Job) -> bool:
    return job.state is JobState.PARKED and job.parked is ParkedFor.BUDGET
