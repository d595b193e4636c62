"""The playground's messages, the same in memory and in the database."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.grammar import Ask
from bot.domain.identity import JobId, Person, Place
from bot.domain.job import Order
from bot.ports import Accepted, NewMessage, Submission
from bot.store.opening import open_sqlite
from bot.store.playground import SqlChannel
from providers import Operation
from tests.browser.stage.memory import MemoryChannel, SteppingClock

HELLO = NewMessage(nonce="n-1", channel="general", author="ana", text="hello")


@pytest.fixture(params=["memory", "sqlite"])
def opened(request, tmp_path):
    @asynccontextmanager
    async def begin():
        clock = SteppingClock()
        if request.param == "memory":
            yield MemoryChannel(clock), JobId(1)
            return
        store = await open_sqlite(tmp_path / "impasto.db", clock=clock)
        try:
            yield SqlChannel(store.executor), await a_job(store)
        finally:
            await store.aclose()

    return begin


async def a_job(store):
    person = Person(platform="web", workspace="playground", user="ana", name="Ana")
    outcome = await store.queue.submit(
        Submission(
            key="k",
            person=person,
            place=Place(channel="general"),
            order=Order(operation=Operation.TEXT_TO_IMAGE, ask=Ask(prompt="a fox", count=1)),
            counters=(),
            max_queued=5,
            weight=1.0,
            cap=2,
        )
    )
    assert isinstance(outcome, Accepted)
    return outcome.job


async def texts(channel, viewer="ana", **options):
    found = await channel.messages("general", viewer=viewer, **options)
    return [message.text for message in found]


async def test_what_was_put_is_there_as_it_was(opened):
    async with opened() as (channel, job):
        root = await channel.put(HELLO)
        await channel.put(
            NewMessage(
                nonce="n-2",
                channel="general",
                author="impasto",
                thread=root,
                job=job,
                final=True,
                only_for="ana",
            )
        )

        first, second = await channel.messages("general", viewer="ana")

    assert (first.id, first.text, first.author, first.thread) == (root, "hello", "ana", None)
    assert (second.thread, second.job, second.final, second.only_for) == (root, job, True, "ana")
    assert first.created_at == first.changed_at
    assert first.created_at.tzinfo is not None


async def test_the_same_nonce_is_one_message_brought_up_to_date(opened):
    async with opened() as (channel, _):
        first = await channel.put(HELLO)
        again = await channel.put(replace(HELLO, text="hello again", only_for="ana"))

        (message,) = await channel.messages("general", viewer="ana")

    assert first == again
    assert (message.text, message.only_for) == ("hello again", "ana")
    assert message.changed_at > message.created_at


async def test_nobody_sees_what_is_for_another(opened):
    async with opened() as (channel, _):
        await channel.put(replace(HELLO, only_for="ana"))

        assert await texts(channel, "ana") == ["hello"]
        assert await texts(channel, "ben") == []


async def test_channels_are_apart(opened):
    async with opened() as (channel, _):
        await channel.put(replace(HELLO, channel="design"))

        assert await texts(channel) == []


async def test_the_newest_come_and_the_oldest_stand_first(opened):
    async with opened() as (channel, _):
        for number in range(5):
            await channel.put(replace(HELLO, nonce=f"n-{number}", text=f"{number}"))

        assert await texts(channel, limit=3) == ["2", "3", "4"]


async def test_since_gives_only_what_changed_after_it(opened):
    async with opened() as (channel, _):
        for number in range(3):
            await channel.put(replace(HELLO, nonce=f"n-{number}", text=f"{number}"))
        seen = (await channel.messages("general", viewer="ana"))[1].changed_at
        await channel.put(replace(HELLO, nonce="n-0", text="0 again"))

        assert await texts(channel, since=seen) == ["0 again", "2"]
        assert await texts(channel, since=seen + timedelta(days=1)) == []


async def test_a_jobs_messages_are_found(opened):
    async with opened() as (channel, job):
        await channel.put(HELLO)
        shown = await channel.put(replace(HELLO, nonce="n-2", job=job))

        assert [message.id for message in await channel.of_job(job)] == [shown]


async def test_a_removed_message_is_gone_and_its_number_is_never_given_again(opened):
    async with opened() as (channel, _):
        first = await channel.put(HELLO)
        await channel.remove(first)
        await channel.remove(first)

        assert await texts(channel) == []
        assert await channel.put(replace(HELLO, nonce="n-2")) != first


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE job; --", "‮right to left", "👩‍👩‍👧‍👦", "x" * 4000, "line\nbreak\ttab"]
)
async def test_any_text_comes_back_as_it_went(opened, text):
    async with opened() as (channel, _):
        await channel.put(replace(HELLO, text=text))

        assert await texts(channel) == [text]
