"""How a request goes on, shown beside other processes: by one of them, and never over another's answer."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.card import Card, Tone
from bot.domain.identity import JobId, Person, WorkspaceId
from bot.domain.job import JobState
from bot.domain.live import Painting
from bot.pipeline.loop import pause
from bot.pipeline.sole import Sole
from bot.ports import ChatMessage, StoreUnavailable, Unavailable
from bot.signals.local import LocalSignals
from bot.surfaces.slack.progress import Progress
from tests.pipeline.jobs import a_job

JOB = a_job(person=Person(platform="slack", workspace="T1", user="U1", name="ana"))
STATUS = ChatMessage(
    job=JOB.id,
    final=False,
    workspace=WorkspaceId("slack:T1"),
    channel="C1",
    message="1.0",
    thread=None,
)


class Records:
    """Where the job stands, by what processes put down."""

    def __init__(self) -> None:
        self.messages = [STATUS]
        self.job = JOB

    async def of_job(self, job: JobId) -> list[ChatMessage]:
        return list(self.messages)

    async def count_edit(self, job: JobId, *, most: int) -> bool:
        return True

    async def find(self, job: JobId) -> Any:
        return self.job


class Wire:
    """Slack; `meanwhile` happens while the first edit is on its way."""

    def __init__(self, meanwhile: Any = lambda: None) -> None:
        self.texts: list[str] = []
        self.meanwhile = meanwhile

    async def update(self, workspace: str, channel: str, message: str, shown: Any) -> None:
        self.meanwhile()
        self.meanwhile = lambda: None
        self.texts.append(shown.text)


def progress(records: Records, wire: Wire, *, sole: Any = None) -> Progress:
    async def card_of(job: JobId) -> Card:
        done = records.job.state is JobState.DELIVERED
        return Card(
            tone=Tone.DONE if done else Tone.WORKING, headline="Done" if done else "Painting"
        )

    parts: Any = SimpleNamespace(
        jobs=SimpleNamespace(job=records.find),
        messages=records,
        card_of=card_of,
        signals=LocalSignals(),
        sole=sole,
    )
    nobody: Any = None
    posting: Any = wire
    return Progress(parts=parts, posting=posting, postman=nobody, files=nobody)


async def test_an_answer_given_elsewhere_during_an_edit_stands_last() -> None:
    records = Records()

    def answered() -> None:
        records.messages.append(
            ChatMessage(
                job=JOB.id,
                final=True,
                workspace=STATUS.workspace,
                channel="C1",
                message="2.0",
                thread="1.0",
            )
        )
        records.job = a_job(person=JOB.person, state=JobState.DELIVERED)

    wire = Wire(answered)

    await progress(records, wire)._edit(JOB, STATUS, Painting(job=JOB.id, fraction=0.5))

    assert len(wire.texts) == 2
    assert "Painting" in wire.texts[0]
    assert "Painting" not in wire.texts[1]


async def test_an_edit_without_an_answer_is_one_edit() -> None:
    wire = Wire()

    await progress(Records(), wire)._edit(JOB, STATUS, Painting(job=JOB.id, fraction=0.5))

    assert len(wire.texts) == 1


async def test_who_does_not_hold_the_lock_shows_nothing() -> None:
    class Standby:
        held = False

        async def keep(self, name: str, *, stop: asyncio.Event) -> None:
            await stop.wait()

    wire = Wire()
    shown = progress(Records(), wire, sole=Standby())
    stop = asyncio.Event()

    async with asyncio.TaskGroup() as group:
        group.create_task(shown.run(stop=stop))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        shown.parts.signals.publish(Painting(job=JOB.id, fraction=0.5))
        await asyncio.sleep(0)
        stop.set()

    assert shown._heard == {}
    assert wire.texts == []


OTHER = JobId(JOB.id + 1)
AWAY = StoreUnavailable(Unavailable.UNREACHABLE, "gone")
UNREADABLE = ValueError("written by a later release")


class Failing(Records):
    """Reading the one job fails once; `enough` is set when all was asked for that must be."""

    def __init__(self, fault: Exception, wanted: list[JobId]) -> None:
        super().__init__()
        self.faults = [fault]
        self.wanted = wanted
        self.enough = asyncio.Event()

    async def showing_gone(self, *, newest: int) -> list[JobId]:
        return [JOB.id, OTHER]

    async def find(self, job: JobId) -> Any:
        if job in self.wanted:
            self.wanted.remove(job)
        if not self.wanted:
            self.enough.set()
        if job == JOB.id and self.faults:
            raise self.faults.pop()
        return self.job


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [(AWAY, [JOB.id, JOB.id, OTHER]), (UNREADABLE, [JOB.id, OTHER])],
    ids=["the database is away", "one can't be read"],
)
async def test_what_cannot_be_shown_ends_nothing_and_the_others_are_shown(
    fault: Exception, wanted: list[JobId]
) -> None:
    stop, records = asyncio.Event(), Failing(fault, list(wanted))

    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        group.create_task(progress(records, Wire()).run(stop=stop))
        await records.enough.wait()
        stop.set()


class Locks:
    """The first attempt fails as nobody expected."""

    def __init__(self) -> None:
        self.faults = [RuntimeError("no such column")]

    async def acquire(self, name: str, *, owner: str, lease_s: float) -> int:
        if self.faults:
            raise self.faults.pop()
        return 1

    async def renew(self, name: str, *, token: int, lease_s: float) -> bool:
        return True

    async def release(self, name: str, *, token: int) -> None:
        return

    async def lapses_at(self, name: str) -> float | None:
        return None


async def test_a_lock_that_fails_is_asked_for_again() -> None:
    stop, sole = asyncio.Event(), Sole(Locks(), owner="me")
    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        group.create_task(sole.keep("slack/progress", stop=stop))
        while not sole.held:
            await pause(0.01, stop=stop)
        stop.set()
