"""What the sketch paints: every scene, every subject, every size."""

import numpy as np
import pytest

from providers.sketch import shimmer
from providers.sketch.composition import SCENES, Frame, composed
from providers.sketch.dice import Dice
from providers.sketch.palettes import PALETTES
from providers.sketch.provider import VERSION, capabilities
from providers.sketch.raster import circle, fill
from providers.sketch.reading import read
from providers.sketch.sky import disc_radius
from providers.sketch.subjects.drawings import DRAWINGS
from providers.sketch.view import Light, View
from providers.sketch.vocabulary import (
    NOUNS,
    PALETTE_WORDS,
    SCENE_PALETTES,
    SCENE_WORDS,
    SHOWN,
)

SIDE = 72


def _pixels(prompt: str, *, seed: int = 3, width: int = SIDE, height: int = SIDE) -> np.ndarray:
    frame = Frame(width_px=width, height_px=height, seed=seed)
    return np.asarray(composed(read(prompt), frame), np.int16)


def test_every_noun_has_a_drawing_and_every_drawing_a_noun():
    assert {noun.name for noun in NOUNS} == set(DRAWINGS)
    assert len(DRAWINGS) >= 40


def test_every_scene_has_words_and_palettes_that_exist():
    assert set(SCENES) == set(SCENE_WORDS) == set(SHOWN) == set(SCENE_PALETTES)
    assert {name for row in SCENE_PALETTES.values() for name in row.split()} <= set(PALETTES)
    assert set(PALETTE_WORDS) == set(PALETTES)
    assert {scene for noun in NOUNS for scene in noun.scenes} <= set(SCENES)
    assert len(SCENES) >= 8


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("palette", ["day", "night", "storm"])
def test_every_scene_is_a_picture_in_every_light(scene, palette):
    picture = _pixels(f"{SCENE_WORDS[scene].split()[0]} {palette}")

    assert picture.std() > 8
    assert 8 < picture.mean() < 250


def test_scenes_look_different_from_each_other():
    pictures = [_pixels(f"{words.split()[0]} day") for words in SCENE_WORDS.values()]

    for at, one in enumerate(pictures):
        for other in pictures[at + 1 :]:
            assert np.abs(one - other).mean() > 6


@pytest.mark.parametrize("noun", [noun.name for noun in NOUNS])
def test_every_subject_shows_in_its_scene(noun):
    reading = read(f"a {noun} in a studio by day")
    frame = Frame(width_px=SIDE, height_px=SIDE, seed=3)
    empty = type(reading)(
        **{name: getattr(reading, name) for name in reading.__slots__} | {"subjects": ()}
    )

    difference = np.abs(
        np.asarray(composed(reading, frame), np.int16)
        - np.asarray(composed(empty, frame), np.int16)
    ).max(2)

    assert np.mean(difference > 24) > 0.012


@pytest.mark.parametrize("scene", SCENES)
def test_a_subject_can_stand_in_any_scene(scene):
    for noun in ("cat", "ship", "whale", "castle"):
        assert _pixels(f"a {noun}, {SCENE_WORDS[scene].split()[0]}", width=64, height=64).std() > 8


@pytest.mark.parametrize(
    ("width", "height"), [(64, 64), (64, 2048), (2048, 64), (65, 97), (640, 360), (300, 700)]
)
def test_any_size_and_aspect_ratio_is_painted(width, height):
    picture = _pixels("two deer and a castle in a misty forest", width=width, height=height)

    assert picture.shape == (height, width, 3)
    assert picture.std() > 5


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_bears_extreme_sizes(scene):
    word = SCENE_WORDS[scene].split()[0]

    for width, height in ((64, 300), (300, 64)):
        assert _pixels(f"a dog, {word}, storm", width=width, height=height).std() > 5


def test_a_larger_size_is_the_same_composition():
    small = _pixels("a fox in a meadow at dawn", width=96, height=96)
    large = _pixels("a fox in a meadow at dawn", width=192, height=192)

    halved = large.reshape(96, 2, 96, 2, 3).mean((1, 3))
    assert np.abs(halved - small).mean() < 8


def test_a_new_seed_keeps_the_light_and_changes_the_picture():
    first, second = _pixels("mountains at sunset", seed=1), _pixels("mountains at sunset", seed=2)

    assert np.abs(first - second).mean() > 4
    assert np.abs(first.mean((0, 1)) - second.mean((0, 1))).max() < 30


def test_a_colour_word_tints_the_scene():
    plain, green = (
        _pixels("mountains by day").mean((0, 1)),
        _pixels("green mountains by day").mean((0, 1)),
    )

    assert green[1] - green[2] > plain[1] - plain[2]


def test_a_colour_before_a_noun_paints_the_noun_only():
    red, blue = _pixels("a red car, desert, day"), _pixels("a blue car, desert, day")
    difference = np.abs(red - blue).max(2)

    assert 0.005 < np.mean(difference > 60) < 0.2


@pytest.mark.parametrize(
    "prompt", ["夕焼けの海", "лиса в лесу", "🎈", "", "   ", "\x00", "a" * 5000]
)
def test_any_text_gives_a_picture(prompt):
    assert _pixels(prompt, width=64, height=64).std() > 5


def test_prompts_in_other_scripts_give_different_pictures():
    assert np.abs(_pixels("夕焼けの海") - _pixels("森の狐")).mean() > 3


@pytest.mark.parametrize("seed", [2, 11, 12])
def test_the_sun_lies_on_water_as_broken_strokes(seed):
    side = 320
    grey = _pixels("the sea at sunset", seed=seed, width=side, height=side).mean(2)
    sky, water = grey[: int(side * 0.56)], grey[int(side * 0.63) :]
    x = int(np.median(np.flatnonzero((sky > np.quantile(sky, 0.995)).any(0))))

    steps = np.abs(np.diff(water[:, x - 3 : x + 4].mean(1)))

    # Strokes have edges; a mirrored disc and soft patches of light have hardly any.
    assert np.count_nonzero(steps > 10) >= 40


def test_water_mirrors_the_sky_without_its_sun():
    palette = PALETTES["sunset"]
    view = View(
        width=200, height=200, dice=Dice(1, 2), light=Light(x=100.0, y=100.0, palette=palette),
        season="", weather=frozenset(), focus_x=0.5, standing="",
    )  # fmt: skip
    canvas = np.full((200, 200, 3), 0.4, np.float32)
    fill(canvas, [circle(100, 100, disc_radius(view), 64)], np.ones(3, np.float32))
    rows, columns = np.mgrid[199:-1:-1, 0:200]
    mirror = canvas[rows, columns]

    seen = shimmer.dissolved(view, canvas, mirror, rows, columns)

    assert seen > 0.95
    assert mirror.max() < 0.45


def test_a_request_that_was_painted_otherwise_before_is_not_taken_for_the_same():
    assert capabilities().version == VERSION == "2"
