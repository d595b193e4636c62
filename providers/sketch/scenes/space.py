"""Nebulae, a planet, a small moon to stand on."""

from __future__ import annotations

import numpy as np

from providers.sketch import land, sky
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import noise, smooth
from providers.sketch.raster import below, blend, circle, coverage, ellipse, fill
from providers.sketch.view import Stage, View


def space(view: View) -> Stage:
    """Nebulae, stars, a planet; a small moon to stand on for those who can't float."""
    canvas = view.blank()
    h, w, unit = view.height, view.width, view.unit
    palette = view.palette
    deep = mix(palette.zenith, rgb("05060f"), 0.75)
    canvas[:] = deep
    hues = (
        mix(palette.upper, rgb("5a2f9a"), 0.5),
        mix(palette.horizon, rgb("c04a8a"), 0.45),
        rgb("2f9ab0"),
    )
    warp = noise(view.dice.stream("warp"), (h, w), cells=2, octaves=5, roughness=0.6) - 0.5
    twist = noise(view.dice.stream("twist"), (h, w), cells=2, octaves=5, roughness=0.6) - 0.5
    rows = np.clip(np.arange(h)[:, None] + warp * unit * 0.3, 0, h - 1).astype(np.int64)
    columns = np.clip(np.arange(w)[None] + twist * unit * 0.3, 0, w - 1).astype(np.int64)
    lean = view.dice.stream("band").uniform(-0.7, 0.7)
    middle = (np.arange(h, dtype=np.float32)[:, None] - h * 0.5) - lean * (
        np.arange(w, dtype=np.float32)[None] - w * 0.5
    )
    river = np.exp(-((middle / (unit * 0.42)) ** 2))
    for at, hue in enumerate(hues):
        cloud = noise(
            view.dice.stream(f"nebula{at}"), (h, w), cells=1.7 + 0.6 * at, octaves=5, roughness=0.55
        )[rows, columns]
        veil = smooth(cloud, 0.3, 0.95) ** 1.3 * (0.25 + 0.9 * river)
        blend(canvas, np.clip(veil * (0.85 - 0.1 * at), 0, 1), hue * np.float32(1.05))
    glow = (
        smooth(
            noise(view.dice.stream("core"), (h, w), cells=2.5, octaves=5)[rows, columns], 0.5, 1.0
        )
        * river
    )
    blend(canvas, glow * np.float32(0.5), mix(hues[1], rgb("ffe6d0"), 0.6))
    dust = noise(view.dice.stream("dust"), (h, w), cells=3, octaves=5, roughness=0.6)[rows, columns]
    blend(canvas, smooth(dust, 0.56, 0.85) * np.float32(0.6), deep)
    sky.stars(view, canvas, rows=h * 1.05, density=2.4)
    dice = view.dice.stream("planet")
    x = w * (0.24 if view.focus_x > 0.5 else 0.76) + unit * dice.uniform(-0.05, 0.05)
    planet(view, canvas, x, h * dice.uniform(0.26, 0.38), unit * dice.uniform(0.13, 0.19))
    if view.standing in {"ground", "middle", "table", "water"}:
        _regolith(view, canvas)
    return Stage(
        canvas=canvas, ground_y=h * 0.89, middle_y=h * 0.87, air_y=h * 0.52, haze=0.0, shadow=0.6
    )


