"""A job that can't go on now comes back later: nothing that was paid is paid again, and nobody is forgotten."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.domain.card import Tone
from bot.domain.job import JobState
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.choosing import SLOT_WAIT_S
from bot.pipeline.deliver import LEASE_S as DELIVERY_LEASE_S
from bot.pipeline.worker import LOOK_AGAIN_S, LOOKED_AT
from bot.ports import Boundary
from bot.store.opening import BUSY_TIMEOUT_S
from bot.wiring.fittings import Fittings
from bot.wiring.house import open_house
from moderation import Allow, ImageCase, Unchecked, Verdict
from moderation.panel import Panel
from providers import Unavailable
from tests.contracts.store_kit import MovableClock
from tests.scenarios.painter import SquarePainter, WordJudge
from tests.scenarios.stage import Actor, ChatLog, Stage

SILENCES = 2
assert SILENCES < LOOKED_AT


@dataclass
class SilentAtFirst(WordJudge):
    """Does not answer the first few times it is shown a picture."""

    silences: int = 0
    looks: list[Verdict] = field(default_factory=list)

    async def judge_image(self, case: ImageCase) -> Verdict:
        away = len(self.looks) < self.silences
        self.looks.append(Unchecked(detail="no answer") if away else Allow())
        return self.looks[-1]


@dataclass
class Later:
    """A house whose time is moved by hand, with two painters of one slot each; the second alone has square-2."""

    stage: Stage
    first: SquarePainter
    second: SquarePainter
    judge: SilentAtFirst
    clock: MovableClock

    async def until(self, actor: Actor, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not happened():
                job = await self.stage.newest_job(actor.person)
                await self.stage.house.job_changed(job.id, timeout_s=0.02)

    async def reaches(self, actor: Actor, *states: JobState) -> None:
        async with asyncio.timeout(20):
            while (job := await self.stage.newest_job(actor.person)).state not in states:
                await self.stage.house.job_changed(job.id, timeout_s=0.02)


@pytest.fixture
def opening(tmp_path: Path):
    @asynccontextmanager
    async def begin(
        *, silences: int = 0, boundary: Boundary = lambda _name, _job: None
    ) -> AsyncIterator[Later]:
        clock, chat, judge = MovableClock(), ChatLog(), SilentAtFirst(silences=silences)
        first, second = SquarePainter(name="first"), SquarePainter(name="second")
        (model,) = await first.models()
        stalls = (
            Stall(provider=first, models=(model,), max_concurrent=1),
            Stall(provider=second, models=(model, replace(model, id="square-2")), max_concurrent=1),
        )
        fittings = Fittings(
            clock=clock,
            boundary=boundary,
            postmen={chat.platform: chat},
            catalog=lambda _: Catalog(stalls),
            panel=lambda _: Panel([(judge, True)], policy_version="test", timeout_s=5),
        )
        settings = load_settings(
            {"IMPASTO_DATA_DIR": str(tmp_path), "IMPASTO_CONFIG": ""},
            rules={"side_px": 64},
            moderators=[],
            image_processes=1,
        )
        async with open_house(settings, work=True, fittings=fittings) as house:
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(house.work(stop=stop, drain_s=0))
                try:
                    stage = Stage(house, chat, first)
                    yield Later(stage, first, second, judge, clock)
                finally:
                    stop.set()
                    first.gate.set()
                    second.gate.set()

    return begin


async def test_a_job_waits_for_a_slot_where_it_may_go_on_and_then_runs(opening):
    async with opening() as later:
        ana, ben = later.stage.actor("ana"), later.stage.actor("ben")
        later.second.gate.clear()
        await ana.says("/imagine a hen --model square-2")
        await later.until(ana, lambda: later.second.requests)
        later.first.faults = [Unavailable("down") for _ in range(2)]

        await ben.says("/imagine a fox --model square-1")
        await later.reaches(ben, JobState.DELAYED)
        later.second.gate.set()
        await later.stage.newest_final(ana.person)
        later.clock.forward(SLOT_WAIT_S)
        card = await later.stage.newest_final(ben.person)

        assert card.tone is Tone.DONE
        assert [request.prompt for request in later.second.requests] == ["a hen", "a fox"]


async def test_a_judge_that_did_not_answer_is_asked_again_and_nothing_is_paid_twice(opening):
    async with opening(silences=SILENCES) as later:
        ana = later.stage.actor("ana")
        await ana.says("/imagine a fox --model square-1 --n 1")
        for look in range(1, SILENCES + 1):
            await later.until(ana, lambda look=look: len(later.judge.looks) == look)
            await later.reaches(ana, JobState.DELAYED)
            later.clock.forward(LOOK_AGAIN_S)

        card = await later.stage.newest_final(ana.person)

        assert card.tone is Tone.DONE
        assert len(later.judge.looks) == SILENCES + 1
        assert len(later.first.requests) + len(later.second.requests) == 1
        assert (await later.stage.newest_job(ana.person)).cost_microusd == 1000


async def test_an_answered_call_outlives_a_database_that_is_locked_for_a_moment(
    opening, tmp_path: Path
):
    """Longer than a write waits for another's, behind one that waits too: the first attempt to write the answer down fails."""
    others = sqlite3.connect(tmp_path / "impasto.db", isolation_level=None, check_same_thread=False)
    locked: list[str] = []

    def lock(name: str, _job: object) -> None:
        if name == "fetched" and not locked:
            others.execute("BEGIN IMMEDIATE")
            locked.append(name)
            asyncio.get_running_loop().call_later(
                2 * BUSY_TIMEOUT_S + 0.5, others.execute, "ROLLBACK"
            )

    async with opening(boundary=lock) as later:
        ana = later.stage.actor("ana")

        await ana.says("/imagine a fox --model square-1 --n 1")
        await later.reaches(ana, JobState.DELIVERING, JobState.DELIVERED)
        # A letter that was being posted when the database was locked is tried again when its lease is over.
        later.clock.forward(DELIVERY_LEASE_S)
        card = await later.stage.newest_final(ana.person)

        assert locked
        assert card.tone is Tone.DONE
        assert len(later.first.requests) + len(later.second.requests) == 1
    others.close()
