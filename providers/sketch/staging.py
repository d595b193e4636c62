"""Sets the subjects into a painted scene: size, place, haze, shadow, reflection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from providers.sketch.colour import Array, mix, rgb
from providers.sketch.dice import Dice
from providers.sketch.fields import bell, blurred, noise
from providers.sketch.pen import Pen
from providers.sketch.raster import blend
from providers.sketch.reading import Cast
from providers.sketch.sprite import Pose, Sprite, extent, lit_sprite
from providers.sketch.subjects.drawings import DRAWINGS
from providers.sketch.view import Stage, View
from providers.sketch.vocabulary import COLOURS, Habitat


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One standing place: the foot in pixels, the size in pixels, how much air lies before it, what it stands on."""

    x: float
    y: float
    size: float
    haze: float
    ground: str


def place(view: View, stage: Stage, subjects: Sequence[Cast], scene: str) -> None:
    """Paint the subjects into the stage, far ones first, then what stands in front of them."""
    spots: list[tuple[Spot, Cast, Dice]] = []
    for rank, cast in enumerate(subjects):
        dice = view.dice.stream(f"subject-{cast.noun.name}")
        spots += [
            (_spot(view, stage, cast, scene, (rank, nth)), cast, dice.stream(str(nth)))
            for nth in range(cast.count)
        ]
    spots.sort(key=lambda item: (item[0].ground != "air", item[0].y))
    if scene in {"mountain", "lake"}:
        spots.sort(key=lambda item: item[0].size)
    for spot, cast, dice in spots:
        _paint(view, stage, spot, cast, dice)
    if stage.front is not None:
        stage.front(stage.canvas)


_FLOATING_SCENES = frozenset({"space", "underwater"})
_SIDES = (0.0, -0.3, 0.3, -0.17, 0.2)


def _ground(stage: Stage, habitat: Habitat, scene: str) -> str:
    """What a creature of that habitat is on in this scene: ground, middle, air or water."""
    if habitat is Habitat.AIR or (
        scene == "underwater" and habitat in {Habitat.DEEP, Habitat.WATER}
    ):
        return "air"
    if habitat is Habitat.DEEP:
        return "water" if stage.water_y is not None else "air"
    if habitat is Habitat.WATER:
        return "water" if stage.water_y is not None else "ground"
    if habitat is Habitat.MIDDLE and scene not in {"studio", "interior", "space", "underwater"}:
        return "middle"
    return "ground"


_LAMPS = {"candle": 0.86, "lamp": 0.42, "house": 0.25, "tent": 0.2, "church": 0.2, "campfire": 0.3}
"""Subjects that light their surroundings, and how high their light hangs, in units."""


def _shine(view: View, canvas: Array, x: float, y: float, scale: float) -> None:
    """Warm light on whatever is near a lamp, stronger the darker it is."""
    strength = 0.12 + 0.38 * view.palette.night
    for reach, share in ((0.34, 0.5), (0.95, 0.6)):
        spread = max(reach * scale, 1.0)
        halo = np.outer(bell(view.height, y, spread), bell(view.width, x, spread))
        warm = rgb("ffb65a") * np.float32(strength * share)
        canvas += halo[..., None] * warm * (0.35 + canvas) * 1.1


def _lighthouse_beams(view: View, canvas: Array, x: float, y: float, scale: float) -> None:
    """Two beams from the lantern, seen when it is dark or stormy."""
    strength = max(view.palette.night, 0.5 if view.palette.disc == "none" else 0.0)
    if strength < 0.2:
        return
    rows = np.arange(view.height, dtype=np.float32)[:, None] - np.float32(y)
    columns = np.arange(view.width, dtype=np.float32)[None] - np.float32(x)
    lean = view.dice.stream("beam").uniform(-0.12, 0.12)
    for side in (-1, 1):
        along = columns * side
        off = np.abs(rows - lean * columns) / np.maximum(along * 0.16 + scale * 0.035, 1e-3)
        beam = (
            np.clip(1 - off, 0, 1)
            * (along > 0)
            * np.exp(-np.maximum(along, 0) / (view.unit * 0.75))
        )
        blend(canvas, (beam * strength * 0.75).astype(np.float32), rgb("fff2c8"))


