"""Run it when my quota is back: parked, shown, called back, woken, and never before anybody else."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.domain.action import Verb
from bot.domain.identity import Role
from bot.domain.job import JobState
from bot.wiring.fittings import Fittings, SystemClock
from tests.scenarios.painter import SquarePainter
from tests.scenarios.stage import WAIT_S, ChatLog, Stage, open_stage_house
from tests.scenarios.test_budgets import button, until_state
from tests.scenarios.test_quotas import all_of


async def over_quota(ana, ida):
    """The button on the answer to a request that is over quota."""
    await ida.says("/admin quota set @ana 1/day")
    await ana.gets("/imagine a fox")
    refused = await ana.says("/imagine a hen")
    return button(refused.card, Verb.WAIT)


async def test_what_is_over_quota_runs_when_an_admin_gives_more(stage, ana, ida):
    wait = await over_quota(ana, ida)

    reply = await ana.presses(wait)

    assert reply.card.headline == "It runs when there is room again"
    assert "parked" in all_of(await ana.says("/queue"))
    await ida.says("/admin quota grant @ana 1 today")
    job = await until_state(stage, ana, JobState.DELIVERED)
    assert job.order.ask.prompt == "a hen"
    assert "0 images left of 2" in all_of(await ana.says("/quota"))


async def test_a_parked_request_can_be_called_back(stage, ana, ida):
    reply = await ana.presses(await over_quota(ana, ida))

    cancelled = await ana.presses(button(reply.card, Verb.CANCEL))

    assert cancelled.card.headline == "Cancelled"
    await ida.says("/admin quota grant @ana 5 today")
    job = await stage.newest_job(ana.person)
    assert job.state is JobState.CANCELLED


async def test_pressing_twice_parks_once(stage, ana, ida):
    wait = await over_quota(ana, ida)
    await ana.presses(wait)

    again = await ana.presses(wait)

    assert again.card.headline == "This request is already here"
    parked = await stage.house.store.queue.jobs_of(ana.person.lane, unfinished=True, limit=9)
    assert len(parked) == 1


async def test_nobody_parks_somebody_elses_request(ana, ben, ida):
    wait = await over_quota(ana, ida)

    assert (await ben.presses(wait)).card.headline == "You may not do that"


async def test_what_never_fits_is_not_offered_to_wait(ana, ida):
    await ida.says("/admin quota set @ana 2/day")

    refused = await ana.says("/imagine a fox --n 3")

    assert refused.card.headline == "Your quota doesn't reach for that"
    assert not refused.card.rows


async def test_whoever_was_blocked_meanwhile_is_told_so(stage, ana, ida):
    await ana.presses(await over_quota(ana, ida))
    await ida.says("/admin user block @ana")

    await ida.says("/admin quota grant @ana 5 today")

    job = await until_state(stage, ana, JobState.REFUSED)
    assert (await stage.chat.final(job.id)).headline == "You may no longer use this here"


class LaterClock(SystemClock):
    """The machine's time, and some more."""

    def __init__(self) -> None:
        self.more = timedelta()

    def now(self):
        return super().now() + self.more


async def test_it_survives_a_restart_and_runs_when_the_day_turns(tmp_path):
    clock, chat = LaterClock(), ChatLog()
    async with at_work(tmp_path, chat, clock) as stage:
        ana, ida = stage.actor("ana"), stage.actor("ida", Role.ADMIN)
        await ana.presses(await over_quota(ana, ida))
        before = await stage.newest_job(ana.person)

    clock.more = timedelta(days=1)
    async with at_work(tmp_path, chat, clock) as later:
        ana = later.actor("ana")
        job = await until_state(later, ana, JobState.DELIVERED)

    assert before.state is JobState.PARKED
    assert job.id == before.id


@asynccontextmanager
async def at_work(folder, chat, clock=None):
    painter = SquarePainter()
    fittings = Fittings(postmen={chat.platform: chat}, clock=clock or SystemClock())
    async with open_stage_house(folder, painter, fittings=fittings) as house:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(house.work(stop=stop, drain_s=0))
            try:
                yield Stage(house, chat, painter)
            finally:
                stop.set()
                painter.gate.set()


async def test_it_never_jumps_the_line(tmp_path):
    async with at_work(tmp_path, ChatLog()) as stage:
        ana, ida = stage.actor("ana"), stage.actor("ida", Role.ADMIN)
        await ana.presses(await over_quota(ana, ida))
        stage.painter.gate.clear()
        for number in range(6):
            await stage.actor(f"p{number}").says("/imagine a cow")
        queue = stage.house.store.queue
        async with asyncio.timeout(WAIT_S):
            while len(await queue.line()) < 2:
                await stage.house.signals.wait("ready", timeout_s=0.02)

        await ida.says("/admin quota grant @ana 1 today")
        job = await until_state(stage, ana, JobState.READY)

        place, in_line = await queue.place(job.id), len(await queue.line())

    assert place == in_line
    assert in_line >= 3
