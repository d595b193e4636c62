from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.nearest import nearest

STYLES = ["Watercolor", "Oil painting", "Pop art", "Pixel art"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("water color", "Watercolor"),
        ("WATERCOLOUR", "Watercolor"),
        ("oil-paintng", "Oil painting"),
        ("pix", "Pixel art"),
        ("pop_art", "Pop art"),
    ],
)
def test_a_slip_finds_the_word_that_was_meant(word, meant):
    assert nearest(word, STYLES) == meant


@pytest.mark.parametrize("word", ["", "-", "zebra", "qq", "p"])
def test_a_word_near_nothing_finds_nothing(word):
    assert nearest(word, STYLES) is None


def test_the_first_of_equally_near_words_is_taken():
    assert nearest("cat", ["bat", "hat"]) == "bat"


@given(st.text(), st.lists(st.text(max_size=8), max_size=6))
def test_what_is_found_is_one_of_the_known(word, known):
    assert nearest(word, known) in [None, *known]


@given(
    st.text(alphabet="abcdefgh", min_size=1, max_size=40),
    st.lists(st.text(alphabet="abcdefgh", max_size=8)),
)
def test_a_known_word_finds_itself(word, known):
    assert nearest(word, [*known, word]) == word
