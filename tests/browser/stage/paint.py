"""Pictures for the stage: hills under a sky, by seed."""

import io
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SKIES = (
    ((250, 190, 120), (110, 90, 160), (52, 40, 84)),
    ((190, 220, 245), (90, 150, 215), (38, 82, 72)),
    ((246, 214, 190), (226, 120, 110), (84, 42, 70)),
    ((30, 40, 84), (86, 70, 140), (14, 18, 40)),
)


def picture(seed: int, *, width_px: int = 640, height_px: int = 640) -> Image.Image:
    """The picture of that seed."""
    chance = Random(seed)
    low, high, land = SKIES[seed % len(SKIES)]
    ramp = np.linspace(0, 1, height_px)[:, None, None]
    sky = np.array(high) * (1 - ramp) + np.array(low) * ramp
    image = Image.fromarray(np.repeat(sky, width_px, axis=1).astype("uint8"))
    draw = ImageDraw.Draw(image)
    x, y, r = chance.uniform(0.2, 0.8), chance.uniform(0.2, 0.45), chance.uniform(0.05, 0.1)
    sun = tuple(min(255, part + 60) for part in low)
    draw.ellipse(
        [
            (x - r) * width_px,
            y * height_px - r * width_px,
            (x + r) * width_px,
            y * height_px + r * width_px,
        ],
        fill=sun,
    )
    image = image.filter(ImageFilter.GaussianBlur(2))
    draw = ImageDraw.Draw(image)
    for layer in range(4):
        shade = tuple(int(a + (b - a) * (layer + 1) / 4) for a, b in zip(low, land, strict=True))
        phase, wave = chance.uniform(0, 6), chance.uniform(0.006, 0.014)
        top = height_px * (0.52 + 0.12 * layer)
        columns = np.arange(width_px + 1)
        ridge = top + np.sin(columns * wave + phase) * 26 + np.sin(columns * wave * 2.7) * 11
        points = list(zip(columns.tolist(), ridge.tolist(), strict=True))
        draw.polygon([*points, (width_px, height_px), (0, height_px)], fill=shade)
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    """The picture's file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def preview(seed: int, share: float) -> bytes:
    """A small JPEG that gets clearer."""
    image = picture(seed, width_px=160, height_px=160)
    return encoded(image.filter(ImageFilter.GaussianBlur(14 * (1 - share))), "JPEG", quality=70)
