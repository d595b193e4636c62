"""Animals of house and farm, seen from the side, facing right."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from providers.sketch.colour import rgb
from providers.sketch.pen import Pen


def _cat(pen: Pen) -> None:
    coat = pen.body("e0954a")
    dark, pale = pen.shade(coat, -0.35), pen.shade(coat, 0.55)
    pen.limb("-.16 .08, -.42 .06, -.56 .2, -.46 .4", ".1 .1 .09 .06", dark, volume=0.6)
    pen.blob(
        "-.28 .02, -.3 .24, -.2 .46, -.04 .64, .12 .64, .2 .44, .22 .14, .2 .0, -.1 -.02",
        coat,
        volume=0.8,
    )
    pen.oval((-0.13, 0.16, 0.16, 0.17), pen.shade(coat, 0.05), volume=0.7)
    pen.blob(".06 .58, .17 .5, .18 .28, .12 .2, .06 .34", pale, volume=0.4)
    pen.limbs(".07 .34, .08 .03 / .17 .34, .18 .03", ".09 .08", coat)
    pen.oval((0.1, 0.025, 0.07, 0.035), pale)
    pen.oval((0.21, 0.025, 0.07, 0.035), pale)
    pen.oval((-0.06, 0.025, 0.1, 0.035), pale)
    for shift in (0.0, 0.1, 0.2):
        pen.limb(
            f"-.27 {0.2 + shift}, -.18 {0.24 + shift}, -.1 {0.21 + shift}",
            ".02 .035 .005",
            dark,
            volume=0,
        )
    pen.poly("-.06 .8, -.06 1.02, .08 .9", coat)
    pen.poly(".16 .9, .3 1.02, .28 .8", coat)
    pen.poly("-.03 .83, -.03 .96, .05 .89", "d88a84")
    pen.poly(".19 .89, .27 .96, .26 .83", "d88a84")
    pen.oval((0.11, 0.76, 0.205, 0.17), coat, volume=0.8)
    pen.limbs(".11 .92, .11 .85 / .06 .91, .07 .86 / .16 .91, .15 .86", ".03 .008", dark, volume=0)
    pen.oval((0.07, 0.69, 0.065, 0.05), pale)
    pen.oval((0.16, 0.69, 0.065, 0.05), pale)
    pen.poly(".09 .725, .14 .725, .115 .7", "c86a6a")
    for x in (0.03, 0.2):
        pen.oval((x, 0.78, 0.04, 0.042), "c8d86a", volume=0)
        pen.oval((x, 0.78, 0.017, 0.038), "1a1418", volume=0)
        pen.oval((x + 0.012, 0.797, 0.01, 0.01), "ffffff", volume=0)
    pen.limbs(
        "-.02 .7, -.18 .72 / -.02 .68, -.17 .66 / .25 .7, .41 .72 / .25 .68, .4 .66",
        ".006 .003",
        pale,
        volume=0,
    )


def _dog(pen: Pen) -> None:
    coat = pen.body("c98f4e")
    dark, pale = pen.shade(coat, -0.4), pen.shade(coat, 0.45)
    pen.limb("-.22 .12, -.42 .18, -.52 .38", ".09 .08 .03", coat, volume=0.6)
    pen.blob(
        "-.3 .02, -.3 .24, -.18 .46, .0 .64, .16 .6, .24 .4, .2 .1, .14 .0, -.1 -.02",
        coat,
        volume=0.8,
    )
    pen.oval((-0.13, 0.17, 0.17, 0.18), pen.shade(coat, 0.05), volume=0.7)
    pen.limbs(".06 .36, .06 .03 / .18 .36, .2 .03", ".11 .08", coat)
    pen.oval((0.09, 0.03, 0.08, 0.04), pale)
    pen.oval((0.23, 0.03, 0.08, 0.04), pale)
    pen.oval((-0.06, 0.03, 0.12, 0.04), pale)
    pen.blob(".04 .58, .2 .54, .22 .36, .14 .26, .06 .4", pale, volume=0.4)
    pen.blob("-.04 .64, .3 .62, .28 .55, .02 .56", "c23a3a", volume=0.3)
    pen.oval((0.17, 0.53, 0.03, 0.035), "e8c24a", volume=0.5)
    pen.oval((0.14, 0.79, 0.2, 0.185), coat, volume=0.8)
    pen.blob(".14 .8, .28 .8, .42 .75, .44 .68, .36 .63, .2 .64, .12 .7", pale, volume=0.7)
    pen.oval((0.425, 0.745, 0.04, 0.034), "241c1c", volume=0.5)
    pen.limb(".4 .68, .3 .66, .24 .68", ".012 .014 .006", dark, volume=0)
    pen.blob(".3 .655, .38 .665, .37 .58, .33 .56, .3 .6", "e07a86", volume=0.3)
    pen.blob("-.02 .92, -.1 .84, -.13 .66, -.06 .6, .03 .68, .08 .86", dark, volume=0.5)
    pen.eye(0.235, 0.83, 0.026)


def _rabbit(pen: Pen) -> None:
    coat = pen.body("b39a84")
    pale, dark = pen.shade(coat, 0.6), pen.shade(coat, -0.3)
    pen.oval((-0.33, 0.16, 0.1, 0.1), "f6f0ea", volume=0.8)
    pen.blob(
        "-.34 .06, -.36 .28, -.18 .46, .06 .42, .2 .3, .2 .1, .1 .0, -.2 -.01", coat, volume=0.9
    )
    pen.oval((-0.15, 0.18, 0.17, 0.17), pen.shade(coat, 0.07), volume=0.8)
    pen.oval((-0.08, 0.03, 0.17, 0.045), coat)
    pen.limbs(".14 .24, .17 .03", ".12 .07", coat)
    pen.oval((0.2, 0.03, 0.075, 0.035), pale)
    pen.limb(".12 .62, .0 .84, -.06 1.02", ".05 .13 .05", dark, volume=0.5)
    pen.limb(".2 .62, .18 .84, .2 1.06", ".06 .13 .05", coat, volume=0.5)
    pen.limb(".195 .68, .185 .84, .195 .98", ".02 .06 .02", "e3a8a0", volume=0.2)
    pen.oval((0.2, 0.52, 0.17, 0.145), coat, volume=0.8)
    pen.oval((0.3, 0.47, 0.085, 0.07), pale, volume=0.6)
    pen.oval((0.375, 0.5, 0.022, 0.018), "c86a6a")
    pen.eye(0.25, 0.56, 0.027)
    pen.limbs(".32 .47, .46 .5 / .32 .455, .46 .45", ".005 .003", "f6f0ea", volume=0)


def _horse(pen: Pen) -> None:
    coat = pen.body("8c5532")
    dark = pen.shade(coat, -0.4)
    mane = pen.shade(coat, -0.68)
    pen.limb("-.46 .64, -.6 .5, -.58 .24", ".07 .14 .03", mane, volume=0.6)
    pen.limbs("-.34 .46, -.4 .26, -.3 .02 / .3 .48, .4 .3, .34 .12", ".17 .07 .055", dark)
    pen.blob(
        "-.5 .52, -.46 .66, -.26 .7, -.04 .64, .2 .68, .36 .66, .38 .5, .26 .42, -.04 .4, -.3 .42, -.44 .44",
        coat,
        volume=0.9,
    )
    pen.limbs("-.4 .54, -.46 .28, -.42 .02 / .24 .5, .24 .26, .24 .02", ".2 .075 .06", coat)
    for x in (-0.42, 0.24, -0.3):
        pen.limb(f"{x} .06, {x + 0.01} .01", ".06 .075", "241c1e", volume=0.2)
    pen.limb(".22 .58, .38 .8, .5 .98", ".28 .2 .15", coat, volume=0.7)
    pen.blob(".48 1.06, .6 1.0, .74 .82, .76 .74, .68 .72, .56 .82, .44 .9", coat, volume=0.6)
    pen.poly(".5 1.02, .5 1.14, .57 1.03", coat)
    pen.blob(".52 1.08, .4 1.0, .24 .82, .12 .7, .2 .9, .32 1.02, .44 1.1", mane, volume=0.5)
    pen.blob(".5 1.08, .58 1.02, .6 .92, .55 .98", mane, volume=0.3)
    pen.oval((0.735, 0.765, 0.014, 0.012), "1c1416", volume=0)
    pen.eye(0.585, 0.955, 0.02)


def _sheep(pen: Pen) -> None:
    wool = pen.body("f0e9dc")
    face = "3a3338"
    pen.limbs(
        "-.2 .3, -.2 .0 / .18 .3, .18 .0 / -.12 .3, -.1 .02 / .26 .3, .28 .02", ".07 .055", face
    )
    lumps = (
        (-0.34, 0.42),
        (-0.3, 0.58),
        (-0.16, 0.66),
        (0.0, 0.68),
        (0.16, 0.64),
        (0.28, 0.54),
        (0.3, 0.38),
        (-0.26, 0.3),
        (-0.1, 0.26),
        (0.08, 0.26),
        (0.22, 0.28),
        (0.0, 0.46),
    )
    for x, y in lumps:
        pen.oval((x, y, 0.15 if x else 0.3, 0.14 if x else 0.22), wool, volume=0.6)
    pen.blob(".3 .66, .42 .72, .56 .58, .6 .46, .52 .4, .38 .44", face, volume=0.6)
    pen.oval((0.3, 0.58, 0.09, 0.035), face, turn=-30)
    pen.oval((0.36, 0.72, 0.1, 0.07), wool)
    pen.eye(0.47, 0.58, 0.022, "f0e9dc")


def _cow(pen: Pen) -> None:
    hide = pen.body("f1ece4")
    patch, pink = rgb("3a2c2a"), "e6a8a0"
    pen.limb("-.56 .66, -.64 .5, -.62 .28", ".04 .03 .06", patch, volume=0.3)
    pen.limbs("-.38 .4, -.4 .0 / .26 .4, .28 .0", ".14 .08", pen.shade(hide, -0.25))
    pen.blob(
        "-.58 .4, -.58 .66, -.4 .74, .0 .7, .32 .74, .42 .6, .36 .36, .1 .28, -.3 .3",
        hide,
        volume=0.8,
    )
    pen.blob("-.5 .72, -.3 .73, -.2 .58, -.3 .44, -.46 .5, -.56 .6", patch, volume=0.4)
    pen.blob(".02 .7, .2 .72, .26 .56, .12 .44, -.02 .52", patch, volume=0.4)
    pen.oval((-0.26, 0.3, 0.1, 0.07), pink)
    pen.limbs("-.5 .42, -.5 .0 / .16 .4, .16 .0", ".15 .09", hide)
    for x in (-0.5, -0.4, 0.16, 0.28):
        pen.box((x - 0.05, 0.0, x + 0.05, 0.05), "2b2426")
    pen.limbs(".48 .9, .44 1.0, .5 1.04 / .64 .88, .7 .98, .66 1.03", ".04 .035 .015", "e6dcc4")
    pen.blob(
        ".36 .68, .42 .9, .56 .94, .68 .86, .74 .64, .68 .52, .56 .54, .46 .6", hide, volume=0.7
    )
    pen.blob(".42 .88, .36 .86, .26 .88, .3 .78, .42 .8", patch, volume=0.4)
    pen.blob(".56 .92, .68 .86, .7 .74, .6 .76", patch, volume=0.3)
    pen.oval((0.68, 0.59, 0.1, 0.08), pink)
    pen.oval((0.72, 0.6, 0.014, 0.018), "7a4a48", volume=0)
    pen.eye(0.58, 0.79, 0.022)


def _pig(pen: Pen) -> None:
    skin = pen.body("efb0b2")
    dark = pen.shade(skin, -0.25)
    pen.limb("-.5 .5, -.6 .54, -.58 .62, -.66 .6", ".03 .03 .025 .02", dark, volume=0.3)
    pen.limbs("-.26 .3, -.26 .02 / .3 .3, .3 .02", ".13 .1", dark)
    pen.blob("-.5 .3, -.52 .52, -.3 .68, .1 .68, .36 .58, .4 .36, .2 .2, -.3 .18", skin, volume=0.9)
    pen.limbs("-.36 .3, -.36 .02 / .2 .3, .2 .02", ".15 .11", skin)
    for x in (-0.36, -0.26, 0.2, 0.3):
        pen.box((x - 0.055, 0.0, x + 0.055, 0.05), "7a4a4a", round_by=0.02)
    pen.oval((0.4, 0.55, 0.23, 0.22), skin, volume=0.8)
    pen.poly(".22 .7, .24 .9, .38 .76", dark)
    pen.poly(".42 .76, .52 .9, .56 .7", skin)
    pen.oval((0.55, 0.5, 0.1, 0.085), pen.shade(skin, -0.12), volume=0.7)
    pen.oval((0.54, 0.5, 0.016, 0.026), "8a4a50", volume=0)
    pen.oval((0.59, 0.5, 0.016, 0.026), "8a4a50", volume=0)
    pen.eye(0.44, 0.62, 0.024)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "cat": _cat,
    "dog": _dog,
    "rabbit": _rabbit,
    "horse": _horse,
    "sheep": _sheep,
    "cow": _cow,
    "pig": _pig,
}
