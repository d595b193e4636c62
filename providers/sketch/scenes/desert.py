"""Dunes and table mountains."""

from __future__ import annotations

import numpy as np

from providers.sketch import land, sky
from providers.sketch.colour import Array, rgb
from providers.sketch.fields import noise, smooth
from providers.sketch.raster import below, blend, fill
from providers.sketch.view import Stage, View


def desert(view: View) -> Stage:
    """Dunes with a sharp line between light and shadow."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.6, clouds=0.22)
    sky.birds(view, canvas, y=h * 0.36)
    _mesas(view, canvas, h * 0.6)
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


def _mesas(view: View, canvas: Array, y: float) -> None:
    """Flat-topped rocks on the horizon."""
    unit = view.unit
    for nth, row in enumerate(view.dice.stream("mesas").grid(int(3 * view.aspect) + 1, 4)):
        x, wide = float(row[0]) * view.width, unit * (0.07 + 0.13 * float(row[1]))
        tall = unit * (0.035 + 0.085 * float(row[2]))
        jag = view.dice.stream(f"mesa{nth}").grid(2, 9) - 0.5
        share = np.linspace(-1, 1, 9)
        top = y - tall + jag[0] * tall * 0.16
        outline = np.concatenate(
            [
                np.array([[x - wide * 1.35, y + unit * 0.02], [x - wide * 1.08, y - tall * 0.42]]),
                np.stack([x + share * wide * 0.92, top], 1),
                np.array([[x + wide * 1.08, y - tall * 0.42], [x + wide * 1.35, y + unit * 0.02]]),
            ]
        )
        fill(canvas, [outline], view.light.far(rgb("a8664a"), 0.5, 0.2))
        side = -1 if view.light.x < x else 1
        face = np.array(
            [[x + side * wide * 1.35, y + unit * 0.02], [x + side * wide * 1.08, y - tall * 0.42],
             [x + side * wide * 0.92, y - tall * 0.96], [x + side * wide * (0.2 + 0.3 * row[3]), y - tall * 0.98],
             [x + side * wide * 0.42, y - tall * 0.4], [x + side * wide * 0.3, y + unit * 0.02]]
        )  # fmt: skip
        fill(canvas, [face], view.light.far(rgb("c88660"), 0.5, 1.0), opacity=0.75)


def _dune(view: View, canvas: Array, crest: Array, *, depth: float, name: str) -> None:
    mask, top = below(crest, view.height)
    rows, unit = view.height - top, view.unit
    dice = view.dice.stream(name)
    down = np.maximum(np.arange(top, view.height, dtype=np.float32)[:, None] - crest[None], 0)
    bend = noise(dice, (rows, view.width), cells=1.5, octaves=2, stretch=2) - 0.5
    side = np.sign(view.light.x - view.width / 2) or 1.0
    shifted = np.arange(view.width)[None] - side * down * 0.85 + bend * unit * 0.1
    slope = np.gradient(crest).astype(np.float32)
    face = slope[np.clip(shifted, 0, view.width - 1).astype(np.int64)]
    amount = smooth(face * side, -0.05, 0.06) * 0.85 + 0.12
    settled = smooth(down, unit * 0.02, unit * 0.3) * 0.8
    amount = amount + (0.5 - amount) * settled
    ripple = np.sin((down + bend * unit * 0.5 + np.arange(view.width)[None] * 0.12) / unit * 330)
    amount = np.clip(amount + ripple * 0.035 * (1 - depth) + bend * 0.2, 0, 1)
    dark, bright = (
        view.light.far(rgb("b9825c"), depth, 0.1),
        view.light.far(rgb("f3cd92"), depth, 1.0),
    )
    blend(canvas[top:], mask, dark + (bright - dark) * amount[..., None])
