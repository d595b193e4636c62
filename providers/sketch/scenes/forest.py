"""A clearing in a wood."""

from __future__ import annotations

import numpy as np

from providers.sketch import growth, land, sky
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.raster import blend, fill
from providers.sketch.scenes.verge import verge
from providers.sketch.view import Stage, View


def forest(view: View) -> Stage:
    """A clearing among trunks and firs, light falling through mist."""
    canvas = view.blank()
    h, w, unit = view.height, view.width, view.unit
    sky.paint(view, canvas, h * 0.74, clouds=0.0)
    blend(canvas, np.full((h, w), 0.45, np.float32), view.light.haze)
    for at, depth in enumerate((0.72, 0.52, 0.32)):
        crest = land.line(view, f"floor{at}", y=h * (0.7 + 0.045 * at), rise=h * 0.055, cells=2.4)
        size = unit * (0.34 + 0.16 * at)
        count = int((26 - 5 * at) * view.aspect)
        growth.conifers(
            view,
            canvas,
            crest,
            growth.Grove(size=size, count=count, depth=depth, clear=0.12 + 0.16 * at),
            name=f"firs{at}",
        )
        _trunks(
            view, canvas, crest, depth=depth, wide=unit * (0.007 + 0.007 * at), name=f"trunks{at}"
        )
        floor = mix(view.grass, rgb("46592f"), 0.5) if not view.snowy else view.grass
        land.hill(
            view,
            canvas,
            crest,
            land.Soil(colour=floor, depth=depth * 0.7, fog=0.35),
            name=f"moss{at}",
        )
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
    land.hill(view, canvas, crest, land.Soil(colour=floor, depth=0.0, grain=0.26), name="moss")
    if not view.snowy:
        growth.grass(
            view, canvas, (h * 0.85, h * 0.97), height=unit * 0.032, count=600, name="short"
        )
    if view.season == "autumn":
        growth.flowers(view, canvas, top=h * 0.84, bottom=h, count=120, name="leaves")
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
    """Trunks, boughs and undergrowth close to the viewer, at the sides."""
    dice = view.dice.stream("frame")
    h, w, unit = view.height, view.width, view.unit
    dark, pale = view.light.lit(rgb("33302f"), 0.1), view.light.lit(rgb("6b5a4c"), 0.8)
    for side in (0, 1):
        x = w * side + (0.5 - side) * unit * dice.uniform(-0.02, 0.06)
        half = unit * dice.uniform(0.035, 0.055)
        if abs(view.focus_x - side) < 0.26:
            continue
        trunk = np.array(
            [[x - half * 1.9, h], [x - half * 1.1, h * 0.8], [x - half * 0.9, -1],
             [x + half * 0.9, -1], [x + half * 1.1, h * 0.8], [x + half * 2.0, h]]
        )  # fmt: skip
        fill(canvas, [trunk], dark)
        inner = 1 if side == 0 else -1
        edge = np.array(
            [[x + inner * half * 1.95, h], [x + inner * half * 1.08, h * 0.8], [x + inner * half * 0.88, -1],
             [x + inner * half * 0.55, -1], [x + inner * half * 0.7, h * 0.8], [x + inner * half * 1.2, h]]
        )  # fmt: skip
        fill(canvas, [edge], pale, opacity=0.4)
    _boughs(view, canvas, dark)
    _ferns(view, canvas)
    verge(view, canvas)


def _boughs(view: View, canvas: Array, tone: Array) -> None:
    """Hanging fir twigs along the upper edge, thickest in the corners."""
    unit = view.unit
    leaf = mix(tone, view.light.lit(rgb("3c5a40"), 0.35), 0.5)
    needles: list[Array] = []
    for across, long, lean, _ in view.dice.stream("boughs").grid(int(46 * view.aspect), 4):
        share = float(across)
        corner = abs(share - 0.5) * 2
        length = unit * (0.03 + 0.2 * corner**3) * (0.5 + float(long))
        start = np.array([share * view.width, -unit * 0.01])
        tip = start + np.array([length * (float(lean) - 0.5) * 0.9, length])
        for step in np.linspace(0.04, 1, 14):
            place = start + (tip - start) * step
            reach = length * 0.34 * (1.05 - step) + unit * 0.01
            drop = np.array([0, reach * 0.09])
            for way in (-1, 1):
                end = place + np.array([way * reach, reach * 0.75])
                needles.append(np.array([place - drop, end, place + drop]))
    fill(canvas, needles, leaf)


def _ferns(view: View, canvas: Array) -> None:
    """Fern fronds in the lower corners."""
    if view.snowy:
        return
    unit, h = view.unit, view.height
    share = np.linspace(0, 1, 12)
    for nth, row in enumerate(view.dice.stream("ferns").grid(12, 4)):
        side = nth % 2
        x = (
            (0.02 + 0.2 * float(row[0]) ** 1.5)
            if side == 0
            else 1 - (0.02 + 0.2 * float(row[0]) ** 1.5)
        )
        reach, lean = unit * (0.09 + 0.12 * float(row[1])), (float(row[2]) - 0.5) * 1.6
        spine = np.stack(
            [x * view.width + lean * reach * share**1.4, h - reach * (share - 0.35 * share**2.4)], 1
        )
        leaves: list[Array] = []
        for at in range(1, 11):
            along = (spine[at + 1 if at < 11 else at] - spine[at - 1]) / 2
            out = np.array([-along[1], along[0]])
            out = (
                out
                / max(float(np.hypot(*out)), 1e-6)
                * reach
                * 0.26
                * np.sin(np.pi * (0.12 + 0.8 * share[at]))
            )
            leaves += [
                np.array(
                    [
                        spine[at] - along * 0.4,
                        spine[at] + out * way + along * 1.2,
                        spine[at] + along * 0.5,
                    ]
                )
                for way in (-1, 1)
            ]
        fill(
            canvas,
            leaves,
            view.light.lit(mix(view.grass, rgb("3a5a34"), 0.6), 0.2 + 0.6 * float(row[3])),
        )
