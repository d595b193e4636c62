"""Finish: a draft painted over in full size, where a model can, and else upscaled by whoever can."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.ordering import image_here, place_order
from bot.domain import answers
from bot.domain.action import Action
from bot.domain.aspect import Size
from bot.domain.card import Reply
from bot.domain.flags import find_flag
from bot.domain.invocation import Invocation
from bot.domain.job import Job, Order, StoredImage
from bot.pipeline.sizes import scaled
from providers import Capabilities, Operation

FINISH_STRENGTH = 0.3
"""How far the second pass may move from the draft: enough for detail, too little for another picture."""
REPAIRS = ("faces", "text")
"""What the second pass mends, where the model can."""
LONGEST_SIDE_PX = 4096


async def finish(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The same picture in full size: same words, same seed."""
    found = await image_here(desk, invocation, action.target)
    if found is None:
        return answers.no_picture(action.target)
    image, job = found
    full = _full_size(desk, image, job)
    if full.width_px <= image.width_px:
        return answers.notice("That picture has its full size already", "Nothing was done.")
    ask = replace(job.order.ask, count=1, seed=image.seed, draft=False, aspect=None, size=None)
    painter = _painter(desk, job)
    if painter is not None:
        order = Order(
            operation=Operation.IMAGE_TO_IMAGE,
            ask=replace(ask, model=painter, size=full, strength=FINISH_STRENGTH),
            parent_image=image.id,
            source=image.key,
            repair=REPAIRS,
            lent=job.order.lent,
        )
        return await place_order(desk, invocation, order)
    if not desk.catalog.able(Operation.UPSCALE):
        return answers.notice(
            "No model here can finish a draft", "Ask again without --draft, with the same seed."
        )
    order = Order(
        operation=Operation.UPSCALE,
        # Whoever can may do it: the model that painted it can't.
        ask=replace(ask, model=None, style=None),
        parent_image=image.id,
        scale=_factor(desk, image, full),
        repair=REPAIRS,
        lent=job.order.lent,
    )
    return await place_order(desk, invocation, order)


def _full_size(desk: Desk, image: StoredImage, job: Job) -> Size:
    """The size the request would have had without --draft, in the shape the draft really has."""
    asked = job.order.ask.size
    if asked is not None:
        return asked
    drawn = Size(width_px=image.width_px, height_px=image.height_px)
    full = scaled(drawn, side_px=desk.rules.side_px)
    bounds = find_flag("size")
    most = bounds.bounds.high if bounds and bounds.bounds else LONGEST_SIDE_PX
    return Size(width_px=min(most, full.width_px), height_px=min(most, full.height_px))


def _painter(desk: Desk, job: Job) -> str | None:
    """The model for a second pass over the picture: the one that drew it, or the first like it; None when none can."""
    drew = job.plan.model if job.plan else None
    drawn_by = desk.catalog.capabilities(drew) if drew else None
    able = [
        model
        for model in desk.catalog.able(Operation.IMAGE_TO_IMAGE)
        if (can := desk.catalog.capabilities(model)) and _refines(can, drawn_by, job)
    ]
    if drew in able:
        return drew
    return able[0] if able else None


def _refines(can: Capabilities, drawn_by: Capabilities | None, job: Job) -> bool:
    """Whether the model can be held close to the draft, and is of its kind: a sketch must not finish a painting."""
    style = job.order.ask.style
    alike = drawn_by is None or can.is_ai_model == drawn_by.is_ai_model
    return can.strength and alike and (style is None or style in can.styles)


def _factor(desk: Desk, image: StoredImage, full: Size) -> int:
    """The smallest factor on offer that reaches full size, else the largest."""
    factors = sorted(
        {
            factor
            for model in desk.catalog.able(Operation.UPSCALE)
            if (can := desk.catalog.capabilities(model))
            for factor in can.upscale_factors or (2,)
        }
    )
    return next(
        (factor for factor in factors if image.width_px * factor >= full.width_px), factors[-1]
    )
