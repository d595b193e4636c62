"""Words are written as they are typed on each platform."""

import json

import pytest

from bot.commands.words import REGISTRY
from bot.domain.card import Card, Tone
from bot.surfaces.discord.components import message
from bot.surfaces.slack.blocks import render
from bot.surfaces.umbrella import under_umbrella

TIP = Card(
    tone=Tone.NOTICE,
    headline="/queue",
    quote="/show me a fox",
    lines=("Type /show and a number from /queue, or /cancel all. Did you mean /gallery?",),
    footer="/help imagine shows all flags.",
    preformatted="/imagine  Paints\n/queue    Shows",
)


def test_all_words_but_imagine_go_under_the_one_command():
    card = under_umbrella(TIP)

    assert card.headline == "/impasto queue"
    assert card.lines == (
        "Type /impasto show and a number from /impasto queue, or /impasto cancel all."
        " Did you mean /impasto gallery?",
    )
    assert card.footer == "/impasto help imagine shows all flags."


def test_columns_stay_columns():
    assert under_umbrella(TIP).preformatted == ("/imagine          Paints\n/impasto queue    Shows")


def test_what_a_person_wrote_is_not_changed():
    assert under_umbrella(TIP).quote == "/show me a fox"


@pytest.mark.parametrize("text", ["/imagine a fox", "and/show", "/queue/all", "/shows", "/var/log"])
def test_what_is_no_word_is_left_alone(text):
    assert under_umbrella(Card(tone=Tone.NOTICE, headline=text)).headline == text


@pytest.mark.parametrize("guide", REGISTRY.guides, ids=lambda guide: guide.name)
def test_slack_and_discord_show_words_as_they_are_typed_there(guide):
    typed = guide.name if guide.name == "imagine" else f"impasto {guide.name}"
    card = Card(tone=Tone.NOTICE, headline="Which one?", lines=(f"Type /{guide.name} 12.",))

    assert f"Type /{typed} 12." in json.dumps(render(card).blocks)
    assert f"Type /{typed} 12." in render(card).text
    on_discord = typed.replace("impasto admin", r"impasto\\-admin")
    assert f"Type /{on_discord} 12" in json.dumps(message(card))
