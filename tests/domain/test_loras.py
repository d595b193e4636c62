"""LoRAs as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.loras import read_loras
from providers import Lora


@pytest.mark.parametrize(
    ("text", "loras"),
    [
        ("add-detail", (Lora(name="add-detail"),)),
        ("add-detail:0.8", (Lora(name="add-detail", weight=0.8),)),
        ("one:0.5, two words", (Lora(name="one", weight=0.5), Lora(name="two words"))),
    ],
)
def test_names_and_weights_are_read_in_their_order(text, loras):
    assert read_loras(text) == loras


@pytest.mark.parametrize(
    "text", ["", ",", "a:", "a:3", "a:x", "<lora:a:1>", "a,a", ",".join("abcdefghi"), "a/../b"]
)
def test_what_is_no_lora_is_not_guessed_at(text):
    assert read_loras(text) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    read_loras(text)
