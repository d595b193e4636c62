"""The file a request starts from stays, from the moment somebody brought it until the request has it."""

import asyncio
import io

from PIL import Image

from bot.domain.action import Action, Verb
from bot.domain.card import Tone
from bot.domain.identity import BlobKey, JobId
from bot.pipeline.collect import GRACE_S, PARTS, Collector
from bot.wiring.fittings import SystemClock
from tests.contracts.store_kit import MovableClock
from tests.scenarios.shops import Shop, model, open_street, stall


def png(colour="navy"):
    buffer = io.BytesIO()
    Image.new("RGB", (80, 80), colour).save(buffer, "PNG")
    return buffer.getvalue()


def collector_of(house, use=None):
    """One that comes two hours from now."""
    clock = MovableClock(at=SystemClock().now())
    clock.forward(2 * GRACE_S)
    return Collector(
        stock=house.blobs, use=use or house.store.blob_use, clock=clock, stop=asyncio.Event()
    )


async def collect(house):
    collector = collector_of(house)
    return sum([await collector.collect(part) for part in range(PARTS)])


async def painted_from_brought(stage, ana):
    """A request from a brought picture that was answered, and whose picture is deleted: nothing holds the file any more."""
    key = await stage.house.blobs.put(png())
    await ana.says("/imagine at night", reference=key)
    card = await stage.newest_final(ana.person)
    job = await stage.ended(ana)
    await ana.presses(Action(verb=Verb.DELETE, target=card.pictures[0].image, argument="yes"))
    assert not await stage.house.store.gallery.images_of(job.id)
    return key, job.id


class AnsweringLate:
    """The rows, which tell what is unused as it was before somebody asked for it once more."""

    def __init__(self, use, meanwhile):
        self.use = use
        self.meanwhile = meanwhile
        self.looks = 0

    async def unused(self, keys):
        found = await self.use.unused(keys)
        self.looks += 1
        if self.looks == 2:
            await self.meanwhile()
        return found

    async def database_id(self):
        return await self.use.database_id()


async def test_a_reroll_beside_the_collector_keeps_its_source(tmp_path):
    async with open_street(tmp_path, stall(Shop("shop", (model("m"),)))) as stage:
        ana = stage.actor("ana")
        key, job = await painted_from_brought(stage, ana)

        async def reroll():
            await ana.presses(Action(verb=Verb.REROLL, target=job))

        use = AnsweringLate(stage.house.store.blob_use, reroll)
        await collector_of(stage.house, use).collect(int(key[:2], 16))

        card = await stage.newest_final(ana.person)
        assert use.looks == 2
        assert card.tone is Tone.DONE
        assert await stage.house.blobs.exists(key)


async def test_a_reroll_whose_source_is_gone_is_told_so_at_once(tmp_path):
    async with open_street(tmp_path, stall(Shop("shop", (model("m"),)))) as stage:
        ana = stage.actor("ana")
        key, job = await painted_from_brought(stage, ana)
        assert await collect(stage.house) > 0
        assert not await stage.house.blobs.exists(key)

        reply = await ana.presses(Action(verb=Verb.REROLL, target=job))

        assert reply.job is None
        assert reply.card.headline == "The picture it starts from is gone"
        assert (await stage.newest_job(ana.person)).id == job


async def test_a_brought_picture_that_is_gone_makes_no_request(tmp_path):
    async with open_street(tmp_path, stall(Shop("shop", (model("m"),)))) as stage:
        ana = stage.actor("ana")
        reply = await ana.says("/imagine at night", reference=BlobKey("0" * 64))

        assert reply.job is None
        assert reply.card.headline == "The picture it starts from is gone"
        assert await stage.house.store.queue.job(JobId(1)) is None


async def test_what_is_brought_is_not_read_before_the_answer(tmp_path, monkeypatch):
    async with open_street(tmp_path, stall(Shop("shop", (model("m"),)))) as stage:
        ana = stage.actor("ana")
        key = await stage.house.blobs.put(png())
        seen = []
        get = stage.house.blobs.get

        async def looking(blob):
            seen.append((blob, asyncio.current_task()))
            return await get(blob)

        monkeypatch.setattr(stage.house.blobs, "get", looking)
        await ana.says("/imagine at night", reference=key)
        await stage.newest_final(ana.person)

        assert key in [blob for blob, _ in seen]
        assert asyncio.current_task() not in [task for _, task in seen]


async def test_a_disk_that_will_not_read_makes_a_request_that_ends_with_that_reason(tmp_path):
    async with open_street(tmp_path, stall(Shop("shop", (model("m"),)))) as stage:
        ana = stage.actor("ana")
        key = await stage.house.blobs.put(png())
        file = tmp_path / "pictures" / key[:2] / key
        file.unlink()
        file.mkdir()

        reply = await ana.says("/imagine at night", reference=key)
        card = await stage.newest_final(ana.person)

        assert reply.job is not None
        assert card.headline == "The disk for pictures failed"
        assert "Nothing was charged." in card.lines


async def test_a_source_that_cannot_even_be_looked_at_is_left_to_the_worker(tmp_path):
    async with open_street(tmp_path, stall(Shop("shop", (model("m"),)))) as stage:
        ana = stage.actor("ana")
        key = await stage.house.blobs.put(png())
        file = tmp_path / "pictures" / key[:2] / key
        file.unlink()
        file.symlink_to(key)

        reply = await ana.says("/imagine at night", reference=key)
        card = await stage.newest_final(ana.person)

        assert reply.job is not None
        assert card.headline == "The disk for pictures failed"


async def test_a_picture_in_a_form_that_is_open_for_hours_can_still_be_asked_for(slack_stage, ana):
    general = slack_stage.slack.room("general")
    message = await ana.driver.uploads("cat.png", png(), "my cat", general)
    await ana.driver.uses_shortcut("reimagine", message)
    form = await ana.driver.form("Imagine")

    await collect(slack_stage.house)
    await ana.driver.submits(form, prompt="at night")

    card = await slack_stage.until_painted(ana, "at night")
    assert card.tone is Tone.DONE
