"""Letters: one final answer a job, settled when it is posted."""

from datetime import timedelta

from bot.domain.job import JobState, Reason
from bot.ports import Standing
from bot.store.opening import Store
from tests.contracts.store_kit import (
    BROKEN,
    REFUSED,
    MovableClock,
    final_letter,
    finish,
    left,
    letters,
    queued,
    running,
    submitted,
)


async def test_a_letter_is_posted_by_one_process_at_a_time(store: Store) -> None:
    await queued(store, "k1")

    (_letter,) = await letters(store, owner="one")

    assert not await letters(store, owner="two")


async def test_a_posted_status_gives_the_job_its_message(store: Store) -> None:
    job_id = await queued(store, "k1")
    (letter,) = await letters(store)

    assert await store.outbox.posted(letter, message="C1/17", images=())

    job = await store.queue.job(job_id)
    assert job is not None
    assert (job.message, job.state) == ("C1/17", JobState.READY)
    assert not await letters(store)


async def test_a_posted_answer_settles_its_images_and_ends_the_job(store: Store) -> None:
    claimed = await running(store, "k1", images=2)
    await finish(store, claimed.fence, images=2)
    letter = await final_letter(store)

    assert await store.outbox.posted(letter, message="C1/18", images=(1, 2))

    job = await store.queue.job(claimed.job.id)
    assert job is not None
    assert (job.state, job.message) == (JobState.DELIVERED, "C1/18")
    assert job.finished_at is not None
    assert await left(store) == (2, 0)


async def test_images_that_could_not_be_shown_are_given_back(store: Store) -> None:
    claimed = await running(store, "k1", images=4)
    await finish(store, claimed.fence, images=3)

    await store.outbox.posted(await final_letter(store), message="m", images=(1, 3))

    assert await left(store) == (2, 0)
    assert len(await store.gallery.images_of(claimed.job.id)) == 3


async def test_posting_twice_settles_once(store: Store) -> None:
    claimed = await running(store, "k1")
    await finish(store, claimed.fence)
    letter = await final_letter(store)
    await store.outbox.posted(letter, message="m", images=(1,))

    assert not await store.outbox.posted(letter, message="m", images=(1,))
    assert await left(store) == (1, 0)


async def test_no_more_is_settled_than_was_held(store: Store) -> None:
    claimed = await running(store, "k1", images=2)
    await finish(store, claimed.fence, images=2)

    await store.outbox.posted(await final_letter(store), message="m", images=(1, 1, 2, 3, 4))

    assert await left(store) == (2, 0)


async def test_a_final_letter_makes_the_status_letter_void(store: Store) -> None:
    claimed = await running(store, "k1")
    await finish(store, claimed.fence)

    assert [letter.final for letter in await letters(store)] == [True]


