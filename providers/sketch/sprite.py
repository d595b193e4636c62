"""A subject's parts turned into pixels under the light of a scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from providers.sketch.colour import Array, mix
from providers.sketch.fields import blurred
from providers.sketch.pen import Part
from providers.sketch.raster import coverage
from providers.sketch.view import Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """A lit subject: colours times alpha (height, width, 3), alpha (height, width), and its foot in pixels."""

    colour: Array
    alpha: Array
    foot_x: float
    foot_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Size in pixels per unit, facing, and lean in radians."""

    scale: float
    mirrored: bool = False
    lean: float = 0.0


def extent(parts: list[Part]) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of the solid parts in units."""
    solid = [part for part in parts if part.opacity > 0.5] or parts
    every = np.concatenate([outline for part in solid for outline in part.outlines])
    return (*every.min(0), *every.max(0))


def lit_sprite(parts: list[Part], pose: Pose, light: Light, place: tuple[float, float]) -> Sprite:
    """The parts drawn at a pose, lit as they would be standing at `place` (pixels)."""
    flip = np.array([-1.0 if pose.mirrored else 1.0, -1.0]) * pose.scale
    lean = pose.lean
    turn = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    moved = [[(outline * flip) @ turn for outline in part.outlines] for part in parts]
    every = np.concatenate([outline for outlines in moved for outline in outlines])
    pad = 3
    low, high = np.floor(every.min(0)) - pad, np.ceil(every.max(0)) + pad
    width, height = (high - low).astype(int)
    colour = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32)
    way = light.towards(place[0], place[1] - height * 0.5)
    way = np.array([way[0], min(way[1], -0.25)])
    way /= np.hypot(*way)
    finer = 3 if max(width, height) < 900 else 2
    for part, outlines in zip(parts, moved, strict=True):
        mask, rows, columns = coverage(
            (height, width), [outline - low for outline in outlines], finer=finer
        )
        if mask.size:
            _paint(part, mask, colour[rows, columns], alpha[rows, columns], light, way)
    _rim(colour, alpha, light, way, pose.scale)
    return Sprite(colour=colour, alpha=alpha, foot_x=-low[0], foot_y=-low[1])


def _paint(part: Part, mask: Array, colour: Array, alpha: Array, light: Light, way: Array) -> None:
    """One part over what is there, shaded as if it bulged."""
    size = min(mask.shape)
    amount = np.full(mask.shape, 0.62, np.float32)
    if part.volume > 0 and size > 6:
        radius = max(size * 0.15 * (0.5 + part.volume), 1.0)
        inner = mask
        soft = blurred(np.pad(inner, int(radius) + 1), radius)
        edge = int(radius) + 1
        down, across = np.gradient(soft)
        slope = -(across * way[0] + down * way[1])[edge:-edge, edge:-edge] * radius
        amount = np.clip(0.6 + slope * np.float32(1.5 * part.volume), 0, 1)
        shade = soft[edge:-edge, edge:-edge] * np.float32(0.2 * part.volume)
        colour *= (1 - shade * (1 - mask))[..., None]
    dark, bright = light.lit(part.colour, 0.08), light.lit(part.colour, 1.0)
    sheen = np.clip(amount - 0.86, 0, 1) * np.float32(0.9 * part.volume)
    tone = dark + (bright - dark) * amount[..., None]
    tone = tone + (light.palette.glow - tone) * sheen[..., None]
    if part.glow:
        shining = mix(
            light.lit(part.colour, 0.8),
            part.colour,
            0.4 + 0.6 * min(light.palette.night + 0.35, 1.0),
        )
        tone = tone + (shining - tone) * np.float32(part.glow)
    cover = mask * np.float32(part.opacity)
    colour += (tone - colour) * cover[..., None]
    alpha += (1 - alpha) * cover


def _rim(colour: Array, alpha: Array, light: Light, way: Array, scale: float) -> None:
    """Light along the edge that faces the sun, dusk along the other, shade towards the feet."""
    reach = max(scale * 0.014, 1.0)
    step = (round(way[1] * reach), round(way[0] * reach))
    thin = alpha - _shifted(alpha, -step[0], -step[1])
    rim = np.clip(thin, 0, 1) * np.float32(0.55 if light.palette.disc != "none" else 0.25)
    wide = (round(way[1] * reach * 4), round(way[0] * reach * 4))
    dusk = np.clip(alpha - _shifted(alpha, wide[0], wide[1]), 0, 1) * np.float32(0.3)
    colour *= (1 - blurred(dusk, reach * 2))[..., None]
    edge = mix(light.palette.glow, light.palette.sun, 0.35)
    colour += (edge * alpha[..., None] - colour) * rim[..., None]
    height = alpha.shape[0]
    low = np.clip(np.linspace(-1.6, 1, height, dtype=np.float32), 0, 1)[:, None, None]
    colour *= 1 - 0.22 * low


def _shifted(field: Array, down: int, across: int) -> Array:
    moved = np.zeros_like(field)
    height, width = field.shape
    if abs(down) >= height or abs(across) >= width:
        return moved
    rows, columns = (
        slice(max(down, 0), height + min(down, 0)),
        slice(max(across, 0), width + min(across, 0)),
    )
    from_rows = slice(max(-down, 0), height + min(-down, 0))
    from_columns = slice(max(-across, 0), width + min(-across, 0))
    moved[rows, columns] = field[from_rows, from_columns]
    return moved
