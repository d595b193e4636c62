"""A still lake under mountains."""

from __future__ import annotations

import numpy as np

from providers.sketch import growth, land, sky, water
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.raster import ellipse, fill
from providers.sketch.view import Stage, View


def lake(view: View) -> Stage:
    """A still lake under mountains, with reeds in front."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    shore = h * 0.6
    sky.paint(view, canvas, shore, clouds=0.42)
    tall = view.dice.stream("tall").uniform(0.26, 0.38)
    crest = land.crag(view, "peak0", y=h * 0.57, rise=h * tall, cells=2.0, rough=0.46)
    land.peaks(view, canvas, crest, depth=0.45, snow_y=h * 0.36, name="face0")
    for at, depth in enumerate((0.4, 0.2)):
        crest = land.line(
            view, f"hill{at}", y=h * (0.59 + 0.015 * at), rise=h * (0.1 - 0.05 * at), cells=2.6
        )
        growth.conifers(view, canvas, crest, growth.Grove(size=unit * (0.045 + 0.025 * at), count=int(190 * view.aspect), depth=depth), name=f'firs{at}')  # fmt: skip
        land.hill(
            view,
            canvas,
            crest,
            land.Soil(colour=mix(view.grass, rgb("2f5a44"), 0.6), depth=depth, fog=0.3),
            name=f"s{at}",
        )
    water.surface(view, canvas, shore, rough=0.08, name="lake")
    land.fog(view, canvas, y=shore, height=unit * 0.03, strength=0.5, name="mist")
    ground = h * 0.9
    if view.standing in {"ground", "middle", "table"}:
        crest = land.line(view, "bank", y=h * 0.88, rise=h * 0.05, cells=1.5)
        land.hill(view, canvas, crest, land.Soil(colour=view.grass, depth=0.0), name="bank")
        growth.grass(
            view, canvas, (h * 0.87, h * 0.98), height=unit * 0.036, count=500, name="short"
        )

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