def _spot(view: View, stage: Stage, cast: Cast, scene: str, order: tuple[int, int]) -> Spot:
    rank, nth = order
    noun = cast.noun
    ground = _ground(stage, noun.habitat, scene)
    dice = view.dice.stream(f"spot-{noun.name}-{nth}")
    away = view.focus_x < 0.5
    x = view.focus_x
    if rank == 1:
        x = 0.7 if away else 0.3
    elif rank == 2:
        x = 0.16 if away else 0.84
    side = _SIDES[nth % 5] * (1 if away else -1)
    x = float(np.clip(x + side * min(1.0, view.aspect) + dice.uniform(-0.02, 0.02), 0.1, 0.9))
    size = noun.height * view.unit * stage.scale * dice.uniform(0.94, 1.06)
    size *= (1.0, 0.8, 0.66)[rank] * (1.0, 0.66, 0.74, 0.5, 0.56)[nth % 5]
    lift = (0.0, 0.5, 0.3, 0.8, 0.7)[nth % 5] + 0.25 * rank
    heights = {
        "ground": stage.ground_y, "middle": stage.middle_y, "air": stage.air_y,
        "water": stage.water_y if stage.water_y is not None else stage.ground_y,
    }  # fmt: skip
    y = heights[ground]
    haze = stage.haze if ground == "middle" else stage.haze * 0.35
    if ground == "air":
        aside = (0.0, -0.16, 0.12, -0.1, 0.2)[nth % 5]
        y += (dice.uniform(-0.03, 0.03) + aside) * view.height
    elif ground == "ground" and scene not in {"studio", "interior"}:
        y -= (stage.ground_y - stage.middle_y) * 0.55 * min(lift, 1.0)
    elif ground == "water":
        y -= view.height * 0.07 * lift
    return Spot(x=x * view.width, y=y, size=size, haze=haze + 0.1 * (nth > 0), ground=ground)


def _paint(view: View, stage: Stage, spot: Spot, cast: Cast, dice: Dice) -> None:
    colour = rgb(COLOURS[cast.colour]) if cast.colour else None
    pen = Pen(dice, colour, snowy=view.snowy)
    DRAWINGS[cast.noun.name](pen)
    left, bottom, right, top = extent(pen.parts)
    scale = spot.size / max(top - bottom, (right - left) * 0.72)
    scale = min(scale, view.width * 0.86 / (right - left), view.height * 0.8 / (top - bottom))
    lean = dice.uniform(-0.09, 0.09) if spot.ground == "air" else 0.0
    mirrored = view.light.x < view.width / 2 if view.palette.disc == "none" else view.focus_x > 0.5
    half = (right - left) * scale * 0.5
    room = min(half * 1.04, view.width * 0.5)
    spot = replace(spot, x=float(np.clip(spot.x, room, view.width - room)))
    pose = Pose(scale=scale, mirrored=mirrored, lean=lean)
    sprite = lit_sprite(pen.parts, pose, view.light, (spot.x, spot.y))
    dip = {"ground": bottom, "middle": bottom, "air": (bottom + top) / 2}.get(spot.ground, 0.0)
    if spot.ground == "water" and cast.noun.habitat is Habitat.DEEP:
        dip = bottom + (top - bottom) * 0.34
    if cast.noun.name == "lighthouse":
        middle = spot.x - scale * (-0.04 if mirrored else 0.04)
        _lighthouse_beams(view, stage.canvas, middle, spot.y - 0.84 * scale, scale)
    _set(view, stage, sprite, spot, (dip, scale))
    if cast.noun.name in _LAMPS:
        _shine(view, stage.canvas, spot.x, spot.y - _LAMPS[cast.noun.name] * scale, scale)


def _set(view: View, stage: Stage, sprite: Sprite, spot: Spot, level: tuple[float, float]) -> None:
    """The sprite at its spot; `level` is the height in units that rests on the ground or water, and the scale."""
    dip, scale = level
    base = spot.y + dip * scale
    canvas = stage.canvas
    air = view.light.haze * sprite.alpha[..., None]
    colour = sprite.colour + (air - sprite.colour) * np.float32(spot.haze)
    left, top = round(spot.x - sprite.foot_x), round(base - sprite.foot_y)
    alpha = sprite.alpha
    if spot.ground == "water":
        waterline = round(sprite.foot_y)
        _reflection(
            view, canvas, colour[:waterline], alpha[:waterline], (left, round(base)), stage.mirror
        )
        dry = _dry(alpha.shape, waterline, scale)
        alpha, colour = alpha * dry, colour * dry[..., None]
    elif spot.ground in {"ground", "middle"} and stage.shadow:
        _cast_shadow(view, stage, alpha, (left, round(spot.y)), scale)
        if stage.mirror:
            feet = min(round(sprite.foot_y), len(alpha))
            _reflection(
                view, canvas, colour[:feet], alpha[:feet], (left, round(base)), stage.mirror
            )
    _over(canvas, colour, alpha, left, top)
    if spot.ground == "water":
        _bow_wave(view, canvas, spot.x, spot.y, alpha.shape[1], scale)


def _over(canvas: Array, colour: Array, alpha: Array, left: int, top: int) -> None:
    """A sprite (colours times alpha) on the canvas, clipped to it."""
    height, width = canvas.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + alpha.shape[1], width), min(top + alpha.shape[0], height)
    if x1 > x0 and y1 > y0:
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        target = canvas[y0:y1, x0:x1]
        target *= 1 - alpha[part][..., None]
        target += colour[part]


