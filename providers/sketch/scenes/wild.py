"""Mountains, lakes, forests, deserts, meadows, winter fields."""

from __future__ import annotations

import numpy as np

from providers.sketch import land, sky, water
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import noise, smooth
from providers.sketch.raster import below, blend, ellipse, fill
from providers.sketch.view import Stage, View


def mountain(view: View) -> Stage:
    """Snow-capped ranges behind wooded hills."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    horizon = h * 0.66
    sky.paint(view, canvas, horizon, clouds=0.36)
    tall = view.dice.stream("tall").uniform(0.32, 0.46)
    for at, (y, rise, depth) in enumerate(((0.6, tall, 0.52), (0.64, tall * 0.72, 0.3))):
        crest = land.line(
            view, f"peak{at}", y=h * y, rise=h * rise, cells=2.1 + at, sharp=True, rough=0.46
        )
        land.peaks(
            view,
            canvas,
            crest,
            depth=depth,
            snow_y=h * (0.42 if at == 0 else 0.44),
            name=f"face{at}",
        )
    for at, depth in enumerate((0.34, 0.14)):
        crest = land.line(view, f"hill{at}", y=h * (0.7 + at * 0.07), rise=h * 0.09, cells=2.5)
        tone = mix(view.grass, rgb("2f5a44"), 0.62 - at * 0.2)
        land.conifers(
            view, canvas, crest, size=unit * (0.055 + 0.055 * at), count=int((170 - 70 * at) * view.aspect),
            depth=depth, name=f"firs{at}", clear=0.0 if at == 0 else 0.24,
        )  # fmt: skip
        land.hill(view, canvas, crest, tone, depth=depth, name=f"slope{at}", fog=0.4)
    crest = land.line(view, "front", y=h * 0.84, rise=h * 0.05, cells=1.2)
    land.hill(view, canvas, crest, view.grass, depth=0.0, name="meadow")
    if not view.snowy:
        land.grass(view, canvas, y=h * 0.86, height=unit * 0.02, count=240, name="short")
        land.flowers(view, canvas, top=h * 0.85, bottom=h * 1.0, count=70, name="bloom")

    def front(over: Array) -> None:
        _verge(view, over)

    return Stage(
        canvas=canvas, ground_y=h * 0.92, middle_y=h * 0.8, air_y=h * 0.34, haze=0.14, front=front
    )


def _verge(view: View, canvas: Array) -> None:
    """What grows at the very front: grass, or drifted snow."""
    h, unit = view.height, view.unit
    if view.snowy:
        crest = land.line(view, "drift", y=h * 0.985, rise=h * 0.035, cells=2)
        land.hill(view, canvas, crest, rgb("f2f6fb"), depth=0.0, name="drift")
        return
    land.grass(view, canvas, y=h * 0.985, height=unit * 0.075, count=260, name="verge")


def lake(view: View) -> Stage:
    """A still lake under mountains, with reeds in front."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    shore = h * 0.6
    sky.paint(view, canvas, shore, clouds=0.42)
    tall = view.dice.stream("tall").uniform(0.26, 0.38)
    crest = land.line(view, "peak0", y=h * 0.57, rise=h * tall, cells=2.0, sharp=True, rough=0.46)
    land.peaks(view, canvas, crest, depth=0.45, snow_y=h * 0.36, name="face0")
    for at, depth in enumerate((0.4, 0.2)):
        crest = land.line(
            view, f"hill{at}", y=h * (0.59 + 0.015 * at), rise=h * (0.1 - 0.05 * at), cells=2.6
        )
        land.conifers(
            view, canvas, crest, size=unit * (0.045 + 0.025 * at), count=int(190 * view.aspect),
            depth=depth, name=f"firs{at}",
        )  # fmt: skip
        land.hill(
            view,
            canvas,
            crest,
            mix(view.grass, rgb("2f5a44"), 0.6),
            depth=depth,
            name=f"s{at}",
            fog=0.3,
        )
    water.surface(view, canvas, shore, rough=0.08, name="lake")
    land.fog(view, canvas, y=shore, height=unit * 0.03, strength=0.5, name="mist")
    ground = h * 0.9
    if view.standing in {"ground", "middle", "table"}:
        crest = land.line(view, "bank", y=h * 0.88, rise=h * 0.05, cells=1.5)
        land.hill(view, canvas, crest, view.grass, depth=0.0, name="bank")
        land.grass(view, canvas, y=h * 0.9, height=unit * 0.03, count=240, name="short")

    def front(over: Array) -> None:
        _reeds(view, over)

    return Stage(
        canvas=canvas, ground_y=h * 0.93, middle_y=ground, air_y=h * 0.3, water_y=h * 0.76,
        haze=0.06, mirror=0.55, front=front,
    )  # fmt: skip


