"""A seamless backdrop with a podium."""

from __future__ import annotations

import numpy as np

from providers.sketch.colour import Array, mix, rgb
from providers.sketch.dice import Dice
from providers.sketch.fields import smooth
from providers.sketch.raster import blend, box, circle, coverage, ellipse, fill
from providers.sketch.view import Stage, View


def studio(view: View) -> Stage:
    """A seamless backdrop with a podium, lit like a product."""
    canvas = view.blank()
    h, w, unit = view.height, view.width, view.unit
    dice = view.dice.stream("studio")
    palette = view.palette
    back = mix(palette.upper, palette.horizon, 0.5)
    across = np.arange(w, dtype=np.float32)[None] - np.float32(w * view.focus_x)
    down = np.arange(h, dtype=np.float32)[:, None] - np.float32(h * 0.42)
    pool = np.exp(-((across / (unit * 0.62)) ** 2) - (down / (unit * 0.55)) ** 2)
    dark, bright = mix(palette.zenith, back, 0.5), mix(back, rgb("ffffff"), 0.35)
    canvas[:] = dark + (bright - dark) * pool[..., None]
    y = h * 0.7
    floor = smooth(np.arange(h, dtype=np.float32), y - unit * 0.05, y + unit * 0.07)[:, None]
    shade = mix(back, palette.zenith, 0.18)
    shine = np.exp(-((across / (unit * 0.6)) ** 2)) * 0.5 + 0.35
    blend(
        canvas,
        floor * np.ones((1, w), np.float32),
        shade + (bright - shade) * np.clip(shine, 0, 1)[..., None],
    )
    x = w * view.focus_x
    _backdrop(view, canvas, x, y, dice)
    podium = h * 0.8
    if not view.company:
        _podium(view, canvas, x, podium, dice)
    return Stage(
        canvas=canvas,
        ground_y=podium + unit * 0.012,
        middle_y=podium + unit * 0.012,
        air_y=h * 0.42,
        haze=0.0,
        shadow=0.5,
        mirror=0.16,
        scale=1.12,
    )


def _backdrop(view: View, canvas: Array, x: float, y: float, dice: Dice) -> None:
    unit, palette = view.unit, view.palette
    shape = dice.pick(("disc", "arch", "discs"))
    accent = mix(palette.upper, palette.sun, 0.3)
    if shape == "arch":
        outlines = [
            circle(x, y - unit * 0.3, unit * 0.27, 64),
            box(x - unit * 0.27, y - unit * 0.3, x + unit * 0.27, y),
        ]
        fill(canvas, outlines, mix(accent, palette.zenith, 0.25), opacity=0.5)
    else:
        fill(
            canvas,
            [circle(x, y - unit * 0.3, unit * 0.31, 72)],
            mix(accent, rgb("ffffff"), 0.2),
            opacity=0.6,
        )
    if shape == "discs":
        fill(
            canvas,
            [circle(x + unit * 0.3, y - unit * 0.14, unit * 0.15, 48)],
            mix(palette.horizon, palette.sun, 0.5),
            opacity=0.6,
        )
    for side in (-1, 1):
        reach = unit * dice.uniform(0.36, 0.46)
        radius = unit * dice.uniform(0.035, 0.075)
        _ball(view, canvas, x + side * reach, y + unit * 0.06 - radius, radius)


def _ball(view: View, canvas: Array, x: float, y: float, radius: float) -> None:
    unit_mask, rows, columns = coverage(canvas.shape[:2], [circle(x, y, radius, 48)], finer=3)
    fill(
        canvas,
        [ellipse(x + radius * 0.3, y + radius, radius * 1.15, radius * 0.16)],
        view.palette.zenith,
        opacity=0.28,
    )
    if not unit_mask.size:
        return
    across = (np.arange(columns.start, columns.stop, dtype=np.float32)[None] - x) / radius
    down = (np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - y) / radius
    depth = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
    way = view.light.towards(x, y)
    amount = np.clip(0.3 + 0.5 * (across * way[0] + down * way[1]) + 0.4 * depth, 0, 1)
    tone = mix(view.palette.upper, view.palette.horizon, 0.4)
    dark, bright = tone * np.float32(0.55), mix(tone, rgb("ffffff"), 0.6)
    blend(canvas[rows, columns], unit_mask, dark + (bright - dark) * amount[..., None])


def _podium(view: View, canvas: Array, x: float, y: float, dice: Dice) -> None:
    unit, palette = view.unit, view.palette
    for step in reversed(range(dice.pick((1, 2)))):
        wide = unit * (0.27 + 0.08 * step)
        top = y + unit * 0.045 * step
        tall = unit * 0.05
        side = mix(palette.upper, palette.zenith, 0.3)
        fill(
            canvas,
            [ellipse(x + unit * 0.03, top + tall + unit * 0.01, wide * 1.1, wide * 0.2, 64)],
            palette.zenith,
            opacity=0.22,
        )
        body = [
            box(x - wide, top, x + wide, top + tall),
            ellipse(x, top + tall, wide, wide * 0.17, 64),
        ]
        mask, rows, columns = coverage(canvas.shape[:2], body)
        if not mask.size:
            continue
        across = (np.arange(columns.start, columns.stop, dtype=np.float32) - x) / wide
        way = view.light.towards(x, y)[0]
        amount = np.clip(0.5 + across * way * 0.6, 0, 1)[None, :, None]
        blend(
            canvas[rows, columns],
            mask,
            side * np.float32(0.8)
            + (mix(palette.horizon, rgb("ffffff"), 0.4) - side * np.float32(0.8)) * amount,
        )
        fill(
            canvas,
            [ellipse(x, top, wide, wide * 0.17, 64)],
            mix(palette.horizon, rgb("ffffff"), 0.35 - 0.15 * step),
        )
