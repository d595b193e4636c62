"""Slow scans, silent sockets, messages that are no longer ours to change: one answer each, and nothing left behind."""

import asyncio

import pytest

from bot.domain.action import Action, Verb
from bot.domain.job import JobState
from bot.surfaces.slack import files, socket
from tests.scenarios.slack_stage import hurried, open_slack_stage
from tests.scenarios.test_slack_faults import answers, left
from tests.simulators.slack.faults import accepted_then_cut, ratelimited, refused
from tests.simulators.slack.rooms import words_of
from tests.simulators.slack.slack import Slack


@pytest.fixture
def short_scans(monkeypatch):
    """Twenty seconds of scanning against fifteen of waiting, in the proportion of one to twenty."""
    monkeypatch.setattr(files, "SCAN_WAIT_S", 0.75)
    monkeypatch.setattr(files, "FIRST_LOOK_S", 0.05)
    monkeypatch.setattr(files, "LONGEST_LOOK_S", 0.1)
    monkeypatch.setattr(files, "SCAN_RETRY_S", 0.25)


def kept_files(stage):
    return [one for one in stage.slack.workspace.files.values() if not one.deleted]


async def test_a_scan_longer_than_an_attempt_is_awaited_by_the_next(short_scans, slack_stage, ana):
    slack_stage.slack.scan_delay_s = 1.0

    card = await ana.gets("/imagine a fox")

    assert card.pictures
    assert len(answers(slack_stage)) == 1
    assert len(kept_files(slack_stage)) == 1
    assert (await slack_stage.ended(ana)).state is JobState.DELIVERED


@pytest.mark.parametrize(
    "error", ["message_not_found", "cant_update_message", "edit_window_closed"]
)
async def test_a_request_whose_message_cannot_be_changed_is_answered_once(slack_stage, ana, error):
    slack_stage.slack.faults.always("chat.update", refused(error))

    await ana.gets("/imagine a fox")

    assert (await slack_stage.ended(ana)).state is JobState.DELIVERED
    assert len(answers(slack_stage)) == 1
    assert await left(slack_stage, ana) == 99


async def test_the_file_of_a_deleted_picture_is_deleted_from_slack(slack_stage, ana):
    card = await ana.gets("/imagine a fox")
    await slack_stage.ended(ana)
    assert len(kept_files(slack_stage)) == 1

    await ana.presses(Action(verb=Verb.DELETE, target=card.pictures[0].image))

    await slack_stage.slack.until(lambda: not kept_files(slack_stage), what="the file's end")
    (answer,) = answers(slack_stage)
    assert "no longer shown" in words_of(answer)


async def test_the_sheet_and_every_rendition_of_a_deleted_picture_go(slack_stage, ana):
    card = await ana.gets("/imagine a fox --n 2 --seed 255")
    await slack_stage.ended(ana)
    gone, stays = card.pictures
    await ana.presses(Action(verb=Verb.SAVE, target=gone.image))
    await ana.says("/gallery")

    await ana.presses(Action(verb=Verb.DELETE, target=gone.image))

    tables = slack_stage.surface._progress.parts.files
    team = ana.person.workspace_id
    await slack_stage.slack.until(
        lambda: [one for one in kept_files(slack_stage) if f"-{stays.position}" in one.name]
    )

    async def held(blob):
        return await tables.file(team, blob)

    async with asyncio.timeout(5):
        while [one for one in (gone.full, gone.view, gone.thumbnail) if await held(one)]:
            await slack_stage.house.job_changed(1, timeout_s=0.05)
    assert await held(stays.view)


async def test_an_equal_picture_of_another_answer_keeps_its_file(slack_stage, ana):
    first = await ana.gets("/imagine a fox --seed 5")
    await slack_stage.ended(ana)
    await ana.gets("/imagine a fox --seed 5")
    await slack_stage.ended(ana)

    await ana.presses(Action(verb=Verb.DELETE, target=first.pictures[0].image))

    (one,) = answers(slack_stage, 1)
    await slack_stage.slack.until(lambda: "no longer shown" in words_of(one))
    assert len(kept_files(slack_stage)) == 1


@pytest.mark.parametrize("fault", [ratelimited(retry_after_s=1), refused("internal_error")])
async def test_a_deleted_picture_goes_from_its_message_as_soon_as_slack_lets_it(
    slack_stage, ana, fault
):
    card = await ana.gets("/imagine a fox")
    await slack_stage.ended(ana)
    slack_stage.slack.faults.once("chat.update", fault)

    await ana.presses(Action(verb=Verb.DELETE, target=card.pictures[0].image))

    (answer,) = answers(slack_stage)
    await slack_stage.slack.until(lambda: "no longer shown" in words_of(answer))


async def test_a_refusal_whose_confirmation_was_lost_charges_nothing(slack_stage, ana):
    """It may be seen twice: a message for one person can't be looked up (docs/slack.md)."""
    slack_stage.slack.faults.once("chat.postEphemeral", accepted_then_cut())

    await ana.says("/imagine something forbidden")
    job = await slack_stage.ended(ana)

    assert job.state is JobState.REFUSED
    seen = slack_stage.slack.room("general").channel.ephemerals

    def told():
        return [one for one in seen if "can't be made here" in words_of(one)]

    await slack_stage.slack.until(told)
    assert len(told()) <= 2
    assert await left(slack_stage, ana) == 100


async def test_a_connection_that_no_longer_answers_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "PING_S", 0.1)
    monkeypatch.setattr(socket, "SILENT_S", 0.5)
    async with open_slack_stage(tmp_path, transport="socket", slack=hurried(Slack())) as stage:
        silent, *_ = await stage.slack.sockets.connected(2)
        ana = stage.actor("ana")
        silent.pongs = False

        await stage.slack.until(lambda: silent not in stage.slack.sockets.live(), what="its end")
        await stage.slack.sockets.connected(2)

        assert (await ana.gets("/imagine a fox")).pictures
