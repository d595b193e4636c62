"""What a person wants when they say nothing."""

import pytest

from bot.commands.settings import HOUSE


def facts(card):
    return {field.name: field.value for field in card.fields}


async def keeps(actor, **chosen):
    button = (await actor.says("/settings")).card.rows[0][0]
    return await actor.presses(button, **chosen)


@pytest.fixture
async def settled(ana):
    return await keeps(ana, n="2", ar="16:9", style="pencil")


async def test_settings_are_shown_and_changed(ana, settled):
    before = (await ana.says("/settings")).card

    assert facts(settled.card)["Pictures"] == "2 images"
    assert facts(before) == facts(settled.card)
    assert facts(before)["Shape"] == "16:9"


async def test_they_hold_where_nothing_else_is_said(ana, ben, stage, settled):
    card = await ana.gets("/imagine a fox")
    job = await stage.newest_job(ana.person)
    other = await ben.gets("/imagine a fox")

    assert len(card.pictures) == 2
    assert (job.order.ask.style, job.order.ask.aspect.written) == ("pencil", "16:9")
    assert len(other.pictures) == 1


async def test_what_is_said_counts_more(ana, stage, settled):
    card = await ana.gets("/imagine a fox --n 1 --ar 1:1 --style watercolor")

    ask = (await stage.newest_job(ana.person)).order.ask
    assert len(card.pictures) == 1
    assert (ask.style, ask.aspect.written) == ("watercolor", "1:1")


async def test_they_are_left_to_the_house_again(ana, settled):
    changed = await keeps(ana, n=HOUSE, ar=HOUSE, style=HOUSE)

    assert facts(changed.card)["Shape"] == HOUSE.lower()
    assert len((await ana.gets("/imagine a fox")).pictures) == 1


async def test_they_stand_in_their_form(ana, settled):
    button = (await ana.says("/settings")).card.rows[0][0]
    form = (await ana.presses(button)).form

    assert {field.name: field.value for field in form.inputs} == {
        "n": "2",
        "ar": "16:9",
        "style": "pencil",
        "gallery": "Everybody may see them",
    }
