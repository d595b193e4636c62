"""Pixels from bytes nobody vouches for.

Called in a worker process with capped memory and a timeout (`ImageProcesses`): the checks here give a reason a
person can be told; the process is what holds when a codec itself is wrong.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from enum import StrEnum

# Registers itself. Asked for WebP without it, Pillow would load all its forty formats, 35 ms in every process.
import PIL.WebPImagePlugin  # noqa: F401
from PIL import Image, ImageCms, UnidentifiedImageError

from bot.images.formats import ImageFormat, sniff_format


class Reason(StrEnum):
    """Why bytes were not taken as an image."""

    EMPTY = "empty"
    TOO_LARGE_BYTES = "too_large_bytes"
    NOT_AN_IMAGE = "not_an_image"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    TRUNCATED = "truncated"
    TOO_MUCH_MEMORY = "too_much_memory"
    MASK_SHAPE = "mask_shape"
    MASK_EMPTY = "mask_empty"


class Unreadable(Exception):
    """The bytes are not an image we take. `reason` picks the sentence, `detail` is for the log only."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimits:
    """What is refused before a pixel is decoded.

    25 MP is a 5000 px square, the largest upscale offered by the providers we know being 4096 px.
    `max_memory_bytes` is what the decoder alone may need; it keeps decode and re-encode inside the 150 MB
    that a hostile response may cost. It allows 25 MP of PNG or JPEG, 14 MP of progressive JPEG, 8.75 MP of WebP.
    """

    max_bytes: int = 32 * 1024 * 1024
    max_pixels: int = 25_000_000
    max_side_px: int = 8192
    max_memory_bytes: int = 140_000_000


DEFAULT_LIMITS = DecodeLimits()

# Measured with Pillow 13.0.0, 2026-11: Pillow stores RGB in 4 bytes. libjpeg holds all coefficients of a
# progressive file (3 components of 2 bytes); libwebp's animation decoder, which Pillow uses for stills too,
# holds two canvases, and Pillow a copy.
_MEMORY_BYTES_PER_PIXEL = 4
_PROGRESSIVE_BYTES_PER_PIXEL = 10
_WEBP_BYTES_PER_PIXEL = 16

# What Pillow 13's readers raise on damaged files, by their source and by our mutation tests.
_DECODER_FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)

