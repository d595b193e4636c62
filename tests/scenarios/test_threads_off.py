"""Where admins want no threads, request and answer both stand in the channel."""

import asyncio
from pathlib import Path

from bot.domain.identity import Role
from tests.scenarios.discord_stage import open_discord_stage
from tests.scenarios.painter import SquarePainter
from tests.scenarios.stage import open_stage_house
from tests.scenarios.web_stage import visiting


async def test_on_slack_the_answer_stands_beneath_the_request(slack_stage, ana, ida):
    await ida.says("/admin channel set #general threads off")

    await ana.gets("/imagine a red fox --n 2 --seed 10")

    general = slack_stage.slack.room("general")
    request = await general.message("2 images below")
    assert general.history(thread=request) in ([], [request])
    shown = [one for one in general.history() if "image" in str([b["type"] for b in one.blocks])]
    assert [one.thread_ts for one in shown] == [None]


async def test_on_discord_no_thread_is_opened(tmp_path: Path):
    async with open_discord_stage(tmp_path) as stage:
        ida, ana = stage.actor("ida", Role.ADMIN), stage.actor("ana")
        await ida.says("/admin channel set everywhere threads off")

        await ana.gets("/imagine a red fox")
        await stage.ended(ana)

        assert threads(stage) == []
        await ida.says("/admin channel set everywhere threads on")
        await ana.gets("/imagine a hen")
        await stage.ended(ana)
        assert len(threads(stage)) == 1


def threads(stage) -> list[str]:
    return [one.name for one in stage.platform.world.channels.values() if one.parent_id]


async def test_in_the_playground_the_answer_is_a_message_of_the_channel(tmp_path: Path):
    async with open_stage_house(tmp_path, SquarePainter()) as house:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group, visiting(house, "ida") as ida:
            group.create_task(house.work(stop=stop, drain_s=0))
            await ida.says("/admin channel set #general threads off")
            await ida.says("/imagine a red fox")
            (job,) = await house.store.queue.jobs_of(
                "web:playground:ida", unfinished=False, limit=1
            )
            async with asyncio.timeout(20):
                while (await house.store.queue.job(job.id)).state != "delivered":
                    await house.job_changed(job.id, timeout_s=0.05)
            messages = await house.channel.of_job(job.id)
            stop.set()

    assert [one.thread for one in messages if one.final] == [None]
