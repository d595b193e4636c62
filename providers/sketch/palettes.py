"""The light of an hour and a weather: sky, sun and shadow."""

from __future__ import annotations

from dataclasses import dataclass

from providers.sketch.colour import Array, rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours of one kind of light.

    `ambient` and `sun` are what a white surface shows in shadow and in light. `disc` is "sun", "moon" or "none";
    `night` runs from 0 (day) to 1; `low` is how high the disc stands, 0 at the zenith and 1 at the horizon.
    """

    zenith: Array
    upper: Array
    horizon: Array
    ambient: Array
    sun: Array
    glow: Array
    disc: str = "sun"
    night: float = 0.0
    low: float = 0.5


def _palette(colours: str, *, disc: str = "sun", night: float = 0.0, low: float = 0.5) -> Palette:
    zenith, upper, horizon, ambient, sun, glow = (rgb(part) for part in colours.split())
    return Palette(
        zenith=zenith, upper=upper, horizon=horizon, ambient=ambient, sun=sun, glow=glow,
        disc=disc, night=night, low=low,
    )  # fmt: skip


PALETTES: dict[str, Palette] = {
    "day": _palette("2e6fc2 6db0e6 dcedf0 8fa6c4 fff8e6 fff6dc", low=0.35),
    "dawn": _palette("5e7fba c7a9c8 ffdcbc 9a93b4 ffdfc0 fff0d2", low=0.78),
    "sunset": _palette("2c2860 b64c72 ffb46a 6e5478 ffb072 ffe2a0", low=0.86),
    "golden": _palette("4a7fb0 e3b48c ffdf9e 8f7d78 ffd699 fff0c4", low=0.74),
    "dusk": _palette("191f4c 5d4390 f592a0 514a7c f2a0a4 ffd2c0", night=0.45, low=0.93),
    "night": _palette("060b24 122654 3a5f88 2c3c66 8fa9d8 e4ecff", disc="moon", night=1.0, low=0.4),
    "storm": _palette("1f252e 48535e a6b0b0 66707c a9b4b8 dfe8ea", disc="none", night=0.25),
    "mist": _palette("a9b9c3 c9d4d6 ece8de a5b1b6 f4f0e6 fffaf0", low=0.66),
    "neon": _palette("0b0626 461270 ff4f9e 4a2a74 7fe4ff ffd0f0", night=0.8, low=0.8),
    "winter": _palette("6b9acb a8c8e4 f8eef0 9fb4d2 fff4e4 fffaf0", low=0.7),
    "pastel": _palette("a5c6e8 f1c8da ffebd2 b4aac8 fff0e2 fffaf0", low=0.7),
}  # fmt: skip


def tinted(palette: Palette, tint: Array) -> Palette:
    """The palette with its sky and light drawn towards a colour, its brightness kept."""

    def towards(colour: Array, share: float) -> Array:
        bright = float(colour.mean())
        shaded = tint * min(bright / max(float(tint.mean()), 0.12), 1.9)
        lifted = shaded + max(bright - float(shaded.mean()), 0.0)
        mixed: Array = (colour * (1 - share) + lifted * share).clip(0, 1)
        return mixed

    return Palette(
        zenith=towards(palette.zenith, 0.72),
        upper=towards(palette.upper, 0.62),
        horizon=towards(palette.horizon, 0.45),
        ambient=towards(palette.ambient, 0.5),
        sun=towards(palette.sun, 0.28),
        glow=towards(palette.glow, 0.25),
        disc=palette.disc,
        night=palette.night,
        low=palette.low,
    )
