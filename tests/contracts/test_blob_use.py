"""Files go when no row refers to them any more, an hour after they were put, and not before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.blobs.disk import DiskBlobs
from bot.blobs.mark import MARK
from bot.domain.grammar import Ask
from bot.domain.identity import BlobKey, ImageId
from bot.domain.job import Order
from bot.pipeline.collect import GRACE_S, PARTS, Collector
from bot.ports import Answer, AnsweredImage, Claimed
from bot.store.opening import Store
from moderation import Gate
from providers import Operation
from tests.contracts.store_kit import (
    BROKEN,
    MovableClock,
    allowed,
    child_of,
    final_letter,
    person,
    picture,
    running,
)

MASKED = Ask(prompt="a red fox", count=1)


@pytest.fixture
async def blobs(tmp_path: Path, store: Store) -> DiskBlobs:
    blobs = DiskBlobs(tmp_path / "blobs")
    await blobs.prepare()
    await blobs.mark_for(await store.blob_use.database_id())
    return blobs


@pytest.fixture
def today() -> MovableClock:
    """Files are dated by the machine, whatever the database believes."""
    return MovableClock(at=datetime.now(UTC))  # noqa: TID251


@pytest.fixture
def collector(store: Store, blobs: DiskBlobs, today: MovableClock) -> Collector:
    return Collector(stock=blobs, use=store.blob_use, clock=today, stop=None)


async def collect(collector: Collector) -> int:
    return sum([await collector.collect(part) for part in range(PARTS)])


async def painted(
    store: Store, blobs: DiskBlobs, claimed: Claimed, word: str
) -> dict[str, BlobKey]:
    """The blobs of a job that was answered and finished with one picture."""
    keys = {name: await blobs.put(f"{name} {word}".encode()) for name in ("raw", "full", "grid")}
    call = await store.journal.plan(
        claimed.fence, part=0, provider="house", key=f"key {word} {claimed.job.id}"
    )
    await store.journal.sent(claimed.fence, call.id)
    await answered(store, call.id, keys["raw"])
    await store.queue.finish(
        claimed.fence,
        images=[replace(picture(1, content=word), key=keys["full"])],
        decisions=[allowed(Gate.IMAGE)],
        cost_microusd=1,
        notes=(),
        grid=keys["grid"],
    )
    return keys


async def answered(store: Store, call: int, raw: BlobKey) -> None:
    answer = Answer(
        images=(AnsweredImage(raw=raw, seed=7),), cost_microusd=1, notes=(), request_id=None
    )
    await store.journal.answered(call, answer)


async def the_image(store: Store, claimed: Claimed) -> ImageId:
    (image,) = await store.gallery.images_of(claimed.job.id)
    return image.id


async def delivered(store: Store) -> None:
    await store.outbox.posted(await final_letter(store), message="m", images=(1,))


async def test_what_a_service_sent_goes_an_hour_after_its_job_is_over(
    store: Store, blobs: DiskBlobs, collector: Collector, today: MovableClock
) -> None:
    keys = await painted(store, blobs, await running(store, "k1"), "fox")
    today.forward(GRACE_S + 60)
    assert await collect(collector) == 0
    await delivered(store)

    assert await collect(collector) == 1

    assert not await blobs.exists(keys["raw"])
    assert await blobs.exists(keys["full"])
    assert await blobs.exists(keys["grid"])


async def test_a_paid_picture_is_kept_as_long_as_its_job_waits(
    store: Store, blobs: DiskBlobs, collector: Collector, today: MovableClock, clock: MovableClock
) -> None:
    claimed = await running(store, "k1")
    raw = await blobs.put(b"paid")
    call = await store.journal.plan(claimed.fence, part=0, provider="house", key="key")
    await store.journal.sent(claimed.fence, call.id)
    await answered(store, call.id, raw)
    await store.queue.delay(claimed.fence, run_at=clock.now() + timedelta(days=1), detail="judge")
    today.forward(10 * GRACE_S)

    assert await collect(collector) == 0

    assert await blobs.get(raw) == b"paid"


async def test_nothing_of_a_deleted_picture_is_left(
    store: Store, blobs: DiskBlobs, collector: Collector, today: MovableClock
) -> None:
    claimed = await running(store, "k1")
    keys = await painted(store, blobs, claimed, "fox")
    await delivered(store)
    for key in await store.gallery.delete(await the_image(store, claimed), by=person()):
        await blobs.delete(key)
    today.forward(GRACE_S + 60)

    await collect(collector)

    assert [name for name, key in keys.items() if await blobs.exists(key)] == []


async def test_a_young_file_is_nobodys_business_yet(
    blobs: DiskBlobs, collector: Collector, today: MovableClock
) -> None:
    key = await blobs.put(b"put, and not yet written down")
    today.forward(GRACE_S - 60)
    assert await collect(collector) == 0
    today.forward(120)

    assert await collect(collector) == 1
    assert not await blobs.exists(key)


async def test_an_identical_picture_finished_during_a_deletion_keeps_its_file(
    store: Store, blobs: DiskBlobs, collector: Collector, today: MovableClock
) -> None:
    first = await running(store, "k1")
    keys = await painted(store, blobs, first, "fox")
    await delivered(store)
    orphans = await store.gallery.delete(await the_image(store, first), by=person())
    again = await painted(store, blobs, await running(store, "k2"), "fox")

    for key in orphans:
        await blobs.delete(key)
    today.forward(2 * GRACE_S)
    await collect(collector)

    assert keys["full"] == again["full"]
    assert await blobs.get(again["full"]) == b"full fox"


async def test_a_chart_stays_as_long_as_somebody_may_be_shown_it(
    store: Store,
    blobs: DiskBlobs,
    collector: Collector,
    today: MovableClock,
    clock: MovableClock,
) -> None:
    chart, other = [await blobs.put(data) for data in (b"a chart", b"another chart")]
    await store.blob_use.shown(chart, lasting=timedelta(hours=25))
    await store.blob_use.shown(chart, lasting=timedelta(hours=1))
    today.forward(2 * GRACE_S)
    clock.forward(timedelta(hours=24).total_seconds())
    assert await collect(collector) == 1
    assert await blobs.exists(chart)

    clock.forward(2 * GRACE_S)
    await store.blob_use.shown(other, lasting=timedelta(hours=25))

    assert await collect(collector) == 1
    assert not await blobs.exists(chart)


class RowsThatCome:
    """A row that refers to a file is written while the file is being looked at."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.looks = 0

    async def unused(self, keys):
        self.looks += 1
        return await self.store.blob_use.unused(keys) if self.looks > 1 else keys

    async def database_id(self):
        return await self.store.blob_use.database_id()


