"""A room with a window and a table."""

from __future__ import annotations

import numpy as np

from providers.sketch import land, sky
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import bell, noise, smooth
from providers.sketch.raster import blend, box, coverage, fill
from providers.sketch.view import Stage, View


def interior(view: View) -> Stage:
    """A room with a window, its light falling on a table."""
    canvas = view.blank()
    h, w, unit = view.height, view.width, view.unit
    dice = view.dice.stream("room")
    wall = rgb(dice.pick(("c9b79c", "a9b5a4", "b7a7b4", "9fb0bd", "cfae93")))
    window_x = view.light.x
    wide, tall = unit * 0.5, unit * 0.62
    top = h * 0.5 - unit * 0.42
    across = np.arange(w, dtype=np.float32)[None] - np.float32(window_x)
    down = np.arange(h, dtype=np.float32)[:, None] - np.float32(top + tall / 2)
    fall = np.exp(-np.hypot(across, down) / (unit * 0.62))
    mottle = noise(view.dice.stream("plaster"), (h, w), cells=5, octaves=5) - 0.5
    amount = np.clip(0.12 + fall * 1.0 + mottle * 0.1, 0, 1)
    dark, bright = view.light.lit(wall, 0.0) * np.float32(0.62), view.light.lit(wall, 1.0)
    canvas[:] = dark + (bright - dark) * amount[..., None]
    _outside(view, canvas, box(window_x - wide / 2, top, window_x + wide / 2, top + tall))
    _window_frame(view, canvas, window_x, top, wide, tall)
    _table(view, canvas, h * 0.74)
    _beam(view, canvas, window_x, top + tall * 0.4)
    return Stage(
        canvas=canvas,
        ground_y=h * 0.86,
        middle_y=h * 0.84,
        air_y=h * 0.42,
        haze=0.0,
        shadow=0.55,
        mirror=0.12,
    )


def _outside(view: View, canvas: Array, frame: Array) -> None:
    """The landscape behind the panes."""
    outside = canvas[:].copy()
    horizon = float(frame[0][1] + (frame[2][1] - frame[0][1]) * 0.75)
    sky.paint(view, outside, horizon, clouds=0.4)
    for at in range(2):
        crest = land.line(
            view, f"out{at}", y=horizon + view.unit * 0.05 * at, rise=view.unit * 0.09, cells=3
        )
        land.hill(
            view,
            outside,
            crest,
            land.Soil(colour=mix(view.grass, rgb("6a8f7a"), 0.5), depth=0.5 - 0.25 * at),
            name=f"outside{at}",
        )
    blend(outside, np.full(outside.shape[:2], 0.18, np.float32), view.palette.glow)
    mask, rows, columns = coverage(canvas.shape[:2], [frame])
    if mask.size:
        blend(canvas[rows, columns], mask, outside[rows, columns])


def _window_frame(
    view: View, canvas: Array, x: float, top: float, wide: float, tall: float
) -> None:
    bar = view.unit * 0.016
    left, right, bottom = x - wide / 2, x + wide / 2, top + tall
    wood = rgb("efe6d8")
    bars = [
        box(left - bar, top - bar, right + bar, top + bar * 0.4), box(left - bar, top, left + bar * 0.4, bottom),
        box(right - bar * 0.4, top, right + bar, bottom), box(x - bar * 0.4, top, x + bar * 0.4, bottom),
        box(left, top + tall * 0.42, right, top + tall * 0.42 + bar * 0.7),
    ]  # fmt: skip
    fill(canvas, bars, view.light.lit(wood, 0.3) * np.float32(0.85))
    fill(
        canvas,
        [box(left - bar * 2.4, bottom, right + bar * 2.4, bottom + bar * 2)],
        view.light.lit(wood, 0.95),
    )
    fill(
        canvas,
        [box(left - bar * 2.4, bottom + bar * 2, right + bar * 2.4, bottom + bar * 3.2)],
        view.light.lit(wood, 0.0) * np.float32(0.6),
    )
    cloth = rgb(
        view.dice.stream("curtain").pick(("c8705a", "6f8fa8", "d9a05a", "7f9a76", "e9dcc6"))
    )
    for side in (-1, 1):
        edge = x + side * wide * 0.62
        for fold in range(6):
            share = fold / 5
            start = edge + side * (share - 0.5) * wide * 0.3
            inner = start - side * wide * 0.03
            strip = np.array(
                [
                    [start - wide * 0.036, top - bar * 3],
                    [start + wide * 0.036, top - bar * 3],
                    [inner + wide * 0.05, bottom + tall * 0.16],
                    [inner - wide * 0.05, bottom + tall * 0.16],
                ]
            )
            fill(canvas, [strip], view.light.lit(cloth, 0.25 + 0.6 * (fold % 2)) * np.float32(0.92))
    fill(
        canvas,
        [box(x - wide * 0.84, top - bar * 3.6, x + wide * 0.84, top - bar * 2.4)],
        view.light.lit(rgb("6b4a36"), 0.5),
    )


def _table(view: View, canvas: Array, y: float) -> None:
    h, w = view.height, view.width
    rows = np.arange(h, dtype=np.float32)[:, None]
    mask = np.clip(rows - y + 0.5, 0, 1) * np.ones((1, w), np.float32)
    grain = noise(view.dice.stream("grain"), (h, w), cells=26, octaves=4, stretch=14) - 0.5
    fall = bell(w, view.light.x, view.unit * 0.55)[None] * np.exp(
        -np.maximum(rows - y, 0) / (h * 0.3)
    )
    amount = np.clip(0.2 + 0.8 * fall + grain * 0.34, 0, 1)
    wood = rgb(view.dice.stream("wood").pick(("a9744a", "8a5a3c", "c29a6a", "6f4a38")))
    dark, bright = view.light.lit(wood, 0.0) * np.float32(0.7), view.light.lit(wood, 1.0)
    blend(canvas, mask, dark + (bright - dark) * amount[..., None])
    fill(canvas, [box(0, y, w, y + view.unit * 0.006)], view.light.lit(wood, 1.0), opacity=0.7)


def _beam(view: View, canvas: Array, x: float, y: float) -> None:
    """Sunlight slanting from the window over the table."""
    side = 1.0 if x < view.width / 2 else -1.0
    rows = np.arange(view.height, dtype=np.float32)[:, None]
    across = np.arange(view.width, dtype=np.float32)[None]
    fall = np.maximum(rows - y, 0)
    centre = x + side * fall * 0.62
    wide = view.unit * 0.2 + fall * 0.12
    shaft = smooth(wide - np.abs(across - centre), -view.unit * 0.05, view.unit * 0.05)
    bars = 1 - 0.5 * np.exp(-(((across - centre) / (view.unit * 0.018)) ** 2))
    fade = smooth(fall, 0, view.unit * 0.25)
    blend(
        canvas,
        shaft * bars * fade * np.float32(0.2 * (1 - 0.6 * view.palette.night)),
        view.palette.glow,
    )
