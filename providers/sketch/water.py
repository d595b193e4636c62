"""Water: a surface that mirrors what stands above it, and the sea's waves."""

from __future__ import annotations

import numpy as np

from providers.sketch import shimmer
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.dice import Dice
from providers.sketch.fields import bell, noise, ridge, smooth
from providers.sketch.raster import below, blend
from providers.sketch.view import View


def surface(
    view: View, canvas: Array, y: float, *, rough: float, name: str, deep: str = "1d4f66"
) -> None:
    """Turn everything under `y` into water mirroring what is above; `rough` 0 is a pond, 1 a windy sea."""
    top = int(np.clip(y, 1, view.height - 1))
    rows = view.height - top
    dice = view.dice.stream(name)
    share = np.arange(rows, dtype=np.float32)[:, None] / max(rows, 1)
    waves = _waves(dice, view, rows)
    swing = waves * view.unit * np.float32(0.012 + 0.05 * rough) * (0.12 + share)
    source_rows = np.arange(rows)[:, None] * 0.92 + np.abs(swing) * (1.2 + rough)
    source_rows = np.clip(top - 1 - source_rows, 0, top - 1).astype(np.int64)
    source_columns = np.clip(np.arange(view.width)[None] + swing, 0, view.width - 1).astype(
        np.int64
    )
    mirror = canvas[source_rows, source_columns]
    lit = view.palette.disc != "none"
    seen = shimmer.dissolved(view, canvas, mirror, source_rows, source_columns) if lit else 0.0
    body = view.light.lit(mix(rgb(deep), view.palette.zenith, 0.35), 0.45)
    share_deep = np.clip(0.14 + 0.34 * share**0.8 + rough * 0.14 - waves * 0.2, 0, 0.85)
    water = mirror + (body - mirror) * share_deep[..., None]
    crest = smooth(waves, 0.24, 0.5) * (0.1 + 0.22 * rough) * (0.3 + share)
    water = water + (mix(view.palette.horizon, view.palette.glow, 0.5) - water) * crest[..., None]
    if lit:
        shimmer.strokes(view, water, seen=seen, rough=rough)
    edge = np.clip(np.arange(rows, dtype=np.float32) + 1 - (y - top), 0, 1)[:, None]
    canvas[top:] += (water - canvas[top:]) * edge[..., None]
    line = bell(view.height, top, view.unit * 0.0035)[top:, None] * np.ones(
        (1, view.width), np.float32
    )
    blend(canvas[top:], line * 0.35, view.light.haze)


def _waves(dice: Dice, view: View, rows: int) -> Array:
    """Wave heights from -0.5 to 0.5, long in the distance's few pixels and broad in front."""
    flat = (
        noise(dice, (max(rows, 64), view.width), cells=26, octaves=4, roughness=0.6, stretch=7)
        - 0.5
    )
    share = np.linspace(0, 1, rows, dtype=np.float32)
    gather = np.clip(share**0.42 * (len(flat) - 1), 0, len(flat) - 1).astype(np.int64)
    waves: Array = flat[gather]
    return waves


def swell(view: View, canvas: Array, *, y: float, height: float, name: str, near: float) -> None:
    """One wave across the picture, its crest up to `height` pixels above `y`, foaming when near."""
    dice = view.dice.stream(name)
    base = ridge(dice, view.width, cells=2.2 * view.aspect, octaves=3, roughness=0.45)
    peaked = 1 - np.abs(base * 2 - 1) ** 0.8
    crest = (y - height * peaked).astype(np.float32)
    mask, top = below(crest, view.height)
    rows = view.height - top
    down = np.maximum(np.arange(top, view.height, dtype=np.float32)[:, None] - crest[None], 0)
    dark = view.light.far(rgb("17414f"), 0.3 * (1 - near), 0.25)
    pale = view.light.far(rgb("6fb0ae"), 0.3 * (1 - near), 0.8)
    streak = noise(dice, (rows, view.width), cells=16, octaves=4, stretch=4) - 0.5
    glow = np.clip(np.exp(-down / (height * 0.55)) * 0.75 + streak * 0.5, 0, 1)
    tone = dark + (pale - dark) * glow[..., None]
    foam = smooth(streak * 0.8 + np.exp(-down / (height * 0.16)) * 0.75, 0.5, 0.72)
    white = view.light.lit(rgb("f4f8f8"), 0.9)
    tone = tone + (white - tone) * (foam * (0.35 + 0.5 * near))[..., None]
    blend(canvas[top:], mask, tone)
