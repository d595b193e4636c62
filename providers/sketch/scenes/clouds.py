"""The sky above the clouds."""

from __future__ import annotations

from providers.sketch import sky
from providers.sketch.colour import Array
from providers.sketch.view import Stage, View


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
            sky.cumulus(view, over, h * 0.93, unit * 0.15, name="near", haze=0.0)

    return Stage(
        canvas=canvas,
        ground_y=h * 0.87,
        middle_y=h * 0.87,
        air_y=h * 0.44,
        haze=0.08,
        shadow=0.0,
        front=front,
    )
