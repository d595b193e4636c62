"""What nobody heard is made good from the database: no picture that was taken away goes on standing in Slack."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest
from typing_extensions import override

from bot.domain.live import Changed
from bot.pipeline.loop import pause
from bot.pipeline.sole import Sole
from bot.surfaces.slack import progress
from bot.surfaces.slack.progress import Progress
from tests.scenarios.test_slack_bad_days import kept_files
from tests.scenarios.test_slack_faults import answers
from tests.simulators.slack.rooms import words_of

LEASE_S = 0.6


class Mortal(Sole):
    """A process's claim that its death doesn't give back: others wait for the lease's end."""

    @override
    async def release(self) -> None:
        self._token = None


class Never:
    """Somebody else has it."""

    held = False


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(progress, "CATCH_UP_S", 0.2)


async def taken_away(stage, actor, card) -> None:
    """The picture is deleted by a process whose signal gets lost."""
    [picture] = card.pictures
    await stage.house.store.gallery.delete(picture.image, by=actor.person)


async def has_gone(stage) -> None:
    (answer,) = answers(stage)
    await stage.slack.until(lambda: "no longer shown" in words_of(answer), what="the edit")
    await stage.slack.until(lambda: not kept_files(stage), what="the file's end")


@asynccontextmanager
async def beside(stage, owner: str):
    """Another process's progress over the same database; it dies at the end."""
    own = stage.surface._progress
    sole = Mortal(stage.house.store.locks, owner=owner, lease_s=LEASE_S)
    other = Progress(
        parts=replace(own.parts, sole=sole),
        posting=own.posting,
        postman=own.postman,
        files=own.files,
    )
    running = asyncio.ensure_future(other.run(stop=asyncio.Event()))
    try:
        yield sole
    finally:
        running.cancel()
        await asyncio.wait({running})


async def until_held(sole: Sole) -> None:
    async with asyncio.timeout(10):
        while not sole.held:
            await pause(0.01, stop=asyncio.Event())


async def test_a_deletion_whose_signal_was_lost_is_made_good(impatient, slack_stage, ana):
    card = await ana.gets("/imagine a fox")
    await slack_stage.ended(ana)

    await taken_away(slack_stage, ana, card)

    await has_gone(slack_stage)


async def test_a_deletion_while_nobody_shows_progress_is_made_good_by_who_comes_next(
    slack_stage, ana
):
    own = slack_stage.surface._progress
    own.parts = replace(own.parts, sole=Never())
    card = await ana.gets("/imagine a fox")
    job = await slack_stage.ended(ana)

    async with AsyncExitStack() as lives:
        first = await lives.enter_async_context(beside(slack_stage, "dies"))
        await until_held(first)
        async with beside(slack_stage, "stands by") as second:
            await lives.aclose()
            await taken_away(slack_stage, ana, card)
            slack_stage.house.signals.publish(Changed(job=job.id))
            assert not second.held, "nobody heard it"
            await until_held(second)
            await has_gone(slack_stage)


async def test_an_answer_that_lacks_nothing_is_left_alone(impatient, slack_stage, ana):
    await ana.gets("/imagine a fox")
    await slack_stage.ended(ana)
    (answer,) = answers(slack_stage)
    before = answer.edits
    messages = slack_stage.surface._progress.parts.messages

    assert await messages.showing_gone(newest=100) == ()
    assert answer.edits == before
