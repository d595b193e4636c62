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
    assert read("an emerald forest with mushrooms").tint == "emerald"
    assert read("a golden crown").subjects[0].colour == "gold"


def test_number_words_and_plurals_count():
    assert read("two cats").subjects[0].count == 2
    assert read("five white horses").subjects[0].count == 5
    assert read("a cat").subjects[0].count == 1
    assert read("a wizard's tower").subjects[0].count == 1
    assert [(cast.noun.name, cast.count) for cast in read("three sailing boats").subjects] == [
        ("ship", 3)
    ]
    assert read("birds over the sea").subjects[0].count == 3


@pytest.mark.parametrize(
    ("prompt", "missing"),
    [
        ("a red fox in a snowy forest, highly detailed", ()),
        ("a beautiful cinematic photo of mountains at golden hour", ()),
        ("a trombone on a table", ("trombone",)),
        (
            "a happy trombone slowly dancing in a conductor's hand",
            ("trombone", "conductor", "hand"),
        ),
        ("a fox and a city by the sea", ("city",)),
        ("cat dog horse cow sheep", ("cow", "sheep")),
        ("夕焼けの海", ("夕焼けの海",)),
        ("лиса в лесу", ("лиса", "в", "лесу")),
    ],
)
def test_what_is_not_drawn_is_told(prompt, missing):
    assert read(prompt).not_drawn == missing


def test_what_a_prompt_denies_is_neither_drawn_nor_missed():
    reading = read("a street without cars and no trombone")

    assert reading.subjects == ()
    assert reading.not_drawn == ()


def test_changing_the_light_keeps_the_composition():
    assert read("a red car at dawn").key == read("a blue car at night").key
    assert read("a car").key != read("a bus").key


@pytest.mark.parametrize(
    "prompt", ["a whale under the sea", "a shark in the ocean", "coral underwater"]
)
def test_what_lives_in_the_deep_is_seen_there(prompt):
    assert read(prompt).scene == "underwater"


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


@pytest.mark.parametrize(
    ("mood", "palette"), [("warm", "golden"), ("cool", "winter"), ("dramatic", "storm")]
)
def test_a_mood_of_light_wins_over_soft_shadow(mood: str, palette: str) -> None:
    assert read(f"earbuds on stone, {mood} studio light, soft shadow").palette == palette
