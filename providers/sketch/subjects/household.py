"""Things that stand on a table or hang on a wall."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from providers.sketch.colour import rgb
from providers.sketch.pen import Pen


def _cake(pen: Pen) -> None:
    icing = pen.body("f0a8b8")
    pen.oval((0.0, 0.02, 0.54, 0.06), "e9e4dc", volume=0.5)
    for low, high, wide in ((0.04, 0.3, 0.42), (0.3, 0.52, 0.28)):
        pen.box((-wide, low, wide, high), "f4e4c4", round_by=0.03, volume=0.7)
        drips = [(-wide - 0.01, high + 0.03)]
        for at in range(9):
            x = -wide + (at + 0.5) * wide * 2 / 9
            drips += [
                (x - wide * 0.06, high - (0.06 if at % 2 else 0.12)),
                (x + wide * 0.06, high - (0.06 if at % 2 else 0.12)),
            ]
            drips.append((x + wide * 0.11, high - 0.025))
        drips.append((wide + 0.01, high + 0.03))
        pen.blob(", ".join(f"{x:.3f} {y:.3f}" for x, y in drips), icing, volume=0.7)
        pen.oval((0.0, high + 0.015, wide, 0.045), pen.shade(icing, 0.3), volume=0.3)
    for x in (-0.16, 0.0, 0.16):
        pen.limb(f"{x} .52, {x} .7", ".03 .03", "8fc0e8", volume=0.5)
        pen.blob(
            f"{x - 0.025} .73, {x} .82, {x + 0.025} .73, {x} .7", "ffc24a", glow=0.95, volume=0
        )
    for x in np.linspace(-0.36, 0.36, 7):
        pen.oval((float(x), 0.345, 0.035, 0.035), "d83a4a", volume=0.8)


def _burger(pen: Pen) -> None:
    bun = pen.body("d9943f")
    pen.blob(
        "-.44 .12, -.42 .02, -.2 .0, .2 .0, .42 .02, .44 .12, .2 .16, -.2 .16", bun, volume=0.7
    )
    pen.blob("-.47 .2, -.44 .13, .44 .13, .47 .2, .42 .26, -.42 .26", "5a3424", volume=0.6)
    pen.poly(
        "-.46 .28, .46 .28, .4 .24, .3 .16, .22 .24, -.1 .24, -.2 .15, -.3 .24",
        "f5bd3a",
        volume=0.2,
    )
    pen.blob("-.44 .3, -.38 .27, .38 .27, .44 .3, .4 .34, -.4 .34", "d84a36", volume=0.5)
    pen.blob(
        "-.5 .36, -.4 .3, -.3 .35, -.2 .3, -.1 .35, .0 .3, .1 .35, .2 .3, .3 .35, .4 .3, .5 .36, .4 .4, -.4 .4",
        "76b043",
        volume=0.5,
    )
    pen.blob(
        "-.46 .4, -.42 .58, -.24 .72, .0 .76, .24 .72, .42 .58, .46 .4, .2 .37, -.2 .37",
        bun,
        volume=0.9,
    )
    for x, y in (
        (-0.24, 0.6),
        (-0.1, 0.68),
        (0.06, 0.64),
        (0.2, 0.66),
        (0.3, 0.56),
        (-0.02, 0.56),
        (0.14, 0.54),
        (-0.32, 0.52),
        (-0.16, 0.52),
    ):
        pen.oval((x, y, 0.024, 0.014), "f8e8c4", turn=x * 80, volume=0.3)


def _pizza(pen: Pen) -> None:
    crust = pen.body("d9974a")
    pen.oval((0.0, 0.12, 0.72, 0.2), "8f6238", volume=0.4)
    pen.oval((0.0, 0.17, 0.64, 0.2), crust, volume=0.6)
    pen.oval((0.0, 0.19, 0.55, 0.16), "f2c45a", volume=0.3)
    for x, y in (
        (-0.3, 0.2),
        (-0.1, 0.27),
        (0.14, 0.26),
        (0.34, 0.19),
        (0.06, 0.13),
        (-0.2, 0.12),
        (0.24, 0.1),
    ):
        pen.oval((x, y, 0.085, 0.032), "b8382e", volume=0.4)
    for x, y in ((-0.02, 0.2), (0.22, 0.2), (-0.38, 0.15), (0.42, 0.14)):
        pen.blob(
            f"{x - 0.05} {y}, {x} {y + 0.025}, {x + 0.06} {y}, {x} {y - 0.02}", "4f8f3a", volume=0.3
        )
    pen.limbs(
        "-.12 .4, -.16 .5, -.1 .6, -.14 .72 / .1 .42, .06 .52, .12 .62, .08 .74",
        ".02 .035 .03 .005",
        "ffffff",
        volume=0,
    )


def _mug(pen: Pen) -> None:
    glaze = pen.body("d8604a")
    pen.ring((0.36, 0.34, 0.2, 0.2), 0.06, pen.shade(glaze, -0.12), volume=0.6)
    pen.blob(
        "-.36 .58, -.35 .2, -.28 .04, .0 .0, .28 .04, .35 .2, .36 .58, .0 .62", glaze, volume=1.0
    )
    pen.oval((0.0, 0.585, 0.36, 0.085), pen.shade(glaze, 0.3), volume=0.2)
    pen.oval((0.0, 0.575, 0.31, 0.062), "4a2a1a", volume=0.1)
    pen.blob("-.14 .575, .0 .6, .16 .58, .02 .55", "c89a6a", volume=0, opacity=0.8)
    pen.limb("-.33 .14, .0 .09, .33 .14", ".025 .03 .025", pen.shade(glaze, 0.35), volume=0.2)
    steam = "-.12 .66, -.18 .78, -.08 .88, -.14 1.04 / .1 .66, .04 .8, .14 .92, .08 1.1"
    for text in steam.split("/"):
        pen.limb(text, ".02 .05 .05 .005", "ffffff", volume=0, opacity=0.3)


def _teapot(pen: Pen) -> None:
    glaze = pen.body("5f8fa8")
    pen.limb(".3 .2, .46 .3, .52 .46, .66 .54", ".17 .12 .08 .07", glaze, volume=0.8)
    pen.limb(
        "-.34 .46, -.58 .5, -.6 .26, -.36 .16",
        ".06 .055 .05 .05",
        pen.shade(glaze, -0.15),
        volume=0.6,
    )
    pen.blob(
        "-.24 .02, -.42 .16, -.42 .4, -.24 .54, .24 .54, .42 .4, .42 .16, .24 .02",
        glaze,
        volume=1.0,
    )
    pen.blob(
        "-.2 .54, -.14 .62, .0 .65, .14 .62, .2 .54, .0 .51", pen.shade(glaze, -0.2), volume=0.7
    )
    pen.oval((0.0, 0.69, 0.05, 0.045), "e8c86a", volume=0.8)
    for x, y, size in ((-0.16, 0.3, 0.07), (0.04, 0.24, 0.08), (0.2, 0.34, 0.06)):
        for angle in np.linspace(0, 6.28, 5, endpoint=False):
            pen.oval(
                (
                    x + size * 0.6 * np.cos(angle),
                    y + size * 0.6 * np.sin(angle),
                    size * 0.4,
                    size * 0.4,
                ),
                "f6f0ea",
                volume=0.2,
            )
        pen.oval((x, y, size * 0.3, size * 0.3), "f0b84a", volume=0.2)


def _bottle(pen: Pen) -> None:
    glass = pen.body("3f7f62")
    pen.blob(
        "-.2 .02, -.21 .3, -.2 .56, -.12 .7, -.075 .8, -.07 1.02, .07 1.02, .075 .8, .12 .7, .2 .56, .21 .3, .2 .02, .0 -.01",
        glass,
        volume=0.9,
        opacity=0.96,
    )
    pen.box((-0.08, 0.96, 0.08, 1.1), "c9a35a", round_by=0.015, volume=0.7)
    pen.box((-0.2, 0.18, 0.2, 0.5), "f4ecd8", volume=0.7)
    pen.box((-0.2, 0.45, 0.2, 0.475), "c9a35a", volume=0.4)
    pen.limbs(
        "-.11 .4, .11 .4 / -.14 .34, .14 .34 / -.08 .28, .08 .28", ".025 .025", "6a5a4a", volume=0
    )
    pen.limb(
        "-.15 .08, -.155 .5, -.1 .66, -.045 .82, -.045 .94",
        ".016 .022 .02 .016 .01",
        "ffffff",
        volume=0,
        opacity=0.55,
    )


def _vase(pen: Pen) -> None:
    glaze = pen.body("4f78a8")
    for text, hue in (
        ("-.02 .5, -.14 .72, -.2 .9", "e8697a"),
        (".0 .5, .02 .8, .0 1.02", "f2c94a"),
        (".02 .5, .16 .7, .24 .84", "f4f0e4"),
    ):
        pen.limb(text, ".018 .016", "4f7f3a", volume=0.3)
        x, y = (float(part) for part in text.rsplit(",", 1)[1].split())
        for angle in np.linspace(0, 360, 8, endpoint=False):
            way = np.radians(angle)
            pen.oval(
                (x + np.cos(way) * 0.065, y + np.sin(way) * 0.06, 0.05, 0.03),
                hue,
                turn=angle,
                volume=0.5,
            )
        pen.oval((x, y, 0.04, 0.04), "8a5a20", volume=0.6)
    for x, y, turn in ((-0.16, 0.62, 130), (0.2, 0.6, 40), (0.06, 0.66, 70)):
        pen.oval((x, y, 0.1, 0.032), "5f9448", turn=turn, volume=0.4)
    pen.blob(
        "-.12 .0, -.24 .16, -.22 .32, -.1 .44, -.13 .54, .13 .54, .1 .44, .22 .32, .24 .16, .12 .0",
        glaze,
        volume=1.0,
    )
    pen.limb("-.23 .24, .0 .2, .23 .24", ".05 .055 .05", pen.shade(glaze, 0.6), volume=0.3)
    pen.limb("-.13 .53, .0 .52, .13 .53", ".025 .025", pen.shade(glaze, 0.4), volume=0.3)


def _book(pen: Pen) -> None:
    cover = pen.body("a8443a")
    for y, wide, tone in ((0.0, 0.52, rgb("3f6a7a")), (0.13, 0.46, rgb("c99a4a"))):
        pen.box((-wide, y, wide, y + 0.12), tone, round_by=0.02, volume=0.4)
        pen.box((-wide + 0.05, y + 0.022, wide + 0.01, y + 0.098), "f4ead4", volume=0.3)
        pen.limbs(
            f"{-wide + 0.1} {y + 0.045}, {wide} {y + 0.045} / {-wide + 0.1} {y + 0.07}, {wide} {y + 0.07}",
            ".004 .004",
            "c9b890",
            volume=0,
        )
    pen.poly("-.5 .3, .0 .25, .5 .3, .5 .26, .0 .22, -.5 .26", pen.shade(cover, -0.2))
    pen.blob("-.48 .62, -.46 .3, -.22 .3, .0 .26, .0 .58, -.2 .66", "f8f0dc", volume=0.5)
    pen.blob(".48 .62, .46 .3, .22 .3, .0 .26, .0 .58, .2 .66", "efe4ca", volume=0.5)
    for at in range(5):
        y = 0.56 - at * 0.055
        pen.limbs(
            f"-.41 {y}, -.22 {y + 0.02}, -.06 {y - 0.02} / .06 {y - 0.02}, .22 {y + 0.02}, .41 {y}",
            ".01 .01",
            "8a7a68",
            volume=0,
        )
    pen.poly(".3 .63, .36 .62, .36 .2, .33 .24, .3 .21", cover)


def _candle(pen: Pen) -> None:
    wax = pen.body("f1e4c8")
    pen.oval((0.0, 0.88, 0.34, 0.34), "ffc860", glow=0.9, opacity=0.16, volume=0)
    pen.oval((0.0, 0.86, 0.18, 0.2), "ffd880", glow=0.9, opacity=0.25, volume=0)
    pen.oval((0.0, 0.03, 0.28, 0.055), "b08a4a", volume=0.6)
    pen.ring((0.3, 0.07, 0.07, 0.06), 0.02, "b08a4a")
    pen.box((-0.12, 0.03, 0.12, 0.66), wax, round_by=0.02, volume=0.9)
    pen.blob("-.12 .62, -.13 .46, -.09 .44, -.07 .58", pen.shade(wax, 0.3), volume=0.5)
    pen.oval((0.0, 0.66, 0.12, 0.03), pen.shade(wax, 0.4), volume=0.2, glow=0.4)
    pen.limb(".0 .66, .005 .73", ".012 .012", "3a2a22", volume=0)
    pen.blob(
        "-.045 .76, -.04 .84, .0 1.0, .04 .86, .045 .76, .0 .715", "ffb03a", glow=0.98, volume=0
    )
    pen.blob("-.022 .755, .0 .88, .022 .755, .0 .73", "fff6d0", glow=1.0, volume=0)


def _lamp(pen: Pen) -> None:
    iron = pen.body("3f4650")
    pen.oval((0.0, 0.42, 0.46, 0.46), "ffd070", glow=0.9, opacity=0.16, volume=0)
    pen.ring((0.0, 0.9, 0.14, 0.15), 0.022, iron)
    pen.poly("-.24 .7, .24 .7, .1 .84, -.1 .84", iron, volume=0.5)
    pen.box((-0.2, 0.14, 0.2, 0.7), "ffdf96", glow=0.85, volume=0.3, round_by=0.02)
    pen.blob("-.07 .22, -.08 .34, .0 .56, .08 .36, .07 .22, .0 .18", "fff8dc", glow=1.0, volume=0)
    pen.limbs(
        "-.2 .14, -.2 .7 / .2 .14, .2 .7 / -.07 .14, -.07 .7 / .07 .14, .07 .7 / -.2 .42, .2 .42",
        ".024 .024",
        iron,
        volume=0.3,
    )
    pen.box((-0.27, 0.68, 0.27, 0.73), iron, round_by=0.02)
    pen.box((-0.25, 0.08, 0.25, 0.15), iron, round_by=0.02)
    pen.box((-0.3, 0.0, 0.3, 0.08), pen.shade(iron, -0.2), round_by=0.02)


def _clock(pen: Pen) -> None:
    case = pen.body("c8463c")
    pen.limbs("-.26 .16, -.34 .0 / .26 .16, .34 .0", ".06 .05", "8a6a3a", volume=0.5)
    pen.oval((-0.22, 0.84, 0.13, 0.11), "d9b04a", turn=35, volume=0.8)
    pen.oval((0.22, 0.84, 0.13, 0.11), "d9b04a", turn=-35, volume=0.8)
    pen.limb(".0 .8, .0 .92", ".05 .06", "8a6a3a", volume=0.5)
    pen.oval((0.0, 0.44, 0.4, 0.4), case, volume=0.9)
    pen.oval((0.0, 0.44, 0.325, 0.325), "f8f2e2", volume=0.2)
    for at in range(12):
        angle = np.radians(at * 30)
        size = 0.022 if at % 3 == 0 else 0.012
        pen.oval(
            (np.sin(angle) * 0.27, 0.44 + np.cos(angle) * 0.27, size, size), "3a3238", volume=0
        )
    pen.limbs(".0 .44, -.13 .56 / .0 .44, .17 .57", ".03 .016", "2a2428", volume=0)
    pen.limb(".0 .44, .04 .24", ".01 .008", "c8392f", volume=0)
    pen.oval((0.0, 0.44, 0.028, 0.028), "2a2428", volume=0.2)


def _chair(pen: Pen) -> None:
    cloth = pen.body("c77a4a")
    dark = pen.shade(cloth, -0.25)
    pen.limbs(
        "-.3 .16, -.36 .0 / .3 .16, .36 .0 / -.18 .16, -.2 .03 / .18 .16, .2 .03",
        ".045 .03",
        "6a4630",
        volume=0.5,
    )
    pen.blob("-.34 .3, -.38 .7, -.3 .98, .0 1.04, .3 .98, .38 .7, .34 .3, .0 .26", dark, volume=0.8)
    for x, y in ((-0.14, 0.8), (0.14, 0.8), (0.0, 0.68), (-0.14, 0.58), (0.14, 0.58)):
        pen.oval((x, y, 0.018, 0.018), pen.shade(cloth, -0.5), volume=0.3)
    pen.blob(
        "-.34 .3, -.36 .42, -.2 .46, .2 .46, .36 .42, .34 .3, .2 .26, -.2 .26",
        pen.shade(cloth, 0.12),
        volume=0.8,
    )
    pen.blob("-.36 .14, -.36 .28, .36 .28, .36 .14, .0 .12", cloth, volume=0.6)
    pen.blob("-.5 .14, -.52 .46, -.46 .56, -.36 .54, -.32 .44, -.34 .14", cloth, volume=0.8)
    pen.blob(".5 .14, .52 .46, .46 .56, .36 .54, .32 .44, .34 .14", cloth, volume=0.8)


def _globe(pen: Pen) -> None:
    water = pen.body("3f86c0")
    pen.oval((0.0, 0.03, 0.28, 0.05), "7a5030", volume=0.7)
    pen.limb(".0 .04, .0 .18", ".07 .05", "8f6038", volume=0.6)
    pen.ring((0.0, 0.56, 0.44, 0.44), 0.03, "c9a34a", volume=0.5)
    pen.oval((0.0, 0.56, 0.385, 0.385), water, volume=1.0)
    land = "7fae5a"
    pen.blob(
        "-.28 .76, -.12 .88, .0 .84, -.02 .72, -.1 .66, -.06 .56, -.14 .5, -.2 .6, -.3 .62",
        land,
        volume=0.3,
    )
    pen.blob("-.1 .46, .02 .48, .08 .4, .0 .26, -.06 .24, -.12 .36", land, volume=0.3)
    pen.blob(
        ".1 .8, .24 .8, .34 .66, .3 .56, .22 .6, .24 .46, .18 .36, .1 .46, .08 .6, .14 .7",
        land,
        volume=0.3,
    )
    pen.oval((0.0, 0.92, 0.12, 0.025), "f4f6f8", volume=0.1)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "cake": _cake, "burger": _burger, "pizza": _pizza, "mug": _mug, "teapot": _teapot, "bottle": _bottle,
    "vase": _vase, "book": _book, "candle": _candle, "lamp": _lamp, "clock": _clock, "chair": _chair, "globe": _globe,
}  # fmt: skip
