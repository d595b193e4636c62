"""How a request goes on, shown beside other processes: by one of them, and never over another's answer."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from bot.domain.card import Card, Tone
from bot.domain.identity import JobId, Person, WorkspaceId
from bot.domain.job import JobState
from bot.domain.live import Painting
from bot.ports import ChatMessage
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
