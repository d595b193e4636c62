"""From a provider's bytes to everything we store and show, in one visit to a worker process.

`check_bytes(raw)`, then `await pixels(finish_image, raw, order, timeout_s=FINISH_TIMEOUT_S)`; the images of one
job run side by side.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

from bot.images.encode import encode, encode_jpeg, encode_png, encode_webp
from bot.images.fingerprint import phash
from bot.images.formats import ImageFormat, sniff_format
from bot.images.label import MachineLabel, SourceType
from bot.images.safe_decode import (
    DEFAULT_LIMITS,
    DecodeLimits,
    Reason,
    Unreadable,
    open_safely,
)

RENDITION_PX = 1024
THUMBNAIL_PX = 320
PREVIEW_PX = 512

# A 1024 px image takes about 0.2 s of processor, 25 MP about 4 s; more is a codec in trouble.
FINISH_TIMEOUT_S = 30.0

# What one picture may map beyond a warm process: the promise "a hostile response costs at most 150 MB".
HEADROOM_BYTES = 150_000_000

# A full file is kept without loss, so it may be larger than what a provider may send.
KEPT_LIMITS = DecodeLimits(max_bytes=HEADROOM_BYTES)

_FULL_QUALITY = {ImageFormat.PNG: 100, ImageFormat.JPEG: 92, ImageFormat.WEBP: 90}
_SMALL_QUALITY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishOrder:
    """How pictures are to leave: the format of the full file, and what every file says about its origin."""

    output_format: ImageFormat
    label: MachineLabel
    limits: DecodeLimits = DEFAULT_LIMITS
    kept: bool = False
    """It is a full file of ours already, with its label: that one stays as it is, and the others are made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedImage:
    """One picture in all its forms. All but `preview_jpeg` are labelled; that one is for judges and never leaves.

    `file` is full size in `file_format` (not always the one ordered), `sha256` (hexadecimal) its hash. `rendition_webp` is at most 1024 px a
    side, `thumbnail_webp` 320, `preview_jpeg` 512. `phash` is 16 hexadecimal digits.
    """

    file: bytes
    file_format: ImageFormat
    width_px: int
    height_px: int
    sha256: str
    phash: str
    rendition_webp: bytes
    thumbnail_webp: bytes
    preview_jpeg: bytes


def finish_image(raw: bytes, order: FinishOrder) -> FinishedImage:
    """The picture in all its forms, made from pixels alone. Raises Unreadable and nothing else."""
    try:
        return _finish(raw, open_safely(raw, order.limits), order)
    except MemoryError:
        raise Unreadable(Reason.TOO_MUCH_MEMORY) from None


def _finish(raw: bytes, image: Image.Image, order: FinishOrder) -> FinishedImage:
    label = order.label
    file_format, file = _kept_file(raw) if order.kept else _full_file(image, order)
    # Each is made from the next larger one, so the full picture is scaled once.
    rendition = fit(image, RENDITION_PX)
    preview = fit(rendition, PREVIEW_PX)
    thumbnail = fit(preview, THUMBNAIL_PX)
    return FinishedImage(
        file=file,
        file_format=file_format,
        width_px=image.width,
        height_px=image.height,
        sha256=hashlib.sha256(file).hexdigest(),
        phash=phash(thumbnail),
        rendition_webp=encode_webp(rendition, quality=_SMALL_QUALITY, label=label),
        thumbnail_webp=encode_webp(thumbnail, quality=_SMALL_QUALITY, label=label),
        preview_jpeg=encode_jpeg(preview, quality=_SMALL_QUALITY, label=None),
    )


def _kept_file(raw: bytes) -> tuple[ImageFormat, bytes]:
    file_format = sniff_format(raw)
    if file_format is None:
        raise Unreadable(Reason.NOT_AN_IMAGE)
    return file_format, raw


def _full_file(image: Image.Image, order: FinishOrder) -> tuple[ImageFormat, bytes]:
    """The file as ordered; as PNG when the WebP encoder has no room for a paid picture (from about 12 MP)."""
    wanted = order.output_format
    try:
        return wanted, encode(image, wanted, quality=_FULL_QUALITY[wanted], label=order.label)
    except MemoryError:
        if wanted is not ImageFormat.WEBP:
            raise
    return ImageFormat.PNG, encode_png(image, label=order.label)


def fit(image: Image.Image, side_px: int) -> Image.Image:
    """The picture with its longer side at most `side_px`; itself when it fits already."""
    if max(image.size) <= side_px:
        return image
    scale = side_px / max(image.size)
    size_px = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size_px, Image.Resampling.LANCZOS, reducing_gap=2.0)


def warm_codecs() -> None:
    """Nothing; loads every codec and library once. `ImageProcesses(prepare=warm_codecs)`."""
    label = MachineLabel(source_type=SourceType.ALGORITHMIC_MEDIA, software="warm-up")
    noise = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    image = Image.fromarray(noise)
    for image_format in ImageFormat:
        raw = encode(image, image_format, quality=_SMALL_QUALITY, label=label)
        finish_image(raw, FinishOrder(output_format=image_format, label=label))
