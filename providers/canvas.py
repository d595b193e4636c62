"""Pictures opened, brought to size and laid on larger canvases. These functions run in a worker process, off the loop."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from providers.request import Insets

FORMATS = ("PNG", "JPEG", "WEBP")

MAX_SOURCE_PX = 25_000_000
"""Sources come sanitised, with at most this many pixels; more is a mistake upstream."""

BLUR_PX = 8
"""Side of the tiny picture that is stretched into a blur: its cost doesn't grow with the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Why the pictures can't be used, and which field of the request is to blame."""

    reason: str
    param: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A picture on a larger canvas: where it lies there, and how large it is by now."""

    canvas: Image.Image
    corner: tuple[int, int]
    inner: tuple[int, int]

    def marks(self) -> Image.Image:
        """White all around the picture."""
        marks = Image.new("L", self.canvas.size, 255)
        left, top = self.corner
        marks.paste(0, (left, top, left + self.inner[0], top + self.inner[1]))
        return marks


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


def opened_pair(source: bytes, mask: bytes) -> tuple[Image.Image, Image.Image] | Unusable:
    """The source and its canonical mask, one channel in which 255 means "edit", of one size."""
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
    return picture, marks.convert("L")


def fitted_pair(
    source: bytes, mask: bytes, multiple_px: int, max_px: int
) -> tuple[Image.Image, Image.Image] | Unusable:
    """The same, both brought to sides a model paints."""
    pair = opened_pair(source, mask)
    if isinstance(pair, Unusable):
        return pair
    picture, marks = pair
    size = fitting(picture.size, multiple_px, max_px)
    if size == picture.size:
        return pair
    return (
        picture.convert("RGB").resize(size, Image.Resampling.LANCZOS),
        marks.resize(size, Image.Resampling.NEAREST),
    )


def laid_out(source: bytes, expand: Insets, multiple_px: int, max_px: int) -> Laid | Unusable:
    """The source on a canvas larger by `expand`, of sides a model paints; scaled where that would be too large."""
    picture = opened(source, "source_image")
    if isinstance(picture, Unusable):
        return picture
    wide = picture.width + expand.left_px + expand.right_px
    high = picture.height + expand.top_px + expand.bottom_px
    size = fitting((wide, high), multiple_px, max_px)
    across, down = size[0] / wide, size[1] / high
    inner = (max(1, round(picture.width * across)), max(1, round(picture.height * down)))
    corner = (round(expand.left_px * across), round(expand.top_px * down))
    return laid(picture, size, corner=corner, inner=inner)


def laid(
    picture: Image.Image, size: tuple[int, int], *, corner: tuple[int, int], inner: tuple[int, int]
) -> Laid:
    """The picture on a canvas whose empty part holds a blur of it: whoever looks there finds fitting colours."""
    picture = picture.convert("RGB")
    tiny = picture.resize((BLUR_PX, BLUR_PX), Image.Resampling.BOX)
    canvas = tiny.resize(size, Image.Resampling.BICUBIC)
    if picture.size != inner:
        picture = picture.resize(inner, Image.Resampling.LANCZOS)
    canvas.paste(picture, corner)
    return Laid(canvas=canvas, corner=corner, inner=inner)


def fitting(size: tuple[int, int], multiple_px: int, max_px: int) -> tuple[int, int]:
    """The nearest size of the same shape whose sides are multiples and no longer than the longest."""
    scale = min(1.0, max_px / max(size))

    def side(length_px: int) -> int:
        nearest = round(length_px * scale / multiple_px) * multiple_px
        return max(multiple_px, min(nearest, max_px // multiple_px * multiple_px))

    return side(size[0]), side(size[1])


def png(picture: Image.Image) -> bytes:
    """The picture as PNG; fast packing, since it travels once."""
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA")
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
