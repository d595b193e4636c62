"""The stream of an open page: it heals first, then tells what changes."""

import asyncio
import json

import httpx

from bot.domain.identity import JobId
from bot.domain.live import Changed, InLine, Painting
from bot.surfaces.web.assets import Assets
from bot.surfaces.web.events import PREVIEW_MAX_BYTES, stream
from bot.surfaces.web.feed import Feed
from bot.surfaces.web.pages import Pages
from bot.surfaces.web.people import PEOPLE
from bot.surfaces.web.timeline import Timeline
from tests.browser.stage.serving import served


class Page:
    """An open page's stream, read event by event."""

    def __init__(self, stage, user="ana"):
        self.feed = Feed(stage.signals)
        timeline = Timeline(
            stage.parts.playground, stage.parts.links, viewer=PEOPLE[user], channel="general"
        )
        self.events = stream(timeline, self.feed, Pages(Assets.read()).message)

    async def next(self):
        async with asyncio.timeout(5):
            async for text in self.events:
                name, data = parsed(text)
                if name:
                    return name, data
        return None, None

    def hear(self, *updates):
        for watcher in self.feed._watchers:
            for update in updates:
                watcher.tell(update)


def parsed(text):
    lines = dict(line.split(": ", 1) for line in text.strip().splitlines() if ": " in line)
    return lines.get("event"), json.loads(lines["data"]) if "data" in lines else None


async def request(stage, visit, words="/imagine a fox"):
    async with visit() as ana:
        await ana.say(words)
    job = stage.newest()
    await stage.admit(job)
    return job


async def test_a_stream_begins_with_all_that_should_be_there(stage, visit):
    await request(stage, visit)
    page = Page(stage)

    name, data = await page.next()

    assert name == "sync"
    assert list(data["messages"]) == ["1"]


async def test_a_page_that_comes_back_learns_what_looks_different_now(stage, visit):
    job = await request(stage, visit)
    _, before = await Page(stage).next()
    await stage.start(job)
    await stage.finish(job)

    _, after = await Page(stage).next()

    assert set(after["messages"]) == {"1", "2"}
    assert after["messages"]["1"] != before["messages"]["1"]


async def test_a_job_that_moves_on_is_drawn_anew(stage, visit):
    job = await request(stage, visit)
    page = Page(stage)
    await page.next()
    await stage.start(job)

    page.hear(Changed(job=job))
    name, data = await page.next()

    assert (name, data["id"]) == ("message", 1)
    assert "Painting 1 image" in data["html"]


async def test_a_place_in_line_is_told_as_it_changes(stage, visit):
    stage.queue.busy = 5
    job = await request(stage, visit)
    page = Page(stage)
    await page.next()
    stage.queue.busy = 0

    page.hear(InLine(job=job, place=1))
    _, data = await page.next()

    assert "Next in line" in data["html"]


async def test_progress_comes_with_its_preview(stage, visit):
    job = await request(stage, visit)
    page = Page(stage)
    await page.next()

    page.hear(Painting(job=job, fraction=0.5, preview=b"\xff\xd8\xffjpeg"))

    assert await page.next() == (
        "painting",
        {"job": job, "fraction": 0.5, "preview": "data:image/jpeg;base64,/9j/anBlZw=="},
    )


async def test_a_huge_preview_is_left_out(stage, visit):
    job = await request(stage, visit)
    page = Page(stage)
    await page.next()

    page.hear(Painting(job=job, fraction=0.5, preview=bytes(PREVIEW_MAX_BYTES + 1)))

    assert "preview" not in (await page.next())[1]


async def test_jobs_of_other_channels_are_not_told_of(stage, visit):
    job = await request(stage, visit)
    page = Page(stage)
    await page.next()

    page.hear(
        Painting(job=JobId(77), fraction=0.1), Changed(job=JobId(77)), Painting(job=job, fraction=1)
    )

    assert (await page.next())[1]["job"] == job


async def test_a_slow_page_gets_the_newest_state_not_a_backlog(stage, visit):
    job = await request(stage, visit)
    page = Page(stage)
    await page.next()

    page.hear(*(Painting(job=job, fraction=step / 1000) for step in range(1000)))
    _, data = await page.next()
    page.feed.close()

    assert data["fraction"] == 0.999
    assert await page.next() == (None, None)


async def test_what_is_said_reaches_every_page(stage, visit):
    page = Page(stage, "ben")
    await page.next()
    async with visit("ana") as ana:
        await ana.say("hello Ben")

    page.feed.stir()
    _, data = await page.next()

    assert "hello Ben" in data["html"]


async def test_a_refusal_is_streamed_to_its_asker_only(stage, visit):
    async with visit("ana") as ana:
        await ana.say("/imagine something unkind")
    pages = {"ana": Page(stage, "ana"), "ben": Page(stage, "ben")}
    for page in pages.values():
        await page.next()
    await stage.refuse(stage.newest())
    async with visit("mo") as mo:
        await mo.say("good morning")

    told = {}
    for user, page in pages.items():
        page.hear(Changed(job=stage.newest()))
        told[user] = await page.next()

    assert "This request can&#39;t be made here" in told["ana"][1]["html"]
    assert "good morning" in told["ben"][1]["html"]


async def test_a_removed_message_is_gone_from_open_pages(stage, visit):
    await request(stage, visit)
    page = Page(stage)
    await page.next()
    await stage.channel.remove(1)

    page.feed.stir()

    assert await page.next() == ("gone", {"id": 1})


async def test_closing_the_site_ends_its_streams_at_once(stage):
    with served(stage) as there:
        async with (
            httpx.AsyncClient(base_url=there.url, timeout=5) as client,
            client.stream("GET", "/api/events", params={"channel": "general"}) as answer,
        ):
            lines = answer.aiter_lines()
            assert await anext(lines) == "retry: 1500"
            stage.site.close()
            rest = [line async for line in lines]

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert [line for line in rest if line.startswith("event")] == ["event: sync"]
