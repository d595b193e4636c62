"""The pen that subjects are drawn with: shapes in a small unit square, y upwards, feet at y = 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from providers.sketch.colour import Array, mix, recoloured, rgb
from providers.sketch.dice import Dice


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One shape of a subject.

    `outlines` are (n, 2) in units. `volume` is how round it looks, 0 flat to 1 ball; `glow` how much it shines by
    itself; `opacity` how solid it is.
    """

    outlines: tuple[Array, ...]
    colour: Array
    volume: float
    glow: float
    opacity: float


def points(text: str) -> Array:
    """The points written as "x y, x y, …"."""
    return np.array(
        [[float(part) for part in pair.split()] for pair in text.split(",")], np.float64
    )


def curve(corners: Array, *, closed: bool, steps: int = 14) -> Array:
    """A smooth line through the corners (centripetal enough for drawing: Catmull-Rom)."""
    if closed:
        around = np.concatenate([corners[-1:], corners, corners[:2]])
    else:
        around = np.concatenate(
            [2 * corners[:1] - corners[1:2], corners, 2 * corners[-1:] - corners[-2:-1]]
        )
    share = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for at in range(len(around) - 3):
        one, two, three, four = around[at : at + 4]
        pieces.append(
            0.5
            * (
                2 * two
                + (three - one) * share
                + (2 * one - 5 * two + 4 * three - four) * share**2
                + (3 * two - one - 3 * three + four) * share**3
            )
        )
    if not closed:
        pieces.append(corners[-1:])
    return np.concatenate(pieces)


class Pen:
    """Collects the parts of one subject, back to front."""

    def __init__(self, dice: Dice, colour: Array | None = None, *, snowy: bool = False) -> None:
        self.dice = dice
        self.parts: list[Part] = []
        self._colour = colour
        self._snowy = snowy

    def body(self, usual: str) -> Array:
        """The main colour: the prompt's when it names one, else the usual one."""
        colour = rgb(usual)
        return colour if self._colour is None else recoloured(colour, self._colour)

    def roof(self, usual: str) -> Array:
        """The colour of what snow lies on: white in winter."""
        return rgb("eef3fa" if self._snowy else usual)

    def shade(self, colour: Array, share: float) -> Array:
        """The colour lighter (share above 0) or darker (below)."""
        return mix(colour, rgb("ffffff" if share > 0 else "14101c"), abs(share))

    def add(
        self,
        outlines: list[Array],
        colour: Array | str,
        *,
        volume: float = 0.5,
        glow: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """Take up shapes as one part."""
        tone = rgb(colour) if isinstance(colour, str) else colour
        self.parts.append(
            Part(outlines=tuple(outlines), colour=tone, volume=volume, glow=glow, opacity=opacity)
        )

    def blob(
        self,
        text: str,
        colour: Array | str,
        *,
        volume: float = 0.5,
        glow: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """A closed smooth shape through the points."""
        outline = curve(points(text), closed=True)
        self.add([outline], colour, volume=volume, glow=glow, opacity=opacity)

    def poly(
        self,
        text: str,
        colour: Array | str,
        *,
        volume: float = 0.25,
        glow: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """A closed shape with corners."""
        self.add([points(text)], colour, volume=volume, glow=glow, opacity=opacity)

    def box(
        self, corners: tuple[float, float, float, float], colour: Array | str, *, volume: float = 0.25,
        glow: float = 0.0, opacity: float = 1.0, round_by: float = 0.0,
    ) -> None:  # fmt: skip
        """A rectangle by left, bottom, right, top, its corners rounded by `round_by`."""
        left, bottom, right, top = corners
        r = min(round_by, (right - left) / 2, (top - bottom) / 2)
        if r <= 0:
            outline = np.array([[left, bottom], [right, bottom], [right, top], [left, top]])
        else:
            turn = np.linspace(0, np.pi / 2, 7)
            arc = np.stack([np.cos(turn), np.sin(turn)], 1) * r
            outline = np.concatenate(
                [
                    arc + np.array([right - r, top - r]), arc[:, ::-1] * (-1, 1) + (left + r, top - r),
                    -arc + (left + r, bottom + r), arc[:, ::-1] * (1, -1) + (right - r, bottom + r),
                ]
            )  # fmt: skip
        self.add([outline], colour, volume=volume, glow=glow, opacity=opacity)

    def oval(
        self, place: tuple[float, float, float, float], colour: Array | str, *, volume: float = 0.6,
        turn: float = 0.0, glow: float = 0.0, opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """An ellipse by centre x, y and radii, turned by `turn` degrees."""
        self.add([oval(place, turn)], colour, volume=volume, glow=glow, opacity=opacity)

    def ring(
        self, place: tuple[float, float, float, float], wide: float, colour: Array | str, *,
        volume: float = 0.3, glow: float = 0.0,
    ) -> None:  # fmt: skip
        """An elliptical band `wide` thick, its outer edge at the radii."""
        x, y, across, up = place
        outer, inner = oval(place, 0), oval((x, y, across - wide, up - wide), 0)[::-1]
        self.add(
            [np.concatenate([outer, outer[:1], inner, inner[:1]])], colour, volume=volume, glow=glow
        )

    def limb(
        self,
        text: str,
        widths: str,
        colour: Array | str,
        *,
        volume: float = 0.5,
        opacity: float = 1.0,
    ) -> None:
        """A smooth stroke through the points with a width at each, round at both ends."""
        self.add([limb(points(text), widths)], colour, volume=volume, opacity=opacity)

    def limbs(self, texts: str, widths: str, colour: Array | str, *, volume: float = 0.5) -> None:
        """Several strokes, separated by "/", as one part."""
        strokes = [limb(points(text), widths) for text in texts.split("/")]
        self.add(strokes, colour, volume=volume)

    def eye(self, x: float, y: float, size: float, colour: str = "1a1418") -> None:
        """A dark eye with a glint."""
        self.oval((x, y, size, size), colour, volume=0.0)
        self.oval((x + size * 0.3, y + size * 0.35, size * 0.34, size * 0.34), "ffffff", volume=0.0)


def oval(place: tuple[float, float, float, float], turn: float = 0.0) -> Array:
    """The outline of an ellipse by centre and radii, turned by degrees."""
    x, y, across, up = place
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    flat = np.stack([across * np.cos(angle), up * np.sin(angle)], 1)
    lean = np.radians(turn)
    turned = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    outline: Array = flat @ turned + np.array([x, y])
    return outline


def limb(corners: Array, widths: str) -> Array:
    """The outline of a stroke through the corners."""
    wide = np.array([float(part) for part in widths.split()], np.float64)
    spine = curve(corners, closed=False) if len(corners) > 1 else corners
    place = np.linspace(0, 1, len(spine))
    half = np.interp(place, np.linspace(0, 1, len(wide)), wide)[:, None] / 2
    along = np.gradient(spine, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    cap = np.linspace(-np.pi / 2, np.pi / 2, 7)[1:-1, None]
    end = spine[-1] + half[-1] * (np.cos(cap) * along[-1] - np.sin(cap) * across[-1])
    start = spine[0] + half[0] * (-np.cos(cap) * along[0] + np.sin(cap) * across[0])
    return np.concatenate([spine + across * half, end, (spine - across * half)[::-1], start])
