"""Pictures made ready for LoadImage, whose mask is what is clear. These functions run in a worker process."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops

from providers.canvas import Unusable, fitted_pair, laid_out, png
from providers.request import Insets


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


def masked_source(source: bytes, mask: bytes, multiple_px: int, max_px: int) -> Masked | Unusable:
    """The source and its mask (255 = edit), both brought to sides the model paints."""
    pair = fitted_pair(source, mask, multiple_px, max_px)
    if isinstance(pair, Unusable):
        return pair
    picture, marks = pair
    return both(picture.convert("RGB"), marks)


def masked_canvas(
    source: bytes, expand: Insets, multiple_px: int, max_px: int
) -> Masked | Unusable:
    """The source on a larger canvas of sides the model paints, all around it to be edited."""
    lies = laid_out(source, expand, multiple_px, max_px)
    return lies if isinstance(lies, Unusable) else both(lies.canvas, lies.marks())


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
