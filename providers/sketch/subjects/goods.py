"""Devices, clothes, instruments and treasures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from providers.sketch.colour import Array, rgb
from providers.sketch.pen import Pen, curve, limb, points


def _watch(pen: Pen) -> None:
    strap, steel = pen.body("6a4632"), rgb("c6ccd4")
    pen.blob("-.17 .64, -.15 .9, -.12 1.1, .12 1.1, .15 .9, .17 .64", strap, volume=0.7)
    pen.blob("-.17 .4, -.15 .16, -.12 -.02, .12 -.02, .15 .16, .17 .4", strap, volume=0.7)
    pen.limbs(
        "-.12 .86, -.12 1.06 / .12 .86, .12 1.06 / -.12 .2, -.12 .02 / .12 .2, .12 .02",
        ".008 .008",
        pen.shade(strap, 0.4),
        volume=0,
    )
    pen.box((0.29, 0.48, 0.37, 0.58), steel, round_by=0.02)
    pen.oval((0.0, 0.53, 0.31, 0.31), steel, volume=0.9)
    pen.oval((0.0, 0.53, 0.25, 0.25), "1c2434", volume=0.2)
    for at in range(12):
        angle = np.radians(at * 30)
        way = np.array([np.sin(angle), np.cos(angle)])
        pen.add(
            [
                limb(
                    np.array([way * 0.19 + (0, 0.53), way * 0.225 + (0, 0.53)]),
                    ".02 .02" if at % 3 == 0 else ".01 .01",
                )
            ],
            "f0f2f4",
            volume=0,
        )
    pen.limbs(".0 .53, -.09 .62 / .0 .53, .12 .66", ".022 .01", "f4f6f8", volume=0)
    pen.limb("-.03 .49, .1 .34", ".008 .005", "ff7a3a", volume=0)
    pen.oval((0.0, 0.53, 0.02, 0.02), "f4f6f8", volume=0.2)
    pen.blob("-.2 .6, -.12 .73, .02 .76, -.06 .68, -.14 .58", "ffffff", volume=0, opacity=0.22)


def _phone(pen: Pen) -> None:
    case = pen.body("30343e")
    pen.box((-0.26, 0.0, 0.26, 1.06), case, round_by=0.07, volume=0.5)
    pen.box((-0.235, 0.025, 0.235, 1.035), "14161c", round_by=0.055, volume=0)
    pen.box((-0.225, 0.035, 0.225, 1.025), "3a5fc0", round_by=0.05, volume=0, glow=0.5)
    pen.blob(
        "-.225 .3, -.1 .42, .06 .34, .225 .46, .225 .1, .0 .04, -.225 .1", "7a4fc8", volume=0.3
    )
    pen.blob("-.225 .14, .0 .26, .225 .16, .2 .05, .0 .035, -.2 .05", "ff7a8a", volume=0.3)
    pen.oval((0.08, 0.56, 0.085, 0.085), "ffd08a", volume=0.2, glow=0.6)
    pen.limbs("-.1 .86, .1 .86", ".05 .05", "ffffff", volume=0)
    pen.limb("-.06 .79, .06 .79", ".018 .018", "e4e8ff", volume=0)
    pen.limb("-.04 1.0, .04 1.0", ".022 .022", "14161c", volume=0)
    pen.poly("-.225 .96, -.225 .6, .05 1.025, -.16 1.025", "ffffff", volume=0, opacity=0.12)


def _laptop(pen: Pen) -> None:
    case = pen.body("b9bfc8")
    pen.box((-0.5, 0.08, 0.5, 0.74), pen.shade(case, -0.3), round_by=0.035, volume=0.4)
    pen.box((-0.475, 0.105, 0.475, 0.715), "16181f", round_by=0.02, volume=0)
    pen.box((-0.455, 0.13, 0.455, 0.69), "4a6fc0", volume=0, glow=0.5)
    pen.poly(
        "-.455 .13, -.455 .36, -.2 .5, .0 .36, .2 .54, .455 .32, .455 .13",
        "2f4a8a",
        volume=0.2,
        glow=0.3,
    )
    pen.oval((0.22, 0.57, 0.06, 0.06), "ffd9a0", glow=0.7, volume=0)
    pen.poly("-.62 .02, -.5 .1, .5 .1, .62 .02, .6 -.02, -.6 -.02", case, volume=0.4)
    pen.poly("-.44 .085, .44 .085, .48 .045, -.48 .045", "50555e", volume=0)
    pen.poly("-.12 .04, .12 .04, .13 .012, -.13 .012", pen.shade(case, -0.15), volume=0)


def _camera(pen: Pen) -> None:
    skin = pen.body("34363e")
    silver = "c9cdd2"
    pen.box((-0.42, 0.5, -0.22, 0.58), silver, round_by=0.02)
    pen.box((0.26, 0.5, 0.4, 0.57), silver, round_by=0.02)
    pen.poly("-.16 .52, -.1 .66, .12 .66, .18 .52", silver, volume=0.4)
    pen.box((-0.54, 0.0, 0.54, 0.53), silver, round_by=0.06, volume=0.5)
    pen.box((-0.54, 0.08, 0.54, 0.4), skin, volume=0.4)
    pen.box((-0.48, 0.43, -0.36, 0.49), "ffe8b0", volume=0, glow=0.3)
    pen.box((-0.06, 0.55, 0.08, 0.62), "2a3a4c", round_by=0.01, volume=0.1)
    for size, tone in (
        (0.27, "8a8f98"),
        (0.235, "2a2c33"),
        (0.18, "44474f"),
        (0.145, "101824"),
        (0.1, "27406a"),
    ):
        pen.oval((0.02, 0.25, size, size), tone, volume=0.6)
    pen.oval((-0.04, 0.31, 0.045, 0.035), "cfe4ff", volume=0, opacity=0.8)
    pen.oval((0.07, 0.19, 0.022, 0.022), "d88ae0", volume=0, opacity=0.6)


def _headphones(pen: Pen) -> None:
    skin = pen.body("3a3f4c")
    pad = pen.shade(skin, -0.35)
    pen.limb(
        "-.38 .34, -.42 .62, -.26 .92, .0 1.0, .26 .92, .42 .62, .38 .34",
        ".06 .07 .09 .1 .09 .07 .06",
        skin,
        volume=0.7,
    )
    pen.limb("-.24 .86, .0 .935, .24 .86", ".05 .06 .05", pen.shade(skin, 0.3), volume=0.4)
    for side in (-1, 1):
        pen.oval((side * 0.3, 0.28, 0.12, 0.24), pad, volume=0.8)
        pen.oval((side * 0.4, 0.28, 0.14, 0.255), skin, volume=0.9)
        pen.oval((side * 0.43, 0.28, 0.085, 0.16), pen.shade(skin, 0.25), volume=0.6)
        pen.oval((side * 0.44, 0.28, 0.03, 0.055), "ff8a4a", volume=0.2, glow=0.4)


def _earbuds(pen: Pen) -> None:
    shell = pen.body("f3f4f6")
    grey = pen.shade(shell, -0.2)
    pen.blob("-.34 .02, -.38 .22, -.3 .36, .3 .36, .38 .22, .34 .02, .0 -.02", grey, volume=0.9)
    pen.blob(
        "-.36 .3, -.3 .38, .3 .38, .36 .3, .2 .26, -.2 .26", pen.shade(shell, -0.42), volume=0.2
    )
    for side in (-1, 1):
        pen.limb(f"{side * 0.13} .28, {side * 0.15} .56", ".09 .085", shell, volume=0.8)
        pen.oval((side * 0.2, 0.7, 0.15, 0.145), shell, volume=1.0)
        pen.oval((side * 0.08, 0.74, 0.075, 0.09), "4a4d56", volume=0.7, turn=side * 20)
        pen.oval((side * 0.05, 0.745, 0.035, 0.055), "23252b", volume=0.2, turn=side * 20)
        pen.oval((side * 0.26, 0.75, 0.03, 0.018), "2c2f37", volume=0)
    pen.blob("-.37 .24, -.34 .04, .0 -.02, .34 .04, .37 .24, .0 .2", shell, volume=0.9)
    pen.oval((0.0, 0.1, 0.016, 0.016), "5ae08a", volume=0, glow=0.9)


def _shoe(pen: Pen) -> None:
    upper = pen.body("d9483a")
    white = "f6f4ef"
    pen.blob(
        "-.48 .12, -.5 .36, -.44 .56, -.34 .54, -.18 .46, .04 .38, .28 .28, .5 .24, .58 .12, .0 .08",
        upper,
        volume=0.8,
    )
    pen.blob(
        "-.45 .55, -.36 .5, -.2 .5, -.18 .45, -.34 .44, -.46 .48",
        pen.shade(upper, -0.45),
        volume=0.3,
    )
    pen.blob(
        "-.5 .36, -.46 .56, -.42 .54, -.4 .34, -.44 .16, -.48 .16",
        pen.shade(upper, -0.25),
        volume=0.4,
    )
    pen.blob(".3 .27, .5 .24, .58 .12, .4 .11, .3 .16", pen.shade(upper, -0.2), volume=0.5)
    pen.blob("-.34 .18, -.1 .2, .14 .3, .2 .32, .06 .18, -.16 .13", white, volume=0.3)
    for at in range(4):
        x, y = -0.1 + at * 0.085, 0.45 - at * 0.035
        pen.limb(f"{x - 0.05} {y - 0.07}, {x + 0.03} {y + 0.02}", ".026 .026", white, volume=0.4)
    pen.blob(
        "-.54 .02, -.52 .14, -.3 .15, .0 .1, .3 .12, .6 .14, .64 .05, .5 .0, -.4 -.01",
        white,
        volume=0.6,
    )
    pen.limb("-.52 .02, .0 .01, .6 .03", ".02 .02", pen.shade(upper, -0.3), volume=0)


def _guitar(pen: Pen) -> None:
    wood = pen.body("c8803c")
    pen.limb(".0 .5, .0 1.22", ".075 .06", "4a3020", volume=0.4)
    pen.poly("-.05 1.2, -.07 1.42, .07 1.42, .05 1.2", "3a2418", volume=0.4)
    for y in (1.25, 1.31, 1.37):
        pen.oval((-0.085, y, 0.026, 0.018), "e0dcd0", volume=0.5)
        pen.oval((0.085, y, 0.026, 0.018), "e0dcd0", volume=0.5)
    body = ".0 .0, -.22 .02, -.33 .18, -.28 .34, -.2 .44, -.24 .58, -.18 .7, .0 .73, .18 .7, .24 .58, .2 .44, .28 .34, .33 .18, .22 .02"
    pen.blob(body, pen.shade(wood, -0.45), volume=0.6)
    pen.add([_shrunk(body, 0.94)], wood, volume=0.6)
    pen.oval((0.0, 0.46, 0.1, 0.1), "8a5526", volume=0.2)
    pen.oval((0.0, 0.46, 0.083, 0.083), "20140f", volume=0)
    pen.box((-0.1, 0.16, 0.1, 0.2), "3a2418", round_by=0.015)
    for at in range(9):
        y = 0.66 + at * 0.06
        pen.limb(f"-.034 {y}, .034 {y}", ".007 .007", "c9c4b4", volume=0)
    pen.limbs(
        " / ".join(f"{x} .18, {x * 0.8} 1.22" for x in (-0.025, -0.008, 0.008, 0.025)),
        ".004 .004",
        "f0ece0",
        volume=0,
    )


def _shrunk(text: str, share: float) -> Array:
    outline = curve(points(text), closed=True)
    shrunk: Array = (outline - outline.mean(0)) * share + outline.mean(0)
    return shrunk


def _umbrella(pen: Pen) -> None:
    cloth = pen.body("d0483e")
    pen.limb(".0 .9, .0 .1, .05 .0, .13 .02, .14 .1", ".024 .024 .03 .03 .03", "6a4630", volume=0.4)
    pen.limb(".0 .98, .0 1.06", ".02 .01", "6a4630", volume=0.2)
    pen.blob(
        "-.54 .56, -.46 .78, -.24 .95, .0 1.0, .24 .95, .46 .78, .54 .56, .4 .6, .27 .56, .14 .61, .0 .56, -.14 .61, -.27 .56, -.4 .6",
        cloth,
        volume=0.9,
    )
    pen.blob(
        "-.27 .57, -.24 .78, -.12 .94, .0 1.0, -.02 .8, .0 .57, -.14 .61",
        pen.shade(cloth, 0.25),
        volume=0.3,
    )
    pen.blob(
        ".27 .57, .26 .78, .14 .94, .0 1.0, .3 .92, .46 .78, .54 .57, .4 .6",
        pen.shade(cloth, -0.25),
        volume=0.3,
    )


def _hat(pen: Pen) -> None:
    felt = pen.body("a8764a")
    pen.blob(
        "-.62 .12, -.4 .02, .0 -.03, .4 .02, .62 .12, .4 .18, .0 .16, -.4 .18", felt, volume=0.7
    )
    pen.blob(
        "-.32 .1, -.3 .36, -.2 .54, -.06 .5, .06 .55, .2 .52, .3 .36, .32 .1, .0 .05",
        felt,
        volume=0.9,
    )
    pen.blob("-.32 .11, -.31 .22, .0 .17, .31 .22, .32 .11, .0 .055", "4a2c24", volume=0.5)
    pen.blob(".24 .16, .36 .34, .5 .4, .42 .28, .3 .14", "c84a3a", volume=0.4)


def _sword(pen: Pen) -> None:
    grip, gold = pen.body("6a3a2c"), rgb("d9ae4a")
    pen.poly("-.055 .42, .0 .42, .0 1.36, -.05 1.26", "eef2f6", volume=0.1)
    pen.poly(".055 .42, .0 .42, .0 1.36, .05 1.26", "9aa6b4", volume=0.1)
    pen.poly("-.012 .42, .012 .42, .006 1.16, -.006 1.16", "6f7c8c", volume=0)
    pen.limb(
        "-.26 .44, -.12 .385, .0 .38, .12 .385, .26 .44", ".06 .05 .07 .05 .06", gold, volume=0.8
    )
    pen.box((-0.035, 0.1, 0.035, 0.37), grip, volume=0.7)
    for at in range(6):
        pen.limb(f"-.035 {0.13 + at * 0.04}, .035 {0.15 + at * 0.04}", ".01 .01", gold, volume=0)
    pen.oval((0.0, 0.06, 0.06, 0.06), gold, volume=0.9)
    pen.oval((0.0, 0.06, 0.028, 0.028), "c8283c", volume=0.6)
    pen.oval((0.0, 0.39, 0.03, 0.03), "3a7ad0", volume=0.6)


def _crown(pen: Pen) -> None:
    gold = pen.body("e0ac34")
    pen.blob("-.4 .44, -.2 .5, .0 .52, .2 .5, .4 .44, .2 .4, -.2 .4", "a8243a", volume=0.5)
    pen.poly(
        "-.42 .06, -.54 .6, -.3 .36, -.2 .7, .0 .4, .2 .7, .3 .36, .54 .6, .42 .06",
        gold,
        volume=0.7,
    )
    for x, y in ((-0.54, 0.63), (-0.2, 0.74), (0.2, 0.74), (0.54, 0.63)):
        pen.oval((x, y, 0.045, 0.045), "f4e4b4", volume=0.8)
    pen.blob(
        "-.43 .04, -.42 .18, .0 .13, .42 .18, .43 .04, .0 -.01", pen.shade(gold, 0.2), volume=0.6
    )
    for x, hue in ((-0.28, "3a7ad0"), (0.0, "c8283c"), (0.28, "2fa86a")):
        pen.oval((x, 0.09 + 0.05 * x * x, 0.045, 0.042), hue, volume=0.8)


def _key(pen: Pen) -> None:
    brass = pen.body("c99a3a")
    pen.ring((0.0, 0.86, 0.22, 0.22), 0.075, brass, volume=0.7)
    pen.ring((0.0, 0.86, 0.1, 0.1), 0.03, pen.shade(brass, 0.2), volume=0.5)
    pen.limb(".0 .66, .0 .02", ".085 .08", brass, volume=0.8)
    pen.box((0.0, 0.04, 0.2, 0.12), brass, round_by=0.015, volume=0.4)
    pen.box((0.0, 0.19, 0.15, 0.27), brass, round_by=0.015, volume=0.4)
    pen.limb("-.075 .6, .075 .6", ".05 .05", pen.shade(brass, 0.25), volume=0.5)


def _heart(pen: Pen) -> None:
    tone = pen.body("d8304a")
    pen.blob(
        ".0 .02, -.22 .24, -.42 .48, -.42 .7, -.24 .82, -.06 .76, .0 .66, .06 .76, .24 .82, .42 .7, .42 .48, .22 .24",
        tone,
        volume=1.0,
    )
    pen.blob("-.33 .64, -.26 .74, -.16 .74, -.22 .66, -.3 .56", "ffffff", volume=0, opacity=0.55)


def _crystal(pen: Pen) -> None:
    gem = pen.body("7a6ae0")
    for x, wide, top, lean in (
        (-0.3, 0.1, 0.52, -0.14),
        (0.32, 0.11, 0.6, 0.16),
        (-0.12, 0.12, 0.76, -0.06),
        (0.14, 0.12, 0.84, 0.06),
        (0.0, 0.15, 1.06, 0.0),
    ):
        tip = x + lean
        pen.poly(
            f"{x - wide} 0, {tip - wide} {top * 0.76}, {tip} {top}, {x - wide * 0.1} 0",
            pen.shade(gem, 0.34),
            volume=0,
            glow=0.12,
        )
        pen.poly(
            f"{x - wide * 0.1} 0, {tip - wide * 0.1} {top * 0.72}, {tip} {top}, {tip + wide} {top * 0.76}, {x + wide} 0",
            pen.shade(gem, -0.14),
            volume=0,
            glow=0.08,
        )
        pen.poly(
            f"{tip - wide} {top * 0.76}, {tip - wide * 0.1} {top * 0.72}, {tip} {top}",
            pen.shade(gem, 0.62),
            volume=0,
            glow=0.2,
        )
    pen.blob("-.5 .0, -.36 .1, -.1 .06, .16 .12, .4 .06, .54 .0, .0 -.05", "5a5668", volume=0.6)


def _lollipop(pen: Pen) -> None:
    candy = pen.body("ee5f8c")
    pen.limb(".0 .0, .0 .6", ".045 .045", "f6f2ea", volume=0.6)
    pen.oval((0.0, 0.84, 0.32, 0.32), "f8f2ee", volume=0.9)
    turn = np.linspace(0, 5 * np.pi, 140)
    reach = 0.3 * turn / turn[-1]
    spiral = np.stack([reach * np.cos(turn), 0.84 + reach * np.sin(turn)], 1)
    half = (0.006 + 0.03 * turn / turn[-1])[:, None]
    along = np.gradient(spiral, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    pen.add(
        [np.concatenate([spiral + across * half, (spiral - across * half)[::-1]])],
        candy,
        volume=0.2,
    )
    pen.oval((-0.12, 0.98, 0.07, 0.045), "ffffff", volume=0, opacity=0.5, turn=35)
    pen.poly(".0 .52, -.14 .6, -.14 .44", "7ac0e8")
    pen.poly(".0 .52, .14 .6, .14 .44", "7ac0e8")


def _gift(pen: Pen) -> None:
    paper, ribbon = pen.body("3f7fb8"), rgb("f2c84a")
    pen.box((-0.4, 0.0, 0.4, 0.5), paper, round_by=0.015, volume=0.4)
    pen.box((-0.07, 0.0, 0.07, 0.5), ribbon, volume=0.3)
    pen.box((-0.45, 0.48, 0.45, 0.64), pen.shade(paper, 0.12), round_by=0.02, volume=0.4)
    pen.box((-0.07, 0.48, 0.07, 0.64), pen.shade(ribbon, 0.15), volume=0.3)
    pen.blob("-.02 .66, -.14 .86, -.34 .9, -.36 .74, -.2 .66", ribbon, volume=0.7)
    pen.blob(".02 .66, .14 .86, .34 .9, .36 .74, .2 .66", ribbon, volume=0.7)
    pen.blob("-.1 .7, -.22 .8, -.28 .78, -.2 .71", pen.shade(ribbon, -0.35), volume=0.2)
    pen.blob(".1 .7, .22 .8, .28 .78, .2 .71", pen.shade(ribbon, -0.35), volume=0.2)
    pen.oval((0.0, 0.69, 0.06, 0.055), pen.shade(ribbon, 0.1), volume=0.7)


def _ball(pen: Pen) -> None:
    skin = pen.body("d8584a")
    pen.oval((0.0, 0.4, 0.4, 0.4), skin, volume=1.0)
    pen.oval((-0.02, 0.43, 0.33, 0.33), pen.shade(skin, 0.08), volume=1.0)
    pen.oval((-0.13, 0.57, 0.09, 0.06), "ffffff", volume=0, opacity=0.55, turn=35)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "watch": _watch, "phone": _phone, "laptop": _laptop, "camera": _camera, "headphones": _headphones,
    "earbuds": _earbuds, "shoe": _shoe, "guitar": _guitar, "umbrella": _umbrella, "hat": _hat, "sword": _sword,
    "crown": _crown, "key": _key, "heart": _heart, "crystal": _crystal, "lollipop": _lollipop, "gift": _gift, "ball": _ball,
}  # fmt: skip
