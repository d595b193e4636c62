"""Outpaint and Remove background: more around a picture, or only what it is of."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.edit import prompt_input
from bot.commands.ordering import image_here, place_order
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Form, Input, InputKind, Reply
from bot.domain.grammar import Ask, parse, render
from bot.domain.invocation import Invocation
from bot.domain.job import Job, Order, StoredImage
from bot.domain.job_cards import asked_of, picture_of
from bot.domain.picture_names import short_name
from providers import Insets, Operation

SIDES = ("All sides", "Left", "Right", "Up", "Down")
SHARES = {"A quarter": 0.25, "A half": 0.5, "As much again": 1.0}
"""How far, as shares of the picture's own side."""
LONGEST_SIDE_PX = 3072
"""An outpaint beyond this would be more than every renderer here works on."""
STEP_PX = 8
"""What is added comes in these steps: models paint in multiples of it."""


async def remove_background(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """Only what the picture is of, on a transparent ground."""
    found = await image_here(desk, invocation, action.target)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    ask = Ask(prompt=job.order.ask.prompt, count=1)
    order = Order(operation=Operation.REMOVE_BACKGROUND, ask=ask, parent_image=image.id)
    return await place_order(desk, invocation, order)


async def outpaint(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The form when the button was pressed, the acknowledgement when it was sent."""
    found = await image_here(desk, invocation, action.target)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    if not invocation.inputs:
        return Reply(form=_form(image, job))
    share = SHARES.get(invocation.inputs.get("share", ""))
    side = invocation.inputs.get("side", "")
    if share is None or side not in SIDES:
        return answers.needs_change("Choose a side and how far.")
    asked = parse(invocation.inputs.get("prompt", ""))
    if not isinstance(asked, Ask):
        return answers.bad_flags(asked)
    expand = insets(image, side=side, share=share)
    if not _fits(image, expand):
        return answers.needs_change(
            f"That would be larger than {LONGEST_SIDE_PX} px. Go less far, or to one side only."
        )
    model = asked.model or (job.plan.model if job.plan else None)
    ask = replace(asked, count=asked.count or 1, model=model, aspect=None, size=None)
    order = Order(operation=Operation.OUTPAINT, ask=ask, parent_image=image.id, expand=expand)
    return await place_order(desk, invocation, order)


def insets(image: StoredImage, *, side: str, share: float) -> Insets:
    """What is added on each side, in whole steps, at least one where anything is added."""
    across, down = _step(image.width_px * share), _step(image.height_px * share)
    if side == "All sides":
        # The same share in all, half of it at each end.
        across, down = _step(image.width_px * share / 2), _step(image.height_px * share / 2)
        return Insets(left_px=across, right_px=across, top_px=down, bottom_px=down)
    return Insets(
        left_px=across if side == "Left" else 0,
        right_px=across if side == "Right" else 0,
        top_px=down if side == "Up" else 0,
        bottom_px=down if side == "Down" else 0,
    )


def _step(length_px: float) -> int:
    return max(STEP_PX, round(length_px / STEP_PX) * STEP_PX)


def _fits(image: StoredImage, expand: Insets) -> bool:
    width_px = image.width_px + expand.left_px + expand.right_px
    height_px = image.height_px + expand.top_px + expand.bottom_px
    return max(width_px, height_px) <= LONGEST_SIDE_PX


def _form(image: StoredImage, job: Job) -> Form:
    return Form(
        title=f"Outpaint {short_name(image, one_of=asked_of(job))}",
        action=Action(verb=Verb.OUTPAINT, target=image.id),
        inputs=(
            Input(
                name="side",
                label="Where to paint on",
                kind=InputKind.CHOICE,
                choices=SIDES,
                value=SIDES[0],
                required=True,
            ),
            Input(
                name="share",
                label="How far",
                kind=InputKind.CHOICE,
                choices=tuple(SHARES),
                value="A half",
                required=True,
                hint="Of the picture's own width or height.",
            ),
            prompt_input(render(Ask(prompt=job.order.ask.prompt))),
        ),
        submit_label="Outpaint",
        picture=picture_of(image),
    )
