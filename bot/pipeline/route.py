"""Which model does it, at what size, with which seed, and who may be asked, best first."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from random import Random

from bot.domain.aspect import Size, fit
from bot.domain.house import HouseRules
from bot.domain.job import Ending, Order, Plan, Reason
from bot.pipeline.catalog import Catalog
from providers import Capabilities, Operation, SeedSupport, SizeRule

MAX_SEED = 2**31 - 1
"""The largest seed every provider takes. Source: Ideogram's and others' API descriptions, read 2026-11-22."""

_KEEPS_SIZE = frozenset(
    {Operation.VARY, Operation.INPAINT, Operation.IMAGE_TO_IMAGE, Operation.REMOVE_BACKGROUND}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The picture an order starts from."""

    width_px: int
    height_px: int


def route(
    order: Order, *, catalog: Catalog, rules: HouseRules, chance: Random, source: Source | None
) -> Plan | Ending:
    """The plan, or why nobody here can do it."""
    able = catalog.able(order.operation)
    asked = order.ask.model
    if asked is not None and asked not in catalog.model_ids:
        return Ending(reason=Reason.NO_MODEL, words=f"There is no model {asked!r} here.")
    if not able:
        words = order.operation.value.replace("_", " ")
        return Ending(reason=Reason.NO_MODEL, words=f"No model here can do: {words}.")
    notes: list[str] = []
    model = asked if asked in able else able[0]
    if asked is not None and model != asked:
        notes.append(f"{asked} can't do this, so {model} did.")
    capabilities = catalog.capabilities(model)
    if capabilities is None:
        return Ending(reason=Reason.NO_MODEL, words=f"There is no model {model!r} here.")
    if refusal := _unsupported(order, capabilities, model):
        return refusal
    notes += _left_out(order, capabilities, model)
    size = _size(order, rules=rules, source=source)
    snapped = snap(size, capabilities.sizes) if order.operation is not Operation.UPSCALE else size
    if snapped != size:
        notes.append(f"{model} doesn't paint {_shown(size)}; this is {_shown(snapped)}.")
    return Plan(
        model=model,
        providers=tuple(stall.provider.name for stall in catalog.offering(model)),
        width_px=snapped.width_px,
        height_px=snapped.height_px,
        count=order.images,
        seed=_seed(order, capabilities, chance),
        notes=tuple(notes),
    )


def snap(size: Size, rule: SizeRule) -> Size:
    """The nearest size the rule allows: same shape first, then same area."""
    if rule.fixed:
        wanted = size.width_px / size.height_px
        width, height = min(
            rule.fixed, key=lambda pair: (abs(pair[0] / pair[1] - wanted), -pair[0] * pair[1])
        )
        return Size(width_px=width, height_px=height)
    shrink = min(1.0, sqrt(rule.max_area_px / (size.width_px * size.height_px)))
    width = _snap_side(size.width_px * shrink, rule)
    height = _snap_side(size.height_px * shrink, rule)
    return Size(width_px=width, height_px=height)


def _snap_side(side: float, rule: SizeRule) -> int:
    multiple = rule.multiple_px
    low = -(-rule.min_px // multiple) * multiple
    high = rule.max_px // multiple * multiple
    return min(high, max(low, round(side / multiple) * multiple))


def _shown(size: Size) -> str:
    return f"{size.width_px}×{size.height_px}"


def _size(order: Order, *, rules: HouseRules, source: Source | None) -> Size:
    ask = order.ask
    if order.operation is Operation.UPSCALE and source is not None:
        scale = order.scale or 2
        return Size(width_px=source.width_px * scale, height_px=source.height_px * scale)
    if order.operation is Operation.OUTPAINT and source is not None and order.expand is not None:
        grow = order.expand
        return Size(
            width_px=source.width_px + grow.left_px + grow.right_px,
            height_px=source.height_px + grow.top_px + grow.bottom_px,
        )
    if ask.size is not None:
        return ask.size
    side = rules.draft_side_px if ask.draft else rules.side_px
    if ask.aspect is not None:
        return fit(ask.aspect, area_px=side * side)
    if source is not None and order.operation in _KEEPS_SIZE:
        return Size(width_px=source.width_px, height_px=source.height_px)
    return Size(width_px=side, height_px=side)


def _seed(order: Order, capabilities: Capabilities, chance: Random) -> int | None:
    if capabilities.seed is SeedSupport.NONE:
        return None
    return order.ask.seed if order.ask.seed is not None else chance.randint(1, MAX_SEED)


def _unsupported(order: Order, capabilities: Capabilities, model: str) -> Ending | None:
    """What would give another picture than asked for is refused."""
    style = order.ask.style
    if style is not None and style not in capabilities.styles:
        known = ", ".join(capabilities.styles) or "none"
        return Ending(
            reason=Reason.NO_MODEL, words=f"{model} has no style {style!r}; it has: {known}."
        )
    return None


def _left_out(order: Order, capabilities: Capabilities, model: str) -> list[str]:
    """What the model can't take is said, never silently dropped."""
    ask = order.ask
    left = [
        (ask.negative_prompt and not capabilities.negative_prompt, "--no"),
        (ask.steps is not None and capabilities.steps is None, "--steps"),
        (ask.guidance is not None and capabilities.guidance is None, "--guidance"),
        (ask.seed is not None and capabilities.seed is SeedSupport.NONE, "--seed"),
        (ask.strength is not None and not capabilities.strength, "--strength"),
    ]
    words = [word for missing, word in left if missing]
    return [f"{model} takes no {' or '.join(words)}, so that was left out."] if words else []
