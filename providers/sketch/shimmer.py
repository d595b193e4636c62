"""Sun and moon on water: no second disc, but a road of broken strokes under the light."""

from __future__ import annotations

import numpy as np

from providers.sketch.colour import Array, mix, rgb
from providers.sketch.dice import Dice
from providers.sketch.fields import smooth
from providers.sketch.raster import blend, coverage
from providers.sketch.sky import disc_radius
from providers.sketch.view import View

BANDS = 34
"""Rows of strokes from the horizon to the front."""
IN_BAND = 4
FAR = 1.6
"""Radii around the disc's middle in which the water mirrors something else."""


def dissolved(view: View, canvas: Array, mirror: Array, rows: Array, columns: Array) -> float:
    """How much of the disc is seen, 0 to 1; takes it out of what the water mirrors, in place.

    `rows` and `columns` say which of the canvas's pixels each of the mirror's shows.
    """
    radius = disc_radius(view)
    x, y = view.light.x, view.light.y
    seen = _seen(view, canvas, radius)
    if not seen:
        return 0.0
    down, along = (
        _close(rows[:, ::4], y, reach=FAR * radius),
        _close(columns[::4].T, x, reach=FAR * radius),
    )
    part, rows, columns = mirror[down, along], rows[down, along], columns[down, along]
    # Moonlight and sunlight lie around the disc too; a mirrored one looks like a hole in the water.
    near = np.hypot(columns - np.float32(x), rows - np.float32(y)) / np.float32(radius)
    inside = near < FAR
    across = round(2.4 * radius)
    last = canvas.shape[1] - 1
    left = canvas[rows[inside], np.clip(columns[inside] - across, 0, last)]
    right = canvas[rows[inside], np.clip(columns[inside] + across, 0, last)]
    beside = np.minimum(part[inside], np.maximum(left, right))
    part[inside] += (beside - part[inside]) * (1 - smooth(near[inside], 1.05, FAR))[:, None]
    return seen


def _close(places: Array, to: float, *, reach: float) -> slice:
    """The lines that have a place within `reach` of `to`, and those between them."""
    lines = np.flatnonzero((np.abs(places - np.float32(to)) < reach).any(1))
    return slice(lines[0], lines[-1] + 1) if lines.size else slice(0, 0)


def _seen(view: View, canvas: Array, radius: float) -> float:
    """The share of the disc that nothing stands before, by the brightness of its own pixels."""
    top, left = round(view.light.y - radius * 0.7), round(view.light.x - radius * 0.7)
    side = max(round(radius * 1.4), 1)
    part = canvas[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    if not part.size:
        return 0.0
    face = mix(view.palette.glow, rgb("ffffff"), 0.5).mean()
    return float((part.mean(-1) > face - np.float32(0.16)).mean())


def strokes(view: View, water: Array, *, seen: float, rough: float) -> None:
    """Paint the road of light onto the water below the horizon; `seen` is how much of the disc is."""
    rows = len(water)
    outlines = _outlines(view, view.dice.stream("shimmer"), rows, rough)
    mask, span, columns = coverage(water.shape[:2], outlines, finer=3)
    if not mask.size:
        return
    down = np.arange(rows, dtype=np.float32)[span, None] / rows
    sun = view.palette.disc == "sun"
    strength = (0.3 + 0.7 * seen) * (0.62 + 0.25 * view.palette.low if sun else 0.66)
    fade = (1 - 0.72 * down**0.8) * strength
    core = mix(view.palette.glow, rgb("ffffff"), 0.15)
    blend(water[span, columns], (mask * fade).astype(np.float32), core)


def _outlines(view: View, dice: Dice, rows: int, rough: float) -> list[Array]:
    """Flat lenses in bands: close together and narrow far off, wide apart in front."""
    unit = view.unit
    numbers = dice.grid(BANDS * IN_BAND, 4)
    outlines = []
    for at, (aside, long, thick, up) in enumerate(numbers):
        share = ((at // IN_BAND + up * 0.9) / BANDS) ** 1.7
        spread = unit * (0.016 + (0.1 + 0.06 * rough) * share)
        place = np.tan((aside - 0.5) * 2.2) * 0.55
        if abs(place) > 2.2 or (share > 0.3 and (at % IN_BAND) == 0):
            continue
        half = unit * (0.012 + 0.055 * share**0.8) * (0.35 + long) * (1 - 0.3 * abs(place))
        height = unit * (0.0012 + 0.0065 * share) * (0.6 + 0.8 * thick)
        x, y = view.light.x + place * spread, share * rows + height
        outlines.append(_lens(x, y, half, height))
    return outlines


def _lens(x: float, y: float, half: float, height: float) -> Array:
    """A stroke of a flat brush: pointed at both ends, fuller below than above."""
    along = np.array([-1, -0.55, 0, 0.6, 1, 0.5, -0.1, -0.6])
    down = np.array([0, -0.55, -0.8, -0.5, 0, 0.8, 1, 0.7])
    return np.stack([x + along * half, y + down * height], 1)
