"""Ground: mountains, hills, dunes, meadows and what grows on them."""

from __future__ import annotations

import numpy as np

from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import bell, blurred, noise, resized, ridge, smooth
from providers.sketch.raster import below, blend, fill
from providers.sketch.view import View


def line(
    view: View,
    name: str,
    *,
    y: float,
    rise: float,
    cells: float,
    sharp: bool = False,
    rough: float = 0.5,
) -> Array:
    """A skyline: one y in pixels per column, `rise` pixels above `y` at its highest."""
    heights = ridge(
        view.dice.stream(name),
        view.width,
        cells=cells * max(view.aspect, 0.7),
        octaves=7 if sharp else 4,
        roughness=rough,
        sharp=sharp,
    )
    return (y - rise * heights).astype(np.float32)


def peaks(
    view: View, canvas: Array, crest: Array, *, depth: float, snow_y: float, name: str
) -> None:
    """Mountains under a crest, with a light and a shadow side and snow above `snow_y`, seen through `depth` of air."""
    mask, top = below(crest, view.height)
    rows, unit = view.height - top, view.unit
    jag = (
        noise(view.dice.stream(name), (rows, view.width), cells=7, octaves=6, roughness=0.62) - 0.5
    )
    down = np.maximum(np.arange(top, view.height, dtype=np.float32)[:, None] - crest[None], 0)
    fine, broad = _slope(crest, unit * 0.006), _slope(crest, unit * 0.04)
    shifted = np.arange(view.width)[None] + jag * unit * 0.2 + np.sin(jag * 9) * down * 0.25
    columns = np.clip(shifted, 0, view.width - 1).astype(np.int64)
    share = np.clip(down / (unit * 0.16), 0, 1)
    face = fine[columns] * (1 - share) + broad[columns] * share
    side = view.light.towards(view.width / 2, float(crest.mean()))[0]
    side = side / max(abs(side), 1e-6) * max(abs(side), 0.4)
    amount = smooth(face * np.float32(side) * 2.4 + jag * 0.35, -0.28, 0.34)
    light = view.light
    dark, bright = light.far(rgb("545a72"), depth, 0.05), light.far(rgb("a89c98"), depth, 1.0)
    tone = dark + (bright - dark) * amount[..., None]
    height = np.arange(top, view.height, dtype=np.float32)[:, None]
    snow = smooth(
        snow_y - height + jag * unit * 0.26 - face * unit * 0.03, -unit * 0.012, unit * 0.012
    )
    white_dark, white = (
        light.far(rgb("b9c8e4"), depth, 0.15),
        light.far(rgb("ffffff"), depth * 0.8, 1.0),
    )
    cap = white_dark + (white - white_dark) * amount[..., None]
    tone = tone + (cap - tone) * snow[..., None]
    foot = smooth(down, unit * 0.1, unit * 0.42)[..., None] * np.float32(0.75)
    tone = tone + (light.haze - tone) * foot
    blend(canvas[top:], mask, tone)


def _slope(crest: Array, radius: float) -> Array:
    soft = blurred(crest[None], radius)[0] if len(crest) > 8 else crest
    return np.gradient(soft).astype(np.float32)


def hill(
    view: View,
    canvas: Array,
    crest: Array,
    colour: Array,
    *,
    depth: float,
    name: str,
    fog: float = 0.0,
    grain: float = 0.16,
) -> None:
    """Rolling ground under a crest: lit from the light's side, mottled, with `fog` rising at its foot."""
    mask, top = below(crest, view.height)
    rows, unit = view.height - top, view.unit
    mottle = (
        noise(view.dice.stream(name), (rows, view.width), cells=9, octaves=4, stretch=3.2) - 0.5
    )
    slope = _slope(crest, unit * 0.02)
    side = view.light.towards(view.width / 2, float(crest.mean()))[0]
    down = np.maximum(np.arange(top, view.height, dtype=np.float32)[:, None] - crest[None], 0)
    near = bell(view.width, view.light.x, view.width * 0.4)[None] * (1 - view.palette.night * 0.5)
    amount = 0.42 + slope[None] * side * 0.9 + mottle * grain * 2.2 + near * 0.3
    amount = np.clip(amount + 0.22 * np.exp(-down / (unit * 0.035)), 0, 1) - 0.3 * smooth(
        down, 0, unit * 0.5
    )
    dark, bright = view.light.far(colour, depth, 0.0), view.light.far(colour, depth, 1.0)
    tone = dark + (bright - dark) * np.clip(amount, 0, 1)[..., None]
    if fog:
        rising = smooth(down, 0, unit * 0.28)[..., None] * np.float32(fog)
        tone = tone + (view.light.haze - tone) * rising
    blend(canvas[top:], mask, tone)


