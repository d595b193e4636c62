"""The worker's hold on its jobs, over a real queue whose clock the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.grammar import Ask
from bot.domain.identity import JobId, Person, Place
from bot.domain.job import Ending, JobState, Order, Plan, Reason
from bot.pipeline.outcomes import Stopped
from bot.pipeline.upkeep import Sweeper
from bot.pipeline.worker import Worker
from bot.ports import Accepted, Claimed, StoreUnavailable, Submission, Unavailable
from bot.signals.local import LocalSignals
from bot.store.opening import open_sqlite
from moderation import Allow, Decision, Gate
from providers import Operation

OWNER = "me"
LEASE_S = 15.0
ALLOWED = Decision(gate=Gate.PROMPT, verdict=Allow(), judge="x", policy_version="1", opinions=())
PLAN = Plan(model="m", providers=("shop",), width_px=64, height_px=64, count=1, seed=None)
PERSON = Person(platform="chat", workspace="W", user="ada", name="Ada")


@dataclass
class HandClock:
    at: datetime = datetime(2026, 11, 25, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Studio:
    """Paints until it is told how it ends, for each claim by itself."""

    begun: asyncio.Queue[Claimed] = field(default_factory=asyncio.Queue)
    ends: dict[int, asyncio.Event] = field(default_factory=dict)
    dropped: list[int] = field(default_factory=list)

    async def capacity(self) -> dict[str, int]:
        return {"shop": 9}

    async def paint(self, claimed: Claimed, *, anew: bool = False) -> Stopped:
        self.ends[claimed.fence.attempt] = asyncio.Event()
        self.begun.put_nowait(claimed)
        try:
            await self.ends[claimed.fence.attempt].wait()
        except asyncio.CancelledError:
            self.dropped.append(claimed.fence.attempt)
            raise
        return Stopped(ending=Ending(reason=Reason.PROVIDER_DOWN))


@dataclass
class FailingQueue:
    """The real queue, whose `fail` finds the database locked the first `times` times."""

    queue: Any
    times: int
    tried: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    failed: asyncio.Event = field(default_factory=asyncio.Event)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    """Until then the database's word that it has failed is on its way."""
    heard: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.queue, name)

    async def fail(self, fence: Any, **words: Any) -> bool:
        self.tried.put_nowait(None)
        self.times -= 1
        if self.times >= 0:
            raise StoreUnavailable(Unavailable.LOCKED, "a test holds it")
        done = bool(await self.queue.fail(fence, **words))
        self.failed.set()
        await self.told.wait()
        self.heard.append(done)
        return done


@dataclass
class Workshop:
    queue: Any
    worker: Worker
    studio: Studio
    clock: HandClock
    signals: LocalSignals

    async def ready_job(self, key: str) -> JobId:
        accepted = await self.queue.submit(
            Submission(
                key=key,
                person=PERSON,
                place=Place(channel="general"),
                order=Order(operation=Operation.TEXT_TO_IMAGE, ask=Ask(prompt="a fox")),
                counters=(),
                max_queued=9,
                weight=1.0,
                cap=9,
            )
        )
        assert isinstance(accepted, Accepted)
        (adopted,) = await self.queue.adopt(owner=OWNER, limit=1, lease_s=LEASE_S)
        await self.queue.admit(adopted.fence, plan=PLAN, decision=ALLOWED, weight=1.0)
        self.signals.wake("ready")
        return accepted.job

    async def begun(self) -> Claimed:
        async with asyncio.timeout(5):
            return await self.studio.begun.get()

    async def sweep(self) -> None:
        """One step of the sweeper."""
        over = asyncio.Event()
        over.set()
        await Sweeper(
            queue=self.queue, signals=self.signals, stop=over, renew=self.worker.renew
        ).step()

    async def lapse_and_sweep(self) -> None:
        """The process stood still past its lease, and nothing was renewed before the sweep."""
        self.clock.pass_s(LEASE_S + 1)
        assert await self.queue.sweep(max_attempts=5) == 1
        self.signals.wake("ready")


@asynccontextmanager
async def working(folder, *, failing: int = 0) -> AsyncIterator[Workshop]:
    clock, studio, signals, stop = HandClock(), Studio(), LocalSignals(), asyncio.Event()
    store = await open_sqlite(folder / "x.db", clock=clock)
    queue = FailingQueue(store.queue, times=failing)
    worker = Worker(
        queue=queue,
        studio=studio,
        darkroom=None,
        signals=signals,
        owner=OWNER,
        slots=4,
        boundary=lambda name, job: None,
        heartbeat_s=3600,
    )
    async with asyncio.TaskGroup() as group:
        running = group.create_task(worker.run(stop=stop, drain_s=0))
        yield Workshop(queue=queue, worker=worker, studio=studio, clock=clock, signals=signals)
        assert not running.done(), running
        stop.set()
        signals.wake("ready")
    await store.aclose()


async def test_a_job_taken_from_oneself_is_dropped_and_its_new_claim_kept(tmp_path) -> None:
    async with working(tmp_path) as workshop:
        await workshop.ready_job("chat:1")
        first = await workshop.begun()
        await workshop.lapse_and_sweep()
        second = await workshop.begun()
        await workshop.ready_job("chat:2")
        await workshop.begun()

        workshop.clock.pass_s(LEASE_S - 1)
        await workshop.worker.renew()
        workshop.clock.pass_s(LEASE_S - 1)

        assert second.fence != first.fence
        assert first.fence.attempt in workshop.studio.dropped
        assert await workshop.queue.sweep(max_attempts=5) == 0


async def test_a_machine_that_slept_keeps_what_it_is_painting(tmp_path) -> None:
    async with working(tmp_path) as workshop:
        await workshop.ready_job("chat:1")
        claimed = await workshop.begun()
        workshop.clock.pass_s(LEASE_S * 4)

        await workshop.sweep()

        job = await workshop.queue.job(claimed.job.id)
        assert job.state is JobState.RUNNING
        assert workshop.studio.dropped == []


async def test_a_database_out_of_reach_at_the_end_of_a_job_does_not_end_the_worker(
    tmp_path,
) -> None:
    async with working(tmp_path, failing=2) as workshop:
        await workshop.ready_job("chat:1")
        claimed = await workshop.begun()
        workshop.studio.ends[claimed.fence.attempt].set()
        async with asyncio.timeout(5):
            await workshop.queue.tried.get()
        await workshop.ready_job("chat:2")

        assert (await workshop.begun()).job.id != claimed.job.id


async def test_a_heartbeat_beside_the_end_of_a_job_is_not_taken_for_a_lost_lease(
    tmp_path, caplog
) -> None:
    async with working(tmp_path) as workshop, asyncio.timeout(5):
        await workshop.ready_job("chat:1")
        claimed = await workshop.begun()
        workshop.queue.told.clear()
        workshop.studio.ends[claimed.fence.attempt].set()
        await workshop.queue.failed.wait()

        await workshop.worker.renew()
        workshop.queue.told.set()
        await workshop.ready_job("chat:2")
        await workshop.begun()

        assert workshop.queue.heard == [True]
    assert "lease was lost" not in caplog.text
