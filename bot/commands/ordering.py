"""How a command becomes a job: checked against what is offered here, then submitted."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.parking import offer
from bot.commands.wording import no_such
from bot.domain import answers
from bot.domain.card import Reply
from bot.domain.grammar import Ask
from bot.domain.identity import ImageId, Role
from bot.domain.invocation import Invocation
from bot.domain.job import Job, Order, StoredImage
from bot.domain.job_cards import wait_button
from bot.domain.loras import read_loras
from bot.ports import (
    Accepted,
    BlobMissing,
    BlobsUnreadable,
    BlobsUnwritable,
    Duplicate,
    NotLetIn,
    OverQuota,
    SubmitOutcome,
    TooManyImages,
    TooManyQueued,
)


async def place_order(desk: Desk, invocation: Invocation, order: Order) -> Reply:
    """The acknowledgement once the job is durable, or why there is none."""
    if unknown := unknown_names(desk, order.ask):
        return unknown
    if gone := await held(desk, order):
        return gone
    return await told(desk, invocation, order, await desk.intake.submit(invocation, order))


async def held(desk: Desk, order: Order) -> Reply | None:
    """None once the files that somebody brought for the order are as good as new; why not, where one is gone.

    They may be old ones of an earlier request that nothing refers to any more: touched, they are left alone until the new
    request refers to them, also by whoever tidies up at this very moment. They are not read: somebody waits for the answer.
    """
    brought = order.source if order.parent_image is None else None
    try:
        for key in filter(None, (brought, order.mask)):
            await desk.blobs.touch(key)
    except BlobMissing:
        return answers.source_gone()
    except (BlobsUnreadable, BlobsUnwritable):
        # What keeps a file from being dated anew keeps it from being tidied away as well. Whether it can be read the
        # worker finds out, and tells the asker.
        return None
    return None


async def told(desk: Desk, invocation: Invocation, order: Order, outcome: SubmitOutcome) -> Reply:
    """What came of a submission, said to its asker."""
    match outcome:
        case Accepted(job=job):
            return answers.taken(job)
        case Duplicate(job=job, state=state):
            return answers.asked_before(job, state)
        case OverQuota(usage=usage):
            over = answers.over_quota(usage, asked=order.images, now=desk.clock.now())
            if order.images > usage.counter.limit or over.card is None:
                # It would never fit: waiting for it would be waiting for ever.
                return over
            number = await offer(desk, invocation, order)
            return replace(over, card=replace(over.card, rows=((wait_button(number, job=False),),)))
        case NotLetIn(closed=closed):
            return answers.not_let_in(closed, now=desk.clock.now())
        case TooManyImages(asked=asked, most=most, because=because):
            return answers.too_many_images(asked, most, because)
        case TooManyQueued(queued=queued, limit=limit):
            return answers.too_many_queued(queued, limit)


def unknown_names(desk: Desk, ask: Ask) -> Reply | None:
    """A style or model nobody here has, answered with the nearest one there is; a LoRA that can't be read."""
    if ask.lora is not None and read_loras(ask.lora) is None:
        allowed = "Write names with weights from 0 to 2, as add-detail:0.8 or one:0.5,two."
        return answers.needs_change(
            f"--lora {ask.lora!r} can't be read. {allowed}", "Nothing was submitted."
        )
    catalog = desk.catalog
    if ask.model is not None and ask.model not in (known := catalog.known_ids):
        return no_such("--model", ask.model, known)
    for flag, value, named in (
        ("--style", ask.style, catalog.styles),
        ("--control", ask.control, catalog.controls),
        # Where no model here has any, it is left out and the answer says so.
        ("--sampler", ask.sampler if catalog.samplers else None, catalog.samplers),
    ):
        if value is not None and value not in named:
            return no_such(flag, value, named)
    return None


async def image_here(
    desk: Desk, invocation: Invocation, image: int, *, unseen: bool = False
) -> tuple[StoredImage, Job] | None:
    """A picture of this workspace that may be shown in this place, with its job; None when there is none.

    With `unseen` it may be one that is shown elsewhere only: for what shows nothing of it.
    """
    found = await desk.gallery.image(ImageId(image), workspace=invocation.person.workspace_id)
    if found is None or found.hidden or not (unseen or may_be_shown(invocation, found)):
        return None
    job = await desk.queue.job(found.job)
    return None if job is None else (found, job)


def may_be_shown(invocation: Invocation, image: StoredImage) -> bool:
    """Whether the picture may be seen where the person is."""
    return not image.hidden and (invocation.place.age_restricted or not image.sensitive)


def may_change(invocation: Invocation, job: Job) -> bool:
    """Whether the person asked for it, or keeps order here."""
    person = invocation.person
    return job.person.lane == person.lane or person.role.includes(Role.MODERATOR)
