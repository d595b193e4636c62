"""Open water, calm or stormy."""

from __future__ import annotations

import numpy as np

from providers.sketch import land, sky, water
from providers.sketch.colour import Array, rgb
from providers.sketch.fields import noise, ridge, smooth
from providers.sketch.raster import below, blend, fill
from providers.sketch.view import Stage, View


def sea(view: View) -> Stage:
    """Open water to the horizon; a rock or a strand for those who can't swim."""
    canvas = view.blank()
    h = view.height
    horizon = h * view.dice.stream("horizon").uniform(0.56, 0.62)
    rough = 0.9 if view.palette.disc == "none" or "rain" in view.weather else 0.3
    sky.paint(view, canvas, horizon, clouds=0.5 if rough < 0.5 else 0.86)
    crest = land.crag(view, "isle", y=horizon + 2, rise=h * 0.09, cells=2.4, rough=0.45)
    side = np.arange(view.width, dtype=np.float32) / view.width
    away = smooth(np.abs(side - view.light.x / view.width), 0.16, 0.62)
    land.hill(
        view,
        canvas,
        horizon + 2 - (horizon + 2 - crest) * away,
        land.Soil(colour=rgb("5c6a72"), depth=0.62),
        name="isle",
    )
    sky.birds(view, canvas, y=h * 0.34)
    if view.standing == "" and rough < 0.5:
        _far_sail(view, canvas, horizon)
    water.surface(view, canvas, horizon, rough=rough, name="sea")
    if rough > 0.5:
        for at in range(4):
            water.swell(
                view,
                canvas,
                y=h * (0.68 + 0.07 * at),
                height=h * (0.03 + 0.014 * at),
                name=f"swell{at}",
                near=at / 3,
            )
    if view.standing in {"ground", "table"}:
        _strand(view, canvas)
    elif view.standing == "middle":
        _rock(view, canvas, h * 0.7)

    def front(over: Array) -> None:
        if rough > 0.5 and view.standing in {"water", "middle", "deep"}:
            water.swell(view, over, y=h * 0.88, height=h * 0.05, name="near0", near=0.8)
            water.swell(view, over, y=h * 0.99, height=h * 0.06, name="near1", near=1.0)

    return Stage(
        canvas=canvas, ground_y=h * 0.93, middle_y=h * 0.695, air_y=h * 0.32, water_y=h * 0.74,
        haze=0.06,
        mirror=0.0 if view.standing in {"ground", "table", "middle"} else 0.6 if rough < 0.5 else 0.2, front=front,
    )  # fmt: skip


def _far_sail(view: View, canvas: Array, horizon: float) -> None:
    """A small boat under sail far out, where nothing else is the subject."""
    x, size = view.focus_x * view.width, view.unit * view.dice.stream("sail").uniform(0.05, 0.08)
    y = horizon + 1
    hull = np.array(
        [
            [x - size * 0.42, y - size * 0.12],
            [x + size * 0.5, y - size * 0.14],
            [x + size * 0.32, y + 1],
            [x - size * 0.3, y + 1],
        ]
    )
    fill(canvas, [hull], view.light.far(rgb("5a3a30"), 0.25, 0.2))
    main = np.array(
        [
            [x + size * 0.02, y - size * 1.2],
            [x + size * 0.42, y - size * 0.2],
            [x + size * 0.02, y - size * 0.18],
        ]
    )
    jib = np.array(
        [
            [x - size * 0.03, y - size * 1.1],
            [x - size * 0.36, y - size * 0.2],
            [x - size * 0.03, y - size * 0.18],
        ]
    )
    fill(canvas, [main], view.light.far(rgb("ffffff"), 0.12, 0.9))
    fill(canvas, [jib], view.light.far(rgb("f4e4d0"), 0.2, 0.55))


def _strand(view: View, canvas: Array) -> None:
    """A beach across the front, wet at its edge."""
    h, unit = view.height, view.unit
    crest = land.line(view, "strand", y=h * 0.86, rise=h * 0.06, cells=1.1)
    foam = crest - unit * 0.012 + unit * 0.006 * np.sin(np.arange(view.width) / unit * 60)
    land.hill(
        view,
        canvas,
        foam.astype(np.float32),
        land.Soil(colour=rgb("eef4f4"), depth=0.05),
        name="foam",
    )
    land.hill(view, canvas, crest, land.Soil(colour=rgb("b79a72"), depth=0.0), name="wet")
    land.hill(
        view, canvas, crest + h * 0.022, land.Soil(colour=rgb("e8cd9c"), depth=0.0), name="strand"
    )


def _rock(view: View, canvas: Array, y: float) -> None:
    """A rocky islet under whatever stands in the middle distance."""
    unit = view.unit
    dice = view.dice.stream("rock")
    x = view.focus_x * view.width
    across = (np.arange(view.width, dtype=np.float32) - x) / (unit * 0.42)
    jag = (
        ridge(dice, view.width, cells=14 * view.aspect, octaves=5, roughness=0.6, sharp=True) - 0.5
    )
    mound = np.clip(1 - across**2, 0, 1) ** 0.42
    crest = y + unit * 0.075 - mound * unit * (0.085 + jag * 0.05)
    crest = np.where(mound > 0, crest, y + unit * 0.12).astype(np.float32)
    mask, top = below(crest, view.height)
    rows = view.height - top
    stone = noise(dice, (rows, view.width), cells=18, octaves=5, roughness=0.6) - 0.5
    side = view.light.towards(x, y)[0]
    amount = np.clip(0.45 + across[None] * side * 0.55 + stone * 1.1, 0, 1)
    dark, bright = (
        view.light.far(rgb("3d4048"), 0.05, 0.1),
        view.light.far(rgb("9a928c"), 0.05, 0.9),
    )
    down = np.arange(top, view.height, dtype=np.float32)[:, None]
    foot = y + unit * 0.07 + stone * unit * 0.03
    mask = mask * smooth(foot - down, 0, unit * 0.012)
    blend(canvas[top:], mask, dark + (bright - dark) * amount[..., None])
    foam = np.exp(-(((down - foot) / (unit * 0.012)) ** 2)) * smooth(
        1.15 - np.abs(across)[None], 0, 0.2
    )
    blend(
        canvas[top:],
        np.clip(foam * (0.5 + stone), 0, 1).astype(np.float32),
        view.light.lit(rgb("f4f8f8"), 0.8),
    )
