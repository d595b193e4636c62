"""Shapes and sizes of pictures, and the way from one to the other."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """A shape, width to height, in the numbers somebody chose: who types 21:9 wants to read 21:9 again, not 7:3."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"an aspect needs two positive sides, not {self.width}:{self.height}")

    @property
    def ratio(self) -> float:
        """Width divided by height."""
        return self.width / self.height

    @property
    def written(self) -> str:
        """As a person types it: 16:9."""
        return f"{self.width}:{self.height}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A picture's sides in pixels."""

    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        if self.width_px < 1 or self.height_px < 1:
            raise ValueError(f"a size needs two positive sides, not {self.written}")

    @property
    def area_px(self) -> int:
        """How many pixels a picture of this size has."""
        return self.width_px * self.height_px

    @property
    def aspect(self) -> Aspect:
        """The shape of this size, exactly and in lowest terms."""
        divisor = math.gcd(self.width_px, self.height_px)
        return Aspect(width=self.width_px // divisor, height=self.height_px // divisor)

    @property
    def written(self) -> str:
        """As a person types it: 768x512."""
        return f"{self.width_px}x{self.height_px}"


def fit(aspect: Aspect, *, area_px: int = 1024 * 1024, multiple_px: int = 64) -> Size:
    """The size nearest to `aspect` whose sides are multiples of `multiple_px`, never more than `area_px` large.

    A wrong shape weighs twice as much as unused area, on a logarithmic scale: 16:9 becomes 1344x768 and not the
    exact but small 1024x576. 9:16 is 16:9 turned. Raises ValueError when not even a square of one multiple fits.
    """
    if multiple_px < 1 or area_px < multiple_px**2:
        raise ValueError(f"no side that is a multiple of {multiple_px} px fits into {area_px} px")
    ratio = max(aspect.width, aspect.height) / min(aspect.width, aspect.height)
    sides = min(
        _near(ratio, area_px=area_px, multiple_px=multiple_px),
        key=lambda pair: _loss(pair, ratio=ratio, area_px=area_px),
    )
    if aspect.width < aspect.height:
        return Size(width_px=sides[1], height_px=sides[0])
    return Size(width_px=sides[0], height_px=sides[1])


def _near(ratio: float, *, area_px: int, multiple_px: int) -> list[tuple[int, int]]:
    """Allowed sides, long one first, around the ideal ones; at least one pair."""
    ideal_long_px = math.sqrt(area_px * ratio)
    most_steps = min(math.ceil(ideal_long_px / multiple_px), area_px // multiple_px**2)
    pairs: list[tuple[int, int]] = []
    for steps in range(max(1, most_steps - 4), most_steps + 1):
        tallest = area_px // (steps * multiple_px) // multiple_px
        wanted = steps / ratio
        pairs += [
            (steps * multiple_px, min(max(short_steps, 1), tallest) * multiple_px)
            for short_steps in (math.floor(wanted), math.ceil(wanted), tallest)
        ]
    return pairs


def _loss(sides: tuple[int, int], *, ratio: float, area_px: int) -> float:
    shape = abs(math.log(sides[0] / sides[1] / ratio))
    unused = math.log(area_px / (sides[0] * sides[1]))
    return 2 * shape + unused
