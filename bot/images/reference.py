"""Pictures and masks that people bring, made safe to store and to send to a provider."""

from __future__ import annotations

from PIL import Image

from bot.images.encode import encode_png
from bot.images.finishing import fit
from bot.images.safe_decode import (
    DEFAULT_LIMITS,
    DecodeLimits,
    Reason,
    Unreadable,
    open_header,
    open_safely,
)

# What the providers we know take without scaling it down themselves.
REFERENCE_PX = 2048

# A mask made for a scaled copy is scaled; one of another shape was made for another picture.
_SHAPE_TOLERANCE_RATIO = 0.01


def sanitise_reference(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> bytes:
    """A PNG of the picture, upright, at most 2048 px a side, without metadata (place, camera, names).

    Raises Unreadable and nothing else.
    """
    try:
        # JPEG and palettes may come out a little larger than asked for.
        image = fit(open_safely(data, limits, shrink_to_px=REFERENCE_PX), REFERENCE_PX)
        return encode_png(image, label=None)
    except MemoryError:
        raise Unreadable(Reason.TOO_MUCH_MEMORY) from None


def sanitise_mask(
    data: bytes, width_px: int, height_px: int, limits: DecodeLimits = DEFAULT_LIMITS
) -> bytes:
    """A single-channel PNG of the given size in which 255 means "edit here" and greys mean "partly".

    White in the mask means edit; transparent counts as black. Raises Unreadable: MASK_SHAPE when its proportions
    differ from the picture's by more than 1 %, MASK_EMPTY when nothing is marked.
    """
    try:
        image = open_safely(data, limits)
        if abs(image.width * height_px - image.height * width_px) > (
            _SHAPE_TOLERANCE_RATIO * image.height * width_px
        ):
            raise Unreadable(Reason.MASK_SHAPE, f"{image.width}x{image.height}")
        mask = _white_is_edit(image)
        if mask.size != (width_px, height_px):
            mask = mask.resize((width_px, height_px), Image.Resampling.BILINEAR)
        if mask.getextrema() == (0, 0):
            raise Unreadable(Reason.MASK_EMPTY)
        return encode_png(mask, label=None)
    except MemoryError:
        raise Unreadable(Reason.TOO_MUCH_MEMORY) from None


def sanitise_painting(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> bytes:
    """A painted region at its own size, single-channel, 255 = edit. Raises Unreadable: MASK_EMPTY when nothing is marked."""
    try:
        mask = _white_is_edit(open_safely(data, limits))
        if mask.getextrema() == (0, 0):
            raise Unreadable(Reason.MASK_EMPTY)
        return encode_png(mask, label=None)
    except MemoryError:
        raise Unreadable(Reason.TOO_MUCH_MEMORY) from None


def mask_for(mask: bytes, source: bytes) -> bytes:
    """The mask at the size of `source`. Raises Unreadable: MASK_SHAPE when it was painted over another picture."""
    width_px, height_px = open_header(source).size
    return sanitise_mask(mask, width_px, height_px)


def _white_is_edit(image: Image.Image) -> Image.Image:
    greys = image.convert("L")
    if image.mode == "RGBA":
        nothing = Image.new("L", image.size, 0)
        return Image.composite(greys, nothing, image.getchannel("A"))
    return greys
