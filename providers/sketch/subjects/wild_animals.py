"""Animals of wood and plain, seen from the side, facing right."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from providers.sketch.colour import rgb
from providers.sketch.pen import Pen


def _fox(pen: Pen) -> None:
    coat = pen.body("d9692c")
    dark, white = pen.shade(coat, -0.72), rgb("f7ede0")
    pen.limb("-.16 .12, -.42 .06, -.62 .2, -.56 .44", ".1 .2 .24 .05", coat, volume=0.8)
    pen.limb("-.6 .3, -.57 .38, -.54 .5", ".17 .12 .02", white, volume=0.5)
    pen.limbs("-.02 .3, .0 .03 / .1 .3, .1 .03", ".12 .06", pen.shade(coat, -0.3))
    pen.blob(
        "-.24 .16, -.25 .34, -.1 .54, .06 .68, .2 .6, .24 .42, .19 .16, .1 .02, -.16 .0",
        coat,
        volume=0.8,
    )
    pen.oval((-0.09, 0.17, 0.18, 0.18), pen.shade(coat, 0.06), volume=0.8)
    pen.blob("-.2 .02, -.02 .05, .06 .03, .05 .0, -.18 -.02", dark, volume=0.3)
    pen.blob(".1 .62, .22 .56, .24 .42, .18 .26, .13 .34, .1 .48", white, volume=0.4)
    pen.limbs(".16 .3, .18 .14, .19 .02", ".12 .08 .07", coat)
    pen.limb(".185 .12, .2 .01, .23 .0", ".07 .065 .05", dark, volume=0.3)
    _fox_head(pen)


def _fox_head(pen: Pen) -> None:
    tone = pen.body("d9692c")
    cheek, ear = rgb("f7ede0"), pen.shade(tone, -0.72)
    pen.poly("-.0 .82, .0 1.06, .14 .9", pen.shade(tone, -0.25))
    pen.blob(
        "-.05 .72, .0 .86, .13 .92, .26 .86, .36 .76, .46 .7, .44 .65, .3 .62, .12 .58, -.0 .62",
        tone,
        volume=0.7,
    )
    pen.poly(".1 .86, .14 1.1, .27 .86", tone)
    pen.poly(".13 .88, .155 1.03, .23 .87", ear)
    pen.blob(
        ".46 .69, .36 .68, .26 .72, .12 .66, .0 .66, .02 .58, .16 .54, .34 .6", cheek, volume=0.4
    )
    pen.oval((0.455, 0.695, 0.026, 0.022), "241a1c", volume=0.3)
    pen.eye(0.25, 0.765, 0.022)


def _wolf(pen: Pen) -> None:
    coat = pen.body("7d8694")
    dark, white = pen.shade(coat, -0.4), rgb("e6e8ea")
    pen.limb("-.5 .52, -.66 .44, -.74 .24", ".1 .17 .03", dark, volume=0.7)
    pen.limbs("-.36 .4, -.42 .22, -.36 .02 / .3 .4, .3 .2, .33 .02", ".17 .08 .06", dark)
    pen.blob(
        "-.56 .5, -.46 .64, -.1 .62, .18 .72, .36 .66, .38 .46, .22 .34, -.12 .36, -.36 .34, -.5 .38",
        coat,
        volume=0.8,
    )
    pen.blob(".06 .36, .3 .36, .38 .52, .26 .5, .06 .42, -.2 .42, -.18 .37", white, volume=0.3)
    pen.limbs("-.42 .46, -.5 .24, -.46 .02 / .2 .44, .2 .2, .22 .02", ".2 .08 .07", coat)
    pen.poly(".3 .92, .33 1.1, .44 .94", dark)
    pen.blob(
        ".16 .66, .26 .9, .4 .98, .54 .92, .6 .84, .74 .8, .74 .74, .58 .7, .44 .62, .3 .54",
        coat,
        volume=0.7,
    )
    pen.poly(".38 .94, .44 1.14, .52 .92", coat)
    pen.blob(".74 .77, .62 .76, .48 .76, .36 .62, .44 .6, .58 .69, .73 .73", white, volume=0.3)
    pen.oval((0.745, 0.785, 0.026, 0.022), "1c1a1f")
    pen.eye(0.555, 0.865, 0.02, "3a2a10")


def _deer(pen: Pen) -> None:
    coat = pen.body("a8683c")
    dark, pale = pen.shade(coat, -0.35), pen.shade(coat, 0.55)
    horn = "d9c3a0"
    pen.limbs("-.26 .46, -.3 .24, -.25 .0 / .2 .46, .2 .24, .22 .0", ".12 .045 .04", dark)
    pen.limbs(
        ".38 1.06, .3 1.2, .34 1.42 / .31 1.22, .16 1.34 / .33 1.34, .24 1.46",
        ".035 .03 .012",
        pen.shade(rgb(horn), -0.3),
        volume=0.3,
    )
    pen.blob(
        "-.38 .52, -.36 .62, -.2 .66, .06 .62, .24 .68, .3 .54, .22 .42, -.04 .4, -.26 .42",
        coat,
        volume=0.8,
    )
    pen.oval((-0.38, 0.56, 0.04, 0.07), pale)
    pen.blob("-.2 .43, .1 .41, .22 .46, .06 .47, -.16 .47", pale, volume=0.2)
    pen.limbs("-.3 .5, -.36 .26, -.32 .0 / .14 .48, .13 .24, .14 .0", ".15 .05 .045", coat)
    pen.limbs(
        "-.325 .04, -.32 .0 / .14 .04, .14 .0 / -.25 .04, -.25 .0 / .22 .04, .22 .0",
        ".05 .05",
        "2b2024",
        volume=0.2,
    )
    pen.limb(".2 .56, .3 .78, .4 .98", ".25 .16 .13", coat, volume=0.7)
    pen.blob(".24 .5, .34 .66, .4 .84, .34 .78, .24 .6", pale, volume=0.3)
    pen.blob(".3 .96, .38 1.06, .5 1.03, .64 .92, .66 .86, .58 .83, .44 .86", coat, volume=0.7)
    pen.blob(".36 1.02, .22 1.08, .18 1.02, .28 .96", dark, volume=0.4)
    pen.limbs(
        ".42 1.06, .48 1.22, .42 1.46 / .47 1.2, .6 1.32 / .45 1.34, .55 1.46 / .46 1.28, .38 1.36",
        ".04 .03 .012",
        horn,
        volume=0.4,
    )
    pen.oval((0.655, 0.885, 0.025, 0.025), "2a1c1c")
    pen.eye(0.47, 0.98, 0.022)
    for x, y in ((-0.2, 0.58), (-0.1, 0.6), (0.0, 0.57), (-0.14, 0.53), (-0.04, 0.52)):
        pen.oval((x, y, 0.016, 0.012), pale, volume=0, opacity=0.6)


def _bear(pen: Pen) -> None:
    coat = pen.body("7a5238")
    dark, pale = pen.shade(coat, -0.35), pen.shade(coat, 0.4)
    pen.limbs("-.36 .36, -.36 .06 / .34 .36, .34 .06", ".24 .16", dark)
    pen.blob(
        "-.62 .3, -.62 .54, -.42 .7, -.1 .7, .16 .8, .4 .72, .5 .5, .42 .26, .1 .2, -.34 .18",
        coat,
        volume=0.9,
    )
    pen.limbs("-.46 .36, -.46 .06 / .22 .36, .24 .06", ".28 .18", coat, volume=0.6)
    for x in (-0.42, 0.28, -0.32, 0.38):
        pen.oval((x, 0.03, 0.1, 0.045), dark)
    pen.oval((0.42, 0.86, 0.065, 0.065), coat)
    pen.oval((0.6, 0.86, 0.06, 0.06), dark)
    pen.oval((0.53, 0.7, 0.21, 0.19), coat, volume=0.8)
    pen.oval((0.68, 0.63, 0.12, 0.09), pale, volume=0.7)
    pen.oval((0.775, 0.67, 0.04, 0.03), "1f1718")
    pen.limb(".76 .61, .7 .585, .64 .6", ".01 .012 .005", dark, volume=0)
    pen.eye(0.6, 0.755, 0.022)


def _squirrel(pen: Pen) -> None:
    coat = pen.body("b5663a")
    pale = rgb("f4e6d2")
    pen.blob(
        "-.1 .06, -.4 .1, -.52 .36, -.46 .66, -.6 .84, -.44 .98, -.26 .86, -.22 .6, -.26 .4, -.12 .26",
        pen.shade(coat, -0.15),
        volume=0.9,
    )
    pen.blob("-.22 .02, -.24 .26, -.1 .48, .08 .54, .18 .4, .2 .16, .12 .0", coat, volume=0.8)
    pen.blob(".04 .48, .16 .42, .18 .2, .1 .08, .06 .26", pale, volume=0.4)
    pen.oval((-0.06, 0.16, 0.15, 0.15), pen.shade(coat, 0.06), volume=0.7)
    pen.oval((0.04, 0.03, 0.15, 0.035), coat)
    pen.poly("-.02 .78, .0 .94, .1 .8", coat)
    pen.blob("-.04 .62, .0 .78, .14 .82, .3 .7, .32 .64, .2 .54, .04 .52", coat, volume=0.7)
    pen.poly(".1 .8, .15 .95, .22 .78", coat)
    pen.oval((0.21, 0.6, 0.09, 0.06), pale, volume=0.3)
    pen.oval((0.32, 0.67, 0.022, 0.02), "241a1c")
    pen.eye(0.17, 0.71, 0.028)
    pen.limb(".06 .42, .2 .36, .28 .42", ".07 .06 .05", coat, volume=0.5)
    pen.oval((0.31, 0.44, 0.06, 0.07), "a9773c", volume=0.8)
    pen.blob(".25 .48, .31 .54, .37 .48, .31 .46", "6a4426", volume=0.5)


def _elephant(pen: Pen) -> None:
    coat = pen.body("8b8e99")
    dark = pen.shade(coat, -0.3)
    pen.limb("-.6 .6, -.68 .44, -.66 .3", ".04 .03 .04", dark, volume=0.3)
    pen.limbs("-.34 .4, -.34 .04 / .22 .4, .24 .04", ".24 .19", dark)
    pen.blob(
        "-.62 .5, -.54 .74, -.26 .84, .08 .8, .34 .7, .36 .46, .2 .32, -.16 .28, -.5 .3",
        coat,
        volume=0.9,
    )
    pen.limbs("-.46 .42, -.46 .04 / .1 .4, .11 .04", ".26 .2", coat)
    pen.limb(".66 .56, .8 .3, .76 .1, .86 .04", ".2 .13 .09 .06", coat, volume=0.6)
    pen.blob(".3 .62, .34 .86, .54 .94, .72 .84, .76 .6, .64 .46, .46 .46", coat, volume=0.8)
    pen.limb(".66 .5, .82 .44, .92 .52", ".06 .045 .015", "f1e6d0", volume=0.5)
    pen.blob(".44 .86, .28 .9, .12 .8, .1 .58, .22 .42, .34 .46, .42 .64", dark, volume=0.4)
    pen.blob(".4 .82, .28 .85, .17 .77, .16 .6, .24 .48, .32 .52, .38 .66", coat, volume=0.4)
    pen.eye(0.6, 0.72, 0.022)
    for x in (-0.5, -0.42, 0.07, 0.15):
        pen.oval((x, 0.02, 0.03, 0.02), "d8d0c8", volume=0)


def _giraffe(pen: Pen) -> None:
    coat = pen.body("e2b563")
    patch = pen.shade(coat, -0.5)
    pen.limb("-.3 .68, -.4 .52, -.38 .38", ".03 .02 .05", patch, volume=0.3)
    pen.limbs(
        "-.18 .54, -.2 .28, -.18 .0 / .2 .54, .22 .28, .22 .0",
        ".1 .05 .045",
        pen.shade(coat, -0.25),
    )
    pen.blob(
        "-.34 .6, -.3 .74, -.06 .78, .2 .84, .3 .7, .22 .54, -.06 .5, -.26 .52", coat, volume=0.8
    )
    pen.limbs("-.26 .58, -.29 .28, -.27 .0 / .13 .56, .13 .28, .13 .0", ".12 .055 .05", coat)
    pen.limb(".16 .7, .3 1.04, .42 1.4", ".24 .13 .1", coat, volume=0.7)
    pen.limb(".12 .86, .25 1.12, .36 1.42", ".03 .03 .03", patch, volume=0.2)
    pen.blob(
        ".36 1.36, .38 1.5, .48 1.52, .64 1.42, .66 1.36, .56 1.33, .46 1.34", coat, volume=0.7
    )
    pen.limbs(".4 1.5, .39 1.6 / .46 1.51, .47 1.6", ".022 .034", patch, volume=0.3)
    pen.blob(".37 1.47, .26 1.53, .25 1.47, .34 1.43", coat, volume=0.4)
    pen.oval((0.64, 1.38, 0.03, 0.03), pen.shade(coat, 0.5))
    pen.eye(0.5, 1.45, 0.02)
    spots = ((-0.22, 0.66, 0.05), (-0.1, 0.7, 0.055), (0.02, 0.64, 0.05), (-0.1, 0.58, 0.04), (0.12, 0.74, 0.05), (0.16, 0.62, 0.04),
             (0.2, 0.86, 0.04), (0.26, 0.96, 0.035), (0.3, 1.06, 0.03), (0.34, 1.18, 0.028), (0.38, 1.29, 0.024), (-0.28, 0.44, 0.025), (0.13, 0.44, 0.025))  # fmt: skip
    for x, y, size in spots:
        pen.poly(
            f"{x - size} {y - size * 0.4}, {x - size * 0.5} {y + size * 0.8}, {x + size * 0.6} {y + size * 0.7}, {x + size} {y - size * 0.2}, {x + size * 0.1} {y - size * 0.9}",
            patch,
            volume=0.1,
        )


def _lion(pen: Pen) -> None:
    coat = pen.body("d6a552")
    mane, pale = pen.shade(coat, -0.5), pen.shade(coat, 0.5)
    pen.limb("-.56 .54, -.76 .5, -.8 .72", ".06 .045 .04", coat, volume=0.4)
    pen.oval((-0.8, 0.77, 0.06, 0.09), mane)
    pen.limbs(
        "-.38 .4, -.42 .2, -.36 .03 / .22 .38, .24 .03", ".18 .09 .09", pen.shade(coat, -0.28)
    )
    pen.blob(
        "-.6 .5, -.5 .62, -.2 .6, .1 .66, .3 .6, .3 .4, .1 .32, -.3 .34, -.52 .36", coat, volume=0.8
    )
    pen.limbs("-.48 .44, -.54 .22, -.5 .03 / .12 .42, .13 .03", ".2 .1 .1", coat)
    for x in (-0.47, -0.33, 0.16, 0.27):
        pen.oval((x, 0.025, 0.08, 0.035), pale)
    around = ".38 .98, .2 1.0, .06 .9, .0 .72, .02 .54, .12 .4, .28 .34, .46 .4, .56 .54, .58 .74, .52 .9"
    pen.blob(around, mane, volume=0.8)
    pen.oval((0.2, 0.88, 0.055, 0.055), coat)
    pen.oval((0.5, 0.88, 0.05, 0.055), coat)
    pen.oval((0.36, 0.7, 0.18, 0.19), coat, volume=0.7)
    pen.blob(".28 .62, .36 .68, .46 .62, .46 .54, .38 .49, .29 .53", pale, volume=0.5)
    pen.poly(".32 .66, .43 .66, .375 .6", "6a3a34")
    pen.limbs(".375 .6, .375 .55, .33 .54 / .375 .55, .42 .54", ".012 .01 .006", mane, volume=0)
    pen.eye(0.29, 0.745, 0.022)
    pen.eye(0.44, 0.745, 0.022)


def _tiger(pen: Pen) -> None:
    coat = pen.body("e08a34")
    dark, pale = rgb("2e2022"), rgb("f8efe2")
    pen.limb("-.56 .5, -.78 .42, -.92 .56, -.88 .74", ".08 .07 .06 .05", coat, volume=0.5)
    pen.limbs(
        "-.38 .38, -.42 .2, -.36 .03 / .24 .38, .26 .03", ".18 .1 .09", pen.shade(coat, -0.28)
    )
    pen.blob(
        "-.62 .46, -.52 .6, -.2 .58, .14 .66, .34 .6, .34 .38, .1 .3, -.3 .32, -.54 .34",
        coat,
        volume=0.8,
    )
    pen.blob("-.4 .34, .1 .31, .3 .38, .1 .4, -.3 .38", pale, volume=0.2)
    pen.limbs("-.48 .44, -.54 .22, -.5 .03 / .14 .42, .14 .03", ".2 .11 .1", coat)
    for x in (-0.47, -0.33, 0.17, 0.29):
        pen.oval((x, 0.025, 0.08, 0.035), pale)
    stripes = " / ".join(
        f"{x} .6, {x + 0.03} .5, {x - 0.01} .4" for x in (-0.46, -0.34, -0.22, -0.1, 0.02, 0.13)
    )
    pen.limbs(stripes, ".02 .04 .006", dark, volume=0)
    pen.limbs(
        "-.54 .3, -.46 .28 / -.52 .2, -.46 .19 / .09 .26, .19 .25 / .1 .17, .18 .16 / -.8 .44, -.76 .38 / -.93 .56, -.87 .54 / -.9 .7, -.85 .7",
        ".03 .01",
        dark,
        volume=0,
    )
    pen.oval((0.23, 0.88, 0.06, 0.06), coat)
    pen.oval((0.53, 0.88, 0.06, 0.06), coat)
    pen.oval((0.23, 0.88, 0.03, 0.03), pale, volume=0.1)
    pen.oval((0.53, 0.88, 0.03, 0.03), pale, volume=0.1)
    pen.oval((0.38, 0.71, 0.22, 0.2), coat, volume=0.8)
    for x in (0.3, 0.46):
        pen.oval((x, 0.62, 0.09, 0.075), pale, volume=0.4)
        pen.eye(x, 0.755, 0.024)
    pen.poly(".34 .68, .42 .68, .38 .63", "b05a58")
    pen.limbs(
        ".38 .9, .38 .82 / .33 .9, .34 .83 / .43 .9, .42 .83 / .17 .74, .24 .72 / .18 .66, .24 .66 / .59 .74, .52 .72 / .58 .66, .52 .66",
        ".03 .006",
        dark,
        volume=0,
    )


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "fox": _fox,
    "wolf": _wolf,
    "deer": _deer,
    "bear": _bear,
    "squirrel": _squirrel,
    "elephant": _elephant,
    "giraffe": _giraffe,
    "lion": _lion,
    "tiger": _tiger,
}
