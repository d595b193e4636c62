"""Styles that admins made, what channels want when nothing is said, and what people keep to themselves."""

import pytest

from bot.domain.action import Action, Verb
from bot.domain.identity import Role
from tests.scenarios.test_templates import all_of, field, newest


async def test_a_style_puts_its_words_around_the_prompt(stage, ana, ida):
    await ida.says("/admin style add noir film noir still of {prompt}, hard shadows --no colour")

    card = await ana.gets("/imagine a fox --style noir --no text")

    ask = (await newest(stage, ana)).order.ask
    assert ask.prompt == "film noir still of a fox, hard shadows"
    assert ask.negative_prompt == "text, colour"
    assert field(card, "Style") == "noir"
    assert "noir  (made here)" in all_of(await ana.says("/styles"))


async def test_a_prompt_is_never_read_as_a_styles_syntax(stage, ana, ida):
    await ida.says("/admin style add noir noir {prompt} end")

    await ana.gets("/imagine a {prompt} fox --style noir")

    assert (await newest(stage, ana)).order.ask.prompt == "noir a {prompt} fox end"


async def test_a_removed_style_is_unknown_and_the_nearest_is_named(ana, ida):
    await ida.says("/admin style add noir dark")
    await ida.says("/admin style add noire darker")
    await ida.says("/admin style remove noir")

    assert "Did you mean noire?" in all_of(await ana.says("/imagine a fox --style noir"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("noir dark --seed 3", "--seed: a style takes words, --no and --model only."),
        ("noir {prompt} and {prompt}", "stands there twice"),
        ("noir {prompt}", "needs some words of its own"),
        ("noir dark --model nobody", "there is no such model here"),
    ],
)
async def test_a_style_that_could_not_be_used_is_refused(ida, line, said):
    assert said in all_of(await ida.says(f"/admin style add {line}"))


async def test_a_re_roll_adds_no_words_twice(stage, ana, ida):
    await ida.says("/admin style add noir noir")
    card = await ana.gets("/imagine a fox --style noir")

    await ana.gets_by(next(b for row in card.rows for b in row if b.label == "Re-roll"))

    assert (await newest(stage, ana)).order.ask.prompt == "a fox, noir"


async def test_a_channel_wants_what_nobody_said(stage, ana, ida):
    await ida.says("/admin style add noir noir")
    await ida.says("/admin channel set everywhere aspect 3:1 count 2")
    await ida.says("/admin channel set #general aspect 16:9 style noir")

    card = await ana.gets("/imagine a fox")
    said = await ana.gets("/imagine a hen --ar 1:1 --n 1")

    assert len(card.pictures) == 2
    assert field(card, "Style") == "noir"
    assert len(said.pictures) == 1
    assert (await newest(stage, ana)).order.ask.aspect.written == "1:1"


async def test_a_person_goes_before_a_channel(stage, ana, ida):
    await ida.says("/admin channel set everywhere count 2")
    change = (await ana.says("/settings")).card.rows[0][0]

    await ana.presses(change, n="3")

    assert len((await ana.gets("/imagine a fox")).pictures) == 3


async def test_a_default_is_taken_away_and_shown(ana, ida):
    await ida.says("/admin channel set #general aspect 16:9 threads off")

    shown = all_of(await ida.says("/admin channel show"))
    after = all_of(await ida.says("/admin channel set #general aspect none threads none"))

    assert "#general  aspect 16:9, threads off" in shown
    assert "#general: as everywhere" in after


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("aspect 0:5", "aspect 0:5 does not fit"),
        ("count 99", "count 99 does not fit"),
        ("model nobody", "there is no such thing here"),
        ("", "What is to be set?"),
    ],
)
async def test_a_default_that_could_not_be_painted_is_refused(ida, words, said):
    assert said in all_of(await ida.says(f"/admin channel set #general {words}"))


async def test_whose_pictures_are_private_is_in_nobody_elses_gallery(ana, ben, ida):
    await ana.gets("/imagine a fox")
    change = (await ana.says("/settings")).card.rows[0][0]
    before = await ben.says("/gallery all")

    await ana.presses(change, gallery="Only you see them")

    assert len(before.card.pictures) == 1
    assert (await ben.says("/gallery all")).card.headline == "There are no pictures yet"
    assert len((await ana.says("/gallery all")).card.pictures) == 1


@pytest.mark.parametrize("word", ["show", "report"])
async def test_whose_pictures_are_private_is_found_by_no_number(ana, ben, word):
    card = await ana.gets("/imagine a fox")
    number = card.pictures[0].image
    before = await ben.says(f"/{word} {number}")
    change = (await ana.says("/settings")).card.rows[0][0]

    await ana.presses(change, gallery="Only you see them")
    after, never_was = await ben.says(f"/{word} {number}"), await ben.says(f"/{word} 777")

    assert "There is no picture #" not in repr((before.form, before.card))
    assert "There is no picture #" in all_of(after)
    assert all_of(after).replace(f"#{number}", "#777") == all_of(never_was)


async def test_whose_pictures_are_private_finds_them(ana):
    card = await ana.gets("/imagine a fox")
    change = (await ana.says("/settings")).card.rows[0][0]
    await ana.presses(change, gallery="Only you see them")

    shown = await ana.says(f"/show {card.pictures[0].image}")

    assert shown.card.headline == f"Picture #{card.pictures[0].image}"


async def test_a_moderator_finds_private_pictures(ana, ida):
    card = await ana.gets("/imagine a fox")
    change = (await ana.says("/settings")).card.rows[0][0]
    await ana.presses(change, gallery="Only you see them")

    shown = await ida.says(f"/show {card.pictures[0].image}")

    assert shown.card.headline == f"Picture #{card.pictures[0].image}"


async def test_buttons_of_an_answer_work_for_all_who_see_it(ana, ben):
    card = await ana.gets("/imagine a fox")
    change = (await ana.says("/settings")).card.rows[0][0]
    await ana.presses(change, gallery="Only you see them")

    seen = await ben.presses(Action(verb=Verb.DETAILS, target=card.pictures[0].image))

    assert seen.card.headline == f"Picture #{card.pictures[0].image}"


async def test_private_pictures_show_no_template(ana, ben):
    await ana.gets("/imagine template:icon thing=kite")
    change = (await ana.says("/settings")).card.rows[0][0]
    await ana.presses(change, gallery="Only you see them")

    assert (await ben.says("/templates icon")).card.pictures == ()


async def test_a_place_knows_whether_answers_stand_in_threads(stage, ana, ida):
    await ida.says("/admin channel set #general threads off")

    await ana.gets("/imagine a fox")

    assert (await newest(stage, ana)).place.threads is False


async def test_another_workspace_has_its_own_styles_and_defaults(stage, ana, ida):
    await ida.says("/admin style add noir dark")
    await ida.says("/admin channel set everywhere count 3")
    eve = stage.actor("eve", Role.MEMBER, workspace="X")

    assert "there is no such thing here" in all_of(await eve.says("/imagine a fox --style noir"))