def _reeds(view: View, canvas: Array) -> None:
    dice = view.dice.stream("reeds")
    unit, h = view.unit, view.height
    stems: list[Array] = []
    heads: list[Array] = []
    for cluster in range(2):
        middle = 0.06 + 0.2 * dice.uniform() if (cluster == 0) else 0.74 + 0.2 * dice.uniform()
        for row in dice.grid(22, 4):
            x = (middle + (row[0] - 0.5) * 0.2) * view.width
            tall = unit * (0.08 + 0.14 * row[1])
            tip = x + (row[2] - 0.5) * tall * 0.5
            half = unit * 0.003
            stems.append(np.array([[x - half, h], [tip, h - tall], [x + half, h]]))
            if row[3] > 0.6:
                heads.append(ellipse(tip, h - tall, unit * 0.006, unit * 0.024, 12))
    fill(canvas, stems, view.light.lit(mix(view.grass, rgb("30402a"), 0.55), 0.35))
    fill(canvas, heads, view.light.lit(rgb("6a4630"), 0.4))


def forest(view: View) -> Stage:
    """A clearing among trunks and firs, light falling through mist."""
    canvas = view.blank()
    h, w, unit = view.height, view.width, view.unit
    sky.paint(view, canvas, h * 0.74, clouds=0.0)
    blend(canvas, np.full((h, w), 0.45, np.float32), view.light.haze)
    for at, depth in enumerate((0.72, 0.52, 0.32)):
        crest = land.line(view, f"floor{at}", y=h * (0.7 + 0.045 * at), rise=h * 0.03, cells=2)
        size = unit * (0.34 + 0.16 * at)
        count = int((26 - 5 * at) * view.aspect)
        land.conifers(
            view,
            canvas,
            crest,
            size=size,
            count=count,
            depth=depth,
            name=f"firs{at}",
            clear=0.12 + 0.16 * at,
        )
        _trunks(
            view, canvas, crest, depth=depth, wide=unit * (0.007 + 0.007 * at), name=f"trunks{at}"
        )
        floor = mix(view.grass, rgb("46592f"), 0.5) if not view.snowy else view.grass
        land.hill(view, canvas, crest, floor, depth=depth * 0.7, name=f"moss{at}", fog=0.35)
        land.fog(
            view,
            canvas,
            y=h * (0.69 + 0.04 * at),
            height=unit * 0.06,
            strength=0.42,
            name=f"fog{at}",
        )
    crest = land.line(view, "floor", y=h * 0.86, rise=h * 0.04, cells=1.6)
    floor = mix(view.grass, rgb("55602f"), 0.4) if not view.snowy else view.grass
    land.hill(view, canvas, crest, floor, depth=0.0, name="moss", grain=0.26)
    if not view.snowy:
        land.grass(view, canvas, y=h * 0.875, height=unit * 0.025, count=280, name="short")
    if view.season == "autumn":
        land.flowers(view, canvas, top=h * 0.84, bottom=h, count=120, name="leaves")
    land.rays(view, canvas, strength=0.5 * (1 - 0.6 * view.palette.night), name="rays")

    def front(over: Array) -> None:
        _frame(view, over)

    return Stage(
        canvas=canvas, ground_y=h * 0.925, middle_y=h * 0.83, air_y=h * 0.42, haze=0.1, front=front
    )


