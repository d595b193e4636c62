"""Pictures and masks made ready for an edit. These functions run in a worker process, off the loop."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageChops

from providers.openai.catalog import Offer
from providers.openai.sizes import placed
from providers.request import Insets

FORMATS = ("PNG", "JPEG", "WEBP")

MAX_SOURCE_PX = 25_000_000
"""Sources come sanitised, with at most this many pixels; more is a mistake upstream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFiles:
    """A picture and the mask of what to edit in it, both PNG and of that size; the mask's alpha 0 means "edit here"."""

    picture_png: bytes
    mask_png: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Why the pictures can't be used, and which field of the request is to blame."""

    reason: str
    param: str


def inpaint_files(source: bytes, mask: bytes) -> EditFiles | Unusable:
    """The source as PNG, and its canonical mask (one channel, 255 = edit) as PNG with alpha 0 = edit."""
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
    return edit_files(picture, marks.convert("L"))


def outpaint_files(source: bytes, expand: Insets, offer: Offer) -> EditFiles | Unusable:
    """The source laid on a larger canvas of a size the model paints, and a mask that asks for all around it.

    The empty part holds a blur of the source, so that servers which look at it find fitting colours.
    """
    picture = opened(source, "source_image")
    if isinstance(picture, Unusable):
        return picture
    place = placed(picture.size, expand, offer)
    picture = picture.convert("RGB")
    # Eight by eight pixels, stretched: a blur whose cost doesn't grow with the picture.
    canvas = picture.resize((8, 8), Image.Resampling.BOX).resize(
        place.canvas, Image.Resampling.BICUBIC
    )
    if picture.size != place.source:
        picture = picture.resize(place.source, Image.Resampling.LANCZOS)
    corner = (place.left_px, place.top_px)
    canvas.paste(picture, corner)
    marks = Image.new("L", place.canvas, 255)
    marks.paste(0, (*corner, corner[0] + picture.width, corner[1] + picture.height))
    return edit_files(canvas, marks)


def edit_files(picture: Image.Image, marks: Image.Image) -> EditFiles:
    """Both as PNG, the marks (255 = edit) as a mask of the protocol."""
    return EditFiles(
        picture_png=png(picture),
        mask_png=png(edit_mask(marks)),
        width_px=picture.width,
        height_px=picture.height,
    )


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


def edit_mask(marks: Image.Image) -> Image.Image:
    """A mask of the images protocol, in which clear places are edited, from marks in which 255 means "edit"."""
    mask = Image.new("RGBA", marks.size, (0, 0, 0, 255))
    mask.putalpha(ImageChops.invert(marks))
    return mask


def png(picture: Image.Image) -> bytes:
    """The picture as PNG; fast packing, since it travels once."""
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA")
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
