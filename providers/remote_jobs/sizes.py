"""The nearest size a model paints."""

from __future__ import annotations

import math

from providers.capabilities import SizeRule
from providers.nearest_size import nearest_fixed


def snapped(width_px: int, height_px: int, rule: SizeRule) -> tuple[int, int]:
    """The nearest size within the rule, as (width, height); a size it allows comes back as it is.

    The area is brought within bounds first, then each side to its multiple.
    """
    if rule.fixed:
        return nearest_fixed(width_px, height_px, rule.fixed)
    shrink = min(
        1.0,
        rule.max_px / max(width_px, height_px),
        math.sqrt(rule.max_area_px / (width_px * height_px)),
    )
    width, height = side(width_px * shrink, rule), side(height_px * shrink, rule)
    while width * height > rule.max_area_px:
        # Rounding up by half a step can pass the bound; one step less on the longer side is within it.
        if width >= height:
            width -= rule.multiple_px
        else:
            height -= rule.multiple_px
    return width, height


def side(length: float, rule: SizeRule) -> int:
    """The multiple nearest to a side, within the rule."""
    step = rule.multiple_px
    low, high = -(-rule.min_px // step) * step, rule.max_px // step * step
    return min(high, max(low, math.floor(length / step + 0.5) * step))