def _trunks(
    view: View, canvas: Array, crest: Array, *, depth: float, wide: float, name: str
) -> None:
    dice = view.dice.stream(name)
    outlines: list[Array] = []
    glints: list[Array] = []
    for row in dice.grid(int(9 * view.aspect), 4):
        share = float(row[0])
        if abs(share - view.focus_x) < 0.16:
            continue
        x, lean = share * view.width, (row[1] - 0.5) * view.unit * 0.05
        half = wide * (0.6 + 0.8 * row[2])
        foot = float(crest[int(min(x, view.width - 1))]) + wide
        outlines.append(
            np.array(
                [
                    [x - half * 1.5, foot],
                    [x - half + lean, -1],
                    [x + half + lean, -1],
                    [x + half * 1.5, foot],
                ]
            )
        )
        side = np.sign(view.light.x - x)
        glints.append(
            np.array(
                [[x + side * half * 0.5, foot], [x + side * half * 0.5 + lean, -1],
                 [x + side * half + lean, -1], [x + side * half * 1.4, foot]]
            )
        )  # fmt: skip
    bark = rgb("4a3a33")
    fill(canvas, outlines, view.light.far(bark, depth, 0.15))
    fill(canvas, glints, view.light.far(bark, depth, 1.0), opacity=0.5)


def _frame(view: View, canvas: Array) -> None:
    """Dark trunks and boughs close to the viewer, at the sides."""
    dice = view.dice.stream("frame")
    h, w, unit = view.height, view.width, view.unit
    tone = view.light.lit(rgb("2b2a2c"), 0.12)
    outlines: list[Array] = []
    for side in (0, 1):
        if abs(view.focus_x - side) < 0.26:
            continue
        x = w * side + (0.5 - side) * unit * dice.uniform(0.04, 0.12)
        half = unit * dice.uniform(0.035, 0.055)
        outlines.append(
            np.array(
                [[x - half * 1.9, h], [x - half * 1.1, h * 0.8], [x - half * 0.9, -1],
                 [x + half * 0.9, -1], [x + half * 1.1, h * 0.8], [x + half * 2.0, h]]
            )
        )  # fmt: skip
    fill(canvas, outlines, tone)
    _verge(view, canvas)


def desert(view: View) -> Stage:
    """Dunes with a sharp line between light and shadow."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.6, clouds=0.22)
    crest = land.line(view, "mesa", y=h * 0.61, rise=h * 0.13, cells=3, sharp=True, rough=0.3)
    steps = np.round((h * 0.61 - crest) / (h * 0.05)) * h * 0.05
    land.hill(view, canvas, h * 0.6 - steps * 0.8, rgb("a8664a"), depth=0.6, name="mesa", fog=0.3)
    sand = view.light.far(rgb("e3b578"), 0.0, 0.5)
    del sand
    for at, depth in enumerate((0.42, 0.26, 0.1, 0.0)):
        y = h * (0.63 + 0.085 * at)
        crest = land.line(
            view, f"dune{at}", y=y, rise=h * (0.085 + 0.012 * at), cells=1.5 + 0.2 * at, rough=0.28
        )
        _dune(view, canvas, crest, depth=depth, name=f"dune-face{at}")
    land.fog(view, canvas, y=h * 0.62, height=unit * 0.04, strength=0.5, name="heat")
    return Stage(
        canvas=canvas, ground_y=h * 0.9, middle_y=h * 0.76, air_y=h * 0.3, haze=0.12, shadow=0.5
    )


def _dune(view: View, canvas: Array, crest: Array, *, depth: float, name: str) -> None:
    mask, top = below(crest, view.height)
    rows, unit = view.height - top, view.unit
    dice = view.dice.stream(name)
    down = np.maximum(np.arange(top, view.height, dtype=np.float32)[:, None] - crest[None], 0)
    bend = noise(dice, (rows, view.width), cells=1.5, octaves=2, stretch=2) - 0.5
    side = np.sign(view.light.x - view.width / 2) or 1.0
    shifted = np.arange(view.width)[None] - side * down * 1.3 + bend * unit * 0.22
    slope = np.gradient(crest).astype(np.float32)
    face = slope[np.clip(shifted, 0, view.width - 1).astype(np.int64)]
    amount = smooth(face * side, -0.05, 0.06) * 0.85 + 0.12
    ripple = np.sin((down + bend * unit * 0.5 + np.arange(view.width)[None] * 0.12) / unit * 330)
    amount = np.clip(amount + ripple * 0.035 * (1 - depth) + bend * 0.2, 0, 1)
    dark, bright = (
        view.light.far(rgb("b9825c"), depth, 0.1),
        view.light.far(rgb("f3cd92"), depth, 1.0),
    )
    blend(canvas[top:], mask, dark + (bright - dark) * amount[..., None])


def meadow(view: View) -> Stage:
    """Rolling fields, scattered trees, flowers in front."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.58, clouds=0.52)
    dice = view.dice.stream("trees")
    for at, depth in enumerate((0.62, 0.42, 0.24)):
        crest = land.line(
            view, f"hill{at}", y=h * (0.58 + 0.06 * at), rise=h * 0.075, cells=1.6 + 0.3 * at
        )
        tone = mix(
            view.grass, rgb(("5d8a5a", "b9b04f", "7fae55")[at]), 0.45 if not view.snowy else 0.0
        )
        if at == 0:
            land.conifers(
                view,
                canvas,
                crest,
                size=unit * 0.026,
                count=int(90 * view.aspect),
                depth=0.6,
                name="far",
            )
        land.hill(view, canvas, crest, tone, depth=depth, name=f"field{at}", fog=0.18)
        for row in dice.grid(int(4 * view.aspect) + 1, 3):
            x = float(row[0]) * view.width
            if abs(row[0] - view.focus_x) > 0.14:
                foot = float(crest[int(min(x, view.width - 1))]) + h * 0.03 * float(row[1])
                size = unit * (0.05 + 0.035 * at) * (0.7 + 0.6 * float(row[2]))
                land.broadleaf(
                    view, canvas, x, foot, size, depth=depth, name=f"tree{at}{row[0]:.3f}"
                )
    crest = land.line(view, "front", y=h * 0.8, rise=h * 0.06, cells=1.1)
    land.hill(view, canvas, crest, view.grass, depth=0.04, name="front")
    if not view.snowy:
        _path(view, canvas, crest)
        land.grass(view, canvas, y=h * 0.84, height=unit * 0.02, count=220, name="short")
        land.grass(view, canvas, y=h * 0.9, height=unit * 0.03, count=220, name="long")
        land.flowers(view, canvas, top=h * 0.8, bottom=h * 0.99, count=150, name="bloom")

    def front(over: Array) -> None:
        _verge(view, over)
        if not view.snowy:
            land.flowers(view, over, top=h * 0.94, bottom=h * 1.0, count=26, name="close")

    return Stage(
        canvas=canvas, ground_y=h * 0.915, middle_y=h * 0.79, air_y=h * 0.36, haze=0.08, front=front
    )


