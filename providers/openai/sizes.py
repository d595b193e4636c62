"""The nearest size a model paints."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from providers.nearest_size import nearest_fixed
from providers.openai.catalog import Offer
from providers.request import Insets


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a source lies on a larger canvas: sizes as (width, height), all in pixels of the canvas."""

    canvas: tuple[int, int]
    source: tuple[int, int]
    left_px: int
    top_px: int


def snapped(width_px: int, height_px: int, offer: Offer) -> tuple[int, int]:
    """The nearest size the model paints, as (width, height); a size it paints comes back as it is.

    Too long a shape is made rounder, then the area brought within its bounds, then each side to its multiple.
    """
    rule = offer.model.capabilities.sizes
    if rule.fixed:
        return nearest_fixed(width_px, height_px, rule.fixed)
    width, height = rounder(float(width_px), float(height_px), offer.max_ratio)
    width, height = scaled_within(width, height, offer)
    step = rule.multiple_px
    low, high = up(rule.min_px, step), down(rule.max_px, step)

    def sides(towards: Callable[[float, int], int]) -> tuple[int, int]:
        return (
            min(max(towards(width, step), low), high),
            min(max(towards(height, step), low), high),
        )

    found = sides(nearest)
    if found[0] * found[1] > rule.max_area_px:
        found = sides(down)
    elif found[0] * found[1] < offer.min_area_px:
        found = sides(up)
    return thickened(found, step, offer.max_ratio)


def placed(source: tuple[int, int], expand: Insets, offer: Offer) -> Placement:
    """The canvas of an outpaint, a size the model paints, and where the source lies on it.

    The source keeps its pixels where it can: the canvas then grows to the next multiple on the right and below. Where
    the canvas would be too large, too small or too long for the model, the source is scaled with it and centred.
    """
    width = source[0] + expand.left_px + expand.right_px
    height = source[1] + expand.top_px + expand.bottom_px
    step = offer.model.capabilities.sizes.multiple_px
    wanted = (up(width, step), up(height, step))
    canvas = snapped(*wanted, offer)
    if canvas == wanted:
        return Placement(canvas=canvas, source=source, left_px=expand.left_px, top_px=expand.top_px)
    scale = min(canvas[0] / width, canvas[1] / height)
    return Placement(
        canvas=canvas,
        source=(max(1, round(source[0] * scale)), max(1, round(source[1] * scale))),
        left_px=round(expand.left_px * scale + (canvas[0] - width * scale) / 2),
        top_px=round(expand.top_px * scale + (canvas[1] - height * scale) / 2),
    )


def rounder(width: float, height: float, max_ratio: float) -> tuple[float, float]:
    """The sides, the short one lengthened where the shape is too long."""
    return max(width, height / max_ratio), max(height, width / max_ratio)


def scaled_within(width: float, height: float, offer: Offer) -> tuple[float, float]:
    """The sides scaled so that area and longest side are within the model's bounds."""
    rule = offer.model.capabilities.sizes
    area = width * height
    factor = 1.0
    if area < offer.min_area_px:
        factor = math.sqrt(offer.min_area_px / area)
    elif area > rule.max_area_px:
        factor = math.sqrt(rule.max_area_px / area)
    factor = min(factor, rule.max_px / max(width, height))
    return width * factor, height * factor


def thickened(size: tuple[int, int], step: int, max_ratio: float) -> tuple[int, int]:
    """The size, its short side one step longer where rounding made the shape too long."""
    width, height = size
    if width > height * max_ratio:
        return width, height + step
    if height > width * max_ratio:
        return width + step, height
    return size


def nearest(side: float, step: int) -> int:
    """The multiple nearest to a side, the larger when it lies half-way."""
    return math.floor(side / step + 0.5) * step


def up(side: float, step: int) -> int:
    """The multiple at or above a side."""
    return math.ceil(side / step - 1e-9) * step


def down(side: float, step: int) -> int:
    """The multiple at or below a side."""
    return math.floor(side / step + 1e-9) * step
