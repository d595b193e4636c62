"""The deep, lit from above."""

from __future__ import annotations

import numpy as np

from providers.sketch import land
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import bell, noise, resized, ridge, smooth
from providers.sketch.raster import below, blend, circle, ellipse, fill
from providers.sketch.view import Stage, View


def underwater(view: View) -> Stage:
    """Blue depth, light from above, coral and weed on the sea floor."""
    canvas = view.blank()
    h, w, unit = view.height, view.width, view.unit
    palette = view.palette
    share = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    high = mix(mix(rgb("7fd6dc"), palette.horizon, 0.3), palette.ambient, 0.4 * palette.night)
    middle, low = mix(rgb("1f86b0"), palette.zenith, 0.28), mix(rgb("0a2f5c"), palette.zenith, 0.3)
    first, second = smooth(share, 0, 0.45), smooth(share, 0.3, 1)
    column = high * (1 - first) + middle * first
    canvas[:] = (column * (1 - second) + low * second)[:, None]
    glow = np.outer(bell(h, 0, unit * 0.35), bell(w, view.light.x, unit * 0.35))
    blend(canvas, glow * np.float32(0.6), mix(high, rgb("ffffff"), 0.6))
    _shafts(view, canvas)
    for at, depth in enumerate((0.7, 0.42)):
        crest = land.crag(
            view, f"reef{at}", y=h * (0.82 + 0.06 * at), rise=h * 0.2, cells=2.5, rough=0.4
        )
        _bed(
            view,
            canvas,
            crest,
            mix(rgb("2b5f7a"), middle, depth),
            mix(rgb("17506f"), middle, depth),
            name=f"reef{at}",
        )
        _weed(
            view,
            canvas,
            h * (0.86 + 0.06 * at),
            tone=mix(rgb("1f6a58"), middle, depth),
            tall=unit * 0.22,
            name=f"weed{at}",
        )
    _school(view, canvas, mix(low, rgb("ffffff"), 0.3))
    crest = land.line(view, "bed", y=h * 0.92, rise=h * 0.06, cells=1.6)
    _bed(
        view,
        canvas,
        crest,
        mix(rgb("d9c79a"), middle, 0.35),
        mix(rgb("4f7f86"), low, 0.4),
        name="bed",
    )
    _corals(view, canvas, h * 0.95)

    def front(over: Array) -> None:
        _weed(
            view,
            over,
            h * 1.02,
            tone=mix(rgb("14453f"), low, 0.3),
            tall=unit * 0.3,
            name="near-weed",
        )
        _bubbles(view, over)

    return Stage(
        canvas=canvas,
        ground_y=h * 0.925,
        middle_y=h * 0.92,
        air_y=h * 0.44,
        water_y=h * 0.5,
        haze=0.18,
        shadow=0.3,
        front=front,
    )


