"""Outpaint, Remove background, ratings, and pictures beyond the fourth: the same on every platform."""

import pytest

from bot.domain.action import Action, Verb
from bot.domain.card import Tone
from bot.domain.rating import Rating
from providers import Insets, Operation


def button(card, label):
    everything = [*card.menu, *(one for row in card.rows for one in row)]
    return next(one for one in everything if one.label == label)


def labels(card):
    return [one.label for one in (*card.menu, *(one for row in card.rows for one in row))]


def facts(card):
    return {field.name: field.value for field in card.fields}


@pytest.fixture
async def one(ana):
    return await ana.gets("/imagine a red fox --seed 10")


@pytest.fixture
async def four(ana):
    return await ana.gets("/imagine a red fox --n 4 --seed 10")


async def test_the_background_is_removed_from_the_chosen_picture(ana, stage, four):
    card = await ana.gets_by(button(four, "Remove background 2"))

    request = stage.painter.requests[-1]
    assert card.tone is Tone.DONE
    assert request.operation is Operation.REMOVE_BACKGROUND
    assert request.source_image == await stage.house.desk.blobs.get(four.pictures[1].full)
    assert card.lines == (f"Cut out from picture 2 · #{four.pictures[1].image}.",)


@pytest.mark.parametrize(
    ("side", "share", "expand"),
    [
        ("All sides", "A half", Insets(left_px=16, right_px=16, top_px=16, bottom_px=16)),
        ("Left", "A quarter", Insets(left_px=16)),
        ("Right", "A half", Insets(right_px=32)),
        ("Up", "As much again", Insets(top_px=64)),
        ("Down", "A half", Insets(bottom_px=32)),
    ],
)
async def test_outpaint_paints_on_where_it_was_told(ana, stage, one, side, share, expand):
    card = await ana.gets_by(button(one, "Outpaint"), side=side, share=share, prompt="a wide field")

    request = stage.painter.requests[-1]
    assert request.operation is Operation.OUTPAINT
    assert (request.expand, request.prompt) == (expand, "a wide field")
    (picture,) = card.pictures
    assert picture.width_px == 64 + expand.left_px + expand.right_px
    assert picture.height_px == 64 + expand.top_px + expand.bottom_px


async def test_outpaint_asks_where_and_how_far_with_the_words_as_they_were(ana, one):
    form = (await ana.presses(button(one, "Outpaint"))).form

    side, share, prompt = form.inputs
    assert (side.value, share.value, prompt.value) == ("All sides", "A half", "a red fox")


async def test_words_for_an_outpaint_are_judged(ana, one):
    card = await ana.gets_by(
        button(one, "Outpaint"), side="Left", share="A half", prompt="something forbidden"
    )

    assert card.tone is Tone.REFUSED


async def test_a_single_picture_is_rated_with_one_press(ana, ben, one):
    mine = await ana.presses(button(one, "Good"))
    other = await ben.presses(button(one, "Bad"))

    assert mine.card.headline == "Rated good"
    assert other.card.lines[0].endswith("1 good, 1 bad; yours: bad.")


async def test_a_rating_is_shown_back_can_be_changed_and_taken_back(ana, stage, one):
    image = one.pictures[0].image
    await ana.presses(button(one, "Good"))
    await ana.presses(button(one, "Bad"))
    rated = (await ana.presses(button(one, "Details"))).card
    await ana.presses(button(rated, "Take back"))
    gone = (await ana.presses(button(one, "Details"))).card

    assert facts(rated)["Rated"] == "1 bad; yours: bad"
    assert "Rated" not in facts(gone)
    assert "Take back" not in labels(gone)
    ratings = await stage.house.store.gallery.ratings(image, lane=ana.person.lane)
    assert (ratings.good, ratings.bad, ratings.own) == (0, 0, None)


async def test_of_several_pictures_a_form_asks_which(ana, stage, four):
    form = (await ana.presses(button(four, "Rate"))).form
    reply = await ana.presses(button(four, "Rate"), picture="3", rating="Good")

    assert form.inputs[0].choices == ("1", "2", "3", "4")
    assert reply.card.headline == "Rated good"
    third = four.pictures[2].image
    ratings = await stage.house.store.gallery.ratings(third, lane=ana.person.lane)
    assert ratings.own is Rating.GOOD


async def test_every_picture_of_many_can_be_built_on_and_edited(ana, stage):
    card = await ana.gets("/imagine a red fox --n 10 --seed 10")

    offered = labels(card)
    for number in range(1, 11):
        assert {f"U{number}", f"V{number}", f"Details {number}", f"Delete {number}"} <= {*offered}
        assert number == 1 or f"Edit {number}" in offered
    await ana.gets_by(button(card, "U9"))
    assert stage.painter.requests[-1].seed == 18
    await ana.gets_by(button(card, "Edit 7"), prompt="a blue fox", strength="0.5")
    job = await stage.newest_job(ana.person)
    assert job.order.parent_image == card.pictures[6].image


async def test_details_offer_all_that_can_be_done_with_the_picture(ana, four):
    details = (await ana.presses(button(four, "Details 3"))).card

    assert {*labels(details)} == {
        *("Upscale", "Vary", "Edit", "Good", "Bad"),
        *("Save", "Remove background", "Outpaint", "Report", "Delete"),
    }
    upscaled = await ana.gets_by(button(details, "Upscale"))
    assert upscaled.pictures[0].width_px == 128


@pytest.mark.parametrize("verb", [Verb.OUTPAINT, Verb.REMOVE_BACKGROUND, Verb.RATE])
async def test_a_picture_of_another_workspace_can_be_neither_used_nor_rated(stage, one, verb):
    eve = stage.actor("eve", workspace="X")
    reply = await eve.presses(Action(verb=verb, target=one.pictures[0].image))

    assert reply.card.headline.startswith("There is no picture #")


async def test_a_rating_nobody_offers_changes_nothing(ana, stage, one):
    image = one.pictures[0].image
    await ana.presses(Action(verb=Verb.RATE, target=image, argument="great"))

    ratings = await stage.house.store.gallery.ratings(image, lane=ana.person.lane)
    assert ratings.own is None
