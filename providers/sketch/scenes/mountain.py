"""Snow-capped ranges behind wooded hills."""

from __future__ import annotations

from providers.sketch import growth, land, sky
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.scenes.verge import verge
from providers.sketch.view import Stage, View


def mountain(view: View) -> Stage:
    """Snow-capped ranges behind wooded hills."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    horizon = h * 0.66
    sky.paint(view, canvas, horizon, clouds=0.36)
    sky.birds(view, canvas, y=h * 0.3)
    tall = view.dice.stream("tall").uniform(0.32, 0.46)
    for at, (y, rise, depth) in enumerate(((0.6, tall, 0.52), (0.64, tall * 0.72, 0.3))):
        crest = land.crag(view, f"peak{at}", y=h * y, rise=h * rise, cells=2.1 + at, rough=0.46)
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
        growth.conifers(view, canvas, crest, growth.Grove(size=unit * (0.055 + 0.055 * at), count=int((170 - 70 * at) * view.aspect), depth=depth, clear=0.0 if at == 0 else 0.24), name=f'firs{at}')  # fmt: skip
        land.hill(
            view, canvas, crest, land.Soil(colour=tone, depth=depth, fog=0.4), name=f"slope{at}"
        )
    crest = land.line(view, "front", y=h * 0.84, rise=h * 0.05, cells=1.2)
    land.hill(view, canvas, crest, land.Soil(colour=view.grass, depth=0.0), name="meadow")
    if not view.snowy:
        growth.grass(
            view, canvas, (h * 0.82, h * 0.97), height=unit * 0.034, count=700, name="short"
        )
        growth.flowers(view, canvas, top=h * 0.85, bottom=h * 1.0, count=70, name="bloom")

    def front(over: Array) -> None:
        verge(view, over)

    return Stage(
        canvas=canvas, ground_y=h * 0.92, middle_y=h * 0.8, air_y=h * 0.34, haze=0.14, front=front
    )
