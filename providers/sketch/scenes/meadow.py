"""Rolling fields with trees and flowers."""

from __future__ import annotations

import numpy as np

from providers.sketch import growth, land, sky
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.raster import fill
from providers.sketch.scenes.verge import verge
from providers.sketch.view import Stage, View


def meadow(view: View) -> Stage:
    """Rolling fields, scattered trees, flowers in front."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.58, clouds=0.52)
    sky.birds(view, canvas, y=h * 0.34)
    dice = view.dice.stream("trees")
    for at, depth in enumerate((0.62, 0.42, 0.24)):
        crest = land.line(
            view, f"hill{at}", y=h * (0.58 + 0.06 * at), rise=h * 0.075, cells=1.6 + 0.3 * at
        )
        tone = mix(
            view.grass, rgb(("5d8a5a", "b9b04f", "7fae55")[at]), 0.45 if not view.snowy else 0.0
        )
        if at == 0:
            growth.conifers(
                view,
                canvas,
                crest,
                growth.Grove(size=unit * 0.026, count=int(90 * view.aspect), depth=0.6),
                name="far",
            )
        land.hill(
            view, canvas, crest, land.Soil(colour=tone, depth=depth, fog=0.18), name=f"field{at}"
        )
        for row in dice.grid(int(4 * view.aspect) + 1, 3):
            x = float(row[0]) * view.width
            if abs(row[0] - view.focus_x) > 0.14:
                foot = float(crest[int(min(x, view.width - 1))]) + h * 0.03 * float(row[1])
                size = unit * (0.05 + 0.035 * at) * (0.7 + 0.6 * float(row[2]))
                growth.broadleaf(
                    view, canvas, (x, foot, size), depth=depth, name=f"tree{at}{row[0]:.3f}"
                )
    crest = land.line(view, "front", y=h * 0.8, rise=h * 0.06, cells=1.1)
    land.hill(view, canvas, crest, land.Soil(colour=view.grass, depth=0.04), name="front")
    if not view.snowy:
        _path(view, canvas, crest)
        growth.grass(
            view, canvas, (h * 0.79, h * 0.97), height=unit * 0.036, count=800, name="short"
        )
        growth.flowers(view, canvas, top=h * 0.8, bottom=h * 0.99, count=150, name="bloom")

    def front(over: Array) -> None:
        verge(view, over)
        if not view.snowy:
            growth.flowers(view, over, top=h * 0.94, bottom=h * 1.0, count=26, name="close")

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