def conifer(x: float, y: float, height: float, wobble: Array) -> Array:
    """The outline of a fir with its foot at (x, y); `wobble` are 16 numbers from 0 to 1."""
    tiers = 8
    points = [(x, y - height)]
    left = []
    width = height * (0.17 + 0.07 * wobble[0])
    for tier in range(1, tiers + 1):
        share = tier / tiers
        reach = width * share**0.9 * (0.8 + 0.4 * wobble[tier])
        drop = y - height * (1 - share * 0.93)
        points.append((x + reach, drop + height * 0.02))
        points.append((x + reach * 0.42, drop - height * 0.012))
        other = width * share**0.9 * (0.8 + 0.4 * wobble[(tier * 3) % 16])
        left.append((x - other, drop + height * 0.02))
        left.append((x - other * 0.42, drop - height * 0.012))
    trunk = [
        (x + height * 0.016, y - height * 0.07),
        (x + height * 0.018, y),
        (x - height * 0.018, y),
    ]
    return np.array(points + trunk + left[::-1], np.float64)


def conifers(
    view: View,
    canvas: Array,
    crest: Array,
    *,
    size: float,
    count: int,
    depth: float,
    name: str,
    clear: float = 0.0,
) -> None:
    """Firs along a crest, `size` pixels tall on average; `clear` keeps that share of the width free at the focus."""
    dice = view.dice.stream(name)
    across, tall = dice.many(count), dice.many(count)
    wobble = dice.grid(count, 16)
    groves = ridge(dice, 64, cells=5, octaves=3)
    green = mix(rgb("2f4f3d"), rgb("e8eef6"), 0.35) if view.snowy else rgb("2f4f3d")
    groups: tuple[list[Array], list[Array]] = ([], [])
    glints: list[Array] = []
    for at in np.argsort(across):
        share = float(across[at])
        if abs(share - view.focus_x) < clear / 2 or groves[int(share * 63)] < 0.3:
            continue
        column = int(min(share * view.width, view.width - 1))
        height = (
            size * (0.55 + 0.75 * float(tall[at])) * (0.6 + 0.6 * float(groves[int(share * 63)]))
        )
        foot = float(crest[column]) + size * 0.06
        tree = conifer(share * view.width, foot, height, wobble[at])
        groups[int(at) % 2].append(tree)
        if view.snowy:
            glints.append(tree * (0.62, 0.9) + (column * 0.38, foot * 0.1 - height * 0.07))
    fill(canvas, groups[0], view.light.far(green, depth, 0.15))
    fill(canvas, groups[1], view.light.far(green, depth, 0.5))
    if glints:
        fill(canvas, glints, view.light.far(rgb("ffffff"), depth, 0.85), opacity=0.55)


def broadleaf(
    view: View, canvas: Array, x: float, y: float, height: float, *, depth: float, name: str
) -> None:
    """A round-crowned tree with its foot at (x, y)."""
    dice = view.dice.stream(name)
    puffs = dice.grid(14, 3)
    trunk = view.light.far(rgb("5a4030"), depth, 0.3)
    stem = np.array(
        [
            [x - height * 0.035, y], [x - height * 0.018, y - height * 0.5],
            [x + height * 0.018, y - height * 0.5], [x + height * 0.04, y],
        ]
    )  # fmt: skip
    fill(canvas, [stem], trunk)
    way = view.light.towards(x, y - height * 0.6)
    for layer, amount in ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)):
        outlines = []
        for puff in puffs:
            angle, reach = puff[0] * 2 * np.pi, np.sqrt(puff[1]) * 0.26
            radius = height * (0.1 + 0.08 * puff[2]) * (1 - 0.33 * layer)
            px = x + np.cos(angle) * reach * height * 0.95 + way[0] * layer * height * 0.06
            py = (
                y
                - height * 0.66
                + np.sin(angle) * reach * height * 0.8
                + way[1] * layer * height * 0.06
            )
            outlines.append(_leafy(px, py, radius, puff))
        fill(canvas, outlines, view.light.far(view.leaf, depth, amount))


