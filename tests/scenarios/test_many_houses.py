"""Two processes on one Postgres and one folder of pictures: whoever is free works for both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.domain.card import Tone
from bot.domain.live import Painting
from tests.scenarios.stage import WAIT_S, Stage, open_stage


@pytest.fixture
async def houses(tmp_path: Path, postgres_url: str) -> AsyncIterator[tuple[Stage, Stage]]:
    async with AsyncExitStack() as stack:
        first, second = [
            await stack.enter_async_context(open_stage(tmp_path, database_url=postgres_url))
            for _ in range(2)
        ]
        second.chat.news = first.chat.news
        yield first, second


async def final_tones(houses: tuple[Stage, Stage], count: int) -> list[Tone]:
    """Of all final answers, once there are `count` of them in the two chats."""

    def found() -> list[Tone]:
        return [
            card.tone for stage in houses for letter, _, card in stage.chat.posts if letter.final
        ]

    news = houses[0].chat.news
    async with asyncio.timeout(WAIT_S), news:
        await news.wait_for(lambda: len(found()) >= count)
    return found()


async def test_every_request_is_answered_once_whoever_took_it(houses) -> None:
    people = [stage.actor(f"u{number}") for number in range(5) for stage in houses]

    for number, person in enumerate(people):
        await person.says("/imagine a red fox", key=f"event-{number}")
    tones = await final_tones(houses, len(people))

    assert tones == [Tone.DONE] * len(people)
    jobs = [job.id for stage in houses for letter, job, _ in stage.chat.posts if letter.final]
    assert len(set(jobs)) == len(jobs)
    assert sum(len(stage.painter.requests) for stage in houses) == len(people)


async def test_one_event_that_reaches_both_makes_one_job(houses) -> None:
    first, second = (stage.actor("ana") for stage in houses)

    await first.says("/imagine a fox", key="the-same")
    again = await second.says("/imagine a fox", key="the-same")

    assert again.card is not None
    assert again.card.headline == "This request is already here"
    assert len(await final_tones(houses, 1)) == 1


async def test_what_one_paints_the_other_sees(houses) -> None:
    first, second = houses
    updates = [stage.house.signals.updates() for stage in houses]
    for stage in houses:
        stage.painter.gate.clear()

    await first.actor("ana").says("/imagine a fox")

    for heard in updates:
        async with asyncio.timeout(WAIT_S):
            while not isinstance(await anext(heard), Painting):
                pass
    for stage in houses:
        stage.painter.gate.set()
    assert await final_tones((first, second), 1) == [Tone.DONE]


async def test_a_process_that_starts_leaves_alone_what_others_hold(
    tmp_path: Path, postgres_url: str
) -> None:
    async with open_stage(tmp_path, database_url=postgres_url) as first:
        first.painter.gate.clear()
        updates = first.house.signals.updates()
        await first.actor("ana").says("/imagine a fox")
        async with asyncio.timeout(WAIT_S):
            while not isinstance(await anext(updates), Painting):
                pass

        async with open_stage(tmp_path, database_url=postgres_url) as second:
            second.chat.news = first.chat.news
            first.painter.gate.set()
            tones = await final_tones((first, second), 1)

        assert tones == [Tone.DONE]
        answered = [job for letter, job, _ in first.chat.posts + second.chat.posts if letter.final]
        assert [job.attempt for job in answered] == [1]
