"""Pictures and masks made ready for a model. The pairs are made in a worker process, off the loop."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

from PIL import Image

from providers.capabilities import SizeRule
from providers.request import Insets
from providers.wire.pictures import mime_of

FORMATS = ("PNG", "JPEG", "WEBP")

MAX_SOURCE_PX = 25_000_000
"""Sources come sanitised, with at most this many pixels; more is a mistake upstream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A picture and a mask of its size in which white is to be painted, both PNG. `width_px` and `height_px` are theirs."""

    picture_png: bytes
    mask_png: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Why the pictures can't be used, and which field of the request is to blame."""

    reason: str
    param: str


def inpaint_pair(source: bytes, mask: bytes) -> Pair | Unusable:
    """The source and its canonical mask (one channel, 255 = edit), which is what FLUX and Stable Diffusion read too."""
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
    return pair(picture, marks.convert("L"))


def outpaint_pair(source: bytes, expand: Insets, rule: SizeRule) -> Pair | Unusable:
    """The source on a larger canvas, and a mask that asks for all around it.

    The canvas has sides of the rule's multiple, and is scaled down whole where it would be too large. Its empty part
    holds a blur of the source, so that a model which looks at it finds fitting colours.
    """
    picture = opened(source, "source_image")
    if isinstance(picture, Unusable):
        return picture
    picture = picture.convert("RGB")
    wide = picture.width + expand.left_px + expand.right_px
    high = picture.height + expand.top_px + expand.bottom_px
    scale = min(1.0, rule.max_px / max(wide, high), math.sqrt(rule.max_area_px / (wide * high)))
    step = rule.multiple_px
    canvas_size = (fitting(wide * scale, step, rule), fitting(high * scale, step, rule))
    if scale < 1.0:
        inner = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
        picture = picture.resize(inner, Image.Resampling.LANCZOS)
    # Eight by eight pixels, stretched: a blur whose cost doesn't grow with the picture.
    canvas = picture.resize((8, 8), Image.Resampling.BOX).resize(
        canvas_size, Image.Resampling.BICUBIC
    )
    corner = (int(expand.left_px * scale), int(expand.top_px * scale))
    canvas.paste(picture, corner)
    marks = Image.new("L", canvas_size, 255)
    marks.paste(0, (*corner, corner[0] + picture.width, corner[1] + picture.height))
    return pair(canvas, marks)


def fitting(side: float, step: int, rule: SizeRule) -> int:
    """The multiple at or above a side, or the largest there is."""
    return min(math.ceil(side / step - 1e-9) * step, rule.max_px // step * step)


def pair(picture: Image.Image, marks: Image.Image) -> Pair:
    """Both as PNG."""
    return Pair(
        picture_png=png(picture),
        mask_png=png(marks),
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


def png(picture: Image.Image) -> bytes:
    """The picture as PNG; fast packing, since it travels once."""
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA")
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def base64_text(data: bytes) -> str:
    """The bytes as base64."""
    return base64.b64encode(data).decode("ascii")


def data_url(data: bytes) -> str:
    """The picture as a data URL."""
    return f"data:{mime_of(data)};base64,{base64_text(data)}"
