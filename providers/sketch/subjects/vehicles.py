"""Things that carry people over water, land, air and space."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from providers.sketch.colour import Array, rgb
from providers.sketch.pen import Pen


def _wheel(pen: Pen, x: float, y: float, size: float, hub: str = "b9bec6") -> None:
    pen.oval((x, y, size, size), "23232a", volume=0.5)
    pen.oval((x, y, size * 0.58, size * 0.58), hub, volume=0.4)
    pen.oval((x, y, size * 0.2, size * 0.2), "4a4d55", volume=0.3)


def _ship(pen: Pen) -> None:
    hull, sail = rgb("6b3f2a"), pen.body("f4e8d0")
    wood = "4a3024"
    for x, top in ((-0.3, 0.86), (0.06, 1.06), (0.38, 0.84)):
        pen.limb(f"{x} .1, {x} {top}", ".024 .014", wood, volume=0.4)
    pen.limb(".44 .2, .84 .4", ".028 .01", wood, volume=0.4)
    pen.poly(".8 .38, .44 .74, .46 .26", pen.shade(sail, -0.1), volume=0.4)
    pen.poly("-.34 .66, -.62 .24, -.34 .26", pen.shade(sail, -0.12), volume=0.4)
    for x, rows in (
        (-0.3, ((0.58, 0.8, 0.15), (0.28, 0.55, 0.19))),
        (0.06, ((0.82, 1.0, 0.13), (0.57, 0.79, 0.18), (0.25, 0.54, 0.23))),
        (0.38, ((0.58, 0.78, 0.13), (0.28, 0.55, 0.17))),
    ):
        for low, high, wide in rows:
            belly = wide * 0.3
            pen.blob(
                f"{x - wide * 0.86} {high}, {x} {high + 0.004}, {x + wide * 0.86} {high}, {x + wide + belly} {(low + high) / 2}, "
                f"{x + wide} {low}, {x + belly * 0.7} {low + 0.03}, {x - wide} {low}, {x - wide + belly} {(low + high) / 2}",
                sail, volume=0.7,
            )  # fmt: skip
            pen.limb(
                f"{x - wide} {high + 0.005}, {x + wide} {high + 0.005}",
                ".014 .014",
                wood,
                volume=0.2,
            )
    pen.poly(
        "-.56 .3, -.5 .18, .44 .16, .62 .26, .5 .04, .36 -.1, -.4 -.1, -.52 .06", hull, volume=0.7
    )
    pen.poly("-.56 .3, -.36 .3, -.34 .18, -.5 .16", pen.shade(hull, 0.12))
    pen.limb("-.52 .13, .0 .1, .55 .17", ".03 .03 .02", "d9b36a", volume=0.3)
    pen.add(
        [
            np.array([[x, 0.02], [x + 0.045, 0.02], [x + 0.045, 0.06], [x, 0.06]])
            for x in np.linspace(-0.38, 0.34, 7)
        ],
        "2a1a18",
        volume=0,
    )
    pen.box((-0.5, 0.2, -0.44, 0.26), "ffd27a", glow=0.8)
    pen.limbs(".06 1.06, .06 1.14 / -.3 .86, -.3 .92", ".008 .008", wood, volume=0)
    pen.poly(".06 1.14, .22 1.11, .06 1.08", "c8392f")
    pen.limbs(
        "-.3 .84, -.54 .2 / .06 1.04, -.28 .2 / .06 1.04, .36 .2 / .38 .82, .6 .24",
        ".005 .005",
        "3a2a24",
        volume=0,
    )


def _boat(pen: Pen) -> None:
    hull = pen.body("b0543a")
    pen.limb("-.1 .26, .34 .02", ".025 .025", "c9a06a", volume=0.3)
    pen.poly(
        "-.64 .28, -.4 .16, .4 .16, .66 .3, .5 .02, .34 -.08, -.34 -.08, -.5 .02", hull, volume=0.7
    )
    pen.limb(
        "-.64 .28, -.36 .17, .0 .14, .4 .17, .66 .3", ".045 .04 .04 .045", "e9d5ae", volume=0.4
    )
    pen.limb("-.28 .16, .1 .16", ".04 .04", "7a4a34", volume=0.3)
    pen.limb("-.56 .08, .0 .03, .56 .09", ".02 .02 .02", pen.shade(hull, 0.4), volume=0.2)
    pen.limb("-.02 .22, .46 -.06", ".022 .022", "c9a06a", volume=0.3)
    pen.oval((0.5, -0.08, 0.09, 0.03), "c9a06a", turn=-28)


def _car(pen: Pen) -> None:
    paint = pen.body("c8402f")
    glass = rgb("bfe0ee")
    pen.blob(
        "-.48 .36, -.34 .58, -.2 .64, .12 .64, .28 .56, .44 .38, .0 .34",
        pen.shade(paint, -0.12),
        volume=0.6,
    )
    pen.poly("-.38 .39, -.28 .55, -.18 .59, -.06 .59, -.06 .38", glass, volume=0.2)
    pen.poly("-.02 .38, -.02 .59, .12 .59, .22 .54, .36 .38", glass, volume=0.2)
    pen.poly("-.3 .4, -.22 .56, -.14 .57, -.22 .4", "ffffff", volume=0, opacity=0.4)
    pen.blob(
        "-.82 .16, -.8 .34, -.62 .4, -.2 .4, .4 .4, .7 .35, .82 .28, .84 .15, .7 .11, -.7 .1",
        paint,
        volume=0.9,
    )
    pen.limb("-.78 .32, .0 .34, .74 .31", ".012 .016 .008", pen.shade(paint, 0.5), volume=0)
    pen.limb("-.8 .15, .0 .12, .82 .14", ".035 .035", "3a3a42", volume=0.3)
    pen.oval((0.77, 0.27, 0.045, 0.05), "fff0c0", glow=0.6, volume=0.3)
    pen.oval((-0.8, 0.28, 0.03, 0.045), "ff6a5a", glow=0.5, volume=0.3)
    pen.limbs(
        "-.04 .38, -.05 .16 / .38 .37, .36 .18", ".008 .008", pen.shade(paint, -0.45), volume=0
    )
    pen.box((0.02, 0.29, 0.1, 0.31), "e6e6e6", volume=0)
    for x in (-0.5, 0.5):
        pen.oval((x, 0.14, 0.175, 0.165), pen.shade(paint, -0.6), volume=0)
        _wheel(pen, x, 0.13, 0.145)


def _bus(pen: Pen) -> None:
    paint = pen.body("e0a83a")
    roof = rgb("f4ead8")
    pen.box((-0.78, 0.1, 0.8, 0.86), roof, round_by=0.14, volume=0.6)
    pen.poly("-.78 .12, -.78 .44, .8 .44, .8 .2, .76 .1, -.74 .1", paint, volume=0.5)
    for x in (-0.7, -0.4, -0.1):
        pen.box((x, 0.48, x + 0.24, 0.74), "bcdcea", round_by=0.04)
        pen.poly(
            f"{x + 0.03} .5, {x + 0.12} .72, {x + 0.18} .72, {x + 0.09} .5",
            "ffffff",
            volume=0,
            opacity=0.4,
        )
    pen.box((0.2, 0.16, 0.44, 0.76), pen.shade(paint, -0.15), round_by=0.04)
    pen.box((0.23, 0.48, 0.41, 0.73), "bcdcea", round_by=0.03)
    pen.box((0.5, 0.48, 0.78, 0.74), "bcdcea", round_by=0.06)
    pen.box((-0.78, 0.4, 0.8, 0.445), roof, volume=0.2)
    pen.oval((0.74, 0.28, 0.06, 0.06), "fff0c0", glow=0.6)
    pen.box((-0.8, 0.08, 0.84, 0.14), "4a4a52")
    for x in (-0.46, 0.48):
        _wheel(pen, x, 0.11, 0.145)


def _train(pen: Pen) -> None:
    paint = pen.body("2f5a4a")
    red = "b83a30"
    for at in range(5):
        size = 0.07 + at * 0.045
        pen.oval(
            (0.5 - at * 0.19, 0.98 + at * 0.09, size * 1.3, size),
            "f0ece8",
            opacity=0.72 - 0.12 * at,
            volume=0.6,
        )
    pen.limb("-1.2 .0, 1.0 .0", ".025 .025", "6a6a70", volume=0.2)
    pen.box((-1.15, 0.16, -0.68, 0.56), "8a3a34", round_by=0.03)
    for x in (-1.09, -0.93, -0.81):
        pen.box((x, 0.34, x + 0.1, 0.49), "ffd98a", glow=0.6)
    pen.box((-0.58, 0.16, -0.14, 0.84), paint, round_by=0.03)
    pen.box((-0.64, 0.83, -0.08, 0.9), "26262c", round_by=0.03)
    pen.box((-0.5, 0.52, -0.34, 0.74), "ffd98a", glow=0.6)
    pen.box((-0.3, 0.52, -0.2, 0.74), "ffd98a", glow=0.6)
    pen.box((-0.2, 0.24, 0.66, 0.62), paint, round_by=0.06, volume=0.9)
    for x in (0.0, 0.3, 0.56):
        pen.box((x, 0.24, x + 0.035, 0.62), "c9a34a", volume=0.7)
    pen.poly(".46 .6, .58 .6, .62 .9, .42 .9", "26262c", volume=0.7)
    pen.box((0.4, 0.88, 0.64, 0.93), "3a3a42")
    pen.blob(".12 .6, .12 .7, .2 .76, .28 .7, .28 .6", "c9a34a", volume=0.8)
    pen.oval((0.68, 0.5, 0.06, 0.06), "fff0b0", glow=0.9)
    pen.poly(".62 .24, .9 .04, .62 .04", red)
    pen.box((-0.62, 0.14, 0.68, 0.22), red)
    for x, size in (
        (-0.42, 0.15),
        (-0.06, 0.15),
        (0.26, 0.15),
        (0.54, 0.09),
        (-1.02, 0.08),
        (-0.78, 0.08),
    ):
        _wheel(pen, x, size, size, "a8342c")
    pen.limb("-.42 .13, .26 .13", ".03 .03", "c8ccd2", volume=0.3)


def _spokes(x: float, y: float, size: float) -> list[Array]:
    lines = []
    for angle in np.linspace(0, np.pi, 8, endpoint=False):
        way = np.array([np.cos(angle), np.sin(angle)]) * size
        side = np.array([-way[1], way[0]]) / size * 0.004
        middle = np.array([x, y])
        lines.append(
            np.array(
                [middle - way - side, middle + way - side, middle + way + side, middle - way + side]
            )
        )
    return lines


def _bicycle(pen: Pen) -> None:
    frame = pen.body("c23a34")
    for x in (-0.48, 0.48):
        pen.add(_spokes(x, 0.3, 0.27), "b9bec6", volume=0)
        pen.ring((x, 0.3, 0.3, 0.3), 0.036, "2a2a30")
        pen.ring((x, 0.3, 0.266, 0.266), 0.014, "c9ccd2")
        pen.oval((x, 0.3, 0.035, 0.035), "4a4d55")
    pen.limbs(
        "-.48 .3, -.08 .28 / -.48 .3, -.2 .68 / -.08 .28, -.22 .74 / -.2 .66, .34 .68 / -.08 .28, .36 .62",
        ".034 .034",
        frame,
        volume=0.7,
    )
    pen.limb(".48 .3, .42 .46, .33 .78", ".034 .034", frame, volume=0.7)
    pen.limb(".33 .76, .32 .84, .42 .88, .5 .82", ".03 .028 .03", "3a3d45", volume=0.5)
    pen.blob("-.36 .8, -.2 .82, -.08 .78, -.12 .75, -.24 .73, -.34 .75", "4a2f24", volume=0.6)
    pen.ring((-0.08, 0.28, 0.085, 0.085), 0.025, "5a5d66")
    pen.limbs("-.08 .28, .0 .17 / -.08 .28, -.16 .39", ".024 .02", "3a3d45", volume=0.3)
    pen.limbs("-.04 .16, .06 .16 / -.21 .4, -.11 .4", ".03 .03", "23232a", volume=0.2)
    pen.box((0.4, 0.6, 0.66, 0.8), "c79a5c", round_by=0.04)
    for y in (0.65, 0.7, 0.75):
        pen.limb(f".41 {y}, .65 {y}", ".01 .01", "8f6838", volume=0)
    for x, hue in ((0.44, "e8697a"), (0.52, "f2c94a"), (0.6, "f4f0e4")):
        pen.oval((x, 0.83, 0.05, 0.045), hue)


def _motorcycle(pen: Pen) -> None:
    paint = pen.body("3a6fb0")
    pen.limb("-.3 .24, -.62 .2, -.74 .22", ".06 .05 .06", "a8acb4", volume=0.6)
    for x in (-0.5, 0.56):
        pen.ring((x, 0.23, 0.23, 0.23), 0.08, "23232a", volume=0.5)
        pen.add(_spokes(x, 0.23, 0.15), "c9ccd2", volume=0)
        pen.oval((x, 0.23, 0.05, 0.05), "8a8e96")
    pen.blob("-.2 .2, -.22 .42, .0 .48, .2 .4, .2 .2, .0 .14", "55585f", volume=0.6)
    pen.limbs(".56 .23, .38 .68 / -.5 .23, -.1 .26", ".045 .045", "c9ccd2", volume=0.5)
    pen.blob("-.74 .5, -.5 .58, -.2 .52, -.16 .44, -.5 .4", "3a2a26", volume=0.6)
    pen.blob("-.22 .5, -.1 .64, .14 .66, .34 .6, .3 .48, .0 .44", paint, volume=0.9)
    pen.blob(".36 .4, .56 .5, .8 .36, .76 .32, .56 .44, .4 .34", paint, volume=0.5)
    pen.limb(".38 .66, .3 .8, .18 .8", ".035 .03 .035", "2a2a30", volume=0.4)
    pen.oval((0.47, 0.66, 0.085, 0.085), "c9ccd2")
    pen.oval((0.5, 0.66, 0.06, 0.068), "fff0b8", glow=0.8)


def _airplane(pen: Pen) -> None:
    body, accent = rgb("f2f3f5"), pen.body("2f6fb8")
    pen.poly("-.1 .36, .18 .36, -.26 .7, -.38 .7", "b4bcc8")
    pen.poly("-.72 .36, -.92 .72, -.76 .72, -.44 .42", accent)
    pen.blob(
        "-.92 .42, -.7 .3, -.2 .25, .5 .26, .84 .32, .9 .38, .82 .44, .5 .48, -.2 .48",
        body,
        volume=0.9,
    )
    pen.poly("-.86 .37, .88 .37, .8 .33, -.76 .33", accent, volume=0.2)
    pen.poly(".72 .45, .84 .43, .88 .4, .72 .4", "2f4558")
    pen.add(
        [
            np.array([[x, 0.405], [x + 0.035, 0.405], [x + 0.035, 0.44], [x, 0.44]])
            for x in np.linspace(-0.6, 0.56, 16)
        ],
        "4a6a84",
        volume=0,
    )
    pen.poly("-.74 .4, -.58 .4, -.92 .26, -1.0 .28", "a9b2be")
    pen.poly("-.12 .32, .22 .32, -.34 -.02, -.5 .0", "c9d0d8", volume=0.3)
    pen.blob("-.12 .16, .1 .16, .12 .08, -.1 .07", body, volume=0.8)


def _balloon(pen: Pen) -> None:
    main = pen.body("d8433a")
    other = rgb("f4e6c8") if main[0] < 0.9 or main[2] < 0.7 else rgb("d8433a")
    top, middle, reach = 1.2, 0.78, 0.44
    for at, edge in enumerate((1.0, 0.72, 0.42, 0.14)):
        tone = main if at % 2 == 0 else other
        x = reach * edge
        pen.blob(
            f"{-x} {middle}, {-x * 0.9} {middle + 0.24}, {-x * 0.55} {top - 0.06}, 0 {top}, {x * 0.55} {top - 0.06}, {x * 0.9} {middle + 0.24}, "
            f"{x} {middle}, {x * 0.8} {middle - 0.22}, {x * 0.42} {middle - 0.4}, {x * 0.26 + 0.02} {middle - 0.48}, {-x * 0.26 - 0.02} {middle - 0.48}, {-x * 0.42} {middle - 0.4}, {-x * 0.8} {middle - 0.22}",
            tone, volume=1.0 if at == 0 else 0.35,
        )  # fmt: skip
    pen.blob(
        "-.41 .9, -.2 .86, .0 .85, .2 .86, .41 .9, .43 .82, .2 .775, .0 .765, -.2 .775, -.43 .82",
        "e9b23c",
        volume=0.5,
    )
    pen.limbs(
        "-.12 .3, -.09 .13 / .12 .3, .09 .13 / -.04 .3, -.04 .13 / .04 .3, .04 .13",
        ".007 .007",
        "4a3a34",
        volume=0,
    )
    pen.box((-0.05, 0.27, 0.05, 0.31), "ffcf6a", glow=0.9)
    pen.box((-0.1, 0.0, 0.1, 0.14), "9a6a3c", round_by=0.03, volume=0.6)
    pen.box((-0.11, 0.125, 0.11, 0.155), "6a4426", round_by=0.012)


def _rocket(pen: Pen) -> None:
    body, accent = rgb("f0efec"), pen.body("d0453a")
    pen.blob("-.1 .16, -.16 -.06, .0 -.34, .16 -.06, .1 .16", "ff9a3a", volume=0.2, glow=0.9)
    pen.blob("-.05 .16, -.08 .0, .0 -.16, .08 .0, .05 .16", "fff0b0", volume=0, glow=0.95)
    pen.blob("-.14 .46, -.34 .22, -.34 .02, -.14 .18", accent, volume=0.5)
    pen.blob(".14 .46, .34 .22, .34 .02, .14 .18", accent, volume=0.5)
    pen.poly("-.1 .16, .1 .16, .13 .08, -.13 .08", "5a5d66", volume=0.6)
    pen.blob(
        "-.12 .16, -.2 .42, -.18 .72, -.08 .98, .0 1.12, .08 .98, .18 .72, .2 .42, .12 .16",
        body,
        volume=1.0,
    )
    pen.blob("-.125 .88, -.07 1.0, .0 1.12, .07 1.0, .125 .88, .0 .9", accent, volume=0.7)
    pen.oval((0.0, 0.68, 0.095, 0.095), "8a929e")
    pen.oval((0.0, 0.68, 0.07, 0.07), "58b8dc", volume=0.5)
    pen.oval((-0.02, 0.705, 0.025, 0.02), "ffffff", volume=0, opacity=0.8)
    pen.blob("-.19 .36, .0 .33, .19 .36, .195 .42, .0 .39, -.195 .42", accent, volume=0.4)
    pen.blob("-.03 .44, .0 .46, .03 .44, .035 .12, .0 .02, -.035 .12", accent, volume=0.5)


def _ufo(pen: Pen) -> None:
    metal = pen.body("9aa3b0")
    pen.poly("-.24 .3, .24 .3, .46 -.5, -.46 -.5", "bff4d8", glow=0.9, volume=0, opacity=0.28)
    pen.blob(
        "-.28 .46, -.2 .68, .0 .76, .2 .68, .28 .46, .0 .42", "9fe0ea", volume=0.9, opacity=0.85
    )
    pen.blob("-.72 .38, -.4 .5, .0 .53, .4 .5, .72 .38, .4 .27, .0 .24, -.4 .27", metal, volume=1.0)
    pen.blob(
        "-.34 .27, .0 .24, .34 .27, .22 .18, .0 .16, -.22 .18", pen.shade(metal, -0.4), volume=0.6
    )
    for at, x in enumerate(np.linspace(-0.54, 0.54, 7)):
        y = 0.345 - 0.05 * (1 - (x / 0.6) ** 2)
        pen.oval(
            (float(x), float(y), 0.035, 0.025),
            ("ffd24a", "7affc0", "ff7ab0")[at % 3],
            glow=0.9,
            volume=0,
        )


def _submarine(pen: Pen) -> None:
    paint = pen.body("e8b83a")
    pen.limb(".1 .6, .1 .86, .24 .88", ".04 .04 .05", "8a8e96", volume=0.5)
    pen.blob("-.14 .5, -.12 .72, .2 .72, .24 .5", pen.shade(paint, -0.1), volume=0.7)
    pen.poly("-.66 .3, -.86 .52, -.84 .06", pen.shade(paint, -0.25))
    pen.blob(
        "-.74 .3, -.5 .52, .0 .58, .5 .54, .76 .34, .7 .2, .4 .06, -.1 .04, -.54 .12",
        paint,
        volume=1.0,
    )
    for x in (-0.26, 0.06, 0.38):
        pen.oval((x, 0.32, 0.1, 0.1), "8a6a2a")
        pen.oval((x, 0.32, 0.073, 0.073), "ffe9a8", glow=0.6, volume=0.3)
    pen.limbs("-.86 .42, -.86 .18 / -.94 .3, -.78 .3", ".05 .05", "8a8e96", volume=0.4)
    pen.limb("-.6 .18, .0 .1, .62 .2", ".012 .014 .01", pen.shade(paint, -0.4), volume=0)


DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    "ship": _ship, "boat": _boat, "car": _car, "bus": _bus, "train": _train, "bicycle": _bicycle,
    "motorcycle": _motorcycle, "airplane": _airplane, "balloon": _balloon, "rocket": _rocket, "ufo": _ufo,
    "submarine": _submarine,
}  # fmt: skip