def _shafts(view: View, canvas: Array) -> None:
    small = (max(view.height // 4, 4), max(view.width // 4, 4))
    down = np.linspace(0, 1, small[0], dtype=np.float32)[:, None]
    across = np.linspace(0, 1, small[1], dtype=np.float32)[None]
    start = view.light.x / view.width
    spread = (across - start) / (0.35 + down * 0.9)
    beam = ridge(view.dice.stream("shafts"), 512, cells=22, octaves=3)
    index = np.clip((spread * 0.4 + 0.5) * 511, 0, 511).astype(np.int64)
    shaft = smooth(beam[index], 0.5, 0.95) * np.exp(-down * 2.2) * np.exp(-(spread**2) * 1.2)
    blend(canvas, np.clip(resized(shaft * 0.5, canvas.shape[:2]), 0, 1), rgb("dff8f4"))


def _bed(view: View, canvas: Array, crest: Array, bright: Array, dark: Array, *, name: str) -> None:
    mask, top = below(crest, view.height)
    rows = view.height - top
    mottle = noise(view.dice.stream(name), (rows, view.width), cells=8, octaves=4, stretch=2.4)
    net = np.abs(
        noise(view.dice.stream(name + "net"), (rows, view.width), cells=7, octaves=2, stretch=1.8)
        - 0.5
    )
    down = np.maximum(np.arange(top, view.height, dtype=np.float32)[:, None] - crest[None], 0)
    amount = (
        np.exp(-down / (view.unit * 0.13)) * 0.7
        + mottle * 0.4
        - 0.12
        + 0.3 * smooth(0.06 - net, 0, 0.06)
    )
    blend(canvas[top:], mask, dark + (bright - dark) * np.clip(amount, 0, 1)[..., None])


def _weed(view: View, canvas: Array, y: float, *, tone: Array, tall: float, name: str) -> None:
    dice = view.dice.stream(name)
    share = np.linspace(0, 1, 14)
    leaves = []
    for row in dice.grid(int(9 * view.aspect), 5):
        place = float(row[0])
        if abs(place - view.focus_x) < 0.17:
            continue
        for leaf in range(3):
            height = tall * (0.4 + 0.8 * float(row[1])) * (1 - 0.2 * leaf)
            x = place * view.width + (leaf - 1) * tall * 0.09
            sway = np.sin(share * (4 + 2 * row[2]) + row[3] * 6 + leaf) * tall * 0.1 * share
            half = tall * 0.03 * np.sin(np.pi * (share * 0.9 + 0.1))
            rise = y - height * share
            leaves.append(
                np.concatenate(
                    [
                        np.stack([x + sway - half, rise], 1),
                        np.stack([x + sway + half, rise], 1)[::-1],
                    ]
                )
            )
    fill(canvas, leaves, tone)


def _corals(view: View, canvas: Array, y: float) -> None:
    dice = view.dice.stream("corals")
    unit = view.unit
    for row in dice.grid(int(8 * view.aspect), 4):
        place = float(row[0])
        if abs(place - view.focus_x) < 0.13:
            continue
        x, size = place * view.width, unit * (0.04 + 0.06 * float(row[1]))
        hue = rgb(("e8697a", "f09a5a", "c878d0", "f2c46a", "6ac8c0")[int(row[2] * 4.99)])
        tone = mix(hue, rgb("1f6a90"), 0.3)
        fans, tips = [], []
        half = size * 0.07
        for branch in range(7):
            lean = (branch - 3) / 3 * 1.1
            tip = np.array(
                [x + np.sin(lean) * size * (0.8 + 0.3 * row[3]), y - np.cos(lean) * size * 1.1]
            )
            fans.append(
                np.array(
                    [
                        [x - half, y + size * 0.2],
                        tip - np.array([half * 0.8, 0]),
                        tip + np.array([half * 0.8, 0]),
                        [x + half, y + size * 0.2],
                    ]
                )
            )
            tips.append(circle(float(tip[0]), float(tip[1]), half * 1.5, 14))
        fill(canvas, fans + tips, tone * np.float32(0.8))
        fill(
            canvas,
            [tip - (half * 0.3, half * 0.5) for tip in tips],
            mix(tone, rgb("ffffff"), 0.3),
            opacity=0.7,
        )


def _school(view: View, canvas: Array, tone: Array) -> None:
    dice = view.dice.stream("school")
    x, y = (0.2 if view.focus_x > 0.5 else 0.8) * view.width, view.height * dice.uniform(0.3, 0.5)
    outlines = []
    for row in dice.grid(16, 3):
        px = x + (row[0] - 0.5) * view.unit * 0.34
        py = y + (row[1] - 0.5) * view.unit * 0.2
        size = view.unit * (0.008 + 0.008 * row[2])
        outlines.append(ellipse(px, py, size, size * 0.42, 12))
        outlines.append(
            np.array(
                [
                    [px - size * 0.8, py],
                    [px - size * 1.6, py - size * 0.5],
                    [px - size * 1.6, py + size * 0.5],
                ]
            )
        )
    fill(canvas, outlines, tone, opacity=0.5)


def _bubbles(view: View, canvas: Array) -> None:
    for row in view.dice.stream("bubbles").grid(int(26 * view.aspect), 3):
        x, y = float(row[0]) * view.width, float(row[1]) * view.height
        radius = view.unit * (0.002 + 0.008 * float(row[2]) ** 3)
        fill(canvas, [circle(x, y, radius, 16)], rgb("dff6fa"), opacity=0.3)
        fill(
            canvas,
            [circle(x - radius * 0.3, y - radius * 0.3, radius * 0.3, 8)],
            rgb("ffffff"),
            opacity=0.8,
        )
