"""Finished pictures: seen, reported, deleted."""

from bot.domain.audit import AuditQuery
from bot.domain.identity import BlobKey, ImageId, JobId, WorkspaceId
from bot.domain.job import StoredImage
from bot.store.opening import Store
from tests.contracts.store_kit import (
    allowed,
    child_of,
    person,
    picture,
    queued,
    running,
    submitted,
)

HERE = person().workspace_id
ELSEWHERE = WorkspaceId("slack:T2")


async def painted(store: Store, key: str, *contents: str, grid: str | None = None, **wishes):
    """The pictures of a finished job."""
    claimed = await running(store, key, images=len(contents), **wishes)
    await store.queue.finish(
        claimed.fence,
        images=[picture(n, content=content) for n, content in enumerate(contents, start=1)],
        decisions=[allowed()] * len(contents),
        cost_microusd=None,
        notes=(),
        grid=None if grid is None else BlobKey(grid),
    )
    return list(await store.gallery.images_of(claimed.job.id))


async def test_a_picture_is_found_with_all_that_is_known_of_it(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")

    assert image == StoredImage(
        id=ImageId(1),
        job=JobId(1),
        position=1,
        seed=7,
        width_px=1024,
        height_px=1024,
        mime="image/png",
        key=BlobKey("full-fox"),
        view=BlobKey("view-fox"),
        thumbnail=BlobKey("thumbnail-fox"),
        phash="00ff",
        alt="a red fox at dusk",
        not_drawn=("a hat",),
    )
    assert await store.gallery.image(image.id, workspace=HERE) == image


async def test_another_workspaces_picture_does_not_exist(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")
    stranger = person(workspace="T2")

    assert await store.gallery.image(image.id, workspace=ELSEWHERE) is None
    assert await store.gallery.recent(workspace=ELSEWHERE, lane=None, limit=9) == []
    assert await store.gallery.delete(image.id, by=stranger) is None
    assert not await store.gallery.report(image.id, by=stranger, reason="mine")
    assert await store.gallery.images_of(image.job) == [image]


async def test_a_picture_remembers_where_it_came_from(store: Store) -> None:
    (parent,) = await painted(store, "k1", "fox")

    (child,) = await painted(store, "k2", "cub", order=child_of(parent.id, source=parent.key))

    assert child.parent == parent.id


async def test_the_gallery_shows_the_newest_first_page_by_page(store: Store) -> None:
    mine = [(await painted(store, f"k{n}", f"p{n}"))[0] for n in range(3)]
    (other,) = await painted(store, "other", "o", user="bob")

    newest = await store.gallery.recent(workspace=HERE, lane=None, limit=2)
    older = await store.gallery.recent(workspace=HERE, lane=None, limit=9, before=newest[-1].id)
    of_ann = await store.gallery.recent(workspace=HERE, lane=person().lane, limit=9)

    assert newest == [other, mine[2]]
    assert older == [mine[1], mine[0]]
    assert of_ann == mine[::-1]


async def test_a_reported_picture_is_hidden(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")

    assert await store.gallery.report(image.id, by=person("bob"), reason="hurts")

    assert await store.gallery.images_of(image.job) == []
    assert await store.gallery.recent(workspace=HERE, lane=None, limit=9) == []
    found = await store.gallery.image(image.id, workspace=HERE)
    assert found is not None
    assert found.hidden


async def test_pictures_reported_or_deleted_since_still_count_as_made(store: Store) -> None:
    first, second, _ = await painted(store, "k1", "fox", "hen", "cow")

    await store.gallery.report(first.id, by=person("bob"), reason="hurts")
    await store.gallery.delete(second.id, by=person())

    assert len(await store.gallery.images_of(first.job)) == 1
    assert await store.gallery.made_by(first.job) == 3
    assert await store.gallery.made_by(JobId(99)) == 0


async def test_one_person_reports_a_picture_once(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")
    await store.gallery.report(image.id, by=person("bob"), reason="hurts")

    assert not await store.gallery.report(image.id, by=person("bob"), reason="again")
    assert await store.gallery.report(image.id, by=person("cas"), reason="me too")


async def test_reporting_again_what_was_restored_hides_nothing_and_leaves_no_trace(
    store: Store,
) -> None:
    (image,) = await painted(store, "k1", "fox")
    bob, moderator = person("bob"), person("mo")
    await store.gallery.report(image.id, by=bob, reason="hurts")
    await store.reports.restore(image.id, by=moderator)

    assert not await store.gallery.report(image.id, by=bob, reason="again")

    found = await store.gallery.image(image.id, workspace=HERE)
    assert found is not None
    assert not found.hidden
    logged = await store.audit.entries(AuditQuery(workspace=HERE))
    assert [entry.action for entry in logged] == ["image.restore", "image.report"]
    assert await store.gallery.report(image.id, by=person("cas"), reason="me too")
    assert await store.gallery.images_of(image.job) == []


async def test_a_report_of_what_is_gone_is_not_taken(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")
    await store.gallery.delete(image.id, by=person())

    assert not await store.gallery.report(image.id, by=person("bob"), reason="hurts")
    assert not await store.gallery.report(ImageId(99), by=person("bob"), reason="hurts")


async def test_a_deleted_picture_is_gone_with_its_blobs(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")

    assert await store.gallery.delete(image.id, by=person()) == (
        image.key,
        image.view,
        image.thumbnail,
    )

    assert await store.gallery.image(image.id, workspace=HERE) is None
    assert await store.gallery.delete(image.id, by=person()) is None


async def test_blobs_of_an_equal_picture_stay(store: Store) -> None:
    (first,) = await painted(store, "k1", "fox")
    (second,) = await painted(store, "k2", "fox", user="bob")

    assert await store.gallery.delete(first.id, by=person()) == ()
    assert await store.gallery.delete(second.id, by=person("bob")) == (
        second.key,
        second.view,
        second.thumbnail,
    )


async def test_the_sheet_that_shows_a_deleted_picture_goes_too(store: Store) -> None:
    first, second = await painted(store, "k1", "fox", "owl", grid="sheet")

    gone = await store.gallery.delete(first.id, by=person())

    assert gone is not None
    assert BlobKey("sheet") in gone
    job = await store.queue.job(second.job)
    assert job is not None
    assert job.grid is None


async def test_a_blob_that_a_job_still_starts_from_stays(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")
    fence = await submitted(store, "k2", order=child_of(image.id, source=image.key))

    assert await store.gallery.delete(image.id, by=person()) == (image.view, image.thumbnail)
    await store.queue.cancel(fence.job, by="ann")


async def test_a_finished_job_keeps_no_blob_alive(store: Store) -> None:
    (image,) = await painted(store, "k1", "fox")
    job = await queued(store, "k2", order=child_of(image.id, source=image.key))
    await store.queue.cancel(job, by="ann")

    gone = await store.gallery.delete(image.id, by=person())

    assert gone is not None
    assert image.key in gone
