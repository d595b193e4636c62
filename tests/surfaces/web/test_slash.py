"""A typed line as a command."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.words import REGISTRY
from bot.domain.wordings import Wordings
from bot.surfaces.web.slash import command_of, completions
from tests.browser.stage.stage import CATALOG

KNOWN = ("imagine", "queue", "quota", "quota set")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/imagine a fox --n 4", ("imagine", "a fox --n 4")),
        ("  /imagine a fox ", ("imagine", "a fox")),
        ("/IMAGINE a Fox", ("imagine", "a Fox")),
        ("/imagine\na fox\non a hill", ("imagine", "a fox\non a hill")),
        ("/queue", ("queue", "")),
        ("/impasto queue", ("queue", "")),
        ("/impasto  quota set 5", ("quota set", "5")),
        ("/quota", ("quota", "")),
        ("/quotas", ("quotas", "")),
        ("/impastor x", ("impastor", "x")),
        ("/impasto", ("", "")),
        ("/", ("", "")),
        ("/nonsense a b", ("nonsense", "a b")),
        ("a fox", None),
        ("//escaped", None),
        ("", None),
        ("either/or", None),
    ],
)
def test_a_line_is_a_command_or_talk(line, command):
    assert command_of(line, KNOWN) == command


@given(st.text())
def test_no_line_breaks_it(line):
    found = command_of(line, KNOWN)

    assert (found is None) == (not line.strip().startswith("/") or line.strip().startswith("//"))


@given(st.sampled_from(KNOWN), st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_what_follows_a_word_arrives_whole(word, text):
    found = command_of(f"/{word} {text}", ("imagine", "queue", "quota", "quota set"))

    if word != "quota" or not text.strip().casefold().startswith("set"):
        assert found == (word, text.strip())


def test_completion_offers_every_word_flag_style_and_model():
    offered = completions(REGISTRY.guides, CATALOG, Wordings())

    values = {flag["name"]: flag["values"] for flag in offered["flags"]}
    assert [one["name"] for one in offered["commands"]] == [
        f"/{guide.name}" for guide in REGISTRY.guides
    ]
    assert values["--style"] == ["ink wash", "oil", "pastel", "watercolor", "woodcut"]
    assert values["--model"] == ["sketch", "fine-xl"]
    assert "16:9" in values["--ar"]
    (hero,) = [one for one in offered["templates"] if one["name"] == "template:hero"]
    assert [one["value"] for one in hero["values"]] == ["product=", "surface=", "mood="]
    assert json.loads(json.dumps(offered)) == offered