async def test_a_file_that_came_into_use_while_it_was_looked_at_is_put_back(
    store: Store, blobs: DiskBlobs, today: MovableClock
) -> None:
    keys = await painted(store, blobs, await running(store, "k1"), "fox")
    today.forward(2 * GRACE_S)
    collector = Collector(stock=blobs, use=RowsThatCome(store), clock=today, stop=None)

    await collector.collect(int(keys["full"][:2], 16))

    assert collector.use.looks == 2
    assert await blobs.get(keys["full"]) == b"full fox"


async def test_what_somebody_brought_stays_for_another_go(
    store: Store, blobs: DiskBlobs, collector: Collector, today: MovableClock
) -> None:
    brought, mask = [await blobs.put(data) for data in (b"brought", b"mask")]
    order = Order(operation=Operation.INPAINT, ask=MASKED, source=brought, mask=mask)
    failed = await running(store, "k1", order=order)
    await store.queue.fail(failed.fence, ending=BROKEN)
    today.forward(2 * GRACE_S)
    assert await collect(collector) == 0

    again = await running(store, "k2", order=order, user="bob")
    await painted(store, blobs, again, "fox")
    await store.queue.cancel(failed.job.id, by="ann")
    assert await store.blob_use.unused([brought, mask]) == []


async def test_what_somebody_brought_goes_with_the_pictures_made_of_it(
    store: Store, blobs: DiskBlobs
) -> None:
    brought = await blobs.put(b"brought")
    order = Order(operation=Operation.IMAGE_TO_IMAGE, ask=MASKED, source=brought)
    claimed = await running(store, "k1", order=order)
    await painted(store, blobs, claimed, "fox")
    await delivered(store)
    assert await store.blob_use.unused([brought]) == []

    await store.gallery.delete(await the_image(store, claimed), by=person())

    assert await store.blob_use.unused([brought]) == [brought]


async def test_a_variation_does_not_keep_a_deleted_picture(store: Store, blobs: DiskBlobs) -> None:
    first = await running(store, "k1")
    keys = await painted(store, blobs, first, "fox")
    await delivered(store)
    parent = await the_image(store, first)
    child = await running(store, "k2", order=child_of(parent, source=keys["full"]))
    await store.gallery.delete(parent, by=person())
    assert await store.blob_use.unused([keys["full"]]) == []

    await painted(store, blobs, child, "another fox")
    await delivered(store)

    assert await store.blob_use.unused([keys["full"]]) == [keys["full"]]


async def test_a_database_keeps_its_id(store: Store) -> None:
    ids = {await store.blob_use.database_id() for _ in range(3)}

    assert len(ids) == 1
    assert len(ids.pop()) == 32


async def test_nothing_is_collected_from_another_databases_folder(
    blobs: DiskBlobs,
    collector: Collector,
    today: MovableClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    key = await blobs.put(b"theirs")
    (tmp_path / "blobs" / MARK).write_text("another database's id")
    today.forward(2 * GRACE_S)

    assert await collect(collector) == 0

    assert await blobs.get(key) == b"theirs"
    assert [record.name for record in caplog.records] == ["impasto.collect"]
    assert "another database's id" in caplog.text


async def test_nothing_is_collected_from_a_folder_without_a_mark(
    blobs: DiskBlobs, collector: Collector, today: MovableClock, tmp_path: Path
) -> None:
    key = await blobs.put(b"whose")
    (tmp_path / "blobs" / MARK).unlink()
    today.forward(2 * GRACE_S)
    assert await collect(collector) == 0

    await blobs.mark_for(await collector.use.database_id())

    assert await collect(collector) == 1
    assert not await blobs.exists(key)


class SwappedWhileLookedAt(RowsThatCome):
    """Another folder is put in the place of this one between two looks."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store)
        self.folder = folder

    async def unused(self, keys):
        (self.folder / MARK).write_text("another database's id")
        return keys


async def test_a_folder_that_is_swapped_in_the_middle_loses_nothing(
    store: Store, blobs: DiskBlobs, today: MovableClock, tmp_path: Path
) -> None:
    key = await blobs.put(b"theirs")
    today.forward(2 * GRACE_S)
    use = SwappedWhileLookedAt(store, tmp_path / "blobs")
    collector = Collector(stock=blobs, use=use, clock=today, stop=None)

    assert await collect(collector) == 0

    assert await blobs.get(key) == b"theirs"
    assert (tmp_path / "blobs" / key[:2] / key).is_file()
