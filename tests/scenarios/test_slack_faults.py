"""What Slack does on its bad days: one answer or one clear word each time, nothing lost, nothing charged for nothing."""

import pytest

from bot.domain.card import Tone
from bot.domain.job import JobState, Reason
from bot.pipeline import deliver
from tests.simulators.slack import administration
from tests.simulators.slack.faults import (
    accepted_then,
    accepted_then_cut,
    cut,
    ratelimited,
    refused,
)
from tests.simulators.slack.rooms import words_of


@pytest.fixture(autouse=True)
def tried_again_soon(monkeypatch):
    """The first wait after a failed post is 2 s otherwise, then 4, then 8."""
    monkeypatch.setattr(deliver, "LOOK_S", 0.05)
    monkeypatch.setattr(deliver, "FIRST_WAIT_S", 0.1)
    monkeypatch.setattr(deliver, "SHORTEST_WAIT_S", 0.05)


def answers(stage, job_id=1):
    return [
        message
        for workspace in stage.slack.workspaces.values()
        for message in workspace.all_messages()
        if is_final((message.metadata or {}).get("event_payload", {}), job_id)
    ]


def is_final(payload, job_id) -> bool:
    return payload.get("job") == job_id and payload["nonce"].endswith("-final")


async def left(stage, actor) -> int:
    reply = await actor.says("/quota")
    return int(reply.card.fields[0].value.split()[0])


async def test_429_on_posting_editing_and_uploading_only_delays(slack_stage, ana):
    faults = slack_stage.slack.faults
    faults.once("chat.postMessage", ratelimited(retry_after_s=1))
    faults.once("files.getUploadURLExternal", ratelimited(retry_after_s=1))
    faults.once("chat.update", ratelimited(retry_after_s=1))

    await ana.gets("/imagine a fox")

    assert len(answers(slack_stage)) == 1


async def test_an_answer_whose_confirmation_was_lost_is_not_posted_twice(slack_stage, ana):
    for fault in (accepted_then_cut(), accepted_then("internal_error")):
        slack_stage.slack.faults.once(
            "chat.postMessage", fault, when=lambda call: "final" in str(call.get("metadata"))
        )
    for number in (1, 2):
        await ana.gets("/imagine a fox")
        assert (await slack_stage.ended(ana)).state is JobState.DELIVERED
        assert len(answers(slack_stage, number)) == 1


async def test_a_request_whose_confirmation_was_lost_is_not_posted_twice(slack_stage, ana):
    slack_stage.slack.faults.once("chat.postMessage", accepted_then_cut())

    await ana.gets("/imagine a fox")
    await slack_stage.ended(ana)

    general = slack_stage.slack.room("general")
    assert len(general.history()) == 1


async def test_a_connection_cut_before_anything_was_done_is_tried_again(slack_stage, ana):
    for where in ("chat.postMessage", "upload", "files.completeUploadExternal"):
        slack_stage.slack.faults.once(where, cut())

    await ana.gets("/imagine a fox")

    assert len(answers(slack_stage)) == 1


async def test_a_slow_scan_is_awaited(slack_stage, ana):
    slack_stage.slack.scan_delay_s = 1.0

    card = await ana.gets("/imagine a fox")

    assert card.pictures


async def test_where_unshared_files_are_not_shown_they_are_posted_as_files(slack_stage, ana):
    slack_stage.slack.beliefs.unshared_file_usable = False

    for _ in range(2):
        await ana.says("/imagine a fox --n 2")
        await slack_stage.ended(ana)

    general = slack_stage.slack.room("general")
    for parent in general.history():
        replies = general.history(thread=parent)
        assert sum(len(message.files) for message in replies) == 1
        assert any("Re-roll" in words_of(message) for message in replies)


async def test_an_archived_channel_is_answered_in_direct_messages(slack_stage, ana):
    slack_stage.painter.gate.clear()
    await ana.says("/imagine a fox")
    general = slack_stage.slack.room("general")
    await general.message("a fox")
    general.channel.archived = True
    slack_stage.painter.gate.set()

    job = await slack_stage.ended(ana)

    assert job.state is JobState.DELIVERED
    assert await ana.driver.direct_messages().message("Re-roll")


async def test_a_private_channel_without_the_bot_is_answered_in_direct_messages(slack_stage, ana):
    slack = slack_stage.slack
    slack.add_channel("secret", kind="private", bot_in=False)
    await ana.driver.types("/imagine a fox", slack.room("secret"))

    assert (await slack_stage.ended(ana)).state is JobState.DELIVERED
    direct = ana.driver.direct_messages()
    assert await direct.message("a fox")


async def test_a_refusal_where_the_bot_is_no_member_goes_through_the_reply_handle(slack_stage, ana):
    slack = slack_stage.slack
    slack.add_channel("secret", kind="private", bot_in=False)
    secret = slack.room("secret")

    await ana.driver.types("/imagine something forbidden", secret)

    await secret.ephemeral(ana.driver, "This request can't be made here")


async def test_a_deleted_request_is_answered_all_the_same(slack_stage, ana):
    slack_stage.painter.gate.clear()
    await ana.says("/imagine a fox")
    general = slack_stage.slack.room("general")
    await ana.driver.deletes(await general.message("a fox"))
    slack_stage.painter.gate.set()

    assert (await slack_stage.ended(ana)).state is JobState.DELIVERED
    assert len(answers(slack_stage)) == 1


async def test_a_revoked_token_stops_that_workspace_only_and_gives_the_hold_back(slack_stage, ana):
    eve = slack_stage.actor("eve", workspace="X")
    slack_stage.painter.gate.clear()
    await ana.says("/imagine a fox")
    await slack_stage.slack.room("general").message("a fox")
    for token in slack_stage.slack.tokens.values():
        if token.team == ana.person.workspace and token.kind == "bot":
            token.revoked = "token_revoked"
    slack_stage.painter.gate.set()

    job = await slack_stage.ended(ana)

    assert job.state is JobState.FAILED
    assert job.ending.reason is Reason.UNDELIVERABLE
    card = await eve.gets("/imagine a hen")
    assert card.tone is Tone.DONE


async def test_an_uninstalled_workspace_is_forgotten(slack_stage):
    eve = slack_stage.actor("eve", workspace="X")
    await administration.uninstall(slack_stage.slack, eve.driver.workspace)

    tenants = slack_stage.surface.tenants
    await slack_stage.slack.until(lambda: eve.person.workspace in tenants._stopped)
    assert await tenants.token(eve.person.workspace) is None


async def test_blocks_that_slack_refuses_become_a_plain_line(slack_stage, ana):
    slack_stage.slack.faults.times(
        2,
        "chat.postMessage",
        refused("invalid_blocks", errors=["nonsense"]),
        when=lambda call: bool(call.get("blocks")) and "final" in str(call.get("metadata")),
    )

    await ana.says("/imagine a fox")

    assert (await slack_stage.ended(ana)).state is JobState.DELIVERED
    assert len(answers(slack_stage)) == 1


async def test_what_could_not_be_delivered_costs_nothing(slack_stage, ana):
    for method in ("chat.postMessage", "conversations.open"):
        slack_stage.slack.faults.always(method, refused("channel_not_found"))

    await ana.says("/imagine a fox")
    job = await slack_stage.ended(ana)

    assert job.ending.reason is Reason.UNDELIVERABLE
    assert await left(slack_stage, ana) == 100
