"""The very front of a landscape."""

from __future__ import annotations

from providers.sketch import growth, land
from providers.sketch.colour import Array, rgb
from providers.sketch.view import View


def verge(view: View, canvas: Array) -> None:
    """What grows at the very front: grass, or drifted snow."""
    h, unit = view.height, view.unit
    if view.snowy:
        crest = land.line(view, "drift", y=h * 0.985, rise=h * 0.035, cells=2)
        land.hill(view, canvas, crest, land.Soil(colour=rgb("f2f6fb"), depth=0.0), name="drift")
        return
    growth.grass(view, canvas, (h * 0.985, h * 1.02), height=unit * 0.08, count=230, name="verge")
