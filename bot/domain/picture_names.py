"""What a picture is called: its place in its answer, and after `#` the number that /show and /report take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.identity import ImageId
from bot.domain.job import Order, StoredImage
from providers import Operation

_MADE_BY = {
    Operation.UPSCALE: "Upscaled from",
    Operation.VARY: "Variation of",
    Operation.INPAINT: "Edited from",
    Operation.IMAGE_TO_IMAGE: "Repainted from",
    Operation.OUTPAINT: "Extended from",
    Operation.REMOVE_BACKGROUND: "Cut out from",
    Operation.CONTROL: "Follows",
}


def number_of(image: int) -> str:
    """`#1234`: what /show takes. Requests have plain numbers, so that nobody takes one for the other."""
    return f"#{image}"


def numbers_of(images: Iterable[StoredImage]) -> str:
    """`#12 · #13 · #14`, in the order shown; `#12 – #16` where more follow each other."""
    return in_order([image.id for image in images], shown=number_of)


LISTED = 4
"""Numbers that are listed one by one; a longer run without a gap says its first and last. Ours."""


def in_order(numbers: Sequence[int], *, shown: Callable[[int], str] = str) -> str:
    """`11 · 12 · 13`, or `11 – 20` for more than four that follow each other."""
    run = range(numbers[0], numbers[0] + len(numbers)) if numbers else range(0)
    if len(numbers) > LISTED and list(numbers) == list(run):
        return f"{shown(run[0])} – {shown(run[-1])}"
    return " · ".join(shown(number) for number in numbers)


def read_number(typed: str) -> ImageId | None:
    """The picture that somebody typed, with or without its `#`; None when it is no number that one could have."""
    number = typed.strip().removeprefix("#")
    if not number.isascii() or not number.isdigit() or len(number) > MOST_DIGITS:
        return None
    return ImageId(int(number))


MOST_DIGITS = 18
"""What a database's whole numbers hold."""


def short_name(image: StoredImage, *, one_of: int) -> str:
    """`2 · #1234`, or `#1234` when it is the only one of its answer; short enough for a form's title."""
    number = number_of(image.id)
    return f"{image.position} · {number}" if one_of > 1 else number


def picture_name(image: StoredImage, *, one_of: int) -> str:
    """`picture 2 · #1234`, or `picture #1234` when it is the only one of its answer."""
    return f"picture {short_name(image, one_of=one_of)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The picture a request starts from. `image` is None when it was deleted since."""

    number: ImageId
    image: StoredImage | None = None
    one_of: int = 1

    @property
    def name(self) -> str:
        """`picture 2 · #1234`."""
        if self.image is None:
            return f"picture {number_of(self.number)}, deleted since"
        return picture_name(self.image, one_of=self.one_of)


def origin_line(order: Order, origin: Origin, *, many: bool) -> str:
    """`Upscaled from picture 2 · #1234.`: what stands under a result."""
    made = "Finished from" if order.repair else _MADE_BY.get(order.operation, "Made from")
    if many and made == "Variation of":
        made = "Variations of"
    return f"{made} {origin.name}."
