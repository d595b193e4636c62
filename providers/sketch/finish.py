"""The last touches: bloom, vignette, grain, label, PNG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from providers.sketch.colour import Array
from providers.sketch.dice import Dice

LABEL = "local sketch, not an AI model"
STYLED_LABEL = "local sketch + neural style filter"
LABEL_GROUND = (24, 26, 33)


def developed(canvas: Array, dice: Dice, *, night: float) -> Image.Image:
    """The canvas as a picture, with bloom, vignette and a fine grain."""
    height, width = canvas.shape[:2]
    np.clip(canvas, 0, 1, out=canvas)
    small = Image.fromarray((canvas * 255).astype(np.uint8)).resize(
        (max(width // 4, 1), max(height // 4, 1)), Image.Resampling.BOX
    )
    soft = small.filter(ImageFilter.GaussianBlur(max(min(width, height) / 4 * 0.022, 0.5)))
    bloom = np.asarray(
        soft.resize((width, height), Image.Resampling.BILINEAR), np.float32
    ) / np.float32(255)
    bright = np.maximum(bloom - np.float32(0.35 - 0.15 * night), 0) * np.float32(0.3 + 0.25 * night)
    canvas += bright * (1 - canvas)
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    across = np.linspace(-1, 1, width, dtype=np.float32)[None] ** 2
    canvas *= (1 - 0.16 * (down + across) / 2 - 0.05 * (down * across))[..., None]
    tile = dice.stream("grain").grid(256, 256) - 0.5
    grain = np.tile(tile, (height // 256 + 1, width // 256 + 1))[:height, :width]
    canvas += grain[..., None] * np.float32(0.022)
    return Image.fromarray((np.clip(canvas, 0, 1) * 255 + 0.5).astype(np.uint8))


def labelled(picture: Image.Image, text: str) -> Image.Image:
    """The picture with a small legible label in its lower right corner, on an opaque ground.

    Opaque, so that labelling an edited sketch again gives the same label.
    """
    font, pad = _font(picture.size, text)
    left, top, right, bottom = label_box(picture.size, text)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((left, top, right - 1, bottom - 1), pad, fill=LABEL_GROUND)
    inked = font.getbbox(text)
    draw.text((left + pad - inked[0], top + pad - inked[1]), text, font=font, fill=(236, 236, 240))
    return picture


def label_box(size: tuple[int, int], text: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom in pixels of the label on a picture of that size."""
    font, pad = _font(size, text)
    left, top, right, bottom = font.getbbox(text)
    width, height = round(right - left + 2 * pad), round(bottom - top + 2 * pad)
    margin = round(pad * 0.7)
    return (
        max(size[0] - width - margin, 0), max(size[1] - height - margin, 0),
        size[0] - margin, size[1] - margin,
    )  # fmt: skip


def _font(size: tuple[int, int], text: str) -> tuple[ImageFont.FreeTypeFont, float]:
    """Pillow's own font, as large as the picture bears, and the padding around the text."""
    points = float(np.clip(min(size) * 0.018, 9, 30))
    font = _built_in(points)
    left, _, right, _ = font.getbbox(text)
    room = size[0] * 0.92
    if right - left > room:
        points = max(points * room / (right - left), 4.0)
        font = _built_in(points)
    return font, max(points * 0.35, 1.5)


def _built_in(points: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(points)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, which the label needs")
    return font


def png(picture: Image.Image) -> bytes:
    """The picture as PNG bytes, the same for the same pixels."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
