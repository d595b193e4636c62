"""Pictures made ready for LoadImage, whose mask is what is clear. These functions run in a worker process."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageChops

from providers.request import Insets

FORMATS = ("PNG", "JPEG", "WEBP")

MAX_SOURCE_PX = 25_000_000
"""Sources come sanitised, with at most this many pixels; more is a mistake upstream."""

BLUR_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A picture and its mask in the three ways workflows read them, PNG of that size.

    In `masked` what is to be edited is clear (LoadImage's mask is 1 - alpha: ComfyUI `nodes.py`, read 2026-11-25); in
    `mask` it is white, for LoadImageMask with channel red.
    """

    masked: bytes
    picture: bytes
    mask: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Why the pictures can't be used, and which field of the request is to blame."""

    reason: str
    param: str


def masked_source(source: bytes, mask: bytes, multiple_px: int, max_px: int) -> Masked | Unusable:
    """The source and its mask (255 = edit), both brought to sides the model paints."""
    picture, marks = opened(source, "source_image"), opened(mask, "mask")
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
    return both(picture.convert("RGB"), marks.convert("L"))


def masked_canvas(
    source: bytes, expand: Insets, multiple_px: int, max_px: int
) -> Masked | Unusable:
    """The source on a larger canvas of sides the model paints, all around it to be edited.

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
    marks.paste(0, (*corner, corner[0] + inner[0], corner[1] + inner[1]))
    return both(canvas, marks)


def both(picture: Image.Image, marks: Image.Image) -> Masked:
    """A picture and its marks of one size as files."""
    masked = picture.copy()
    masked.putalpha(ImageChops.invert(marks))
    return Masked(
        masked=png(masked),
        picture=png(picture),
        mask=png(marks.convert("RGB")),
        width_px=picture.width,
        height_px=picture.height,
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


def png(picture: Image.Image) -> bytes:
    """The picture as PNG; fast packing, since it travels once."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
