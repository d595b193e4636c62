"""Pictures made ready for a call, as base64 PNG. These functions run in a worker process, off the loop."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from PIL import Image

from providers.canvas import Unusable, fitted_pair, laid_out, opened, png
from providers.request import Insets

SEAM_PX = 8
"""How far the edge of a region is blended, and the seam of an outpaint overlaps what is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A picture and perhaps its mask (white = edit), base64 PNG of that size."""

    picture: str
    width_px: int
    height_px: int
    mask: str | None = None


def ready_source(source: bytes) -> Ready | Unusable:
    """The source as it is."""
    picture = opened(source, "source_image")
    if isinstance(picture, Unusable):
        return picture
    return Ready(picture=encoded(picture), width_px=picture.width, height_px=picture.height)


def ready_inpaint(source: bytes, mask: bytes, multiple_px: int, max_px: int) -> Ready | Unusable:
    """The source and its mask, both brought to sides the model paints."""
    pair = fitted_pair(source, mask, multiple_px, max_px)
    if isinstance(pair, Unusable):
        return pair
    picture, marks = pair
    return Ready(
        picture=encoded(picture),
        mask=encoded(marks),
        width_px=picture.width,
        height_px=picture.height,
    )


def ready_outpaint(
    source: bytes, expand: Insets, multiple_px: int, max_px: int
) -> Ready | Unusable:
    """The source on a larger canvas of sides the model paints, and a mask that asks for all around it."""
    lies = laid_out(source, expand, multiple_px, max_px)
    if isinstance(lies, Unusable):
        return lies
    marks = Image.new("L", lies.canvas.size, 255)
    marks.paste(0, kept_box(lies.corner, lies.inner, expand))
    return Ready(
        picture=encoded(lies.canvas),
        mask=encoded(marks),
        width_px=lies.canvas.width,
        height_px=lies.canvas.height,
    )


def kept_box(
    corner: tuple[int, int], inner: tuple[int, int], expand: Insets
) -> tuple[int, int, int, int]:
    """What is kept of the source: all but a strip at each side that grows, where the seam is painted over."""

    def strip(added_px: int, side_px: int) -> int:
        return min(SEAM_PX, side_px // 4) if added_px else 0

    return (
        corner[0] + strip(expand.left_px, inner[0]),
        corner[1] + strip(expand.top_px, inner[1]),
        corner[0] + inner[0] - strip(expand.right_px, inner[0]),
        corner[1] + inner[1] - strip(expand.bottom_px, inner[1]),
    )


def encoded(picture: Image.Image) -> str:
    """The picture as base64 PNG."""
    return base64.b64encode(png(picture)).decode()
