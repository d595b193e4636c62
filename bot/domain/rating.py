"""What people think of a picture: one word of each, which they may change or take back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rating(StrEnum):
    """What a person thinks of a picture."""

    GOOD = "good"
    BAD = "bad"


TAKE_BACK = "none"
"""The argument of a button that takes one's rating back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """What everybody thinks of a picture, and what one person does."""

    good: int = 0
    bad: int = 0
    own: Rating | None = None

    def sentence(self) -> str:
        """`2 good, 1 bad; yours: good`, empty when nobody has said anything."""
        counted = ((self.good, Rating.GOOD), (self.bad, Rating.BAD))
        parts = [f"{count} {rating}" for count, rating in counted if count]
        own = f"; yours: {self.own}" if self.own else ""
        return f"{', '.join(parts)}{own}" if parts else ""
