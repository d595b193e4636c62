"""A village among hills."""

from __future__ import annotations

import numpy as np

from providers.sketch import growth, land, sky
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import bell
from providers.sketch.raster import blend, box, fill
from providers.sketch.view import Stage, View


def village(view: View) -> Stage:
    """A village of lit windows among hills."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.6, clouds=0.34)
    crest = land.crag(view, "peak", y=h * 0.6, rise=h * 0.3, cells=2.2, rough=0.46)
    land.peaks(
        view, canvas, crest, depth=0.52, snow_y=h * (0.62 if view.snowy else 0.42), name="face"
    )
    for at, depth in enumerate((0.4, 0.2)):
        crest = land.line(view, f"hill{at}", y=h * (0.63 + 0.09 * at), rise=h * 0.08, cells=1.7)
        growth.conifers(view, canvas, crest, growth.Grove(size=unit * (0.06 + 0.05 * at), count=int(110 * view.aspect), depth=depth, clear=0.1), name=f'firs{at}')  # fmt: skip
        land.hill(
            view,
            canvas,
            crest,
            land.Soil(colour=view.grass, depth=depth * 0.6, fog=0.15),
            name=f"slope{at}",
        )
        rolls = view.dice.stream(f"houses{at}").grid(int((7 - at) * view.aspect) + 1, 3)
        for row in sorted(rolls, key=lambda item: float(item[1])):
            if at == 1 and abs(float(row[0]) - view.focus_x) < 0.17:
                continue
            x = float(row[0]) * view.width
            foot = float(crest[int(min(x, view.width - 1))]) + h * (0.02 + 0.045 * float(row[1]))
            _cottage(
                view,
                canvas,
                (x, foot, unit * (0.05 + 0.035 * at) * (0.8 + 0.4 * float(row[2]))),
                depth=depth * 0.5,
                roll=float(row[2]),
            )
    crest = land.line(view, "front", y=h * 0.85, rise=h * 0.05, cells=1.2)
    land.hill(view, canvas, crest, land.Soil(colour=view.grass, depth=0.0), name="front")

    def front(over: Array) -> None:
        if not view.snowy:
            growth.grass(
                view, over, (h * 0.985, h * 1.02), height=unit * 0.07, count=230, name="verge"
            )

    return Stage(
        canvas=canvas,
        ground_y=h * 0.93,
        middle_y=h * 0.79,
        air_y=h * 0.3,
        haze=0.08,
        shadow=0.35,
        front=front,
    )


def _cottage(
    view: View, canvas: Array, place: tuple[float, float, float], *, depth: float, roll: float
) -> None:
    """A small house with lit windows, by the x and y of its foot and its size, in pixels."""
    x, y, size = place
    light = view.light
    wall = rgb(("d8c3a4", "b8836a", "cdb9c0", "8f6a52")[int(roll * 3.99)])
    left = light.x < x
    tall = size * 0.62
    fill(
        canvas,
        [box(x - size * 0.5, y - tall, x + size * 0.5, y + size * 0.06)],
        light.far(wall, depth, 0.25),
    )
    side = (
        box(x - size * 0.5, y - tall, x, y + size * 0.06)
        if left
        else box(x, y - tall, x + size * 0.5, y + size * 0.06)
    )
    fill(canvas, [side], light.far(wall, depth, 0.8), opacity=0.6)
    roof = rgb("f4f7fb") if view.snowy else rgb("8c4a3c")
    top = np.array(
        [
            [x - size * 0.62, y - tall],
            [x - size * 0.34, y - tall * 1.75],
            [x + size * 0.34, y - tall * 1.75],
            [x + size * 0.62, y - tall],
        ]
    )
    fill(
        canvas,
        [box(x + size * 0.15, y - tall * 2.0, x + size * 0.27, y - tall * 1.4)],
        light.far(rgb("6a4a42"), depth, 0.3),
    )
    fill(canvas, [top], light.far(roof, depth, 0.65))
    fill(
        canvas,
        [box(x - size * 0.62, y - tall * 1.03, x + size * 0.62, y - tall * 0.96)],
        light.far(roof, depth, 0.1),
    )
    panes = [
        box(
            x + at * size - size * 0.09,
            y - tall * 0.72,
            x + at * size + size * 0.09,
            y - tall * 0.36,
        )
        for at in (-0.28, 0.28)
    ]
    glow = max(view.palette.night, 0.5)
    if view.palette.night > 0.2:
        halo = np.outer(
            bell(view.height, y - tall * 0.4, size * 0.5), bell(view.width, x, size * 0.6)
        )
        blend(canvas, halo * np.float32(0.3 * view.palette.night), rgb("ffb85a"))
    fill(canvas, panes, mix(light.far(rgb("3a4454"), depth, 0.4), rgb("ffd27a"), glow))
    fill(
        canvas,
        [box(x - size * 0.07, y - tall * 0.5, x + size * 0.07, y + size * 0.05)],
        light.far(rgb("5a3f30"), depth, 0.4),
    )
