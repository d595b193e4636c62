"""Animals of the sea."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from providers.sketch.colour import rgb
from providers.sketch.pen import Pen


def _turtle(pen: Pen) -> None:
    skin, shell = pen.body("7fa05a"), rgb("6a5a38")
    pen.blob("-.3 .22, -.5 .06, -.66 .02, -.56 .14, -.42 .28", skin)
    pen.blob(".16 .2, .06 .0, .14 -.16, .26 -.1, .34 .2", pen.shade(skin, -0.3))
    pen.blob(".36 .3, .5 .44, .66 .44, .74 .34, .66 .25, .46 .22", skin, volume=0.7)
    pen.blob(
        "-.54 .22, -.42 .46, -.12 .6, .2 .54, .42 .36, .44 .24, .1 .14, -.3 .14", shell, volume=0.9
    )
    for text in (
        "-.32 .3, -.26 .44, -.1 .5, -.04 .36, -.16 .24",
        ".0 .37, -.05 .52, .1 .54, .22 .46, .16 .33, .06 .26",
        ".22 .34, .28 .42, .38 .34, .34 .26",
    ):
        pen.poly(text, "9a8450", volume=0.4)
    pen.blob("-.5 .2, -.3 .16, .1 .16, .42 .25, .1 .11, -.34 .11", "d9cfa0", volume=0.3)
    pen.blob(".2 .24, .14 .0, .0 -.24, .1 -.3, .28 -.1, .38 .2", skin, volume=0.5)
    pen.eye(0.64, 0.375, 0.02)


def _fish(pen: Pen) -> None:
    coat = pen.body("f0832e")
    pale, dark = pen.shade(coat, 0.7), pen.shade(coat, -0.4)
    pen.blob("-.4 .3, -.72 .56, -.66 .3, -.74 .04", dark, volume=0.5)
    pen.blob("-.2 .5, .0 .7, .22 .62, .24 .46", dark, volume=0.4)
    pen.blob("-.1 .12, .0 -.06, .16 .04, .14 .16", dark, volume=0.4)
    pen.blob(
        "-.48 .3, -.28 .46, .06 .56, .36 .46, .52 .3, .36 .14, .06 .06, -.28 .16", coat, volume=0.9
    )
    pen.blob("-.12 .5, -.02 .53, .02 .3, -.02 .08, -.12 .12, -.08 .3", pale, volume=0.3)
    pen.blob(".22 .52, .3 .49, .34 .3, .28 .12, .2 .1, .26 .3", pale, volume=0.3)
    pen.blob(".08 .3, -.06 .2, -.1 .1, .08 .16", dark, volume=0.4)
    pen.oval((0.4, 0.34, 0.045, 0.045), "ffffff", volume=0.2)
    pen.eye(0.41, 0.34, 0.028)
    pen.limb(".51 .28, .45 .25", ".012 .006", dark, volume=0)


def _shark(pen: Pen) -> None:
    coat = pen.body("64788c")
    white = rgb("e6ecf0")
    pen.blob("-.6 .3, -.86 .6, -.78 .3, -.84 .06, -.66 .22", coat)
    pen.poly("-.06 .44, -.1 .72, .16 .44", pen.shade(coat, -0.2))
    pen.blob("-.7 .27, -.36 .4, .1 .48, .5 .4, .76 .26, .5 .16, .1 .1, -.36 .2", coat, volume=0.8)
    pen.blob("-.5 .24, -.1 .22, .4 .24, .72 .24, .5 .15, .1 .1, -.36 .19", white, volume=0.4)
    pen.blob(".14 .2, .0 -.1, -.08 -.12, .0 .16", pen.shade(coat, -0.25))
    pen.limbs(
        ".3 .36, .28 .26 / .25 .36, .23 .26 / .35 .36, .33 .27",
        ".012 .008",
        pen.shade(coat, -0.5),
        volume=0,
    )
    pen.limb(".7 .2, .6 .2, .54 .17", ".01 .014 .006", "2a3440", volume=0)
    pen.eye(0.58, 0.31, 0.018)


def _whale(pen: Pen) -> None:
    coat = pen.body("3f5f80")
    pale = rgb("d7e0e4")
    pen.limb("-.5 .36, -.74 .5, -.86 .7", ".3 .14 .06", coat, volume=0.7)
    pen.blob(
        "-.84 .64, -1.06 .74, -1.12 .88, -.9 .84, -.82 .78, -.72 .94, -.6 .94, -.68 .74",
        pen.shade(coat, -0.15),
        volume=0.4,
    )
    pen.blob(
        "-.66 .42, -.4 .56, .0 .64, .44 .6, .74 .44, .8 .28, .6 .12, .2 .06, -.3 .14",
        coat,
        volume=0.9,
    )
    pen.blob(".8 .28, .6 .24, .2 .22, -.26 .2, -.3 .14, .2 .05, .6 .11", pale, volume=0.5)
    for at in range(5):
        pen.limb(
            f".7 {0.23 - at * 0.028}, .3 {0.2 - at * 0.03}, -.1 {0.18 - at * 0.02}",
            ".004 .009 .004",
            "8fa2b0",
            volume=0,
        )
    pen.blob(".24 .2, .1 -.06, -.04 -.16, .0 .04, .1 .2", pen.shade(coat, -0.2), volume=0.5)
    pen.limb(".79 .3, .6 .28, .44 .34", ".008 .014 .005", pen.shade(coat, -0.5), volume=0)
    pen.eye(0.5, 0.36, 0.022)


def _jellyfish(pen: Pen) -> None:
    coat = pen.body("e58fc4")
    pale = pen.shade(coat, 0.5)
    share = np.linspace(0, 1, 20)
    for at in range(9):
        x = (at - 4) * 0.085
        sway = np.sin(share * 7 + at * 1.3) * 0.05 * (0.4 + share)
        half = 0.014 * (1 - share * 0.7) * (2.2 if at in (3, 4, 5) else 1)
        down = 0.66 - share * (0.66 if at % 2 else 0.5)
        outline = np.concatenate(
            [np.stack([x + sway - half, down], 1), np.stack([x + sway + half, down], 1)[::-1]]
        )
        pen.add([outline], pale if at % 2 else coat, volume=0.2, glow=0.25, opacity=0.7)
    pen.blob(
        "-.42 .64, -.38 .86, -.16 1.02, .16 1.02, .38 .86, .42 .64, .3 .6, .2 .65, .1 .6, .0 .65, -.1 .6, -.2 .65, -.3 .6",
        coat,
        volume=0.9,
        opacity=0.8,
    )
    pen.blob(
        "-.3 .7, -.26 .86, -.1 .96, .1 .96, .26 .86, .3 .7, .0 .76", pale, volume=0.5, opacity=0.4
    )
    for x in (-0.14, 0.0, 0.14):
        pen.oval((x, 0.82, 0.055, 0.05), pale, volume=0.2, glow=0.4, opacity=0.6)


def _octopus(pen: Pen) -> None:
    coat = pen.body("c0504a")
    dark, pale = pen.shade(coat, -0.3), pen.shade(coat, 0.4)
    pen.limb(
        "-.14 .42, -.44 .4, -.62 .2, -.5 .04, -.38 .14", ".16 .12 .08 .05 .02", dark, volume=0.6
    )
    pen.limb(".14 .42, .44 .4, .62 .22, .52 .02, .38 .1", ".16 .12 .08 .05 .02", dark, volume=0.6)
    pen.limb("-.1 .4, -.3 .24, -.28 .02, -.42 -.04", ".16 .12 .08 .02", coat, volume=0.6)
    pen.limb(".1 .4, .3 .26, .26 .04, .4 -.06", ".16 .12 .08 .02", coat, volume=0.6)
    pen.limb("-.03 .4, -.1 .18, .0 .02, -.1 -.1", ".16 .12 .08 .02", coat, volume=0.6)
    pen.limb(".06 .4, .12 .2, .14 .04, .08 -.08", ".14 .1 .06 .02", dark, volume=0.6)
    pen.blob("-.22 .44, -.3 .7, -.2 .94, .0 1.02, .2 .94, .3 .7, .22 .44, .0 .36", coat, volume=0.9)
    for x, y, size in (
        (-0.12, 0.86, 0.04),
        (0.08, 0.92, 0.03),
        (0.16, 0.8, 0.035),
        (-0.02, 0.78, 0.025),
    ):
        pen.oval((x, y, size, size), pale, volume=0.2, opacity=0.5)
    for x in (-0.12, 0.12):
        pen.oval((x, 0.56, 0.075, 0.07), "f6ecd6", volume=0.3)
        pen.oval((x, 0.56, 0.05, 0.022), "1a1418", volume=0)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "turtle": _turtle,
    "fish": _fish,
    "shark": _shark,
    "whale": _whale,
    "jellyfish": _jellyfish,
    "octopus": _octopus,
}