async def test_an_answer_waits_while_the_status_is_being_posted(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1")
    (status,) = await letters(store)
    await finish(store, claimed.fence)
    assert not await letters(store)

    await store.outbox.posted(status, message="m1", images=())

    answer = await final_letter(store)
    job = await store.queue.job(answer.job)
    assert job is not None
    assert job.message == "m1"


async def test_an_answer_goes_out_when_the_status_poster_died(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1")
    (status,) = await letters(store)
    await finish(store, claimed.fence)
    clock.forward(60)

    answer = await final_letter(store)
    await store.outbox.posted(answer, message="m", images=(1,))

    assert not await letters(store)
    await store.queue.sweep(max_attempts=3)
    clock.forward(600)
    assert not await letters(store)
    assert not await store.outbox.posted(status, message="late", images=())


async def test_a_status_that_failed_after_the_end_is_not_tried_again(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1")
    (status,) = await letters(store)
    await finish(store, claimed.fence)

    await store.outbox.postpone(status, run_at=clock.now(), detail="500")

    assert [letter.final for letter in await letters(store)] == [True]


async def test_a_postponed_letter_stays_the_same_letter(store: Store, clock: MovableClock) -> None:
    await queued(store, "k1")
    (letter,) = await letters(store)
    await store.outbox.postpone(letter, run_at=clock.now() + timedelta(seconds=5), detail="429")
    assert not await letters(store)
    clock.forward(5)

    (again,) = await letters(store)

    assert (again.id, again.attempt) == (letter.id, letter.attempt + 1)


async def test_where_nothing_was_tried_no_attempt_is_counted(
    store: Store, clock: MovableClock
) -> None:
    await queued(store, "k1")
    (letter,) = await letters(store)
    in_a_minute = clock.now() + timedelta(seconds=60)
    await store.outbox.postpone(letter, run_at=in_a_minute, detail="no token", tried=False)
    clock.forward(60)

    (again,) = await letters(store)

    assert again.attempt == letter.attempt


async def test_a_lapsed_poster_can_settle_nothing_any_more(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1")
    await finish(store, claimed.fence)
    stale = await final_letter(store)
    clock.forward(60)
    again = await final_letter(store)

    assert not await store.outbox.posted(stale, message="old", images=(1,))
    await store.outbox.give_up(stale, detail="gone")
    await store.outbox.postpone(stale, run_at=clock.now(), detail="500")

    assert await left(store) == (0, 1)
    assert await store.outbox.posted(again, message="new", images=(1,))


async def test_a_lapsed_poster_learns_what_another_posted(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1")
    await finish(store, claimed.fence)
    stale = await final_letter(store)
    assert await store.outbox.standing(stale) == Standing(state="pending", attempt=1, message=None)
    clock.forward(60)
    again = await final_letter(store)
    assert await store.outbox.standing(stale) == Standing(state="pending", attempt=2, message=None)

    await store.outbox.posted(again, message="new", images=(1,))

    assert await store.outbox.standing(stale) == Standing(state="posted", attempt=2, message="new")


async def test_a_status_that_comes_after_its_lease_and_beside_the_answer_is_void(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1")
    (status,) = await letters(store)
    await finish(store, claimed.fence)
    clock.forward(60)
    answer = await final_letter(store)

    assert not await store.outbox.posted(status, message="late", images=())

    assert await store.outbox.standing(status) == Standing(state="void", attempt=1, message=None)
    assert await store.outbox.posted(answer, message="m", images=(1,))
    job = await store.queue.job(answer.job)
    assert job is not None
    assert job.message == "m"


async def test_an_answer_that_can_go_nowhere_costs_nothing(store: Store) -> None:
    claimed = await running(store, "k1", images=2)
    await finish(store, claimed.fence, images=2)

    await store.outbox.give_up(await final_letter(store), detail="channel_not_found")

    job = await store.queue.job(claimed.job.id)
    assert job is not None
    assert job.ending is not None
    assert (job.state, job.ending.reason) == (JobState.FAILED, Reason.UNDELIVERABLE)
    assert await left(store) == (0, 0)
    assert len(await store.gallery.images_of(job.id)) == 2
    assert not await letters(store)


async def test_a_status_that_can_go_nowhere_leaves_the_job_alone(store: Store) -> None:
    job_id = await queued(store, "k1")
    (letter,) = await letters(store)

    await store.outbox.give_up(letter, detail="channel_not_found")

    job = await store.queue.job(job_id)
    assert job is not None
    assert job.state is JobState.READY


async def test_every_end_has_one_final_letter(store: Store) -> None:
    refused = await submitted(store, "k1")
    await store.queue.refuse(refused, ending=REFUSED, decision=None)
    failed = await running(store, "k2")
    await store.queue.fail(failed.fence, ending=BROKEN)
    cancelled = await queued(store, "k3")
    await store.queue.cancel(cancelled, by="ann")

    found = await letters(store)

    assert [(letter.job, letter.final) for letter in found] == [
        (refused.job, True),
        (failed.job.id, True),
        (cancelled, True),
    ]


async def test_posting_a_refusal_keeps_the_job_refused(store: Store) -> None:
    fence = await submitted(store, "k1")
    await store.queue.refuse(fence, ending=REFUSED, decision=None)

    assert await store.outbox.posted(await final_letter(store), message="m", images=())

    job = await store.queue.job(fence.job)
    assert job is not None
    assert (job.state, job.message) == (JobState.REFUSED, "m")


async def test_letters_come_oldest_first_up_to_the_limit(store: Store) -> None:
    jobs = [await queued(store, f"k{n}") for n in range(5)]

    found = await letters(store, limit=3)

    assert [letter.job for letter in found] == jobs[:3]
