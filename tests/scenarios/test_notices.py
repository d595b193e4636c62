"""Notices on each platform: in the channel an admin named, once."""

import asyncio

from bot.domain.card import Card, Tone
from bot.ports import Saying
from tests.scenarios.discord_stage import DiscordStage
from tests.scenarios.slack_stage import SlackStage
from tests.scenarios.stage import WAIT_S
from tests.simulators.slack.rooms import words_of

SPENT = "The budget of @ana is spent for today"


def posted(stage) -> list[str]:
    """What everybody sees in the channel where people are, newest last."""
    match stage:
        case SlackStage():
            workspace = next(iter(stage.slack.workspaces.values()))
            room = stage.slack.room(workspace=workspace)
            return [words_of(message) for message in room.history()]
        case DiscordStage():
            shown = [str(message.components) for message in stage.platform.messages.values()]
            # What could become a mention is broken by a mark that nobody sees.
            return [text.replace("\\u200b", "").replace("\u200b", "") for text in shown]
        case _:
            return [saying.card.headline for saying in stage.chat.said]


async def test_a_spent_budget_is_told_in_the_channel_an_admin_named(stage, ana, ida):
    room = ida.room.name if isinstance(stage, DiscordStage) else "general"
    told = await ida.says(f"/admin notify set #{room}")
    assert told.card.headline.startswith("Notices go to #")
    await ida.says("/admin budget set @ana $0.001/day")

    await ana.gets("/imagine a fox")

    async with asyncio.timeout(WAIT_S):
        while not (found := [text for text in posted(stage) if SPENT in text]):
            await stage.house.signals.wait("nothing", timeout_s=0.05)
    assert len(found) == 1


async def test_the_same_notice_again_is_shown_once(stage, ana):
    await ana.gets("/imagine a fox")
    job = await stage.newest_job(ana.person)
    postman = stage.house.postmen[ana.person.platform]
    first = saying(stage, job, again=False)

    one = await postman.say(first)
    two = await postman.say(saying(stage, job, again=True))

    if isinstance(stage, SlackStage | DiscordStage):
        assert one == two
        assert sum("Told once" in text for text in posted(stage)) == 1


def saying(stage, job, *, again):
    return Saying(
        workspace=job.person.workspace_id,
        channel=job.place.channel,
        card=Card(tone=Tone.NOTICE, headline="Told once", lines=("And no more.",)),
        nonce="notice-77",
        again=again,
        since_s=stage.house.desk.clock.now().timestamp() - 60,
    )
