"""Ground: mountains, hills, dunes, meadows and what grows on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from providers.sketch.colour import Array, rgb
from providers.sketch.dice import Dice
from providers.sketch.fields import bell, blurred, noise, resized, ridge, smooth
from providers.sketch.raster import below, blend
from providers.sketch.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Soil:
    """What a hill is made of: its colour, the air before it (0 to 1), the fog at its foot, how mottled it is."""

    colour: Array
    depth: float
    fog: float = 0.0
    grain: float = 0.16


def line(
    view: View, name: str, *, y: float, rise: float, cells: float, rough: float = 0.5
) -> Array:
    """A soft skyline: one y in pixels per column, `rise` pixels above `y` at its highest."""
    cells = cells * max(view.aspect, 0.7)
    heights = ridge(view.dice.stream(name), view.width, cells=cells, octaves=4, roughness=rough)
    return (y - rise * heights).astype(np.float32)


def crag(
    view: View, name: str, *, y: float, rise: float, cells: float, rough: float = 0.5
) -> Array:
    """A jagged skyline, measured like a soft one."""
    cells = cells * max(view.aspect, 0.7)
    dice = view.dice.stream(name)
    heights = ridge(dice, view.width, cells=cells, octaves=7, roughness=rough, sharp=True)
    return (y - rise * heights).astype(np.float32)


def peaks(
    view: View, canvas: Array, crest: Array, *, depth: float, snow_y: float, name: str
) -> None:
    """Mountains under a crest, with a light and a shadow side and snow above `snow_y`, seen through `depth` of air."""
    mask, top = below(crest, view.height)
    rows, unit, light = view.height - top, view.unit, view.light
    dice = view.dice.stream(name)
    jag = noise(dice, (rows, view.width), cells=12, octaves=4, roughness=0.6) - 0.5
    streaks = (
        noise(
            dice.stream("streaks"),
            (rows, view.width),
            cells=5,
            octaves=5,
            roughness=0.65,
            stretch=0.45,
        )
        - 0.5
    )
    height = np.arange(top, view.height, dtype=np.float32)[:, None]
    down = np.maximum(height - crest[None], 0)
    amount = _facets(view, dice, crest, down, jag)
    dark, bright = light.far(rgb("565c78"), depth, 0.05), light.far(rgb("b3a49c"), depth, 1.0)
    tone = dark + (bright - dark) * amount[..., None]
    reach = snow_y - height + streaks * unit * 0.34 + (amount - 0.5) * unit * 0.05
    snow = smooth(reach, -unit * 0.008, unit * 0.008)
    white_dark, white = (
        light.far(rgb("aebfe0"), depth, 0.2),
        light.far(rgb("ffffff"), depth * 0.7, 1.0),
    )
    cap = white_dark + (white - white_dark) * amount[..., None]
    tone = tone + (cap - tone) * snow[..., None]
    foot = smooth(down, unit * 0.1, unit * 0.42)[..., None] * np.float32(0.75)
    tone = tone + (light.haze - tone) * foot
    blend(canvas[top:], mask, tone)


def _facets(view: View, dice: Dice, crest: Array, down: Array, jag: Array) -> Array:
    """0 on slopes turned from the light, 1 on those facing it; the borders zigzag down from the summits."""
    unit = view.unit
    side = view.light.towards(view.width / 2, float(crest.mean()))[0]
    side = float(np.copysign(max(abs(side), 0.5), side))
    total = np.zeros_like(down)
    index = np.clip(down / unit * 400, 0, 511).astype(np.int64)
    for nth, (radius, weight, sway) in enumerate(
        ((0.004, 0.5, 0.5), (0.018, 1.0, 0.8), (0.05, 0.9, 1.1))
    ):
        zigzag = (
            ridge(dice.stream(f"zigzag{nth}"), 512, cells=9, octaves=3, roughness=0.6, sharp=True)
            - 0.5
        )
        shift = zigzag[index] * down * sway + jag * unit * 0.035
        columns = np.clip(np.arange(view.width)[None] + shift, 0, view.width - 1).astype(np.int64)
        face = _slope(crest, unit * radius)[columns] * np.float32(side)
        fade = np.exp(-down / (unit * radius * 7)) if nth < 2 else 1.0
        total += smooth(face, -0.1, 0.1) * weight * fade - 0.5 * weight * fade
    return np.clip(0.5 + total * 0.85 + jag * 0.35, 0, 1)


def _slope(crest: Array, radius: float) -> Array:
    soft = blurred(crest[None], radius)[0] if len(crest) > 8 else crest
    slope: Array = np.gradient(soft).astype(np.float32)
    return slope


def hill(view: View, canvas: Array, crest: Array, soil: Soil, *, name: str) -> None:
    """Rolling ground under a crest: lit from the light's side, mottled, with fog rising at its foot."""
    mask, top = below(crest, view.height)
    rows, unit = view.height - top, view.unit
    mottle = (
        noise(view.dice.stream(name), (rows, view.width), cells=9, octaves=4, stretch=3.2) - 0.5
    )
    slope = _slope(crest, unit * 0.02)
    side = view.light.towards(view.width / 2, float(crest.mean()))[0]
    down = np.maximum(np.arange(top, view.height, dtype=np.float32)[:, None] - crest[None], 0)
    near = bell(view.width, view.light.x, view.width * 0.4)[None] * (1 - view.palette.night * 0.5)
    amount = 0.42 + slope[None] * side * 0.9 + mottle * soil.grain * 2.2 + near * 0.3
    amount = np.clip(amount + 0.22 * np.exp(-down / (unit * 0.035)), 0, 1) - 0.3 * smooth(
        down, 0, unit * 0.5
    )
    dark, bright = (
        view.light.far(soil.colour, soil.depth, 0.0),
        view.light.far(soil.colour, soil.depth, 1.0),
    )
    tone = dark + (bright - dark) * np.clip(amount, 0, 1)[..., None]
    if soil.fog:
        rising = smooth(down, 0, unit * 0.28)[..., None] * np.float32(soil.fog)
        tone = tone + (view.light.haze - tone) * rising
    blend(canvas[top:], mask, tone)


def fog(view: View, canvas: Array, *, y: float, height: float, strength: float, name: str) -> None:
    """A bank of fog centred on a height."""
    wisps = noise(view.dice.stream(name), canvas.shape[:2], cells=3, octaves=4, stretch=4.5)
    band = bell(view.height, y, height)[:, None]
    blend(canvas, np.clip(band * (0.35 + 0.9 * wisps) * strength, 0, 1), view.light.haze)


def rays(view: View, canvas: Array, *, strength: float, name: str) -> None:
    """Shafts of light fanning out from the sun."""
    small = (max(view.height // 4, 4), max(view.width // 4, 4))
    down = np.arange(small[0], dtype=np.float32)[:, None] * 4 - np.float32(view.light.y)
    across = np.arange(small[1], dtype=np.float32)[None] * 4 - np.float32(view.light.x)
    lift = view.unit * 0.45
    spread = across / np.maximum(down + lift, 1)
    beam = ridge(view.dice.stream(name), 512, cells=15, octaves=2)
    index = np.clip((spread * 0.28 + 0.5) * 511, 0, 511).astype(np.int64)
    reach = np.exp(-np.hypot(across * 0.8, down) / (view.unit * 0.6)) * smooth(
        down + lift, 0, lift * 1.6
    )
    shaft = smooth(beam[index], 0.4, 0.95) * reach * np.float32(strength)
    blend(canvas, np.clip(resized(shaft, canvas.shape[:2]), 0, 1), view.palette.glow)
