import re

import pytest

from bot.commands.words import REGISTRY
from bot.domain.card import Tone

MEMBERS = [guide for guide in REGISTRY.guides if not guide.is_admin_word]


@pytest.mark.parametrize("word", [guide.name for guide in MEMBERS])
async def test_every_word_answers_privately(ana, word):
    reply = await ana.says(f"/{word}")

    assert reply.form or (reply.card.only_asker and reply.card.headline)


@pytest.mark.parametrize("guide", MEMBERS, ids=lambda guide: guide.name)
async def test_every_word_is_in_help_with_an_example_that_works(ana, guide):
    listed = (await ana.says("/help")).card.preformatted
    own = (await ana.says(f"/help {guide.name}")).card.preformatted

    assert re.search(
        rf"^/(impasto )?{guide.name}  +{re.escape(guide.summary)}$", listed, re.MULTILINE
    )
    assert guide.example in own
    assert guide.example.partition(" ")[0] == guide.name


async def test_a_wrong_word_is_answered_with_the_nearest(ana):
    reply = await ana.says("/galery")

    assert re.search("Did you mean /(impasto )?gallery\\?", " ".join(reply.card.lines))


async def test_a_new_house_has_no_pictures_and_says_what_to_do(ana):
    reply = await ana.says("/gallery")

    assert reply.card.headline == "There are no pictures yet"


async def test_the_gallery_shows_what_one_made_newest_first(ana, ben):
    first = await ana.gets("/imagine a fox")
    second = await ana.gets("/imagine a hen")
    await ben.gets("/imagine a cow")

    reply = await ana.says("/gallery")

    shown = [picture.image for picture in reply.card.pictures]
    assert shown == [second.pictures[0].image, first.pictures[0].image]


async def test_show_tells_of_a_picture_by_its_number(ana):
    card = await ana.gets("/imagine a fox")

    reply = await ana.says(f"/show {card.pictures[0].image}")

    assert reply.card.tone is Tone.NOTICE
    assert reply.card.quote == "a fox"


async def test_models_lists_what_each_can_do(ana):
    reply = await ana.says("/models")

    assert "square-1  (squares, $0.0010 an image)" in reply.card.preformatted
    assert "upscale" in reply.card.preformatted


@pytest.mark.parametrize(
    ("asked", "headline"),
    [
        ("admin role give", "/admin role give"),
        ("role give", "/admin role give"),
        ("/admin role give", "/admin role give"),
        ("admin audit", "/admin audit"),
    ],
)
async def test_help_for_a_word_of_several_parts_is_that_words_help(ida, asked, headline):
    card = (await ida.says(f"/help {asked}")).card

    assert re.search(rf"{headline.removeprefix('/')}$", card.headline)
    assert "Try:" in card.preformatted


@pytest.mark.parametrize("asked", ["admin role", "role", "admin rolle"])
async def test_help_for_a_group_is_its_words(ida, asked):
    listed = (await ida.says(f"/help {asked}")).card.preformatted.splitlines()

    assert len(listed) == 3
    assert all(" role " in line for line in listed)


@pytest.mark.parametrize(
    ("typed", "meant"), [("galery", "gallery"), ("admin role giv", "role give")]
)
async def test_help_for_a_word_that_is_none_is_the_nearest_ones_and_says_so(ida, typed, meant):
    card = (await ida.says(f"/help {typed}")).card

    assert card.lines == ("You have no command of that name. The nearest is this:",)
    assert card.headline.endswith(meant)


async def test_help_for_what_is_like_no_word_lists_them_all(ana):
    card = (await ana.says("/help zzzzzzzzzz")).card

    assert card.lines == ("You have no command of that name. These are yours:",)
    assert "imagine" in card.preformatted


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stats", "admin stats"),
        ("budget set everyone 5/day", "admin budget set"),
        ("budget", "admin budget"),
    ],
)
async def test_an_admin_word_without_its_admin_is_recognised(ida, ana, typed, meant):
    # Some platforms say who one is only when asked for, which the first word that depends on it does.
    await ida.says("/help")
    told = " ".join((await ida.says(f"/{typed}")).card.lines)
    others = " ".join((await ana.says(f"/{typed}")).card.lines)

    assert re.search(f"Did you mean /(impasto[ -])?{meant}\\?", told)
    assert "admin" not in others
