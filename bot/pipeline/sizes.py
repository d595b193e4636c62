"""What size a request means, and the nearest one a model paints."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from bot.domain.aspect import Size, fit
from bot.domain.house import HouseRules
from bot.domain.job import Order
from providers import Operation, SizeRule
from providers.nearest_size import nearest_fixed

_KEEPS_SIZE = frozenset(
    {
        Operation.VARY,
        Operation.INPAINT,
        Operation.IMAGE_TO_IMAGE,
        Operation.REMOVE_BACKGROUND,
        Operation.CONTROL,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The picture an order starts from."""

    width_px: int
    height_px: int


def asked_size(order: Order, *, rules: HouseRules, source: Source | None) -> Size:
    """What was asked for, said or not; no model has been thought of yet."""
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
        return _drafted(ask.size, rules.draft_side_px) if ask.draft else ask.size
    side = rules.draft_side_px if ask.draft else rules.side_px
    if ask.aspect is not None:
        return fit(ask.aspect, area_px=side * side)
    if source is not None and order.operation in _KEEPS_SIZE:
        return Size(width_px=source.width_px, height_px=source.height_px)
    return Size(width_px=side, height_px=side)


def scaled(size: Size, *, side_px: int) -> Size:
    """The same shape with the area of a square of that side."""
    factor = side_px / sqrt(size.width_px * size.height_px)
    return Size(
        width_px=max(64, round(size.width_px * factor)),
        height_px=max(64, round(size.height_px * factor)),
    )


def within(size: Size, largest_px: int | None) -> Size:
    """The same shape with no side longer than that; None means any."""
    longest = max(size.width_px, size.height_px)
    if largest_px is None or longest <= largest_px:
        return size
    return Size(
        width_px=max(64, size.width_px * largest_px // longest),
        height_px=max(64, size.height_px * largest_px // longest),
    )


def _drafted(size: Size, side_px: int) -> Size:
    """A draft of that shape: never larger than what was asked for."""
    if size.width_px * size.height_px <= side_px * side_px:
        return size
    return scaled(size, side_px=side_px)


def snap(size: Size, rule: SizeRule) -> Size:
    """The nearest size the rule allows: same shape first, then same area."""
    if rule.fixed:
        width, height = nearest_fixed(size.width_px, size.height_px, rule.fixed)
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


def shown(size: Size) -> str:
    """`1024×768`."""
    return f"{size.width_px}×{size.height_px}"