_ORIENTATION_TAG = 0x0112
# EXIF 2.32, 4.6.4: how the stored rows and columns lie; 1 is upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_safely(
    data: bytes, limits: DecodeLimits = DEFAULT_LIMITS, *, shrink_to_px: int | None = None
) -> Image.Image:
    """A fully decoded, upright RGB or RGBA picture in sRGB that carries no metadata.

    With `shrink_to_px` its longer side is at most that, and less memory is needed on the way.
    Raises Unreadable and nothing else.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns about sizes we refuse ourselves and about odd EXIF we don't keep.
            warnings.simplefilter("ignore")
            image = open_header(data, limits)
            if shrink_to_px is not None:
                image.draft("RGB", (shrink_to_px, shrink_to_px))
            profile = image.info.get("icc_profile")
            orientation = _orientation(image)
            image = _colour_mode(_loaded(image))
            if shrink_to_px is not None:
                # First by a whole number, which lets the large picture go before the fine scaling.
                image = image.reduce(max(1, max(image.size) // shrink_to_px))
                image.thumbnail((shrink_to_px, shrink_to_px))
            image = _upright(_srgb(image, profile), orientation)
            # Savers write what they find here into the next file: comment, text, resolution.
            image.info = {}
            return image
    except MemoryError:
        raise Unreadable(Reason.TOO_MUCH_MEMORY) from None


def check_bytes(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> None:
    """Nothing, or raises Unreadable for no bytes and too many: before they are sent to a worker."""
    if not data:
        raise Unreadable(Reason.EMPTY)
    if len(data) > limits.max_bytes:
        raise Unreadable(Reason.TOO_LARGE_BYTES, f"{len(data)} bytes")


def open_header(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> Image.Image:
    """A picture whose header was read and found within limits, with no pixel decoded yet.

    Raises Unreadable for everything that shows in the header.
    """
    check_bytes(data, limits)
    image_format = sniff_format(data)
    if image_format is None:
        raise Unreadable(Reason.NOT_AN_IMAGE, data[:16].hex())
    if image_format is ImageFormat.WEBP:
        _check_webp_header(data, limits)
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        # A phone's JPEG may carry a second picture (MPO); its first one is the photo.
        animated = image.format != "MPO" and getattr(image, "n_frames", 1) != 1
    except Image.DecompressionBombError as error:
        raise Unreadable(Reason.TOO_MANY_PIXELS, str(error)) from None
    except UnidentifiedImageError:
        # The first bytes were right, so it began as an image.
        raise Unreadable(Reason.TRUNCATED, "header") from None
    except _DECODER_FAULTS as error:
        raise Unreadable(Reason.TRUNCATED, repr(error)) from None
    _check_size(*image.size, limits)
    if animated:
        raise Unreadable(Reason.ANIMATED)
    _check_memory(image, image_format, limits)
    return image


def _check_size(width_px: int, height_px: int, limits: DecodeLimits) -> None:
    pixels = width_px * height_px
    if pixels > limits.max_pixels or max(width_px, height_px) > limits.max_side_px:
        raise Unreadable(Reason.TOO_MANY_PIXELS, f"{width_px}x{height_px}")


def _check_memory(image: Image.Image, image_format: ImageFormat, limits: DecodeLimits) -> None:
    bytes_per_pixel = _MEMORY_BYTES_PER_PIXEL
    if image_format is ImageFormat.WEBP:
        bytes_per_pixel = _WEBP_BYTES_PER_PIXEL
    elif image.info.get("progressive"):
        bytes_per_pixel = _PROGRESSIVE_BYTES_PER_PIXEL
    if image.width * image.height * bytes_per_pixel > limits.max_memory_bytes:
        raise Unreadable(Reason.TOO_MUCH_MEMORY, f"{image.width}x{image.height} {image_format}")


def _check_webp_header(data: bytes, limits: DecodeLimits) -> None:
    """Checks the size in the first chunk: Pillow's open allots both canvases before it tells the size.

    Source: RFC 9649, sections 2.5 to 2.7.
    """
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X" and len(body) == 10:
        width_px = int.from_bytes(body[4:7], "little") + 1
        height_px = int.from_bytes(body[7:10], "little") + 1
    elif kind == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        width_px, height_px = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and len(body) == 10:
        width_px = int.from_bytes(body[6:8], "little") & 0x3FFF
        height_px = int.from_bytes(body[8:10], "little") & 0x3FFF
    else:
        raise Unreadable(Reason.TRUNCATED, "WebP header")
    _check_size(width_px, height_px, limits)
    if width_px * height_px * _WEBP_BYTES_PER_PIXEL > limits.max_memory_bytes:
        raise Unreadable(Reason.TOO_MUCH_MEMORY, f"{width_px}x{height_px} webp")


def _loaded(image: Image.Image) -> Image.Image:
    """The decoded pixels apart from their file, whose WebP decoder would hold three more copies."""
    try:
        image.load()
    except _DECODER_FAULTS as error:
        raise Unreadable(Reason.TRUNCATED, repr(error)) from None
    return image._new(image.im)


def _orientation(image: Image.Image) -> Image.Transpose | None:
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION_TAG, 1))
    except _DECODER_FAULTS:
        # A picture with broken EXIF is shown as it is stored.
        return None


def _colour_mode(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where anything may be transparent."""
    if image.mode in ("RGB", "RGBA") and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        # 16 bits of grey, which Pillow's conversion would clip to white above 255.
        return image.point(lambda value: value * (1 / 257) + 0.5, "L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _srgb(image: Image.Image, profile_bytes: bytes | None) -> Image.Image:
    """The picture in sRGB, because its profile will not go along. A profile that can't be used is ignored."""
    if not profile_bytes:
        return image
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(profile_bytes))
        if not ImageCms.getProfileDescription(profile).startswith("sRGB"):
            srgb = ImageCms.createProfile("sRGB")
            ImageCms.profileToProfile(image, profile, srgb, inPlace=True)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return image


def _upright(image: Image.Image, how: Image.Transpose | None) -> Image.Image:
    return image if how is None else image.transpose(how)
