"""A skyline over a promenade."""

from __future__ import annotations

import numpy as np

from providers.sketch import land, sky, water
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.dice import Dice
from providers.sketch.fields import bell, noise
from providers.sketch.raster import blend, box, circle, ellipse, fill
from providers.sketch.view import Stage, View


def city(view: View) -> Stage:
    """A skyline in layers over a promenade that mirrors its lights."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.66, clouds=0.34)
    for at, depth in enumerate((0.66, 0.42, 0.2)):
        _blocks(view, canvas, y=h * (0.69 + 0.02 * at), depth=depth, at=at)
    land.fog(view, canvas, y=h * 0.7, height=unit * 0.05, strength=0.35, name="smog")
    wet = 0.06 if "rain" in view.weather else 0.16
    water.surface(view, canvas, h * 0.72, rough=wet, name="river", deep="243447")
    _promenade(view, canvas, h * 0.86)

    def front(over: Array) -> None:
        _lamps(view, over, h * 0.93)

    return Stage(
        canvas=canvas, ground_y=h * 0.945, middle_y=h * 0.73, air_y=h * 0.28, haze=0.1,
        mirror=0.22 if "rain" in view.weather else 0.1, front=front,
    )  # fmt: skip


def _blocks(view: View, canvas: Array, *, y: float, depth: float, at: int) -> None:
    dice = view.dice.stream(f"blocks{at}")
    unit = view.unit
    wide = unit * (0.055 + 0.022 * at)
    count = int(view.width / wide) + 3
    rolls = dice.grid(count, 6)
    heap = noise(dice, (4, count), cells=2, octaves=2)[1]
    dark, light, windows = [], [], []
    x = -wide * float(rolls[0][0])
    centre = view.light.x
    for roll, lump in zip(rolls, heap, strict=True):
        width = wide * (0.6 + 0.9 * float(roll[0]))
        tall = (
            view.height
            * (0.1 + 0.36 * float(roll[1]) ** 2.2 * (0.5 + float(lump)))
            * (1.12 - 0.2 * at)
        )
        tall = min(tall, view.height * 0.56)
        dark += _tower(x, y, width, tall, roll)
        side = width * 0.32
        edge = x if centre < x else x + width - side
        light.append(box(edge, y - tall, edge + side, y))
        windows += _windows(dice, x, y, width, tall, unit * (0.008 + 0.002 * at))
        x += width * (0.86 + 0.2 * float(roll[5]))
    wall = rgb(("6d7590", "5d6580", "4d546c")[at])
    fill(canvas, dark, view.light.far(wall, depth, 0.1))
    fill(canvas, light, view.light.far(wall, depth, 0.95), opacity=0.55)
    _light_windows(view, canvas, windows, depth=depth, dice=dice)


def _tower(x: float, y: float, width: float, tall: float, roll: Array) -> list[Array]:
    """A building with one of five tops."""
    outlines = [box(x, y - tall, x + width, y + 2)]
    kind, top = int(roll[2] * 5), y - tall
    middle = x + width / 2
    if kind == 0:
        outlines.append(box(x + width * 0.2, top - width * 0.3, x + width * 0.8, top + 1))
        outlines.append(box(middle - width * 0.02, top - width * 0.9, middle + width * 0.02, top))
    elif kind == 1:
        outlines.append(
            np.array(
                [
                    [x, top + 1],
                    [x + width * (1 if roll[3] > 0.5 else 0), top - width * 0.4],
                    [x + width, top + 1],
                ]
            )
        )
    elif kind == 2:
        outlines.append(
            np.array([[x, top + 1], [middle, top - width * 0.75], [x + width, top + 1]])
        )
        outlines.append(box(middle - width * 0.015, top - width * 1.2, middle + width * 0.015, top))
    elif kind == 3:
        outlines.append(box(x + width * 0.15, top - width * 0.22, x + width * 0.85, top + 1))
        outlines.append(box(x + width * 0.32, top - width * 0.42, x + width * 0.68, top + 1))
    return outlines


def _windows(dice: Dice, x: float, y: float, width: float, tall: float, pane: float) -> list[Array]:
    columns, floors = int(width / (pane * 1.7)), int(tall / (pane * 2.1))
    if columns < 2 or floors < 2 or pane < 1.1:
        return []
    step = width / columns
    lit = dice.grid(floors, columns)
    tones = []
    for floor, column in np.argwhere(lit > 0.3)[:900]:
        left = x + column * step + step * 0.25
        top = y - tall + (floor + 0.6) * pane * 2.1
        tones.append(np.array([[left, top, step * 0.5, pane * 1.15, lit[floor, column]]]))
    return tones


def _light_windows(
    view: View, canvas: Array, windows: list[Array], *, depth: float, dice: Dice
) -> None:
    if not windows:
        return
    panes = np.concatenate(windows)
    night = max(view.palette.night, 0.75 if view.palette.low > 0.84 else 0.0)
    groups = (
        (panes[:, 4] > 0.72, "ffd58a", 0.25 + 0.7 * night),
        ((panes[:, 4] > 0.66) & (panes[:, 4] <= 0.72), "9fe3ff", 0.2 + 0.65 * night),
        (panes[:, 4] <= 0.66, "20263a", 0.3 - 0.12 * night),
    )
    for chosen, hue, opacity in groups:
        outlines = [box(px, py, px + pw, py + ph) for px, py, pw, ph, _ in panes[chosen]]
        fill(canvas, outlines, mix(rgb(hue), view.light.haze, depth * 0.55), opacity=opacity)
    if night > 0.5 and dice.chance(0.9):
        _signs(view, canvas, panes, depth)


def _signs(view: View, canvas: Array, panes: Array, depth: float) -> None:
    """A few upright neon signs, glowing."""
    if depth > 0.5:
        return
    dice = view.dice.stream(f"signs{depth}")
    many = 7 if view.palette.night < 1 and view.palette.night > 0.6 else 3
    for _ in range(many):
        pane = panes[min(int(dice.uniform() * len(panes)), len(panes) - 1)]
        hue = rgb(dice.pick(("ff4fa0", "3fe6ff", "ffd24a", "8d6bff", "ff6a4a")))
        tall = view.unit * dice.uniform(0.03, 0.08)
        x, y = float(pane[0]), float(pane[1])
        glow = np.outer(
            bell(view.height, y + tall / 2, tall * 0.7), bell(view.width, x, tall * 0.45)
        )
        blend(canvas, glow * np.float32(0.4), hue)
        fill(canvas, [box(x, y, x + tall * 0.2, y + tall)], mix(hue, rgb("ffffff"), 0.4))


def _promenade(view: View, canvas: Array, y: float) -> None:
    h = view.height
    stone = view.light.lit(rgb("7c7f8a"), 0.35)
    band = np.clip((np.arange(h, dtype=np.float32) - y)[:, None] + 0.5, 0, 1) * np.ones(
        (1, view.width), np.float32
    )
    mottle = noise(view.dice.stream("stone"), (h, view.width), cells=14, octaves=3, stretch=5) - 0.5
    shade = np.clip((np.arange(h, dtype=np.float32) - y) / (h - y + 1), 0, 1)[:, None]
    tone = stone * (1.0 - 0.32 * shade + mottle * 0.22)[..., None]
    glow = bell(view.width, view.light.x, view.width * 0.3)[None, :, None] * np.float32(0.2)
    blend(canvas, band, tone + (view.palette.horizon - tone) * glow)
    lip = [box(0, y, view.width, y + view.unit * 0.01)]
    fill(canvas, lip, view.light.lit(rgb("a9a8a6"), 0.8))
    seams = []
    for at in range(-9, 10):
        x = view.width / 2 + at * view.unit * 0.13
        far = view.width / 2 + at * view.unit * 0.3
        seams.append(np.array([[x, y], [x + 1, y], [far + 2, h], [far, h]]))
    fill(canvas, seams, stone * np.float32(0.6), opacity=0.5)


def _lamps(view: View, canvas: Array, y: float) -> None:
    unit = view.unit
    iron = view.light.lit(rgb("2b2e38"), 0.2)
    bright = rgb("ffe2a6")
    spots = [view.width * share for share in (0.1, 0.9)]
    for x in spots:
        if abs(x / view.width - view.focus_x) < 0.2:
            continue
        tall = unit * 0.38
        half = unit * 0.005
        if view.palette.night > 0.3 or view.palette.low > 0.84:
            halo = np.outer(
                bell(view.height, y - tall, unit * 0.07), bell(view.width, x, unit * 0.07)
            )
            blend(canvas, halo * np.float32(0.55), bright)
        fill(
            canvas,
            [box(x - half, y - tall, x + half, y), box(x - half * 2, y - unit * 0.05, x + half * 2, y),
             ellipse(x, y, half * 3.4, half * 1.2)],
            iron,
        )  # fmt: skip
        fill(canvas, [circle(x, y - tall, unit * 0.014)], mix(bright, rgb("ffffff"), 0.4))
        cap = np.array(
            [
                [x - unit * 0.018, y - tall - unit * 0.008],
                [x, y - tall - unit * 0.024],
                [x + unit * 0.018, y - tall - unit * 0.008],
            ]
        )
        fill(canvas, [cap], iron)
