"""Pictures made ready for a call, as base64 PNG. These functions run in a worker process, off the loop."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

from PIL import Image

from providers.request import Insets

FORMATS = ("PNG", "JPEG", "WEBP")

MAX_SOURCE_PX = 25_000_000
"""Sources come sanitised, with at most this many pixels; more is a mistake upstream."""

BLUR_PX = 8
"""How far the edge of a region is blended, and the seam of an outpaint overlaps what is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A picture and perhaps its mask (white = edit), base64 PNG of that size."""

    picture: str
    width_px: int
    height_px: int
    mask: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Why the pictures can't be used, and which field of the request is to blame."""

    reason: str
    param: str


def ready_source(source: bytes) -> Ready | Unusable:
    """The source as it is."""
    picture = opened(source, "source_image")
    if isinstance(picture, Unusable):
        return picture
    return Ready(picture=encoded(picture), width_px=picture.width, height_px=picture.height)


def ready_inpaint(source: bytes, mask: bytes, multiple_px: int, max_px: int) -> Ready | Unusable:
    """The source and its mask, both brought to sides the model paints."""
    picture = opened(source, "source_image")
    marks = opened(mask, "mask")
    if isinstance(picture, Unusable):
        return picture
    if isinstance(marks, Unusable):
        return marks
    if marks.size != picture.size:
        return Unusable(
            reason=f"the mask is {marks.size}, the source {picture.size}: they must be one size",
            param="mask",
        )
    size = fitting(picture.size, multiple_px, max_px)
    if size != picture.size:
        picture = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        marks = marks.convert("L").resize(size, Image.Resampling.NEAREST)
    return Ready(
        picture=encoded(picture),
        mask=encoded(marks.convert("L")),
        width_px=size[0],
        height_px=size[1],
    )


def ready_outpaint(
    source: bytes, expand: Insets, multiple_px: int, max_px: int
) -> Ready | Unusable:
    """The source on a larger canvas of sides the model paints, and a mask that asks for all around it.

    The empty part holds a blur of the source, from which the model paints on in fitting colours.
    """
    picture = opened(source, "source_image")
    if isinstance(picture, Unusable):
        return picture
    picture = picture.convert("RGB")
    wide = picture.width + expand.left_px + expand.right_px
    high = picture.height + expand.top_px + expand.bottom_px
    size = fitting((wide, high), multiple_px, max_px)
    across, down = size[0] / wide, size[1] / high
    inner = (max(1, round(picture.width * across)), max(1, round(picture.height * down)))
    corner = (round(expand.left_px * across), round(expand.top_px * down))
    canvas = picture.resize((BLUR_PX, BLUR_PX), Image.Resampling.BOX).resize(
        size, Image.Resampling.BICUBIC
    )
    canvas.paste(picture.resize(inner, Image.Resampling.LANCZOS), corner)
    marks = Image.new("L", size, 255)
    marks.paste(0, kept_box(corner, inner, expand))
    return Ready(picture=encoded(canvas), mask=encoded(marks), width_px=size[0], height_px=size[1])


def kept_box(
    corner: tuple[int, int], inner: tuple[int, int], expand: Insets
) -> tuple[int, int, int, int]:
    """What is kept of the source: all but a strip at each side that grows, where the seam is painted over."""

    def strip(added_px: int, side_px: int) -> int:
        return min(BLUR_PX, side_px // 4) if added_px else 0

    return (
        corner[0] + strip(expand.left_px, inner[0]),
        corner[1] + strip(expand.top_px, inner[1]),
        corner[0] + inner[0] - strip(expand.right_px, inner[0]),
        corner[1] + inner[1] - strip(expand.bottom_px, inner[1]),
    )


def fitting(size: tuple[int, int], multiple_px: int, max_px: int) -> tuple[int, int]:
    """The nearest size of the same shape whose sides are multiples and no longer than the longest."""
    scale = min(1.0, max_px / max(size))

    def side(length_px: int) -> int:
        nearest = round(length_px * scale / multiple_px) * multiple_px
        return max(multiple_px, min(nearest, max_px // multiple_px * multiple_px))

    return side(size[0]), side(size[1])


def opened(data: bytes, param: str) -> Image.Image | Unusable:
    """The decoded picture."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_SOURCE_PX:
                return Unusable(reason=f"over {MAX_SOURCE_PX} pixels", param=param)
            picture.load()
            return picture.copy()
    except (OSError, ValueError, SyntaxError) as error:
        return Unusable(reason=f"no picture: {error}", param=param)


def encoded(picture: Image.Image) -> str:
    """The picture as base64 PNG; fast packing, since it travels once."""
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA")
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return base64.b64encode(out.getvalue()).decode()