def _ink(canvas: Array, tone: Array, alpha: Array, left: int, top: int) -> None:
    """One colour through an alpha, clipped to the canvas."""
    cover = np.clip(alpha, 0, 0.92)
    _over(canvas, tone * cover[..., None], cover, left, top)


def _cast_shadow(
    view: View, stage: Stage, alpha: Array, foot: tuple[int, int], scale: float
) -> None:
    """The subject's own shape laid on the ground, away from the light, and a dark contact under its feet."""
    way = view.light.towards(foot[0] + alpha.shape[1] / 2, foot[1])
    squash = 0.16 if view.palette.disc != "none" else 0.07
    rows = max(int(alpha.shape[0] * squash), 2)
    picked = alpha[np.linspace(0, alpha.shape[0] - 1, rows).astype(int)][::-1]
    slant = -way[0] * alpha.shape[0] * 0.5
    reach = int(abs(slant)) + 2
    flat = np.zeros((rows + 8, alpha.shape[1] + 2 * reach), np.float32)
    for row in range(rows):
        start = reach + round(slant * row / rows)
        flat[row + 4, start : start + alpha.shape[1]] = picked[row] * (1 - 0.7 * row / rows)
    soft = blurred(np.pad(flat, 6), max(scale * 0.012, 1.0))
    tone = mix(view.palette.ambient, rgb("0c0a18"), 0.75) * np.float32(0.55)
    _ink(stage.canvas, tone, soft * stage.shadow * 1.1, foot[0] - reach - 6, foot[1] - 10)
    low = alpha[-max(int(len(alpha) * 0.12), 2) :].max(0)
    thick = max(int(scale * 0.05), 3)
    contact = np.zeros((thick * 2, alpha.shape[1]), np.float32)
    contact[thick - max(thick // 3, 1) : thick + max(thick // 3, 1)] = low
    contact = blurred(np.pad(contact, 8), max(scale * 0.014, 1.0))
    _ink(
        stage.canvas,
        tone * np.float32(0.6),
        contact * stage.shadow * 1.2,
        foot[0] - 8,
        foot[1] - thick - 8,
    )


def _reflection(
    view: View, canvas: Array, colour: Array, alpha: Array, foot: tuple[int, int], strength: float
) -> None:
    """The subject upside down under its foot, broken by ripples and fading with depth."""
    if not strength or not alpha.size:
        return
    rows = len(alpha)
    below, shape = alpha[::-1], colour[::-1]
    ripple = (
        noise(view.dice.stream("ripple"), (rows, 8), cells=max(rows / 9, 2), octaves=2)[:, 3] - 0.5
    )
    depth = np.linspace(0, 1, rows, dtype=np.float32)
    sway = np.round(ripple * view.unit * 0.02 * (0.3 + depth)).astype(int)
    columns = np.clip(np.arange(alpha.shape[1])[None] + sway[:, None], 0, alpha.shape[1] - 1)
    lines = np.arange(rows)[:, None]
    fade = strength * (1 - depth[:, None]) ** 1.3
    tint = view.light.haze * np.float32(0.25) + view.palette.zenith * np.float32(0.12)
    seen = below[lines, columns] * fade
    tone = shape[lines, columns] * (0.62 * fade)[..., None] + tint * seen[..., None]
    _over(canvas, tone, seen, foot[0], foot[1])


def _dry(shape: tuple[int, ...], waterline: int, scale: float) -> Array:
    """1 above a wavy waterline, 0 below."""
    across = np.arange(shape[1], dtype=np.float32)
    wave = waterline + np.sin(across / max(scale * 0.035, 1)) * scale * 0.006
    down = np.arange(shape[0], dtype=np.float32)[:, None]
    dry: Array = np.clip(wave[None] - down + 0.5, 0, 1).astype(np.float32)
    return dry


def _bow_wave(view: View, canvas: Array, x: float, y: float, width: int, scale: float) -> None:
    """A little foam where the hull meets the water."""
    rows = max(int(scale * 0.05), 3)
    ripples = noise(view.dice.stream("foam"), (rows, width), cells=2, octaves=3, stretch=3)
    across = np.abs(np.linspace(-1, 1, width, dtype=np.float32))
    fade = (
        np.clip(1.05 - across**3, 0, 1)[None]
        * np.exp(-np.linspace(0, 3, rows, dtype=np.float32))[:, None]
    )
    tone = view.light.lit(rgb("f6fafa"), 0.85)
    _ink(
        canvas,
        tone,
        np.clip((ripples - 0.3) * 1.2, 0, 0.8) * fade,
        round(x - width / 2),
        round(y - rows * 0.25),
    )