def _leafy(x: float, y: float, radius: float, puff: Array) -> Array:
    turn = np.linspace(0, 2 * np.pi, 26, endpoint=False)
    wave = 1 + 0.09 * np.sin(turn * 7 + puff[0] * 9) + 0.06 * np.sin(turn * 11 + puff[1] * 9)
    return np.stack([x + radius * wave * np.cos(turn), y + radius * wave * np.sin(turn)], 1)


def grass(
    view: View,
    canvas: Array,
    *,
    y: float,
    height: float,
    count: int,
    name: str,
    colour: Array | None = None,
) -> None:
    """Blades rooted between `y` and a little below it, in three tones, `height` pixels tall."""
    dice = view.dice.stream(name)
    count = int(count * view.aspect)
    across, root, tall, lean = (dice.many(count) for _ in range(4))
    base = view.grass if colour is None else colour
    for group, amount in enumerate((0.05, 0.4, 0.85)):
        blades = []
        for at in range(group, count, 3):
            x, foot = across[at] * view.width, y + root[at] * height * 0.6
            tip = height * (0.45 + 0.65 * tall[at])
            half = height * 0.035
            bend = (lean[at] - 0.5) * tip * 0.7
            blades.append(
                np.array(
                    [
                        [x - half, foot], [x + bend * 0.35 - half * 0.6, foot - tip * 0.6],
                        [x + bend, foot - tip], [x + bend * 0.35 + half * 0.6, foot - tip * 0.6],
                        [x + half, foot],
                    ]
                )
            )  # fmt: skip
        fill(canvas, blades, view.light.lit(base, amount) * np.float32(0.92))


BLOOMS = ("f4f0e4", "f2c94a", "e8697a", "b48be0", "e8843c", "7fa6ee")


def flowers(view: View, canvas: Array, *, top: float, bottom: float, count: int, name: str) -> None:
    """Small blossoms strewn between two heights, larger towards the viewer."""
    dice = view.dice.stream(name)
    count = int(count * view.aspect)
    across, near, kind = dice.many(count), dice.many(count), dice.many(count)
    hues = [dice.pick(BLOOMS) for _ in range(3)]
    for group, hue in enumerate(hues):
        heads, hearts = [], []
        for at in np.flatnonzero((kind * 3).astype(int) == group):
            share = near[at] ** 1.6
            x, y = across[at] * view.width, top + (bottom - top) * share
            radius = view.unit * (0.002 + 0.0085 * share)
            turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
            wave = radius * (0.75 + 0.3 * np.cos(turn * 5 + kind[at] * 30))
            heads.append(np.stack([x + wave * np.cos(turn), y + wave * 0.75 * np.sin(turn)], 1))
            hearts.append(heads[-1] * 0.3 + (x * 0.7, y * 0.7))
        fill(canvas, heads, view.light.lit(rgb(hue), 0.75))
        fill(canvas, hearts, view.light.lit(rgb("8a5a20"), 0.6))


def fog(view: View, canvas: Array, *, y: float, height: float, strength: float, name: str) -> None:
    """A bank of fog centred on a height."""
    wisps = noise(view.dice.stream(name), canvas.shape[:2], cells=3, octaves=4, stretch=4.5)
    band = bell(view.height, y, height)[:, None]
    blend(canvas, np.clip(band * (0.35 + 0.9 * wisps) * strength, 0, 1), view.light.haze)


def rays(view: View, canvas: Array, *, strength: float, name: str) -> None:
    """Shafts of light fanning out from the sun."""
    small = (max(view.height // 4, 4), max(view.width // 4, 4))
    down = np.arange(small[0], dtype=np.float32)[:, None] * 4 - np.float32(view.light.y)
    across = np.arange(small[1], dtype=np.float32)[None] * 4 - np.float32(view.light.x)
    angle = np.arctan2(across, down + view.unit * 0.12)
    beam = ridge(view.dice.stream(name), 512, cells=26, octaves=3)
    index = np.clip((angle / np.pi * 0.5 + 0.5) * 511, 0, 511).astype(np.int64)
    reach = np.exp(-np.hypot(across, down) / (view.unit * 0.75))
    shaft = smooth(beam[index], 0.45, 0.85) * reach * np.float32(strength)
    blend(canvas, np.clip(resized(shaft, canvas.shape[:2]), 0, 1), view.palette.glow)
