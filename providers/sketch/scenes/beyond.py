"""Sea, deep water, space and the open sky."""

from __future__ import annotations

import numpy as np

from providers.sketch import land, sky, water
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import bell, noise, resized, ridge, smooth
from providers.sketch.raster import below, blend, circle, coverage, ellipse, fill
from providers.sketch.view import Stage, View


def sea(view: View) -> Stage:
    """Open water to the horizon; a rock or a strand for those who can't swim."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    horizon = h * view.dice.stream("horizon").uniform(0.56, 0.62)
    rough = 0.9 if view.palette.disc == "none" or "rain" in view.weather else 0.3
    sky.paint(view, canvas, horizon, clouds=0.5 if rough < 0.5 else 0.86)
    crest = land.line(view, "isle", y=horizon + 2, rise=h * 0.09, cells=2.4, sharp=True, rough=0.45)
    side = np.arange(view.width, dtype=np.float32) / view.width
    away = smooth(np.abs(side - view.light.x / view.width), 0.16, 0.62)
    land.hill(
        view,
        canvas,
        horizon + 2 - (horizon + 2 - crest) * away,
        rgb("5c6a72"),
        depth=0.62,
        name="isle",
    )
    water.surface(view, canvas, horizon, rough=rough, name="sea")
    if rough > 0.5:
        for at in range(4):
            water.swell(
                view,
                canvas,
                y=h * (0.68 + 0.07 * at),
                height=h * (0.03 + 0.014 * at),
                name=f"swell{at}",
                near=at / 3,
            )
    if view.standing in {"ground", "table"}:
        _strand(view, canvas)
    elif view.standing == "middle":
        _rock(view, canvas, h * 0.7)

    def front(over: Array) -> None:
        if rough > 0.5 and view.standing in {"water", "middle", "deep"}:
            water.swell(view, over, y=h * 0.88, height=h * 0.05, name="near0", near=0.8)
            water.swell(view, over, y=h * 0.99, height=h * 0.06, name="near1", near=1.0)

    return Stage(
        canvas=canvas, ground_y=h * 0.93, middle_y=h * 0.695, air_y=h * 0.32, water_y=h * 0.74,
        haze=0.06, mirror=0.6 if rough < 0.5 else 0.2, front=front,
    )  # fmt: skip


def _strand(view: View, canvas: Array) -> None:
    """A beach across the front, wet at its edge."""
    h, unit = view.height, view.unit
    crest = land.line(view, "strand", y=h * 0.86, rise=h * 0.06, cells=1.1)
    foam = crest - unit * 0.012 + unit * 0.006 * np.sin(np.arange(view.width) / unit * 60)
    land.hill(view, canvas, foam.astype(np.float32), rgb("eef4f4"), depth=0.05, name="foam")
    land.hill(view, canvas, crest, rgb("b79a72"), depth=0.0, name="wet")
    land.hill(view, canvas, crest + h * 0.022, rgb("e8cd9c"), depth=0.0, name="strand")


def _rock(view: View, canvas: Array, y: float) -> None:
    """A rocky islet under whatever stands in the middle distance."""
    unit = view.unit
    dice = view.dice.stream("rock")
    x = view.focus_x * view.width
    across = (np.arange(view.width, dtype=np.float32) - x) / (unit * 0.36)
    jag = (
        ridge(dice, view.width, cells=14 * view.aspect, octaves=5, roughness=0.6, sharp=True) - 0.5
    )
    mound = np.clip(1 - across**2, 0, 1) ** 0.7
    crest = y + unit * 0.075 - mound * unit * (0.085 + jag * 0.05)
    crest = np.where(mound > 0, crest, view.height + 4).astype(np.float32)
    mask, top = below(crest, view.height)
    rows = view.height - top
    stone = noise(dice, (rows, view.width), cells=18, octaves=5, roughness=0.6) - 0.5
    side = view.light.towards(x, y)[0]
    amount = np.clip(0.45 + across[None] * side * 0.55 + stone * 1.1, 0, 1)
    dark, bright = (
        view.light.far(rgb("3d4048"), 0.05, 0.1),
        view.light.far(rgb("9a928c"), 0.05, 0.9),
    )
    down = np.arange(top, view.height, dtype=np.float32)[:, None]
    foot = y + unit * 0.07 + stone * unit * 0.03
    mask = mask * smooth(foot - down, 0, unit * 0.012)
    blend(canvas[top:], mask, dark + (bright - dark) * amount[..., None])
    foam = np.exp(-(((down - foot) / (unit * 0.012)) ** 2)) * (np.abs(across)[None] < 1.04)
    blend(
        canvas[top:],
        np.clip(foam * (0.5 + stone), 0, 1).astype(np.float32),
        view.light.lit(rgb("f4f8f8"), 0.8),
    )


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
        crest = land.line(
            view,
            f"reef{at}",
            y=h * (0.82 + 0.06 * at),
            rise=h * 0.2,
            cells=2.5,
            sharp=True,
            rough=0.4,
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
        for branch in range(7):
            lean = (branch - 3) / 3 * 1.1
            tip = np.array(
                [x + np.sin(lean) * size * (0.8 + 0.3 * row[3]), y - np.cos(lean) * size * 1.1]
            )
            half = size * 0.07
            fans.append(
                np.array(
                    [
                        [x - half, y + size * 0.2],
                        tip + (-half * 0.8, 0),
                        tip + (half * 0.8, 0),
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
    for at, hue in enumerate(hues):
        cloud = noise(
            view.dice.stream(f"nebula{at}"), (h, w), cells=1.6 + 0.5 * at, octaves=6, roughness=0.55
        )
        veil = smooth(cloud, 0.42, 0.95) ** 1.6
        blend(canvas, veil * np.float32(0.72 - 0.14 * at), hue * np.float32(1.05))
    dust = noise(view.dice.stream("dust"), (h, w), cells=3, octaves=6, roughness=0.6)
    blend(canvas, smooth(dust, 0.56, 0.85) * np.float32(0.55), deep)
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


def open_sky(view: View) -> Stage:
    """Above the clouds."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.8, clouds=0.3)
    for at, haze in enumerate((0.6, 0.34, 0.12)):
        sky.cumulus(
            view,
            canvas,
            h * (0.74 + 0.11 * at),
            unit * (0.2 + 0.05 * at),
            name=f"bank{at}",
            haze=haze,
        )

    def front(over: Array) -> None:
        if view.standing in {"ground", "middle", "table", "water"}:
            sky.cumulus(view, over, h * 0.95, unit * 0.12, name="near", haze=0.0)

    return Stage(
        canvas=canvas,
        ground_y=h * 0.87,
        middle_y=h * 0.87,
        air_y=h * 0.44,
        haze=0.08,
        shadow=0.0,
        front=front,
    )
