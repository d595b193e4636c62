"""Trees, flowers, fruit and mushrooms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from providers.sketch.colour import Array, rgb
from providers.sketch.pen import Pen

_STEM = "4f7f3a"


def _tree(pen: Pen) -> None:
    leaf = pen.body("5a8f48")
    bark = rgb("6a4a38")
    pen.blob(
        "-.12 .0, -.05 .14, -.06 .4, -.14 .56, .0 .5, .14 .6, .07 .4, .06 .14, .14 .0, .04 .03, -.04 .03",
        bark,
        volume=0.7,
    )
    rolls = pen.dice.grid(20, 2)
    for share, reach, size in ((-0.34, 1.0, 0.2), (0.0, 0.86, 0.17), (0.16, 0.7, 0.13)):
        puffs: list[Array] = []
        for angle, roll in zip(np.linspace(0, 2 * np.pi, 13, endpoint=False), rolls, strict=False):
            span = 0.34 * reach * (0.8 + 0.3 * float(roll[0]))
            puffs.append(
                _puff(
                    np.cos(angle) * span,
                    0.84 + np.sin(angle) * span * 0.74,
                    size * (0.85 + 0.3 * float(roll[1])),
                    float(roll[0]),
                )
            )
        puffs.append(_puff(0.0, 0.84, 0.3 * reach, 0.4))
        lift = 0.05 * (share + 0.34)
        pen.add(
            [puff + np.array([0.0, lift]) for puff in puffs], pen.shade(leaf, share), volume=0.7
        )


def _puff(x: float, y: float, size: float, roll: float) -> Array:
    turn = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    wave = size * (1 + 0.07 * np.sin(turn * 7 + roll * 9) + 0.05 * np.sin(turn * 11 + roll * 5))
    return np.stack([x + wave * np.cos(turn), y + wave * np.sin(turn)], 1)


def _palm(pen: Pen) -> None:
    leaf = pen.body("4f8f4a")
    bark = rgb("9a7048")
    pen.limb("-.1 .0, -.02 .36, .1 .7, .14 .94", ".12 .075 .06 .055", bark, volume=0.7)
    for at in range(11):
        y = 0.06 + at * 0.08
        x = -0.09 + at * 0.022 + (0.01 if at > 5 else 0)
        pen.limb(
            f"{x - 0.035} {y}, {x} {y - 0.014}, {x + 0.04} {y + 0.005}",
            ".01 .014 .01",
            pen.shade(bark, -0.35),
            volume=0,
        )
    for angle, long in (
        (-28, 0.5),
        (205, 0.5),
        (8, 0.56),
        (170, 0.54),
        (48, 0.5),
        (132, 0.5),
        (88, 0.4),
        (-58, 0.38),
        (238, 0.38),
    ):
        way = np.radians(angle)
        tip = np.array(
            [
                0.14 + np.cos(way) * long,
                0.95 + np.sin(way) * long * 0.62 - 0.16 * abs(np.cos(way)) - 0.06,
            ]
        )
        middle = np.array(
            [0.14 + np.cos(way) * long * 0.52, 0.95 + np.sin(way) * long * 0.5 + 0.09]
        )
        text = f".14 .95, {middle[0]:.3f} {middle[1]:.3f}, {tip[0]:.3f} {tip[1]:.3f}"
        tone = pen.shade(leaf, -0.3 if angle in (-28, 205, -58, 238) else 0.06)
        pen.limb(text, ".03 .13 .01", tone, volume=0.5)
        pen.limb(text, ".012 .012 .004", pen.shade(tone, 0.3), volume=0)
    for x, y in ((0.1, 0.9), (0.18, 0.89), (0.14, 0.87)):
        pen.oval((x, y, 0.04, 0.042), "6a4226", volume=0.8)


def _cactus(pen: Pen) -> None:
    skin = pen.body("4f8f58")
    pen.limb("-.1 .38, -.32 .4, -.36 .54, -.36 .72", ".13 .14 .13 .12", skin, volume=0.8)
    pen.limb(".1 .5, .3 .5, .36 .64, .36 .86", ".13 .14 .13 .12", skin, volume=0.8)
    pen.limb(".0 .0, .0 .5, .0 1.02", ".21 .24 .2", skin, volume=0.9)
    for x in (-0.06, 0.0, 0.06):
        pen.limb(
            f"{x} .04, {x * 1.1} .5, {x * 0.8} 1.04",
            ".01 .012 .008",
            pen.shade(skin, -0.35),
            volume=0,
        )
    for x, y in ((0.0, 1.12), (-0.36, 0.78), (0.37, 0.92)):
        for angle in (-0.6, 0.0, 0.6):
            pen.oval(
                (x + np.sin(angle) * 0.04, y + np.cos(angle) * 0.025, 0.035, 0.045),
                "f07aa8",
                turn=-np.degrees(angle),
            )
    spines = []
    for x, y in (
        (-0.05, 0.2),
        (0.05, 0.3),
        (-0.03, 0.42),
        (0.05, 0.54),
        (-0.05, 0.66),
        (0.03, 0.78),
        (-0.04, 0.9),
        (-0.36, 0.6),
        (0.36, 0.72),
    ):
        spines += [np.array([[x, y], [x + dx, y + 0.035], [x + 0.008, y]]) for dx in (-0.03, 0.03)]
    pen.add(spines, "f0e8cc", volume=0)


def _leaf(pen: Pen, x: float, y: float, side: int, size: float) -> None:
    tone = rgb(_STEM)
    pen.blob(
        f"{x} {y}, {x + side * size * 0.3} {y + size * 0.34}, {x + side * size * 0.75} {y + size * 0.42}, {x + side * size} {y + size * 0.3}, {x + side * size * 0.7} {y + size * 0.04}, {x + side * size * 0.3} {y - size * 0.04}",
        pen.shade(tone, 0.1 if side > 0 else -0.12), volume=0.5,
    )  # fmt: skip
    pen.limb(
        f"{x} {y}, {x + side * size * 0.9} {y + size * 0.28}",
        ".01 .003",
        pen.shade(tone, -0.35),
        volume=0,
    )


def _rose(pen: Pen) -> None:
    petal = pen.body("c8283c")
    dark, pale = pen.shade(petal, -0.38), pen.shade(petal, 0.2)
    pen.limb(".02 .0, .05 .3, .0 .66", ".03 .03 .035", _STEM, volume=0.6)
    _leaf(pen, 0.045, 0.26, 1, 0.26)
    _leaf(pen, 0.03, 0.36, -1, 0.26)
    pen.blob("-.16 .62, -.06 .66, .0 .58, .06 .66, .16 .62, .1 .72, -.1 .72", _STEM)
    pen.blob("-.28 .78, -.3 .94, -.16 1.04, .0 1.0, -.06 .7, -.18 .68", dark, volume=0.6)
    pen.blob(".28 .78, .3 .94, .16 1.04, .0 1.0, .06 .7, .18 .68", dark, volume=0.6)
    pen.oval((0.0, 0.95, 0.2, 0.15), dark, volume=0.4)
    pen.blob("-.2 .98, -.1 1.1, .08 1.1, .2 1.0, .14 .9, -.12 .9", petal, volume=0.6)
    pen.oval((0.0, 1.0, 0.12, 0.075), dark, volume=0.2)
    pen.blob("-.1 1.0, -.02 1.06, .1 1.02, .06 .96, -.06 .95", pale, volume=0.4)
    pen.limb("-.06 .99, .0 1.03, .06 1.0, .02 .965, -.02 .98", ".016 .02 .016 .01", dark, volume=0)
    pen.blob("-.24 .94, -.18 .98, -.02 .9, .08 .76, .0 .66, -.16 .7, -.26 .82", petal, volume=0.8)
    pen.blob(".25 .96, .18 .97, .0 .86, -.04 .74, .04 .66, .18 .7, .26 .82", pale, volume=0.8)
    pen.limb(
        ".25 .955, .16 .94, .02 .86, -.03 .76",
        ".02 .016 .012 .004",
        pen.shade(petal, 0.45),
        volume=0,
    )
    pen.limb("-.24 .935, -.14 .96, -.02 .89", ".018 .016 .006", pen.shade(petal, 0.35), volume=0)


def _petals(
    pen: Pen, centre: tuple[float, float], size: tuple[float, float], colour: Array, turns: Array
) -> None:
    """Petals around a centre at the turns (degrees), each as long and wide as `size`."""
    (x, y), (reach, wide) = centre, size
    for angle in turns:
        way = np.radians(angle)
        place = (x + np.cos(way) * reach * 0.6, y + np.sin(way) * reach * 0.6, reach * 0.46, wide)
        pen.oval(place, colour, turn=angle, volume=0.5)


def _turns(count: int, lean: float) -> Array:
    return np.linspace(0, 360, count, endpoint=False) + lean


def _flower(pen: Pen) -> None:
    petal = pen.body("f4f0ea")
    pen.limb(".0 .0, .03 .34, .0 .74", ".028 .028 .03", _STEM, volume=0.6)
    _leaf(pen, 0.03, 0.2, 1, 0.26)
    _leaf(pen, 0.025, 0.3, -1, 0.24)
    _petals(pen, (0.0, 0.82), (0.3, 0.075), pen.shade(petal, -0.16), _turns(11, 16))
    _petals(pen, (0.0, 0.82), (0.28, 0.07), petal, _turns(11, 0))
    pen.oval((0.0, 0.82, 0.1, 0.1), "f0b52e", volume=0.8)
    pen.add(
        [
            _puff(0.05 * np.cos(a), 0.82 + 0.05 * np.sin(a), 0.012, 0.2)
            for a in np.linspace(0, 6.2, 9)
        ],
        "c8821e",
        volume=0,
    )


def _tulip(pen: Pen) -> None:
    petal = pen.body("e2566a")
    for x, lean, top in ((-0.2, -0.06, 0.62), (0.22, 0.06, 0.56), (0.0, 0.0, 0.74)):
        pen.limb(
            f"{x * 0.3} .0, {x * 0.7} {top * 0.5}, {x} {top}", ".028 .026 .03", _STEM, volume=0.6
        )
        tone = petal if x == 0 else pen.shade(petal, 0.16 if x < 0 else -0.14)
        y, c = top, x + lean * 0.4
        pen.blob(
            f"{c - 0.1} {y + 0.28}, {c - 0.05} {y + 0.16}, {c + 0.02} {y + 0.02}, {c + 0.12} {y + 0.12}, {c + 0.1} {y + 0.28}, {c} {y + 0.2}",
            pen.shade(tone, -0.25),
            volume=0.4,
        )
        pen.blob(
            f"{c - 0.02} {y}, {c - 0.13} {y + 0.08}, {c - 0.13} {y + 0.27}, {c - 0.04} {y + 0.2}, {c + 0.02} {y + 0.06}",
            tone,
            volume=0.7,
        )
        pen.blob(
            f"{c + 0.02} {y}, {c + 0.13} {y + 0.08}, {c + 0.13} {y + 0.27}, {c + 0.04} {y + 0.2}, {c - 0.02} {y + 0.06}",
            tone,
            volume=0.7,
        )
        pen.blob(
            f"{c} {y}, {c - 0.075} {y + 0.1}, {c} {y + 0.26}, {c + 0.075} {y + 0.1}",
            pen.shade(tone, 0.15),
            volume=0.7,
        )
    pen.blob(
        "-.02 .0, -.2 .2, -.3 .46, -.36 .5, -.26 .3, -.12 .02",
        pen.shade(rgb(_STEM), 0.1),
        volume=0.4,
    )
    pen.blob(
        ".02 .0, .18 .22, .3 .4, .38 .42, .28 .24, .12 .02",
        pen.shade(rgb(_STEM), -0.12),
        volume=0.4,
    )


def _sunflower(pen: Pen) -> None:
    petal = pen.body("f2b52a")
    pen.limb(".0 .0, .04 .4, .0 .84", ".04 .04 .045", _STEM, volume=0.6)
    _leaf(pen, 0.035, 0.24, 1, 0.34)
    _leaf(pen, 0.035, 0.36, -1, 0.34)
    _petals(pen, (0.0, 0.94), (0.36, 0.06), pen.shade(petal, -0.28), _turns(15, 12))
    _petals(pen, (0.0, 0.94), (0.33, 0.056), petal, _turns(15, 0))
    pen.oval((0.0, 0.94, 0.175, 0.175), "5a3420", volume=0.7)
    seeds = []
    for at in range(70):
        reach, turn = 0.155 * np.sqrt(at / 70), at * 2.39996
        seeds.append(_puff(reach * np.cos(turn), 0.94 + reach * np.sin(turn), 0.008, 0.1))
    pen.add(seeds, "a06a34", volume=0)


def _mushroom(pen: Pen) -> None:
    cap = pen.body("c8362c")
    for x, size in ((0.4, 0.5), (0.0, 1.0)):
        stem = "f1e8d6"
        pen.blob(
            f"{x - 0.11 * size} 0, {x - 0.1 * size} {0.3 * size}, {x - 0.07 * size} {0.56 * size}, {x + 0.07 * size} {0.56 * size}, {x + 0.1 * size} {0.3 * size}, {x + 0.12 * size} 0",
            stem,
            volume=0.8,
        )
        pen.blob(
            f"{x - 0.13 * size} {0.4 * size}, {x} {0.44 * size}, {x + 0.13 * size} {0.4 * size}, {x + 0.09 * size} {0.5 * size}, {x - 0.09 * size} {0.5 * size}",
            "e2d5bd",
            volume=0.4,
        )
        pen.oval((x, 0.56 * size, 0.36 * size, 0.07 * size), "e8d8bc", volume=0.3)
        pen.blob(
            f"{x - 0.4 * size} {0.56 * size}, {x - 0.32 * size} {0.8 * size}, {x - 0.12 * size} {0.96 * size}, {x + 0.12 * size} {0.96 * size}, {x + 0.32 * size} {0.8 * size}, {x + 0.4 * size} {0.56 * size}, {x + 0.2 * size} {0.53 * size}, {x} {0.56 * size}, {x - 0.2 * size} {0.53 * size}",
            cap,
            volume=0.9,
        )
        for dx, dy, wide in (
            (-0.2, 0.74, 0.06),
            (0.02, 0.86, 0.07),
            (0.2, 0.72, 0.055),
            (-0.04, 0.68, 0.045),
            (-0.31, 0.62, 0.035),
            (0.31, 0.61, 0.03),
        ):
            pen.oval(
                (x + dx * size, dy * size, wide * size, wide * size * 0.8), "f6efe0", volume=0.4
            )


def _apple(pen: Pen) -> None:
    skin = pen.body("c8342e")
    pen.blob(
        "-.06 .02, -.28 .06, -.4 .3, -.34 .54, -.16 .62, .0 .56, .16 .62, .34 .54, .4 .3, .28 .06, .06 .02, .0 .05",
        skin,
        volume=1.0,
    )
    pen.blob("-.09 .57, .0 .61, .09 .57, .0 .52", pen.shade(skin, -0.4), volume=0.1)
    pen.limb(".0 .56, .02 .66, .06 .74", ".03 .026 .035", "5a3c28", volume=0.4)
    pen.blob(".03 .66, .14 .76, .3 .76, .34 .72, .22 .64, .1 .62", "5f9a3f", volume=0.5)
    pen.blob("-.3 .44, -.25 .53, -.17 .54, -.21 .44, -.26 .36", "ffffff", volume=0, opacity=0.5)


def _pumpkin(pen: Pen) -> None:
    skin = pen.body("e8802a")
    for x, wide in ((-0.3, 0.2), (0.3, 0.2), (-0.16, 0.2), (0.16, 0.2), (0.0, 0.17)):
        pen.oval((x, 0.31, wide, 0.31), skin, volume=0.9)
    pen.limb(".0 .58, .02 .68, .1 .74", ".1 .06 .07", "6a7a3a", volume=0.6)
    pen.limb(".04 .64, .24 .68, .28 .58, .2 .54", ".016 .014 .012 .005", "6a8a3a", volume=0.2)
    pen.blob("-.04 .62, -.2 .74, -.36 .68, -.24 .58, -.1 .56", "6a9a44", volume=0.5)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "tree": _tree, "palm": _palm, "cactus": _cactus, "rose": _rose, "flower": _flower, "tulip": _tulip,
    "sunflower": _sunflower, "mushroom": _mushroom, "apple": _apple, "pumpkin": _pumpkin,
}  # fmt: skip
