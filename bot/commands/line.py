"""`queue`, `cancel` and the Cancel button: what waits, and how to call it back."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.ordering import may_change
from bot.domain import answers
from bot.domain.action import Action
from bot.domain.card import Card, Reply, Tone
from bot.domain.guide import Guide
from bot.domain.identity import JobId, Role
from bot.domain.invocation import Invocation
from bot.domain.job import Job, JobState
from bot.domain.job_cards import cancel_button
from bot.domain.sentences import images, ordinal
from bot.pipeline.topics import CANCELS, LETTERS
from bot.ports import CancelAsked, Cancelled, TooLate

QUEUE = Guide(
    name="queue",
    role=Role.MEMBER,
    summary="Your requests in line, and how many wait here",
    example="queue",
)
CANCEL = Guide(
    name="cancel",
    role=Role.MEMBER,
    summary="Calls a request back",
    usage="[NUMBER | all]",
    example="cancel all",
)

LISTED = 10
COUNTED = 100
"""More of one person's requests than any house lets be unfinished at once would be counted as this many."""
BUTTONS = 5
"""Slack and Discord fit five buttons in a row."""


async def queue(desk: Desk, invocation: Invocation) -> Reply:
    """The person's unfinished jobs with their places, and how many of the workspace's wait.

    A place counts everybody before it, whoever they are: it is the order that will be served. Nothing else here tells
    of another workspace.
    """
    jobs = await desk.queue.jobs_of(invocation.person.lane, unfinished=True, limit=COUNTED)
    waiting = await desk.queue.waiting_in(invocation.person.workspace_id)
    total = _total(waiting, checked=sum(job.state is JobState.RECEIVED for job in jobs))
    if not jobs:
        return answers.notice("You have nothing in line", total)
    rows = tuple(cancel_button(job.id) for job in jobs[:BUTTONS])
    if len(rows) > 1:
        rows = tuple(
            replace(button, label=f"Cancel {job.id}", says=f"Cancel request {job.id}")
            for button, job in zip(rows, jobs, strict=False)
        )
    places = [await desk.queue.place(job.id) for job in jobs[:LISTED]]
    return Reply(
        card=Card(
            tone=Tone.NOTICE,
            headline=f"You have {len(jobs)} in line",
            preformatted="\n".join(map(_entry, jobs, places)),
            rows=(rows,),
            footer=total,
            only_asker=True,
        )
    )


def _total(waiting: int, *, checked: int) -> str:
    """How many wait in the workspace. A request just sent is in no line yet: it is being checked."""
    parts = [f"{waiting} waiting here"] if waiting else []
    if checked:
        parts.append(f"{checked} of yours being checked")
    return f"{', '.join(parts)}." if parts else "Nobody is waiting here."


def _entry(job: Job, place: int | None) -> str:
    state = "being checked" if job.state is JobState.RECEIVED else job.state.value
    where = ordinal(place) if place is not None else state
    prompt = job.order.ask.prompt
    short = prompt if len(prompt) <= 48 else prompt[:47] + "…"
    return f"{job.id:<5} {where:<13}  {images(job.order.images):<9}  {short}"


async def cancel_word(desk: Desk, invocation: Invocation) -> Reply:
    """Cancels one job by number, all of a person's, or the newest."""
    text = invocation.text.strip().lstrip("#").lower()
    jobs = await desk.queue.jobs_of(invocation.person.lane, unfinished=True, limit=100)
    if text == "all":
        if not jobs:
            return answers.notice("You have nothing in line")
        outcomes = [await desk.queue.cancel(job.id, by=invocation.person.lane) for job in jobs]
        desk.signals.wake(LETTERS)
        desk.signals.wake(CANCELS)
        late = sum(isinstance(outcome, TooLate) for outcome in outcomes)
        lines = (f"{late} were done already.",) if late else ()
        return answers.notice(f"Cancelled {len(jobs) - late}", *lines)
    if not text:
        if not jobs:
            return answers.notice("You have nothing in line")
        return await _cancel(desk, invocation, jobs[0])
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        return answers.notice(
            "Which one?", "Type /cancel and a number from /queue, or /cancel all."
        )
    return await _cancel_number(desk, invocation, int(text))


async def cancel(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """What came of a press on Cancel."""
    return await _cancel_number(desk, invocation, action.target)


async def _cancel_number(desk: Desk, invocation: Invocation, number: int) -> Reply:
    job = await desk.queue.job(JobId(number))
    if job is None or job.person.workspace_id != invocation.person.workspace_id:
        return answers.no_request(number)
    if not may_change(invocation, job):
        return answers.not_yours("request")
    return await _cancel(desk, invocation, job)


async def _cancel(desk: Desk, invocation: Invocation, job: Job) -> Reply:
    outcome = await desk.queue.cancel(job.id, by=invocation.person.lane)
    desk.signals.wake(LETTERS)
    match outcome:
        case Cancelled():
            return answers.notice("Cancelled", "It was not painted. Nothing was charged.")
        case CancelAsked():
            desk.signals.wake(CANCELS)
            return answers.notice("Cancelling", "It was being painted; that stops now.")
        case TooLate(state=state):
            return answers.notice("Too late to cancel", _too_late(state))


def _too_late(state: JobState) -> str:
    if state is JobState.DELIVERING:
        return "The pictures are done and on their way."
    return f"This request is {state.value}."
