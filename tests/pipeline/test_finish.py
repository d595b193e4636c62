"""What the darkroom makes of bytes that are new, kept from before, or gone."""

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.blobs.disk import DiskBlobs
from bot.domain.identity import BlobKey
from bot.domain.job import Plan
from bot.images.label import read_label
from bot.images.safe_decode import DEFAULT_LIMITS
from bot.pipeline.catalog import Catalog
from bot.pipeline.finish import Darkroom, Finished, NothingToShow
from bot.ports import Answer, AnsweredImage, BlobMissing
from moderation.panel import Panel
from tests.pipeline.jobs import a_job
from tests.scenarios.painter import WordJudge

PLAN = Plan(model="m", providers=("shop",), width_px=64, height_px=48, count=2, seed=5)


async def at_once(work, *args, timeout_s):
    return work(*args)


async def no_parent(job):
    return None


@pytest.fixture
async def blobs(tmp_path: Path) -> DiskBlobs:
    blobs = DiskBlobs(tmp_path)
    await blobs.prepare()
    return blobs


def darkroom(blobs: DiskBlobs, *, software: str = "Impasto 1") -> Darkroom:
    return Darkroom(
        blobs=blobs,
        parent_of=no_parent,
        panel=Panel([(WordJudge(), True)], policy_version="test", timeout_s=5),
        catalog=Catalog(()),
        off_loop=at_once,
        boundary=lambda name, job: None,
        software=software,
    )


def answer(*keys: BlobKey) -> Answer:
    images = tuple(AnsweredImage(raw=key, seed=5 + at) for at, key in enumerate(keys))
    return Answer(images=images, cost_microusd=0, notes=("a note",), request_id=None)


def file_of(colour: str, image_format: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, image_format)
    return file.getvalue()


async def developed(blobs: DiskBlobs) -> Finished:
    raws = [await blobs.put(file_of(colour, "JPEG")) for colour in ("red", "navy")]
    done = await darkroom(blobs).develop(a_job(plan=PLAN), [answer(*raws)])
    assert isinstance(done, Finished)
    return done


async def test_a_kept_picture_stays_as_it_is_to_the_last_byte_also_in_the_next_release(
    blobs: DiskBlobs,
) -> None:
    first = await developed(blobs)
    kept = answer(*(image.key for image in first.images))

    again = await darkroom(blobs, software="Impasto 2").develop(a_job(plan=PLAN), [kept], kept=True)

    assert isinstance(again, Finished)
    assert [image.key for image in again.images] == [image.key for image in first.images]
    assert [image.phash for image in again.images] == [image.phash for image in first.images]
    file = await blobs.get(again.images[0].key)
    assert file.count(b"DigitalSourceType>") == 2
    label = read_label(file)
    assert label is not None
    assert label.software == "Impasto 1"


async def test_a_kept_picture_may_be_larger_than_what_is_taken_from_others(
    blobs: DiskBlobs,
) -> None:
    """A PNG without loss of what came as a JPEG."""
    file = file_of("red", "PNG")
    large = await blobs.put(file + bytes(DEFAULT_LIMITS.max_bytes))

    kept = await darkroom(blobs).develop(a_job(plan=PLAN), [answer(large)], kept=True)
    sent = await darkroom(blobs).develop(a_job(plan=PLAN), [answer(large)])

    assert isinstance(kept, Finished)
    assert kept.images[0].key == large
    assert isinstance(sent, NothingToShow)


async def test_what_is_kept_is_judged_anew(blobs: DiskBlobs) -> None:
    first = await developed(blobs)
    job = a_job(plan=PLAN)
    ask = job.order.ask

    stricter = a_job(
        plan=PLAN,
        order=type(job.order)(operation=job.order.operation, ask=type(ask)(prompt="ugly")),
    )
    again = await darkroom(blobs).develop(stricter, [answer(first.images[0].key)], kept=True)

    assert isinstance(again, NothingToShow)


async def test_a_file_that_is_gone_is_told_as_that(blobs: DiskBlobs) -> None:
    with pytest.raises(BlobMissing):
        await darkroom(blobs).develop(
            a_job(plan=PLAN), [answer(BlobKey("0" * 64), BlobKey("1" * 64))]
        )