def _path(view: View, canvas: Array, crest: Array) -> None:
    dice = view.dice.stream("path")
    start, end = dice.uniform(0.3, 0.7), dice.uniform(0.15, 0.85)
    share = np.linspace(0, 1, 16)
    top = float(crest[int(start * (view.width - 1))]) + 1
    y = top + (view.height * 1.02 - top) * share**1.2
    x = (start + (end - start) * share + 0.08 * np.sin(share * 5)) * view.width
    half = view.unit * (0.004 + 0.055 * share**1.3)
    outline = np.concatenate([np.stack([x - half, y], 1), np.stack([x + half, y], 1)[::-1]])
    fill(canvas, [outline], view.light.lit(rgb("d8bd8c"), 0.7), opacity=0.7)


def winter(view: View) -> Stage:
    """Snowfields and firs under a cold sky."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.6, clouds=0.34)
    crest = land.line(view, "peak", y=h * 0.6, rise=h * 0.26, cells=2.4, sharp=True, rough=0.46)
    land.peaks(view, canvas, crest, depth=0.55, snow_y=h * 0.7, name="face")
    for at, depth in enumerate((0.5, 0.28, 0.1)):
        crest = land.line(view, f"hill{at}", y=h * (0.63 + 0.075 * at), rise=h * 0.07, cells=1.8)
        land.conifers(
            view, canvas, crest, size=unit * (0.06 + 0.07 * at), count=int((90 - 26 * at) * view.aspect),
            depth=depth, name=f"firs{at}", clear=0.1 + 0.18 * at,
        )  # fmt: skip
        land.hill(view, canvas, crest, rgb("f2f6fb"), depth=depth * 0.6, name=f"snow{at}", fog=0.2)
    crest = land.line(view, "front", y=h * 0.86, rise=h * 0.05, cells=1.3)
    land.hill(view, canvas, crest, rgb("f4f7fb"), depth=0.0, name="front")

    def front(over: Array) -> None:
        _verge(view, over)

    return Stage(
        canvas=canvas,
        ground_y=h * 0.93,
        middle_y=h * 0.8,
        air_y=h * 0.36,
        haze=0.1,
        shadow=0.35,
        front=front,
    )
