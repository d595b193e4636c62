"""The nearest of a model's fixed sizes."""

from __future__ import annotations

import math


def nearest_fixed(
    width_px: int, height_px: int, fixed: tuple[tuple[int, int], ...]
) -> tuple[int, int]:
    """The fixed size of the nearest shape, and of those the nearest area."""

    def distance(size: tuple[int, int]) -> tuple[float, int]:
        shape = abs(math.log(size[0] / size[1]) - math.log(width_px / height_px))
        return round(shape, 6), abs(size[0] * size[1] - width_px * height_px)

    return min(fixed, key=distance)
