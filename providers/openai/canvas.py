"""Pictures and masks made ready for an edit. These functions run in a worker process, off the loop."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops

from providers.canvas import Unusable, laid, opened, opened_pair, png
from providers.openai.catalog import Offer
from providers.openai.sizes import placed
from providers.request import Insets


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFiles:
    """A picture and the mask of what to edit in it, both PNG and of that size; the mask's alpha 0 means "edit here"."""

    picture_png: bytes
    mask_png: bytes
    width_px: int
    height_px: int


def inpaint_files(source: bytes, mask: bytes) -> EditFiles | Unusable:
    """The source as PNG, and its canonical mask (one channel, 255 = edit) as PNG with alpha 0 = edit."""
    pair = opened_pair(source, mask)
    return pair if isinstance(pair, Unusable) else edit_files(*pair)


def outpaint_files(source: bytes, expand: Insets, offer: Offer) -> EditFiles | Unusable:
    """The source laid on a larger canvas of a size the model paints, and a mask that asks for all around it."""
    picture = opened(source, "source_image")
    if isinstance(picture, Unusable):
        return picture
    place = placed(picture.size, expand, offer)
    corner = (place.left_px, place.top_px)
    lies = laid(picture, place.canvas, corner=corner, inner=place.source)
    return edit_files(lies.canvas, lies.marks())


def edit_files(picture: Image.Image, marks: Image.Image) -> EditFiles:
    """Both as PNG, the marks (255 = edit) as a mask of the protocol."""
    return EditFiles(
        picture_png=png(picture),
        mask_png=png(edit_mask(marks)),
        width_px=picture.width,
        height_px=picture.height,
    )


def edit_mask(marks: Image.Image) -> Image.Image:
    """A mask of the images protocol, in which clear places are edited, from marks in which 255 means "edit"."""
    mask = Image.new("RGBA", marks.size, (0, 0, 0, 255))
    mask.putalpha(ImageChops.invert(marks))
    return mask
