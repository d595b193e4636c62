"""Houses, towers and other things that stand in a landscape."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from providers.sketch.colour import rgb
from providers.sketch.pen import Pen


def _lighthouse(pen: Pen) -> None:
    red, white = pen.body("c8392f"), rgb("f4efe6")
    pen.box((0.12, 0.0, 0.44, 0.18), "e9e1d4")
    pen.poly(".08 .18, .28 .32, .48 .18", "8a4a3a")
    pen.box((0.24, 0.05, 0.32, 0.14), "ffd98a", glow=0.6)
    pen.poly("-.2 .0, .12 .0, .06 .76, -.14 .76", white, volume=0.9)
    for low, high in ((0.1, 0.26), (0.42, 0.58)):
        left = [(-0.2 + 0.06 * y / 0.76) for y in (low, high)]
        right = [(0.12 - 0.06 * y / 0.76) for y in (low, high)]
        pen.poly(
            f"{left[0]} {low}, {right[0]} {low}, {right[1]} {high}, {left[1]} {high}",
            red,
            volume=0.9,
        )
    pen.box((-0.19, 0.75, 0.11, 0.785), "2c3038")
    pen.box((-0.11, 0.785, 0.03, 0.9), "ffe9a8", glow=0.95, volume=0.2)
    pen.limbs(
        "-.11 .785, -.11 .9 / -.04 .785, -.04 .9 / .03 .785, .03 .9 / -.18 .785, -.18 .83 / .1 .785, .1 .83",
        ".012 .012",
        "2c3038",
        volume=0,
    )
    pen.limb("-.18 .83, .1 .83", ".012 .012", "2c3038", volume=0)
    pen.poly("-.14 .9, .06 .9, -.04 1.02", red)
    pen.limb("-.04 1.0, -.04 1.07", ".014 .008", "2c3038", volume=0)
    for y in (0.32, 0.64):
        pen.box((-0.065, y, -0.015, y + 0.07), "39424e", volume=0, round_by=0.02)
    pen.box((-0.08, 0.0, 0.0, 0.09), "5a3a30", round_by=0.03)


def _castle(pen: Pen) -> None:
    wall = pen.body("b3aaa2")
    roof = pen.roof("4f5f8f")
    dark = pen.shade(wall, -0.3)
    for x, wide, low, high in ((-0.12, 0.1, 0.3, 0.92), (0.18, 0.08, 0.3, 0.8)):
        pen.box((x - wide, low, x + wide, high), dark, volume=0.8)
        pen.poly(
            f"{x - wide * 1.25} {high}, {x} {high + wide * 3.2}, {x + wide * 1.25} {high}",
            roof,
            volume=0.5,
        )
        pen.box((x - 0.02, high - 0.16, x + 0.02, high - 0.06), "ffd890", glow=0.6, round_by=0.02)
        _flag(pen, x, high + wide * 3.2)
    pen.box((-0.36, 0.0, 0.38, 0.44), wall)
    _teeth(pen, -0.36, 0.38, 0.44, wall)
    for x, wide, high in ((-0.42, 0.11, 0.62), (0.44, 0.12, 0.56)):
        pen.box((x - wide, 0.0, x + wide, high), wall, volume=0.9)
        pen.box(
            (x - wide * 1.12, high - 0.04, x + wide * 1.12, high), pen.shade(wall, 0.1), volume=0.6
        )
        pen.poly(
            f"{x - wide * 1.25} {high}, {x} {high + wide * 2.5}, {x + wide * 1.25} {high}",
            roof,
            volume=0.5,
        )
        pen.box((x - 0.022, high - 0.24, x + 0.022, high - 0.13), "ffd890", glow=0.6, round_by=0.02)
        _flag(pen, x, high + wide * 2.5)
    pen.box((-0.1, 0.0, 0.14, 0.52), pen.shade(wall, 0.08))
    _teeth(pen, -0.1, 0.14, 0.52, pen.shade(wall, 0.08))
    pen.box((-0.055, -0.02, 0.095, 0.24), "33262a", round_by=0.075, volume=0.1)
    pen.limbs(
        "-.02 .0, -.02 .22 / .02 .0, .02 .24 / .06 .0, .06 .22", ".008 .008", "6a5040", volume=0
    )
    for x in (-0.22, 0.26):
        pen.box((x - 0.02, 0.24, x + 0.02, 0.34), "ffd890", glow=0.5, round_by=0.02)
    pen.poly("-.56 .0, -.5 .03, .5 .03, .6 .0, .5 -.04, -.5 -.04", dark)


def _teeth(pen: Pen, left: float, right: float, y: float, colour: object) -> None:
    count = max(int((right - left) / 0.07), 2)
    step = (right - left) / (count * 2 - 1)
    shapes = []
    for at in range(count):
        x = left + at * 2 * step
        shapes.append(
            np.array([[x, y - 0.005], [x + step, y - 0.005], [x + step, y + 0.04], [x, y + 0.04]])
        )
    pen.add(shapes, colour if isinstance(colour, np.ndarray) else "b3aaa2", volume=0.2)


def _flag(pen: Pen, x: float, y: float) -> None:
    pen.limb(f"{x} {y - 0.02}, {x} {y + 0.11}", ".008 .008", "3a3238", volume=0)
    pen.poly(f"{x} {y + 0.11}, {x + 0.1} {y + 0.085}, {x} {y + 0.055}", "c8392f")


def _house(pen: Pen) -> None:
    wall = pen.body("d8b98a")
    roof, wood = pen.roof("8f4436"), "6a4a38"
    pen.box((0.3, 0.56, 0.42, 0.96), "7d5a4c")
    pen.box((0.28, 0.95, 0.44, 0.99), "5e4238")
    pen.box((-0.5, 0.0, 0.5, 0.5), wall)
    for at in range(5):
        pen.limb(
            f"-.5 {0.09 + at * 0.09}, .5 {0.09 + at * 0.09}",
            ".006 .006",
            pen.shade(wall, -0.25),
            volume=0,
        )
    pen.poly("-.62 .46, -.34 .9, .34 .9, .62 .46", roof, volume=0.4)
    for at in range(4):
        y = 0.55 + at * 0.09
        reach = 0.62 - (y - 0.46) / 0.44 * 0.28
        pen.limb(f"{-reach} {y}, {reach} {y}", ".012 .012", pen.shade(roof, -0.28), volume=0)
    pen.poly("-.64 .44, .64 .44, .62 .49, -.62 .49", pen.shade(roof, -0.3))
    pen.poly("-.18 .62, .0 .82, .18 .62", pen.shade(roof, 0.12))
    pen.box((-0.13, 0.5, 0.13, 0.64), wall)
    pen.box((-0.07, 0.53, 0.07, 0.63), "ffd68a", glow=0.75)
    pen.box((-0.1, 0.0, 0.1, 0.34), wood, round_by=0.02)
    pen.oval((0.065, 0.16, 0.014, 0.014), "e0b84a", volume=0)
    pen.box((-0.14, -0.02, 0.14, 0.02), "9a948c")
    for x in (-0.31, 0.31):
        pen.box((x - 0.11, 0.13, x + 0.11, 0.36), "f2eadc")
        pen.box((x - 0.09, 0.15, x + 0.09, 0.34), "ffd68a", glow=0.75)
        pen.limbs(
            f"{x} .15, {x} .34 / {x - 0.09} .245, {x + 0.09} .245", ".014 .014", "f2eadc", volume=0
        )
        pen.box((x - 0.12, 0.1, x + 0.12, 0.14), "7a9a54")


def _windmill(pen: Pen) -> None:
    wall, cap = pen.body("e6dccb"), pen.roof("7a4a3a")
    pen.poly("-.22 .0, .22 .0, .13 .62, -.13 .62", wall, volume=0.9)
    pen.box((-0.24, 0.2, 0.24, 0.23), "6a4a3a")
    pen.box((-0.05, 0.0, 0.05, 0.14), "5a3f32", round_by=0.03)
    for y in (0.3, 0.46):
        pen.box((-0.03, y, 0.03, y + 0.07), "ffd890", glow=0.5)
    pen.blob("-.16 .6, -.12 .74, .0 .8, .12 .74, .16 .6", cap, volume=0.7)
    turn = pen.dice.uniform(0.1, 1.3)
    for at in range(4):
        angle = turn + at * np.pi / 2
        way, side = (
            np.array([np.cos(angle), np.sin(angle)]),
            np.array([-np.sin(angle), np.cos(angle)]),
        )
        hub = np.array([0.0, 0.68])
        pen.add(
            [
                np.array(
                    [
                        hub - side * 0.008,
                        hub + way * 0.54 - side * 0.008,
                        hub + way * 0.54 + side * 0.008,
                        hub + side * 0.008,
                    ]
                )
            ],
            "5a4034",
            volume=0.1,
        )
        sail = np.array(
            [
                hub + way * 0.1,
                hub + way * 0.53,
                hub + way * 0.53 + side * 0.13,
                hub + way * 0.1 + side * 0.1,
            ]
        )
        pen.add([sail], "f4ecda", volume=0.3, opacity=0.94)
        for rung in range(1, 6):
            foot = hub + way * (0.1 + rung * 0.075)
            pen.add(
                [
                    np.array(
                        [
                            foot,
                            foot + way * 0.008,
                            foot + way * 0.008 + side * 0.125,
                            foot + side * 0.125,
                        ]
                    )
                ],
                "a08a70",
                volume=0,
            )
    pen.oval((0.0, 0.68, 0.035, 0.035), "4a342c")


def _church(pen: Pen) -> None:
    wall, roof = pen.body("ece4d6"), pen.roof("6a5560")
    pen.box((-0.12, 0.0, 0.56, 0.36), wall)
    pen.poly("-.16 .34, .0 .62, .5 .62, .62 .34", roof)
    for x in (0.06, 0.24, 0.42):
        pen.box((x - 0.035, 0.08, x + 0.035, 0.27), "ffd890", glow=0.6, round_by=0.035)
    pen.box((-0.42, 0.0, -0.1, 0.66), pen.shade(wall, 0.1), volume=0.4)
    pen.poly("-.46 .65, -.26 1.16, -.06 .65", roof)
    pen.oval((-0.26, 0.52, 0.07, 0.07), "f6efdf", volume=0.2)
    pen.limbs("-.26 .52, -.26 .57 / -.26 .52, -.22 .52", ".012 .008", "3a3238", volume=0)
    pen.box((-0.33, 0.0, -0.19, 0.24), "5a3f34", round_by=0.07)
    pen.limbs("-.26 1.12, -.26 1.3 / -.31 1.24, -.21 1.24", ".016 .016", "d8b04a", volume=0.2)


def _temple(pen: Pen) -> None:
    roof, wall = pen.body("a8342c"), rgb("eadcc4")
    pen.box((-0.42, 0.0, 0.42, 0.08), "a8a098")
    pen.box((-0.5, -0.03, 0.5, 0.03), "8f8880")
    y, wide = 0.08, 0.34
    for level in range(4):
        tall = 0.15 - 0.015 * level
        pen.box((-wide * 0.8, y, wide * 0.8, y + tall), wall)
        for x in (-0.7, -0.25, 0.25, 0.7):
            pen.box((x * wide - 0.015, y, x * wide + 0.015, y + tall), roof, volume=0.4)
        pen.box((-0.06, y + 0.02, 0.06, y + tall - 0.03), "ffd080", glow=0.6)
        top = y + tall
        eave = wide * 1.42
        pen.blob(
            f"{-eave} {top + 0.05}, {-wide} {top}, 0 {top - 0.01}, {wide} {top}, {eave} {top + 0.05}, {wide * 0.86} {top + 0.075}, {wide * 0.5} {top + 0.13}, {-wide * 0.5} {top + 0.13}, {-wide * 0.86} {top + 0.075}",
            pen.shade(roof, -0.35),
            volume=0.5,
        )
        y, wide = top + 0.1, wide * 0.8
    pen.limb(f"0 {y}, 0 {y + 0.2}", ".03 .008", "d8b04a", volume=0.3)


def _pyramid(pen: Pen) -> None:
    stone = pen.body("dcb474")
    for x, size in ((0.62, 0.46), (0.0, 0.86)):
        pen.poly(
            f"{x - size * 0.78} 0, {x + size * 0.14} 0, {x} {size}",
            pen.shade(stone, 0.12),
            volume=0.1,
        )
        pen.poly(
            f"{x + size * 0.14} 0, {x + size * 0.78} 0, {x} {size}",
            pen.shade(stone, -0.36),
            volume=0.1,
        )
        lines = []
        for at in range(1, 12):
            y = size * at / 12
            left, right = x - size * 0.78 * (1 - at / 12), x + size * 0.78 * (1 - at / 12)
            lines.append(
                np.array(
                    [[left, y], [right, y], [right, y + size * 0.006], [left, y + size * 0.006]]
                )
            )
        pen.add(lines, pen.shade(stone, -0.5), volume=0, opacity=0.35)


def _tower(pen: Pen) -> None:
    wall = pen.body("8f9bb0")
    for wide, low, high in ((0.2, 0.0, 0.5), (0.15, 0.5, 0.78), (0.09, 0.78, 0.94)):
        pen.box((-wide, low, wide, high), wall, volume=0.3)
        pen.box((wide * 0.3, low, wide, high), pen.shade(wall, -0.3), volume=0.1)
        pane = np.array([[0, 0], [wide * 0.12, 0], [wide * 0.12, 0.025], [0, 0.025]])
        panes = [
            pane + np.array([x, y])
            for y in np.arange(low + 0.025, high - 0.03, 0.045)
            for x in np.linspace(-wide * 0.86, wide * 0.8, 7)
            if pen.dice.chance(0.6)
        ]
        if panes:
            pen.add(panes, "ffdc94", volume=0, glow=0.6)
    pen.poly("-.05 .94, .05 .94, .0 1.12", pen.shade(wall, 0.2))
    pen.limb(".0 1.1, .0 1.3", ".014 .005", "d0d4dc", volume=0)


def _tent(pen: Pen) -> None:
    cloth = pen.body("e0943a")
    pen.poly("-.62 .0, -.1 .62, .2 .6, .62 .02", pen.shade(cloth, -0.28), volume=0.3)
    pen.poly("-.62 .0, -.1 .62, .3 .0", cloth, volume=0.3)
    pen.poly("-.24 .0, -.1 .46, .06 .0", "ffcf78", glow=0.7, volume=0)
    pen.poly("-.24 .0, -.1 .46, -.16 .0", pen.shade(cloth, -0.15), volume=0)
    pen.limbs("-.1 .62, -.84 -.03 / .2 .6, .82 -.02", ".008 .006", "efe4cc", volume=0)
    pen.limb("-.1 .6, -.1 .68", ".016 .012", "4a3a30", volume=0)


def _bridge(pen: Pen) -> None:
    stone = pen.body("a89a8c")
    deck = "-1.2 .3, -.7 .44, .0 .52, .7 .44, 1.2 .3"
    spans = []
    for x, half, top in ((-0.72, 0.26, 0.3), (0.0, 0.36, 0.4), (0.72, 0.26, 0.3)):
        turn = np.linspace(0, np.pi, 20)
        spans.append((x, half, np.stack([x + half * np.cos(turn), top * np.sin(turn) - 0.02], 1)))
    outline = [
        (-1.2, -0.02),
        (-1.2, 0.32),
        (-0.7, 0.46),
        (0.0, 0.54),
        (0.7, 0.46),
        (1.2, 0.32),
        (1.2, -0.02),
    ]
    for _, _, arch in spans[::-1]:
        outline += [tuple(point) for point in arch]
    pen.add([np.array(outline)], stone, volume=0.2)
    for x, half, arch in spans:
        outer = (arch - (x, 0)) * ((half + 0.05) / half, 1.14) + (x, 0)
        pen.add([np.concatenate([arch, outer[::-1]])], pen.shade(stone, 0.25), volume=0.2)
    pen.limb(deck, ".06 .06", pen.shade(stone, 0.15), volume=0.3)
    posts = [
        np.array([[x - 0.02, y], [x + 0.02, y], [x + 0.02, y + 0.12], [x - 0.02, y + 0.12]])
        for x, y in (
            (-1.1, 0.33),
            (-0.7, 0.45),
            (-0.35, 0.5),
            (0, 0.53),
            (0.35, 0.5),
            (0.7, 0.45),
            (1.1, 0.33),
        )
    ]
    pen.add(posts, pen.shade(stone, -0.2), volume=0.2)
    pen.limb(
        "-1.1 .44, -.7 .56, .0 .64, .7 .56, 1.1 .44",
        ".025 .025",
        pen.shade(stone, -0.1),
        volume=0.2,
    )


def _campfire(pen: Pen) -> None:
    pen.limbs(
        "-.36 .02, .3 .14 / .36 .02, -.3 .14 / -.1 .0, .1 .16", ".1 .09", "6a4430", volume=0.7
    )
    for x in (-0.42, -0.26, -0.06, 0.14, 0.32, 0.46):
        pen.oval((x, 0.0, 0.09, 0.055), "7c7a80", volume=0.7)
    pen.blob(
        "-.26 .12, -.3 .34, -.16 .5, -.18 .72, .0 .6, .06 .86, .18 .6, .26 .5, .3 .28, .22 .1, .0 .06",
        "f2762a",
        glow=0.9,
        volume=0.3,
    )
    pen.blob(
        "-.16 .12, -.18 .3, -.06 .44, .0 .58, .1 .42, .18 .28, .14 .12, .0 .08",
        "ffc24a",
        glow=0.95,
        volume=0.2,
    )
    pen.blob("-.07 .12, -.06 .24, .01 .36, .08 .22, .06 .12", "fff4c0", glow=1.0, volume=0)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "lighthouse": _lighthouse, "castle": _castle, "house": _house, "windmill": _windmill, "church": _church,
    "temple": _temple, "pyramid": _pyramid, "tower": _tower, "tent": _tent, "bridge": _bridge, "campfire": _campfire,
}  # fmt: skip
