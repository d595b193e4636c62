"""Buttons outlive the process that posted them."""

import json

import pytest

from bot.domain.action import Action, Verb
from tests.scenarios.slack_stage import hurried, open_slack_stage
from tests.simulators.slack.slack import Slack


async def test_buttons_posted_before_a_restart_work_after_it(tmp_path):
    slack = hurried(Slack())
    async with open_slack_stage(tmp_path, transport="socket", slack=slack) as stage:
        four = await stage.actor("ana").gets("/imagine a red fox --n 4 --seed 10")
    async with open_slack_stage(tmp_path, transport="socket", slack=slack) as stage:
        card = await stage.actor("ana").gets_by(four.rows[0][1])

    assert (card.pictures[0].width_px, card.pictures[0].height_px) == (128, 128)


@pytest.mark.parametrize(
    "control",
    [
        {"type": "button", "action_id": "img:up:2", "block_id": "up", "value": "{}"},
        {"type": "static_select", "action_id": "m", "selected_option": {"value": "{}"}},
        {"type": "overflow", "action_id": "img:more", "selected_option": {"value": "{}"}},
    ],
)
async def test_a_button_posted_in_another_layout_works_by_its_value(slack_stage, ana, control):
    """What a button means stands in its value alone: rows, menus and action ids may change between versions."""
    card = await ana.gets("/imagine a red fox --n 2")
    packed = Action(verb=Verb.DETAILS, target=card.pictures[1].image).pack()
    old = json.loads(json.dumps(control).replace("{}", packed))

    await ana.driver.presses(await ana._some_message(), old)

    general = slack_stage.slack.room("general")
    await general.ephemeral(ana.driver, f"Picture 2 · #{card.pictures[1].image}")


async def test_a_button_of_a_format_that_is_no_more_gets_a_clear_word(slack_stage, ana):
    action = {"type": "button", "action_id": "img:up:1", "block_id": "up", "value": "J01:1"}

    await ana.driver.presses(await ana._some_message(), action)

    general = slack_stage.slack.room("general")
    await general.ephemeral(ana.driver, "no longer does anything")


async def test_a_button_of_a_deleted_picture_gets_a_clear_word(slack_stage, ana):
    reply = await ana.presses(Action(verb=Verb.UPSCALE, target=404))

    assert reply.card.headline.startswith("There is no picture #")
