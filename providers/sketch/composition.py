"""A prompt's picture: scene, light, subjects, weather, in that order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from PIL import Image

from providers.sketch import staging, weather
from providers.sketch.colour import Array, rgb
from providers.sketch.dice import Dice
from providers.sketch.finish import developed
from providers.sketch.palettes import PALETTES, tinted
from providers.sketch.reading import Cast, Reading
from providers.sketch.scenes import (
    city,
    clouds,
    desert,
    forest,
    interior,
    lake,
    meadow,
    mountain,
    sea,
    space,
    studio,
    underwater,
    village,
    winter,
)
from providers.sketch.view import Light, Stage, View
from providers.sketch.vocabulary import COLOURS, EXTRAS, NOUNS, SCENE_PALETTES

SCENES: Mapping[str, Callable[[View], Stage]] = {
    "sea": sea.sea,
    "lake": lake.lake,
    "city": city.city,
    "forest": forest.forest,
    "space": space.space,
    "desert": desert.desert,
    "village": village.village,
    "studio": studio.studio,
    "interior": interior.interior,
    "underwater": underwater.underwater,
    "mountain": mountain.mountain,
    "winter": winter.winter,
    "sky": clouds.open_sky,
    "meadow": meadow.meadow,
}


_WARM = ("copper", "amber", "beige", "pink")
_COOL = ("teal", "azure", "lilac", "indigo")
_STUDIO_TINTS = {"golden": _WARM, "sunset": _WARM, "winter": _COOL, "mist": _COOL}
"""Of a backdrop in that light; in any other it may have any colour."""
_ANY_TINT = ("teal", "copper", "lilac", "amber", "azure", "pink", "emerald", "beige", "indigo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The size and the chance of one picture; `drift` moves it from `seed` towards `other_seed`."""

    width_px: int
    height_px: int
    seed: int
    other_seed: int = 0
    drift: float = 0.0


def composed(reading: Reading, frame: Frame, *, bare: bool = False) -> Image.Image:
    """The picture of a reading, RGB, without label; a bare one shows its scene alone."""
    dice = _dice(reading, frame)
    scene = _scene(reading, dice)
    view = _view(reading, scene, frame, dice)
    stage = SCENES[scene](view)
    if "lightning" in view.weather and view.palette.disc == "none":
        weather.lightning(view, stage.canvas, view.height * 0.62)
    subjects = () if bare else reading.subjects or _extras(scene, dice)
    staging.place(view, stage, subjects, scene)
    weather.paint(view, stage.canvas)
    return developed(stage.canvas, dice, night=view.palette.night)


def peopled(canvas: Array, reading: Reading, frame: Frame, *, share: float = 0.0) -> Array:
    """The reading's subjects set into a given picture; `share` above 0 makes them that part of its height."""
    dice = _dice(reading, frame)
    scene = _scene(reading, dice)
    view = _view(reading, scene, frame, dice)
    height, scale = view.height, 1.0
    if share and reading.subjects:
        scale = share / reading.subjects[0].noun.height * height / view.unit
        view = replace(view, focus_x=0.5)
    foot = height * (0.92 if not share else 0.5 + share * 0.5)
    stage = Stage(
        canvas=canvas, ground_y=foot, middle_y=foot if share else height * 0.82,
        air_y=height * (0.5 if share else 0.36), scale=scale, haze=0.06, shadow=0.35,
    )  # fmt: skip
    staging.place(view, stage, reading.subjects, "")
    return canvas


def _extras(scene: str, dice: Dice) -> tuple[Cast, ...]:
    """Something small in a scene without a subject; a studio or a room shows it at full size."""
    usual = EXTRAS.get(scene, ())
    if not usual:
        return ()
    name = dice.still().stream("extra").pick(usual)
    noun = next(noun for noun in NOUNS if noun.name == name)
    share = 0.9 if scene in {"studio", "interior"} else 0.42
    small = replace(noun, height=noun.height * share)
    return (Cast(noun=small, word="", colour=None, count=1),)


def _dice(reading: Reading, frame: Frame) -> Dice:
    return Dice(
        reading.key,
        frame.seed & 0xFFFFFFFF,
        other_seed=frame.other_seed & 0xFFFFFFFF,
        drift=frame.drift,
    )


def _scene(reading: Reading, dice: Dice) -> str:
    if reading.scene:
        return reading.scene
    still = dice.still().stream("scene")
    usual = reading.subjects[0].noun.scenes if reading.subjects else tuple(SCENES)
    if reading.season == "winter" and "winter" in usual:
        return "winter"
    return still.pick(usual)


def _view(reading: Reading, scene: str, frame: Frame, dice: Dice) -> View:
    still = dice.still()
    name = reading.palette or still.stream("palette").pick(SCENE_PALETTES[scene].split())
    season = reading.season or ("winter" if scene == "winter" else "summer")
    if scene == "space":
        name = "neon" if name == "neon" else "night"
    if scene == "winter" and name == "day":
        name = "winter"
    palette = PALETTES[name]
    if scene == "space":
        palette = replace(palette, ambient=rgb("4c5270"), sun=rgb("fff6ea"))
    tint = reading.tint
    if scene == "studio" and tint is None:
        tint = still.stream("tint").pick(_STUDIO_TINTS.get(name, _ANY_TINT))
    if tint:
        palette = tinted(palette, rgb(COLOURS[tint]))
    focus, sun = _places(dice, still)
    width, height = frame.width_px, frame.height_px
    low = palette.low if "moon" not in reading.weather else 0.4
    light = Light(x=width * sun, y=height * (0.1 + 0.5 * low), palette=palette)
    habitat = reading.subjects[0].noun.habitat if reading.subjects else None
    return View(
        width=width, height=height, dice=dice, light=light, season=season,
        weather=reading.weather, focus_x=focus, standing="" if habitat is None else habitat.value,
        company=sum(cast.count for cast in reading.subjects) > 1,
    )  # fmt: skip


def _places(dice: Dice, still: Dice) -> tuple[float, float]:
    """Where the subject and the light stand, as shares of the width, on opposite thirds."""
    left = still.stream("side").chance(0.5)
    place = dice.stream("places")
    focus = 0.4 + place.uniform(-0.07, 0.05)
    sun = 0.72 + place.uniform(-0.06, 0.1)
    return (focus, sun) if left else (1 - focus, 1 - sun)
