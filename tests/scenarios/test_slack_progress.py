"""How a request's message goes on while it waits and is painted: few edits, and a Cancel that works."""

import pytest

from bot.surfaces.slack import progress
from tests.simulators.slack.rooms import words_of


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(progress, "BETWEEN_EDITS_S", 0.2)


async def test_a_running_request_shows_how_far_it_is(impatient, slack_stage, ana):
    slack_stage.painter.gate.clear()
    await ana.says("/imagine a fox")

    message = await slack_stage.slack.room("general").message("50 %")
    assert "Painting 1 image" in words_of(message)


async def test_a_request_is_edited_three_times_at_most(impatient, slack_stage, ana):
    slack_stage.painter.gate.clear()
    await ana.says("/imagine a fox")
    message = await slack_stage.slack.room("general").message("50 %")
    slack_stage.painter.gate.set()
    await slack_stage.ended(ana)

    assert "1 image in the thread" in words_of(message)
    assert message.edits <= 3


@pytest.mark.parametrize("waiting", [True, False])
async def test_cancel_calls_a_request_back_and_its_message_says_so(slack_stage, ana, waiting):
    slack_stage.painter.gate.clear()
    general = slack_stage.slack.room("general")
    for number in range(3 if waiting else 1):
        await ana.says(f"/imagine fox number {number}")
    message = await general.message("fox number 2" if waiting else "fox number 0")
    await slack_stage.slack.until(lambda: slack_stage.painter.requests)

    await ana.driver.clicks(message, "Cancel")

    await slack_stage.slack.until(lambda: "Cancelled" in words_of(message), what="the edit")
    assert "Cancel " not in words_of(message)
