"""What grows: firs, round-crowned trees, grass, flowers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import ridge
from providers.sketch.raster import fill
from providers.sketch.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Grove:
    """Firs: their usual height in pixels, how many, the air before them, the share of the width kept clear at the focus."""

    size: float
    count: int
    depth: float
    clear: float = 0.0


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


def conifers(view: View, canvas: Array, crest: Array, grove: Grove, *, name: str) -> None:
    """Firs along a crest, in groups."""
    dice = view.dice.stream(name)
    across, tall = dice.many(grove.count), dice.many(grove.count)
    wobble = dice.grid(grove.count, 16)
    groves = ridge(dice, 64, cells=5, octaves=3)
    green = mix(rgb("2f5048"), rgb("e8eef6"), 0.16) if view.snowy else rgb("2f4f3d")
    groups: tuple[list[Array], list[Array]] = ([], [])
    caps: list[Array] = []
    for at in np.argsort(across):
        share = float(across[at])
        if abs(share - view.focus_x) < grove.clear / 2 or groves[int(share * 63)] < 0.3:
            continue
        column = int(min(share * view.width, view.width - 1))
        height = (
            grove.size
            * (0.55 + 0.75 * float(tall[at]))
            * (0.6 + 0.6 * float(groves[int(share * 63)]))
        )
        foot = float(crest[column]) + grove.size * 0.06
        tree = conifer(share * view.width, foot, height, wobble[at])
        if view.snowy:
            caps.append(tree)
            tree = tree + np.array([0, height * 0.022])
            tree[:, 0] = (tree[:, 0] - share * view.width) * 0.9 + share * view.width
        groups[int(at) % 2].append(tree)
    fill(canvas, caps, view.light.far(rgb("ffffff"), grove.depth, 0.9))
    fill(canvas, groups[0], view.light.far(green, grove.depth, 0.15))
    fill(canvas, groups[1], view.light.far(green, grove.depth, 0.5))


def broadleaf(
    view: View, canvas: Array, place: tuple[float, float, float], *, depth: float, name: str
) -> None:
    """A round-crowned tree by the x and y of its foot and its height, in pixels."""
    x, y, height = place
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
    view: View, canvas: Array, band: tuple[float, float], *, height: float, count: int, name: str
) -> None:
    """Blades rooted in a band from top to bottom, `height` pixels tall at its bottom and shorter behind."""
    top, bottom = band
    dice = view.dice.stream(name)
    count = int(count * view.aspect)
    across, root, tall, lean = (dice.many(count) for _ in range(4))
    root = np.sort(root**0.9)
    turns = np.arange(count) * 7 % 3
    for group, amount in enumerate((0.08, 0.42, 0.85)):
        blades = []
        for at in np.flatnonzero(turns == group):
            share = float(root[at])
            x, foot = across[at] * view.width, top + (bottom - top) * share
            tip = height * (0.35 + 0.65 * share) * (0.5 + 0.6 * tall[at])
            half = max(tip * 0.05, 0.35)
            bend = (lean[at] - 0.5) * tip * 0.8
            blades.append(
                np.array(
                    [
                        [x - half, foot], [x + bend * 0.35 - half * 0.6, foot - tip * 0.6],
                        [x + bend, foot - tip], [x + bend * 0.35 + half * 0.6, foot - tip * 0.6],
                        [x + half, foot],
                    ]
                )
            )  # fmt: skip
        fill(canvas, blades, view.light.lit(view.grass, amount) * np.float32(0.94))


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