def planet(view: View, canvas: Array, x: float, y: float, radius: float) -> None:
    """A banded world with an atmosphere, sometimes a ring."""
    dice = view.dice.stream("world")
    ringed = dice.chance(0.5)
    hue = rgb(dice.pick(("d08a5a", "6a9ad0", "b070c0", "5ab0a0", "d0b070")))
    mask, rows, columns = coverage(canvas.shape[:2], [circle(x, y, radius, 96)], finer=3)
    halo = np.hypot(
        np.arange(view.width, dtype=np.float32)[None] - x,
        np.arange(view.height, dtype=np.float32)[:, None] - y,
    )
    blend(
        canvas,
        np.clip(np.exp(-np.maximum(halo - radius, 0) / (radius * 0.16)) * 0.35, 0, 1),
        mix(hue, rgb("ffffff"), 0.3),
    )
    if not mask.size:
        return
    across = (np.arange(columns.start, columns.stop, dtype=np.float32)[None] - x) / radius
    down = (np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - y) / radius
    front = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
    way = np.array([-0.72 if view.focus_x > 0.5 else 0.72, -0.5])
    lit = smooth(across * way[0] + down * way[1] + front * 0.42, -0.12, 0.85)
    bands = noise(dice, mask.shape, cells=7, octaves=5, roughness=0.55, stretch=5)
    tone = (
        mix(hue, rgb("ffffff"), 0.1)
        + (mix(hue, rgb("3a2238"), 0.45) - hue) * smooth(bands, 0.3, 0.75)[..., None]
    )
    rim = (1 - front) ** 3
    tone = tone * (0.05 + 1.05 * lit)[..., None] + (rim * lit * 0.5)[..., None] * mix(
        hue, rgb("ffffff"), 0.6
    )
    blend(canvas[rows, columns], mask, np.clip(tone, 0, 1))
    if ringed:
        _ring(canvas, x, y, radius, mix(hue, rgb("f4e8d0"), 0.6))


def _ring(canvas: Array, x: float, y: float, radius: float, tone: Array) -> None:
    turn = np.linspace(0, 2 * np.pi, 120)
    lean = -0.32
    for inner, outer, opacity in ((1.35, 1.6, 0.6), (1.64, 1.9, 0.42), (1.94, 2.02, 0.5)):
        for start, end in ((0.02, 0.98), (1.02, 1.98)):
            part = turn[(turn >= start * np.pi) & (turn <= end * np.pi)]
            rings = []
            for reach in (inner, outer):
                px, py = np.cos(part) * radius * reach, np.sin(part) * radius * reach * 0.26
                rings.append(
                    np.stack(
                        [
                            x + px * np.cos(lean) - py * np.sin(lean),
                            y + px * np.sin(lean) + py * np.cos(lean),
                        ],
                        1,
                    )
                )
            outline = np.concatenate([rings[0], rings[1][::-1]])
            mask, rows, columns = coverage(canvas.shape[:2], [outline])
            if not mask.size:
                continue
            if start > 1:
                px = np.arange(columns.start, columns.stop)[None] - x
                py = np.arange(rows.start, rows.stop)[:, None] - y
                mask = mask * np.clip(np.hypot(px, py) - radius, 0, 1)
            blend(canvas[rows, columns], (mask * opacity).astype(np.float32), tone)


def _regolith(view: View, canvas: Array) -> None:
    """The curved, cratered ground of a small moon."""
    h, w, unit = view.height, view.width, view.unit
    across = (np.arange(w, dtype=np.float32) - w / 2) / (w / 2)
    crest = land.line(view, "moon", y=h * 0.82, rise=h * 0.02, cells=5, rough=0.5) + (
        across**2 * h * 0.05
    ).astype(np.float32)
    mask, top = below(crest, h)
    dust = (
        noise(
            view.dice.stream("regolith"),
            (h - top, w),
            cells=10,
            octaves=6,
            roughness=0.6,
            stretch=2,
        )
        - 0.5
    )
    down = np.maximum(np.arange(top, h, dtype=np.float32)[:, None] - crest[None], 0)
    amount = np.clip(0.34 + 0.5 * np.exp(-down / (unit * 0.05)) + dust * 0.8 - down / h * 0.9, 0, 1)
    dark, bright = rgb("2a2a38"), mix(rgb("c9c4cc"), view.palette.horizon, 0.2)
    blend(canvas[top:], mask, dark + (bright - dark) * amount[..., None])
    for row in view.dice.stream("craters").grid(int(12 * view.aspect), 3):
        share = float(row[1])
        x, y = float(row[0]) * w, h * (0.855 + 0.14 * share)
        wide = unit * (0.01 + 0.05 * share * float(row[2]))
        fill(canvas, [ellipse(x, y, wide, wide * 0.26)], rgb("17171f"), opacity=0.55)
        fill(
            canvas,
            [ellipse(x + wide * 0.06, y + wide * 0.07, wide * 0.95, wide * 0.2)],
            rgb("55545f"),
            opacity=0.6,
        )
