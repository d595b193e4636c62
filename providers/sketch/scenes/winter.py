"""Snowfields and firs."""

from __future__ import annotations

from providers.sketch import growth, land, sky
from providers.sketch.colour import Array, rgb
from providers.sketch.scenes.verge import verge
from providers.sketch.view import Stage, View


def winter(view: View) -> Stage:
    """Snowfields and firs under a cold sky."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.6, clouds=0.34)
    crest = land.crag(view, "peak", y=h * 0.6, rise=h * 0.26, cells=2.4, rough=0.46)
    land.peaks(view, canvas, crest, depth=0.55, snow_y=h * 0.7, name="face")
    for at, depth in enumerate((0.5, 0.28, 0.1)):
        crest = land.line(view, f"hill{at}", y=h * (0.63 + 0.075 * at), rise=h * 0.07, cells=1.8)
        growth.conifers(view, canvas, crest, growth.Grove(size=unit * (0.06 + 0.07 * at), count=int((90 - 26 * at) * view.aspect), depth=depth, clear=0.1 + 0.18 * at), name=f'firs{at}')  # fmt: skip
        land.hill(
            view,
            canvas,
            crest,
            land.Soil(colour=rgb("f2f6fb"), depth=depth * 0.6, fog=0.2),
            name=f"snow{at}",
        )
    crest = land.line(view, "front", y=h * 0.86, rise=h * 0.05, cells=1.3)
    land.hill(view, canvas, crest, land.Soil(colour=rgb("f4f7fb"), depth=0.0), name="front")

    def front(over: Array) -> None:
        verge(view, over)

    return Stage(
        canvas=canvas,
        ground_y=h * 0.93,
        middle_y=h * 0.8,
        air_y=h * 0.36,
        haze=0.1,
        shadow=0.35,
        front=front,
    )
