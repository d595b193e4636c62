"""Pictures and masks made ready for a model. The pairs are made in a worker process, off the loop."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass

from PIL import Image

from providers.canvas import Unusable, laid, opened, opened_pair, png
from providers.capabilities import SizeRule
from providers.request import Insets
from providers.wire.pictures import mime_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A picture and a mask of its size in which white is to be painted, both PNG. `width_px` and `height_px` are theirs."""

    picture_png: bytes
    mask_png: bytes
    width_px: int
    height_px: int


def inpaint_pair(source: bytes, mask: bytes) -> Pair | Unusable:
    """The source and its canonical mask (one channel, 255 = edit), which is what FLUX and Stable Diffusion read too."""
    found = opened_pair(source, mask)
    return found if isinstance(found, Unusable) else pair(*found)


def outpaint_pair(source: bytes, expand: Insets, rule: SizeRule) -> Pair | Unusable:
    """The source on a larger canvas, and a mask that asks for all around it.

    The canvas has sides of the rule's multiple, and is scaled down whole where it would be too large.
    """
    picture = opened(source, "source_image")
    if isinstance(picture, Unusable):
        return picture
    wide = picture.width + expand.left_px + expand.right_px
    high = picture.height + expand.top_px + expand.bottom_px
    scale = min(1.0, rule.max_px / max(wide, high), math.sqrt(rule.max_area_px / (wide * high)))
    step = rule.multiple_px
    canvas_size = (fitting(wide * scale, step, rule), fitting(high * scale, step, rule))
    inner = picture.size
    if scale < 1.0:
        inner = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    corner = (int(expand.left_px * scale), int(expand.top_px * scale))
    lies = laid(picture, canvas_size, corner=corner, inner=inner)
    return pair(lies.canvas, lies.marks())


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


def base64_text(data: bytes) -> str:
    """The bytes as base64."""
    return base64.b64encode(data).decode("ascii")


def data_url(data: bytes) -> str:
    """The picture as a data URL."""
    return f"data:{mime_of(data)};base64,{base64_text(data)}"
