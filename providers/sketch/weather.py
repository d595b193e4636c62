"""What falls, strikes or glimmers over a finished scene."""

from __future__ import annotations

import numpy as np

from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import bell
from providers.sketch.raster import blend, circle, coverage, fill
from providers.sketch.view import View


def paint(view: View, canvas: Array) -> None:
    """Rain, snow and fireflies over the whole picture, as the weather has them."""
    if "rain" in view.weather:
        _rain(view, canvas)
    elif "snow" in view.weather:
        _snow(view, canvas)
    if "fireflies" in view.weather:
        _fireflies(view, canvas)


def lightning(view: View, canvas: Array, horizon: float) -> None:
    """A forked bolt from the clouds and the glow it throws."""
    dice = view.dice.stream("bolt")
    unit = view.unit
    x = view.width * (0.24 if view.focus_x > 0.5 else 0.76) + unit * dice.uniform(-0.06, 0.06)
    steps = 14
    sway = dice.many(steps, -1, 1)
    y = np.linspace(0, horizon, steps)
    path = np.stack([x + np.cumsum(sway) * unit * 0.018, y], 1)
    bolts = [(path, 0.005)]
    for fork in (4, 7, 9):
        turn = dice.many(5, 0, 1)
        side = -1 if dice.chance(0.5) else 1
        branch = path[fork] + np.stack(
            [side * np.cumsum(turn) * unit * 0.026, np.arange(5) * unit * 0.026], 1
        )
        bolts.append((branch, 0.0025))
    glow = np.outer(
        bell(view.height, horizon * 0.3, unit * 0.3), bell(view.width, float(x), unit * 0.2)
    )
    blend(canvas, glow * np.float32(0.42), rgb("c8d4ff"))
    for bolt, wide in bolts:
        for share, opacity in ((3.2, 0.28), (1.0, 1.0)):
            half = (
                np.linspace(wide, wide * 0.25, len(bolt))[:, None] * unit * share * np.array([1, 0])
            )
            fill(
                canvas,
                [np.concatenate([bolt - half, (bolt + half)[::-1]])],
                rgb("f2f4ff"),
                opacity=opacity,
            )


def _rain(view: View, canvas: Array) -> None:
    unit = view.unit
    rolls = view.dice.stream("rain").grid(int(420 * view.aspect), 3)
    near: list[Array] = []
    far: list[Array] = []
    for across, down, size in rolls:
        length = unit * (0.03 + 0.05 * size)
        half = unit * (0.0005 + 0.0008 * size)
        x, y = across * view.width * 1.1, down * (view.height + length) - length
        streak = np.array(
            [
                [x - half, y],
                [x + half, y],
                [x - length * 0.22 + half, y + length],
                [x - length * 0.22 - half, y + length],
            ]
        )
        (near if size > 0.66 else far).append(streak)
    tone = mix(view.palette.glow, rgb("ffffff"), 0.4)
    fill(canvas, far, tone, opacity=0.2)
    fill(canvas, near, tone, opacity=0.34)


def _snow(view: View, canvas: Array) -> None:
    unit = view.unit
    rolls = view.dice.stream("snow").grid(int(330 * view.aspect), 3)
    tone = mix(rgb("ffffff"), view.palette.horizon, 0.15)
    layers = (
        (0.0, 0.7, 0.0, ((1.0, 0.75),)),
        (0.7, 0.95, 0.0, ((1.5, 0.35), (1.0, 0.7))),
        (0.95, 1.01, 0.004, ((1.3, 0.1), (1.05, 0.14), (0.8, 0.18), (0.5, 0.2))),
    )
    for low, high, extra, rings in layers:
        chosen = rolls[(rolls[:, 2] >= low) & (rolls[:, 2] < high)]
        for share, opacity in rings:
            flakes = [
                circle(
                    across * view.width,
                    down * view.height,
                    share * unit * (0.0012 + 0.0035 * size**3 + extra),
                    14,
                )
                for across, down, size in chosen
            ]
            fill(canvas, flakes, tone, opacity=opacity)


def _fireflies(view: View, canvas: Array) -> None:
    unit = view.unit
    for across, down, size in view.dice.stream("fireflies").grid(int(34 * view.aspect), 3):
        x, y = across * view.width, view.height * (0.4 + 0.55 * down)
        radius = unit * (0.002 + 0.003 * size)
        for share, opacity in ((5.0, 0.1), (2.6, 0.22), (1.0, 0.95)):
            dot, rows, columns = coverage(canvas.shape[:2], [circle(x, y, radius * share, 18)])
            if dot.size:
                blend(canvas[rows, columns], dot * np.float32(opacity), rgb("ffe89a"))
