"""What Discord's gateway reads of jobs that are over: when they ended, and which of their pictures went away."""

import pytest

from bot.domain.identity import JobId
from bot.ports import FirstLook, FirstResponse, FirstResponses
from bot.store.discord import SqlFirstResponses
from bot.store.opening import Store
from tests.contracts.store_kit import MovableClock, final_letter, finish, person, running

DAY_S = 86_400.0
PUBLIC = FirstResponse(look=FirstLook.PUBLIC, message="1/2")


@pytest.fixture
def records(store: Store) -> FirstResponses:
    return SqlFirstResponses(store.executor)


async def delivered(store: Store, key: str, *, images: int = 1) -> JobId:
    claimed = await running(store, key, images=images)
    await finish(store, claimed.fence, images=images)
    shown = range(1, images + 1)
    await store.outbox.posted(await final_letter(store), message="m", images=tuple(shown))
    return claimed.job.id


async def test_jobs_are_found_by_when_they_ended(
    store: Store, clock: MovableClock, records: FirstResponses
) -> None:
    ours, elsewhere = await delivered(store, "k1"), await delivered(store, "k2")
    await records.put(ours, PUBLIC)
    now_s = clock.now().timestamp()

    assert await records.ended_between(now_s - 1, now_s + 1, newest=100) == [ours]
    assert await records.ended_between(now_s + 1, now_s + 9, newest=100) == []
    assert await records.ended_between(now_s - 1, now_s + 1, newest=elsewhere - ours) == []


async def test_pictures_that_went_away_are_counted(store: Store, records: FirstResponses) -> None:
    job = await delivered(store, "k1", images=3)
    await records.put(job, PUBLIC)
    assert await records.with_gone(newest=100, within_s=DAY_S) == {}

    first, second, _ = await store.gallery.images_of(job)
    await store.gallery.delete(first.id, by=person())
    assert await records.with_gone(newest=100, within_s=DAY_S) == {job: 1}
    await store.gallery.delete(second.id, by=person())

    assert await records.with_gone(newest=100, within_s=DAY_S) == {job: 2}


@pytest.mark.parametrize("how", ["deleted", "reported"])
async def test_pictures_that_went_away_long_ago_are_left_alone(
    store: Store, clock: MovableClock, records: FirstResponses, how: str
) -> None:
    job = await delivered(store, "k1", images=2)
    await records.put(job, PUBLIC)
    first, second = await store.gallery.images_of(job)
    if how == "deleted":
        await store.gallery.delete(first.id, by=person())
    else:
        await store.gallery.report(first.id, by=person(), reason="")
    gone_s = clock.now().timestamp()

    clock.forward(DAY_S - 1)
    assert await records.with_gone(newest=100, within_s=DAY_S) == {job: 1}
    clock.forward(2)
    assert await records.with_gone(newest=100, within_s=DAY_S) == {}
    assert await records.with_gone(newest=100, within_s=DAY_S, since_s=gone_s - 1) == {job: 1}
    assert await records.with_gone(newest=100, within_s=DAY_S, since_s=gone_s + 1) == {}

    await store.gallery.delete(second.id, by=person())
    assert await records.with_gone(newest=100, within_s=DAY_S) == {job: 2}
