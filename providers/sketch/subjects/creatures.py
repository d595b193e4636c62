"""Birds, a butterfly, a snail, a dinosaur and a dragon."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from providers.sketch.colour import rgb
from providers.sketch.pen import Pen


def _penguin(pen: Pen) -> None:
    coat = pen.body("2d3442")
    white = rgb("f5f3ee")
    pen.oval((-0.1, 0.03, 0.11, 0.04), "e8963a")
    pen.oval((0.14, 0.03, 0.11, 0.04), "e8963a")
    pen.blob("-.26 .66, -.4 .44, -.4 .24, -.32 .3, -.22 .5", pen.shade(coat, -0.2))
    pen.blob(
        "-.24 .06, -.3 .36, -.26 .68, -.18 .88, .0 .98, .18 .88, .26 .68, .3 .36, .24 .06, .0 .0",
        coat,
        volume=0.8,
    )
    pen.blob(
        "-.16 .08, -.2 .34, -.16 .6, -.06 .72, .04 .74, .14 .7, .22 .54, .24 .34, .18 .08, .0 .03",
        white,
        volume=0.6,
    )
    pen.blob("-.02 .74, .02 .86, .14 .86, .2 .76, .12 .68", white, volume=0.4)
    pen.blob("-.12 .7, .0 .76, .14 .72, .2 .64, .06 .62", "f0b84a", volume=0.2, opacity=0.6)
    pen.poly(".15 .85, .34 .79, .15 .76", "e8963a")
    pen.eye(0.1, 0.84, 0.022)
    pen.blob(".2 .66, .36 .46, .38 .24, .3 .28, .2 .48", coat, volume=0.5)


def _owl(pen: Pen) -> None:
    coat = pen.body("8a6444")
    pale, dark = pen.shade(coat, 0.55), pen.shade(coat, -0.4)
    pen.limb("-.5 .06, .0 .1, .52 .04", ".09 .11 .06", "5b4436", volume=0.6)
    pen.blob("-.12 .16, -.1 -.08, .1 -.08, .12 .16", dark)
    pen.blob(
        "-.28 .4, -.24 .16, .0 .08, .24 .16, .28 .4, .26 .72, .0 .84, -.26 .72", coat, volume=0.9
    )
    pen.blob("-.16 .4, -.12 .18, .0 .14, .12 .18, .16 .4, .1 .58, -.1 .58", pale, volume=0.4)
    for row in range(3):
        for at in range(-1, 2):
            pen.poly(
                f"{at * 0.09 - 0.035} {0.46 - row * 0.1}, {at * 0.09 + 0.035} {0.46 - row * 0.1}, {at * 0.09} {0.41 - row * 0.1}",
                dark,
                volume=0,
            )
    pen.blob("-.3 .6, -.36 .4, -.28 .16, -.18 .3, -.17 .56", dark, volume=0.5)
    pen.blob(".3 .6, .36 .4, .28 .16, .18 .3, .17 .56", dark, volume=0.5)
    pen.poly("-.28 .8, -.3 .98, -.1 .85", dark)
    pen.poly(".28 .8, .3 .98, .1 .85", dark)
    pen.blob(
        "-.28 .68, -.24 .84, .0 .88, .24 .84, .28 .68, .16 .56, .0 .54, -.16 .56", coat, volume=0.6
    )
    for x in (-0.125, 0.125):
        pen.oval((x, 0.71, 0.125, 0.125), pale, volume=0.3)
        pen.oval((x, 0.71, 0.08, 0.08), "f2b83a", volume=0.2)
        pen.oval((x, 0.71, 0.045, 0.045), "17131a", volume=0)
        pen.oval((x + 0.018, 0.73, 0.015, 0.015), "ffffff", volume=0)
    pen.poly("-.035 .67, .035 .67, .0 .58", "e0a03a")
    pen.limbs("-.08 .13, -.08 .06 / .08 .13, .08 .06", ".05 .06", "e0a03a")


def _bird(pen: Pen) -> None:
    coat = pen.body("3f6fae")
    dark, pale = pen.shade(coat, -0.35), pen.shade(coat, 0.6)
    pen.blob(".1 .34, .0 .62, -.12 .86, -.2 .96, -.22 .72, -.22 .5, -.12 .34", dark, volume=0.4)
    pen.poly("-.36 .3, -.82 .34, -.76 .24, -.86 .18, -.36 .18", dark)
    pen.blob(
        "-.44 .26, -.2 .38, .14 .42, .34 .4, .4 .3, .3 .2, .04 .12, -.24 .16", coat, volume=0.8
    )
    pen.blob(".4 .3, .3 .22, .04 .13, -.2 .17, .04 .22, .24 .3", pale, volume=0.4)
    pen.oval((0.36, 0.37, 0.12, 0.11), coat, volume=0.7)
    pen.poly(".46 .4, .6 .36, .46 .33", "e8a23a")
    pen.eye(0.41, 0.4, 0.02)
    pen.blob(
        ".2 .36, .16 .62, .06 .9, -.06 1.06, -.12 .84, -.16 .6, -.1 .34, .04 .28", coat, volume=0.5
    )
    for at in range(4):
        pen.limb(
            f"{0.1 - at * 0.06} .4, {0.06 - at * 0.07} {0.8 - at * 0.1}",
            ".012 .006",
            dark,
            volume=0,
        )


def _duck(pen: Pen) -> None:
    coat = pen.body("a9835c")
    dark = pen.shade(coat, -0.35)
    pen.blob(
        "-.56 .3, -.46 .12, -.2 .0, .16 .0, .38 .12, .4 .26, .24 .36, -.1 .34, -.36 .34",
        coat,
        volume=0.8,
    )
    pen.blob("-.4 .3, -.12 .36, .16 .3, .1 .16, -.16 .12", dark, volume=0.5)
    pen.blob("-.16 .2, .06 .16, .04 .22, -.12 .26", "4a78c8", volume=0.2)
    pen.limb(".3 .26, .36 .46", ".18 .14", "f4efe6", volume=0.5)
    pen.blob(".24 .44, .26 .6, .4 .68, .52 .58, .5 .46, .36 .4", "2f7a58", volume=0.7)
    pen.blob(".48 .58, .66 .54, .68 .48, .5 .48", "eab03a", volume=0.4)
    pen.eye(0.42, 0.58, 0.02)


def _swan(pen: Pen) -> None:
    coat = pen.body("f7f5f0")
    grey = pen.shade(coat, -0.14)
    pen.blob(
        "-.62 .42, -.5 .16, -.24 .0, .2 .0, .42 .14, .42 .28, .2 .34, -.2 .32", coat, volume=0.8
    )
    pen.limb(".34 .2, .5 .4, .34 .64, .38 .88, .5 .9", ".2 .13 .1 .1 .09", coat, volume=0.6)
    pen.blob(".4 .96, .5 .98, .58 .9, .54 .83, .44 .84", coat, volume=0.6)
    pen.poly(".55 .92, .72 .84, .55 .84", "e8823a")
    pen.blob(".54 .93, .6 .9, .56 .85", "1c1a1f", volume=0)
    pen.eye(0.51, 0.92, 0.014)
    for lift in (0.0, 0.07, 0.14):
        pen.blob(
            f"-.66 {0.58 - lift}, -.4 {0.5 - lift}, -.1 {0.5 - lift}, .16 {0.36 - lift}, .1 {0.22 - lift * 0.5}, -.26 {0.2 - lift * 0.5}, -.5 {0.32 - lift}",
            coat if lift != 0.07 else grey,
            volume=0.5,
        )


def _butterfly(pen: Pen) -> None:
    coat = pen.body("f08a2a")
    dark = rgb("2a1c22")
    for side in (-1, 1):
        upper = np.array(
            [
                [0.03, 0.5],
                [0.14, 0.8],
                [0.4, 0.98],
                [0.62, 0.9],
                [0.58, 0.66],
                [0.36, 0.48],
                [0.1, 0.42],
            ]
        )
        lower = np.array(
            [[0.04, 0.44], [0.3, 0.46], [0.5, 0.34], [0.44, 0.12], [0.24, 0.04], [0.1, 0.22]]
        )
        for wing in (lower, upper):
            centre = wing.mean(0)
            for share, tone, volume in ((1.0, dark, 0.3), (0.82, coat, 0.5)):
                shape = (centre + (wing - centre) * share) * (side, 1)
                text = ", ".join(f"{x:.3f} {y:.3f}" for x, y in shape)
                pen.blob(text, tone, volume=volume)
        pen.limbs(
            f"{side * 0.06} .5, {side * 0.48} .8 / {side * 0.06} .48, {side * 0.5} .68 / {side * 0.06} .42, {side * 0.36} .18",
            ".014 .008",
            dark,
            volume=0,
        )
        for x, y in ((0.53, 0.84), (0.56, 0.74), (0.46, 0.92), (0.43, 0.28), (0.36, 0.14)):
            pen.oval((side * x, y, 0.02, 0.02), "f8efdc", volume=0)
    pen.limbs(
        ".0 .66, -.08 .86, -.16 .92 / .0 .66, .08 .86, .16 .92", ".01 .008 .02", dark, volume=0
    )
    pen.limb(".0 .7, .0 .46, .0 .18", ".05 .08 .03", dark, volume=0.6)


def _dragon(pen: Pen) -> None:
    coat = pen.body("3f8a5a")
    dark, pale = pen.shade(coat, -0.4), pen.shade(coat, 0.5)
    wing = pen.shade(coat, -0.25)
    pen.poly(
        "-.02 .62, -.1 .96, -.46 1.2, -.4 .96, -.56 .84, -.38 .8, -.42 .62, -.2 .66",
        dark,
        volume=0.3,
    )
    pen.limb("-.3 .4, -.58 .28, -.82 .4, -1.0 .3, -1.1 .42", ".26 .16 .1 .06 .02", coat, volume=0.7)
    pen.poly("-1.06 .4, -1.24 .52, -1.1 .5, -1.08 .62, -1.0 .4", dark)
    pen.limbs("-.24 .36, -.32 .18, -.22 .06 / .22 .38, .3 .22, .24 .1", ".16 .1 .06", dark)
    pen.blob("-.42 .42, -.26 .58, .06 .64, .34 .6, .4 .46, .2 .3, -.14 .26", coat, volume=0.9)
    pen.limb(".26 .5, .46 .64, .48 .86, .66 .94", ".28 .2 .14 .12", coat, volume=0.7)
    pen.blob(".36 .46, .2 .32, -.12 .28, .06 .36, .3 .5, .5 .68, .5 .6", pale, volume=0.3)
    pen.limbs(
        "-.14 .38, -.2 .18, -.1 .02, .0 .02 / .28 .42, .36 .22, .3 .06, .42 .04",
        ".18 .1 .06 .05",
        coat,
    )
    pen.blob(".54 .96, .62 1.06, .78 1.02, .98 .92, .96 .86, .8 .84, .62 .84", coat, volume=0.7)
    pen.poly(".62 1.02, .44 1.2, .7 1.06", pale)
    pen.poly(".56 .98, .36 1.08, .62 1.04", pale)
    pen.limb(".97 .88, .84 .88, .72 .9", ".01 .014 .006", dark, volume=0)
    pen.poly(".84 .875, .87 .82, .9 .875", "f6efdc")
    pen.oval((0.735, 0.975, 0.026, 0.02), "ffd23a", volume=0, glow=0.5)
    pen.oval((0.74, 0.975, 0.008, 0.02), "1a1010", volume=0)
    for x, y in (
        (0.36, 0.72),
        (0.36, 0.86),
        (0.2, 0.66),
        (0.02, 0.66),
        (-0.16, 0.62),
        (-0.34, 0.52),
        (-0.52, 0.4),
    ):
        pen.poly(
            f"{x - 0.05} {y - 0.03}, {x - 0.04} {y + 0.09}, {x + 0.05} {y - 0.01}", dark, volume=0.2
        )
    pen.poly(
        ".14 .56, .02 1.0, -.2 1.36, -.28 1.1, -.5 1.08, -.44 .88, -.64 .74, -.4 .72, -.3 .58, -.1 .62",
        wing,
        volume=0.4,
    )
    pen.limbs(
        ".12 .58, .0 1.0, -.2 1.36 / .02 .96, -.28 .98, -.5 1.08 / .04 .9, -.28 .78, -.64 .74",
        ".05 .03 .015",
        coat,
        volume=0.4,
    )


def _dinosaur(pen: Pen) -> None:
    coat = pen.body("6f8f4a")
    dark, pale = pen.shade(coat, -0.35), pen.shade(coat, 0.5)
    pen.limb("-.16 .5, -.5 .44, -.8 .5, -1.02 .66", ".36 .22 .1 .02", coat, volume=0.8)
    pen.limb("-.06 .5, -.02 .28, -.12 .14, -.02 .04", ".3 .16 .09 .08", dark, volume=0.6)
    pen.blob(
        "-.34 .52, -.2 .68, .1 .82, .3 .96, .42 .9, .36 .66, .2 .46, -.06 .36, -.28 .4",
        coat,
        volume=0.9,
    )
    pen.blob(".4 .84, .34 .64, .18 .45, -.06 .37, .08 .5, .26 .7", pale, volume=0.4)
    pen.limb(
        "-.14 .5, -.12 .28, -.24 .14, -.12 .03, .0 .03", ".34 .18 .1 .09 .06", coat, volume=0.7
    )
    pen.limb(".3 .66, .42 .6, .46 .52", ".07 .05 .03", dark, volume=0.4)
    pen.blob(
        ".24 .92, .26 1.1, .42 1.18, .62 1.12, .8 1.06, .82 .98, .64 .94, .8 .9, .76 .84, .5 .82, .34 .82",
        coat,
        volume=0.7,
    )
    pen.poly(".5 .95, .82 .98, .8 .9, .56 .9", "5a2a30", volume=0)
    for at in range(5):
        x = 0.56 + at * 0.055
        pen.poly(f"{x} .965, {x + 0.02} .92, {x + 0.04} .97", "f8f2e2", volume=0)
    pen.limbs(
        "-.3 .62, -.2 .52 / -.44 .56, -.38 .46 / -.14 .7, -.06 .58 / .02 .78, .08 .64",
        ".05 .01",
        dark,
        volume=0,
    )
    pen.eye(0.46, 1.07, 0.026, "3a2a08")


def _snail(pen: Pen) -> None:
    skin, shell = rgb("d9b98a"), pen.body("b0683c")
    pen.limbs(".52 .3, .6 .48 / .6 .28, .72 .44", ".04 .03", skin)
    pen.blob(
        "-.62 .02, -.4 .12, .2 .14, .44 .2, .54 .34, .66 .32, .68 .16, .52 .02, .0 .0",
        skin,
        volume=0.7,
    )
    pen.oval((-0.04, 0.36, 0.34, 0.31), shell, volume=0.9)
    angle = np.linspace(0, 5.2 * np.pi, 90)
    reach = 0.29 * (1 - angle / angle[-1]) ** 0.8 + 0.01
    spiral = np.stack(
        [-0.04 + reach * np.cos(angle + 0.4), 0.36 + reach * 0.92 * np.sin(angle + 0.4)], 1
    )
    half = 0.02 * (1 - angle / angle[-1])[:, None] + 0.004
    along = np.gradient(spiral, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    pen.add(
        [np.concatenate([spiral + across * half, (spiral - across * half)[::-1]])],
        pen.shade(shell, -0.45),
        volume=0,
    )
    pen.eye(0.6, 0.49, 0.025)
    pen.eye(0.72, 0.45, 0.025)


def _frog(pen: Pen) -> None:
    skin = pen.body("6aa84a")
    pale = pen.shade(skin, 0.6)
    pen.blob("-.5 .02, -.52 .2, -.36 .34, -.2 .2, -.24 .0", skin, volume=0.7)
    pen.blob(".5 .02, .52 .2, .36 .34, .2 .2, .24 .0", skin, volume=0.7)
    pen.blob("-.3 .06, -.32 .3, -.2 .48, .2 .48, .32 .3, .3 .06, .0 .0", skin, volume=0.9)
    pen.blob("-.18 .06, -.2 .24, .0 .34, .2 .24, .18 .06, .0 .02", pale, volume=0.5)
    pen.blob("-.34 .42, -.3 .56, .0 .62, .3 .56, .34 .42, .0 .34", skin, volume=0.7)
    for side in (-1, 1):
        pen.oval((side * 0.2, 0.6, 0.11, 0.11), skin, volume=0.8)
        pen.oval((side * 0.2, 0.61, 0.075, 0.075), "f4e9b0", volume=0.2)
        pen.oval((side * 0.2, 0.61, 0.05, 0.032), "1a1814", volume=0)
        pen.limb(
            f"{side * 0.16} .22, {side * 0.2} .04, {side * 0.28} .02",
            ".08 .06 .05",
            skin,
            volume=0.5,
        )
        pen.limbs(
            f"{side * 0.38} .03, {side * 0.54} .02 / {side * 0.36} .02, {side * 0.46} -.02",
            ".05 .03",
            skin,
            volume=0.3,
        )
    pen.limb("-.26 .44, .0 .39, .26 .44", ".012 .018 .012", pen.shade(skin, -0.5), volume=0)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "penguin": _penguin,
    "owl": _owl,
    "bird": _bird,
    "duck": _duck,
    "swan": _swan,
    "butterfly": _butterfly,
    "dragon": _dragon,
    "dinosaur": _dinosaur,
    "snail": _snail,
    "frog": _frog,
}
