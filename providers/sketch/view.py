"""What a scene painter is given, and what it hands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from providers.sketch.colour import Array, mix, rgb
from providers.sketch.dice import Dice
from providers.sketch.palettes import Palette


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Where light comes from, in pixels, and what it does to a colour."""

    x: float
    y: float
    palette: Palette

    def lit(self, colour: Array, amount: float) -> Array:
        """A surface of that colour, from full shadow (0) to full light (1)."""
        return colour * mix(self.palette.ambient, self.palette.sun, amount)

    def far(self, colour: Array, depth: float, amount: float = 0.5) -> Array:
        """The surface seen through air: depth 0 is here, 1 is lost in haze."""
        return mix(self.lit(colour, amount), self.haze, depth)

    @property
    def haze(self) -> Array:
        """The colour distance fades to."""
        return mix(self.palette.horizon, self.palette.upper, 0.35)

    def towards(self, x: float, y: float) -> Array:
        """The unit vector from a point to the light, in screen axes (y down); from above when there is no disc."""
        step = np.array([self.x - x, self.y - y], np.float64)
        if self.palette.disc == "none":
            step = np.array([0.75, -0.85])
        return step / max(float(np.hypot(step[0], step[1])), 1e-6)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The frame to be filled: its size, its light, its season and its weather.

    `focus_x` says where the subject goes, as a share of the width; scenes keep that place clear. `standing` is the
    first subject's habitat, "" without one; `company` tells that there are several subjects.
    """

    width: int
    height: int
    dice: Dice
    light: Light
    season: str
    weather: frozenset[str]
    focus_x: float
    standing: str
    company: bool = False

    @property
    def unit(self) -> float:
        """The shorter side in pixels: everything is measured by it."""
        return float(min(self.width, self.height))

    @property
    def aspect(self) -> float:
        """Width by height, held within what composition can use."""
        return float(np.clip(self.width / self.height, 0.4, 4))

    @property
    def palette(self) -> Palette:
        """The palette of the light."""
        return self.light.palette

    def blank(self) -> Array:
        """An unpainted canvas: (height, width, 3) float32."""
        return np.zeros((self.height, self.width, 3), np.float32)

    @property
    def grass(self) -> Array:
        """The colour of meadows in this season."""
        return rgb(
            {"autumn": "b08a44", "winter": "eef3fa", "spring": "8fb84e"}.get(self.season, "76a24a")
        )

    @property
    def leaf(self) -> Array:
        """The colour of broad-leaved trees in this season."""
        return rgb(
            {"autumn": "c8642a", "winter": "b9c4d2", "spring": "8cba58"}.get(self.season, "4f8344")
        )

    @property
    def snowy(self) -> bool:
        """Whether the ground is white."""
        return self.season == "winter"


Painter = Callable[[Array], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A painted scene waiting for its subject.

    Feet stand on `ground_y` in front and on `middle_y` further off (pixels); `air_y` is where flying things hang.
    `water_y` is the waterline for things that swim, None where there is none. `haze` is how much air lies before the
    middle distance. `front` paints what stands before the subject.
    """

    canvas: Array
    ground_y: float
    middle_y: float
    air_y: float
    water_y: float | None = None
    haze: float = 0.15
    shadow: float = 0.45
    mirror: float = 0.0
    scale: float = 1.0
    front: Painter | None = None
