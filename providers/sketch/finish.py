"""The last touches: bloom, vignette, grain, label, PNG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from providers.sketch.colour import Array
from providers.sketch.dice import Dice

LABEL = "local sketch, not an AI model"
STYLED_LABEL = "local sketch + neural style filter"


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
    """The picture with a small legible label in its lower right corner; always as wide as fits."""
    width, height = picture.size
    size = float(np.clip(min(width, height) * 0.022, 9, 30))
    font = ImageFont.load_default(size)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    room = width * 0.94
    if right - left > room:
        font = ImageFont.load_default(max(size * room / (right - left), 4.0))
        left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    pad = max(size * 0.35, 1.5)
    x = width - (right - left) - pad * 2.2
    y = height - (bottom - top) - pad * 2.2
    draw.rounded_rectangle(
        (x - pad, y - pad, x + right - left + pad, y + bottom - top + pad),
        pad,
        fill=(24, 26, 33, 255),
    )
    draw.text((x - left, y - top), text, font=font, fill=(236, 236, 240, 255))
    return picture


def png(picture: Image.Image) -> bytes:
    """The picture as PNG bytes, the same for the same pixels."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
