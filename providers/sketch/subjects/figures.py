"""People and things shaped like people."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from providers.sketch.colour import rgb
from providers.sketch.pen import Pen


def _person(pen: Pen) -> None:
    coat = pen.body("b8483a")
    skin = rgb(pen.dice.pick(("e8b890", "c98f66", "8f5c3e", "f0cba8")))
    hair, trousers = rgb(pen.dice.pick(("3a2a22", "6a4428", "1f1a1e", "b0783a"))), rgb("3a4660")
    pen.limbs("-.08 .46, -.11 .24, -.1 .04 / .07 .46, .1 .24, .12 .04", ".13 .09 .07", trousers)
    pen.blob("-.16 .0, -.16 .06, -.08 .08, .0 .02, -.02 -.01", "4a3228")
    pen.blob(".06 .0, .06 .06, .14 .08, .22 .02, .2 -.01", "4a3228")
    pen.blob("-.3 .46, -.3 .68, -.2 .8, -.12 .76, -.14 .46", "7a5a3c", volume=0.7)
    pen.blob(
        "-.18 .4, -.18 .64, -.12 .8, .0 .84, .12 .8, .17 .64, .17 .4, .0 .37", coat, volume=0.8
    )
    pen.limb(".12 .76, .2 .6, .24 .46", ".1 .085 .065", pen.shade(coat, -0.12), volume=0.6)
    pen.limb("-.1 .76, -.15 .6, -.08 .48", ".1 .085 .065", pen.shade(coat, -0.15), volume=0.6)
    pen.oval((0.245, 0.43, 0.035, 0.04), skin)
    pen.oval((-0.06, 0.46, 0.035, 0.035), skin)
    pen.limb(".0 .8, .0 .88", ".08 .08", skin)
    pen.blob("-.1 .85, .0 .8, .13 .82, .11 .87, .0 .88", "e8c25a", volume=0.6)
    pen.oval((0.01, 0.96, 0.1, 0.115), skin, volume=0.8)
    pen.blob(
        "-.11 .88, -.13 1.0, -.06 1.1, .06 1.11, .13 1.04, .1 1.0, .0 1.03, -.04 .96, -.05 .86",
        hair,
        volume=0.6,
    )
    pen.eye(0.065, 0.96, 0.012)


def _astronaut(pen: Pen) -> None:
    suit = pen.body("eef0f2")
    grey, accent = pen.shade(suit, -0.35), "e0703a"
    pen.box((-0.3, 0.4, 0.1, 0.84), grey, round_by=0.08, volume=0.6)
    pen.limbs(
        "-.1 .42, -.14 .22, -.13 .06 / .12 .42, .15 .22, .16 .06", ".2 .16 .15", suit, volume=0.7
    )
    pen.blob("-.24 .0, -.24 .08, -.1 .12, .0 .08, -.02 .0", grey)
    pen.blob(".07 .0, .07 .08, .2 .12, .3 .06, .28 .0", grey)
    pen.blob("-.22 .4, -.24 .66, -.14 .82, .12 .82, .24 .66, .22 .4, .0 .35", suit, volume=0.9)
    pen.limb("-.18 .74, -.34 .6, -.4 .44", ".16 .14 .11", suit, volume=0.7)
    pen.limb(".18 .74, .36 .78, .46 .96", ".16 .14 .11", suit, volume=0.7)
    pen.oval((-0.41, 0.41, 0.065, 0.07), grey)
    pen.oval((0.48, 1.0, 0.065, 0.075), grey)
    for text in ("-.36 .56, -.31 .54", ".38 .84, .43 .8", "-.22 .22, -.06 .22", ".07 .22, .23 .22"):
        pen.limb(text, ".035 .035", accent, volume=0.2)
    pen.box((-0.1, 0.5, 0.12, 0.64), "c9ced6", round_by=0.02)
    for x, hue in ((-0.05, "e04a3a"), (0.01, "4ac06a"), (0.07, "3a8ae0")):
        pen.oval((x, 0.585, 0.02, 0.02), hue, volume=0, glow=0.4)
    pen.oval((0.01, 0.99, 0.23, 0.225), suit, volume=0.9)
    pen.oval((0.05, 0.985, 0.165, 0.15), "b98a3a", volume=0.3)
    pen.oval((0.05, 0.985, 0.15, 0.135), "24304e", volume=0.7)
    pen.blob("-.06 1.02, .0 1.09, .1 1.1, .06 1.06, -.01 1.03", "d8ecff", volume=0, opacity=0.75)
    pen.oval((0.13, 0.93, 0.03, 0.02), "7ab0e0", volume=0, opacity=0.7)


def _robot(pen: Pen) -> None:
    metal = pen.body("8fb0b8")
    dark, joint = pen.shade(metal, -0.4), "5a5f6a"
    pen.limbs("-.12 .36, -.13 .08 / .12 .36, .13 .08", ".07 .07", joint)
    pen.box((-0.24, 0.0, -0.03, 0.1), dark, round_by=0.04)
    pen.box((0.03, 0.0, 0.24, 0.1), dark, round_by=0.04)
    pen.limb("-.24 .68, -.38 .54, -.36 .36", ".065 .06 .06", joint)
    pen.limb(".24 .68, .4 .76, .42 .94", ".065 .06 .06", joint)
    pen.oval((-0.36, 0.32, 0.075, 0.075), dark)
    pen.oval((0.42, 0.98, 0.075, 0.075), dark)
    pen.oval((0.42, 1.01, 0.035, 0.04), joint)
    pen.box((-0.25, 0.32, 0.25, 0.76), metal, round_by=0.09, volume=0.7)
    pen.box((-0.15, 0.46, 0.15, 0.66), dark, round_by=0.03)
    pen.oval((-0.06, 0.56, 0.055, 0.055), "ffb84a", glow=0.8)
    pen.limbs(
        ".04 .6, .11 .6 / .04 .56, .11 .56 / .04 .52, .09 .52", ".015 .015", "7ae8d0", volume=0
    )
    pen.oval((-0.26, 0.68, 0.07, 0.07), dark)
    pen.oval((0.26, 0.68, 0.07, 0.07), dark)
    pen.box((-0.06, 0.75, 0.06, 0.83), joint)
    pen.limb(".0 1.16, .0 1.26", ".02 .02", joint)
    pen.oval((0.0, 1.29, 0.04, 0.04), "ff6a4a", glow=0.9)
    pen.box((-0.24, 0.81, 0.24, 1.17), metal, round_by=0.1, volume=0.7)
    pen.box((-0.18, 0.89, 0.18, 1.09), "1f2a38", round_by=0.07)
    for x in (-0.085, 0.085):
        pen.oval((x, 1.0, 0.048, 0.048), "6af0ff", glow=0.95, volume=0)
    pen.limb("-.06 .925, .0 .915, .06 .925", ".014 .016 .014", "6af0ff", volume=0)


def _wizard(pen: Pen) -> None:
    robe = pen.body("4a4a9e")
    dark, trim = pen.shade(robe, -0.3), "e0b84a"
    pen.limb(".42 -.02, .4 .6, .42 1.02", ".035 .035 .03", "6a4a30", volume=0.5)
    pen.oval((0.42, 1.1, 0.14, 0.14), "9ff0ff", glow=0.9, opacity=0.25, volume=0)
    pen.oval((0.42, 1.1, 0.065, 0.065), "baf6ff", glow=0.95, volume=0.3)
    pen.blob(
        "-.32 .0, -.24 .4, -.16 .72, .0 .84, .16 .74, .24 .4, .34 .0, .0 -.03", robe, volume=0.8
    )
    pen.poly("-.05 .02, .0 .7, .07 .02", dark, volume=0.2)
    pen.limb("-.3 .03, .0 .0, .32 .03", ".03 .03 .03", trim, volume=0.2)
    pen.limb("-.17 .42, .0 .39, .2 .42", ".03 .03", trim, volume=0.2)
    pen.blob(".08 .74, .22 .72, .4 .62, .44 .5, .32 .46, .18 .56", robe, volume=0.6)
    pen.blob("-.1 .74, -.22 .6, -.26 .44, -.14 .42, -.06 .56", dark, volume=0.6)
    pen.oval((0.41, 0.58, 0.045, 0.05), "e8bd98")
    pen.oval((0.01, 0.88, 0.11, 0.12), "e8bd98", volume=0.7)
    pen.blob("-.1 .86, -.06 .7, .03 .5, .1 .68, .13 .86, .06 .82, -.02 .82", "f1efe9", volume=0.6)
    pen.eye(0.055, 0.9, 0.014)
    pen.oval((0.09, 0.865, 0.028, 0.02), "d9a582")
    pen.blob("-.26 .95, -.1 .93, .1 .93, .28 .96, .14 1.01, -.12 1.01", dark, volume=0.4)
    pen.blob(
        "-.14 .98, -.08 1.18, .0 1.36, .1 1.46, .2 1.42, .1 1.36, .12 1.18, .15 .98, .0 .95",
        robe,
        volume=0.7,
    )
    pen.limb("-.14 1.0, .0 .98, .15 1.0", ".04 .045 .04", trim, volume=0.2)


def _knight(pen: Pen) -> None:
    steel = pen.body("aab2be")
    dark, cape = pen.shade(steel, -0.4), rgb("a83232")
    pen.blob("-.1 .8, -.26 .5, -.36 .08, -.1 .06, .0 .5", cape, volume=0.5)
    pen.limbs(
        "-.09 .42, -.11 .22, -.1 .05 / .1 .42, .12 .22, .13 .05", ".16 .12 .1", steel, volume=0.8
    )
    pen.blob("-.2 .0, -.18 .07, -.06 .08, .02 .0", dark)
    pen.blob(".06 .0, .07 .07, .2 .08, .27 .0", dark)
    pen.blob(
        "-.18 .38, -.2 .62, -.14 .8, .0 .84, .14 .8, .2 .62, .18 .38, .0 .34", steel, volume=0.9
    )
    pen.poly("-.13 .72, .13 .72, .12 .42, .0 .36, -.12 .42", cape, volume=0.3)
    pen.limbs(".0 .68, .0 .44 / -.07 .6, .07 .6", ".03 .03", "e8c86a", volume=0.2)
    pen.limb(".18 .74, .32 .62, .36 .5", ".13 .11 .09", steel, volume=0.7)
    pen.poly(".37 .5, .34 1.24, .37 1.34, .4 1.24", "dfe5ec", volume=0.5)
    pen.limb(".26 .54, .48 .54", ".035 .035", "b8903a", volume=0.4)
    pen.limb(".37 .54, .37 .42", ".04 .04", "5a3a28", volume=0.4)
    pen.blob("-.36 .68, -.14 .7, -.12 .5, -.24 .3, -.38 .46", cape, volume=0.5)
    pen.blob("-.34 .66, -.17 .67, -.15 .5, -.24 .35, -.35 .47", pen.shade(cape, -0.25), volume=0.4)
    pen.limbs("-.25 .64, -.24 .4 / -.33 .56, -.17 .57", ".03 .03", "e8c86a", volume=0.2)
    pen.oval((-0.17, 0.76, 0.08, 0.07), steel)
    pen.oval((0.18, 0.76, 0.08, 0.07), steel)
    pen.blob("-.12 .84, -.14 1.0, -.06 1.1, .06 1.1, .14 1.0, .13 .84, .0 .8", steel, volume=0.9)
    pen.poly("-.08 .97, .14 .97, .14 .93, -.08 .93", "1a1a22", volume=0)
    pen.limbs(".03 .9, .03 .84 / .08 .9, .08 .84", ".014 .014", "1a1a22", volume=0)
    pen.blob(".02 1.08, -.06 1.24, -.24 1.26, -.34 1.08, -.2 1.16, -.06 1.1", cape, volume=0.6)


def _snowman(pen: Pen) -> None:
    snow = pen.body("f4f7fc")
    scarf = rgb("c8392f")
    pen.limbs("-.2 .58, -.46 .76 / .2 .58, .46 .78", ".03 .018", "5a4030", volume=0.3)
    pen.limbs("-.4 .72, -.5 .7 / .4 .74, .44 .86", ".018 .01", "5a4030", volume=0.3)
    pen.oval((0.0, 0.24, 0.32, 0.28), snow, volume=1.0)
    pen.oval((0.0, 0.6, 0.24, 0.22), snow, volume=1.0)
    pen.oval((0.0, 0.92, 0.175, 0.165), snow, volume=1.0)
    for y in (0.7, 0.6, 0.5):
        pen.oval((0.02, y, 0.022, 0.022), "2a2a30", volume=0.4)
    pen.blob("-.18 .8, .0 .74, .18 .8, .16 .72, .0 .68, -.17 .73", scarf, volume=0.6)
    pen.blob(".06 .76, .16 .74, .2 .54, .1 .53", pen.shade(scarf, -0.15), volume=0.5)
    pen.eye(-0.06, 0.96, 0.022)
    pen.eye(0.075, 0.96, 0.022)
    pen.poly(".0 .93, .02 .88, .22 .9", "f08a2a", volume=0.6)
    for x, y in ((-0.08, 0.865), (-0.04, 0.84), (0.01, 0.83), (0.06, 0.84)):
        pen.oval((x, y, 0.012, 0.012), "2a2a30", volume=0)
    pen.limb("-.22 1.05, .22 1.05", ".045 .045", "2a2a34", volume=0.4)
    pen.box((-0.14, 1.05, 0.14, 1.28), "2a2a34", round_by=0.02, volume=0.6)
    pen.box((-0.142, 1.07, 0.142, 1.12), scarf)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "person": _person, "astronaut": _astronaut, "robot": _robot, "wizard": _wizard, "knight": _knight,
    "snowman": _snowman,
}  # fmt: skip
