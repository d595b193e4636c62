"""Edit: a form with the words, and a region to paint over; sent, it becomes a job."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.imagine import with_count
from bot.commands.ordering import image_here, may_change, place_order
from bot.commands.wording import Worded, with_style, worded
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Form, Input, InputKind, Reply
from bot.domain.grammar import MAX_PROMPT_CHARS, Ask, parse, render
from bot.domain.identity import JobId
from bot.domain.invocation import Invocation
from bot.domain.job import Job, Order, StoredImage
from bot.domain.job_cards import asked_of, picture_of
from bot.domain.picture_names import short_name
from providers import Operation

OF_JOB = "job"
"""Argument of an edit button whose target is a job that gave no picture."""
EDIT_STRENGTH = 0.6


async def edit(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The form when the button was pressed, the acknowledgement when the form was sent."""
    if action.argument == OF_JOB:
        return await _edit_words(desk, invocation, action)
    found = await image_here(desk, invocation, action.target)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    if not invocation.inputs:
        return Reply(form=_image_form(desk, image, job, action))
    asked = parse(invocation.inputs.get("prompt", ""))
    if not isinstance(asked, Ask):
        return answers.bad_flags(asked)
    full = await _in_full(desk, invocation, _inherit(asked, job))
    if isinstance(full, Reply):
        return full
    strength = _strength(invocation.inputs.get("strength", ""))
    if strength is None:
        return answers.needs_change("Strength: choose a number from 0 to 1.")
    masked = invocation.mask is not None
    order = Order(
        operation=Operation.INPAINT if masked else Operation.IMAGE_TO_IMAGE,
        ask=replace(full.ask, strength=strength, aspect=None, size=None),
        parent_image=image.id,
        source=image.key,
        mask=invocation.mask,
        template=full.template,
        styled=full.styled,
        lent=full.lent,
    )
    return await place_order(desk, invocation, order)


async def _edit_words(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    job = await desk.queue.job(JobId(action.target))
    if job is None or job.person.workspace_id != invocation.person.workspace_id:
        return answers.no_request(action.target)
    if not may_change(invocation, job):
        return answers.not_yours("request")
    if not invocation.inputs:
        return Reply(
            form=Form(
                title="Change the words",
                action=action,
                inputs=(prompt_input(render(job.order.ask)),),
                submit_label="Imagine",
            )
        )
    asked = parse(invocation.inputs.get("prompt", ""))
    if not isinstance(asked, Ask):
        return answers.bad_flags(asked)
    full = await _in_full(desk, invocation, asked)
    if isinstance(full, Reply):
        return full
    order = replace(
        job.order,
        ask=with_count(full.ask, desk.rules.images),
        template=full.template,
        styled=full.styled,
        lent=full.lent,
    )
    return await place_order(desk, invocation, order)


async def _in_full(desk: Desk, invocation: Invocation, asked: Ask) -> Worded | Reply:
    """The words with their template and style; nobody's defaults, since the form showed what there was."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    if asked.call is not None:
        return await worded(desk, invocation, asked, rules, shaped=True)
    return with_style(desk, rules, asked)


def prompt_input(value: str) -> Input:
    """The field for the words, filled with `value`."""
    return Input(
        name="prompt",
        label="Prompt",
        kind=InputKind.LONG_TEXT,
        value=value,
        required=True,
        hint="Flags work here too, as in /imagine.",
        max_length=MAX_PROMPT_CHARS,
    )


def _image_form(desk: Desk, image: StoredImage, job: Job, action: Action) -> Form:
    inputs = [prompt_input(render(Ask(prompt=job.order.ask.prompt)))]
    if desk.catalog.able(Operation.IMAGE_TO_IMAGE):
        inputs.append(
            Input(
                name="strength",
                label="Strength",
                kind=InputKind.NUMBER,
                value=str(EDIT_STRENGTH),
                hint="0 keeps the picture, 1 ignores it.",
            )
        )
    if desk.catalog.able(Operation.INPAINT):
        inputs.append(
            Input(
                name="mask",
                label="Region",
                kind=InputKind.MASK,
                hint="Paint over what is to change; leave it empty to change everything.",
            )
        )
    return Form(
        title=f"Edit {short_name(image, one_of=asked_of(job))}",
        action=Action(verb=Verb.EDIT, target=image.id, argument=action.argument),
        inputs=tuple(inputs),
        submit_label="Imagine",
        picture=picture_of(image),
    )


def _inherit(asked: Ask, job: Job) -> Ask:
    """What the form doesn't say stays as it was: the model and the style; one picture unless told."""
    return replace(
        asked,
        count=asked.count or 1,
        model=asked.model or (job.plan.model if job.plan else None),
        style=asked.style or job.order.ask.style,
    )


def _strength(text: str) -> float | None:
    if not text.strip():
        return EDIT_STRENGTH
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None
