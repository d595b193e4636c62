"""Jobs from the request to their end: what every queue must do."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.job import JobState, Reason
from bot.ports import (
    Accepted,
    CancelAsked,
    Cancelled,
    Duplicate,
    OverQuota,
    TooLate,
    TooManyQueued,
)
from bot.store.opening import Store
from tests.contracts.store_kit import (
    BROKEN,
    LEASE_S,
    REFUSED,
    MovableClock,
    accepted,
    allowed,
    blocked,
    claim,
    counter,
    finish,
    left,
    letters,
    person,
    plan,
    queued,
    running,
    submission,
    submitted,
)


async def state(store: Store, job) -> JobState:
    found = await store.queue.job(job)
    assert found is not None
    return found.state


# --- submitting ---


async def test_an_accepted_request_is_a_job_with_its_images_held(store: Store) -> None:
    fence = await submitted(store, "k1", images=4)

    job = await store.queue.job(fence.job)
    assert job is not None
    assert job.state is JobState.RECEIVED
    assert job.person == person()
    assert job.order == submission("k1", images=4).order
    assert job.place == submission("k1").place
    assert await left(store) == (0, 4)


async def test_the_same_event_twice_is_one_job_and_one_hold(store: Store) -> None:
    first = await submitted(store, "k1")

    again = await store.queue.submit(submission("k1"))

    assert again == Duplicate(job=first.job, state=JobState.RECEIVED)
    assert await left(store) == (0, 1)


async def test_the_same_event_many_times_at_once_is_one_job(store: Store) -> None:
    outcomes = await asyncio.gather(*(store.queue.submit(submission("k1")) for _ in range(20)))

    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 1
    assert await left(store) == (0, 1)


async def test_a_duplicate_is_found_even_when_the_quota_is_used_up(store: Store) -> None:
    only_one = [counter(limit=1)]
    first = await submitted(store, "k1", counters=only_one)

    again = await store.queue.submit(submission("k1", counters=only_one))

    assert again == Duplicate(job=first.job, state=JobState.RECEIVED)


async def test_over_quota_nothing_is_held_in_any_counter(store: Store) -> None:
    wide, narrow = counter(period_key="month:2026-11"), counter(limit=3, period_key="zz:day")
    await submitted(store, "k1", images=2, counters=[wide, narrow])

    outcome = await store.queue.submit(submission("k2", images=2, counters=[wide, narrow]))

    assert isinstance(outcome, OverQuota)
    assert (outcome.usage.counter, outcome.usage.used, outcome.usage.held) == (narrow, 0, 2)
    assert [usage.held for usage in await store.quotas.usage([wide, narrow])] == [2, 2]
    assert len(await store.queue.jobs_of(person().lane, unfinished=True, limit=10)) == 1


async def test_a_first_request_beyond_the_limit_is_over_quota(store: Store) -> None:
    outcome = await store.queue.submit(submission("k1", images=4, counters=[counter(limit=3)]))

    assert isinstance(outcome, OverQuota)
    assert outcome.usage.left == 3


async def test_of_fifty_requests_for_the_last_image_one_passes(store: Store) -> None:
    last = [counter(limit=1)]

    outcomes = await asyncio.gather(
        *(store.queue.submit(submission(f"k{n}", counters=last)) for n in range(50))
    )

    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OverQuota) for outcome in outcomes) == 49
    assert await left(store) == (0, 1)


async def test_a_quota_lowered_meanwhile_binds_the_next_request(store: Store) -> None:
    await submitted(store, "k1", images=3, counters=[counter(limit=5)])

    outcome = await store.queue.submit(submission("k2", counters=[counter(limit=2)]))

    assert isinstance(outcome, OverQuota)


async def test_one_person_may_have_only_so_many_unfinished_jobs(store: Store) -> None:
    await submitted(store, "k1", max_queued=2)
    await submitted(store, "k2", max_queued=2)

    outcome = await store.queue.submit(submission("k3", max_queued=2))

    assert outcome == TooManyQueued(queued=2, limit=2)
    assert await left(store) == (0, 2)


# --- admission ---


async def test_admission_gives_plan_place_and_a_status_letter(store: Store) -> None:
    fence = await submitted(store, "k1")

    assert await store.queue.admit(fence, plan=plan("house"), decision=allowed(), weight=1.0)

    job = await store.queue.job(fence.job)
    assert job is not None
    assert (job.state, job.plan) == (JobState.READY, plan("house"))
    assert await store.queue.place(fence.job) == 1
    (letter,) = await letters(store)
    assert (letter.job, letter.final) == (fence.job, False)


async def test_beyond_the_cap_a_job_waits_and_keeps_its_place(store: Store) -> None:
    jobs = [await queued(store, f"k{n}", cap=1) for n in range(3)]

    assert [await state(store, job) for job in jobs] == [
        JobState.READY,
        JobState.WAITING,
        JobState.WAITING,
    ]
    assert [await store.queue.place(job) for job in jobs] == [1, 2, 3]


async def test_admitting_twice_counts_once(store: Store) -> None:
    fence = await submitted(store, "k1")
    await store.queue.admit(fence, plan=plan(), decision=allowed(), weight=1.0)

    again = await store.queue.admit(fence, plan=plan("cloud"), decision=allowed(), weight=1.0)

    assert not again
    assert len(await letters(store)) == 1


async def test_a_refused_prompt_costs_nothing_and_is_answered(store: Store) -> None:
    fence = await submitted(store, "k1", images=4)

    assert await store.queue.refuse(fence, ending=REFUSED, decision=blocked())

    job = await store.queue.job(fence.job)
    assert job is not None
    assert (job.state, job.ending) == (JobState.REFUSED, REFUSED)
    assert job.finished_at is not None
    assert await left(store) == (0, 0)
    (letter,) = await letters(store)
    assert letter.final


async def test_a_request_is_adopted_once(store: Store) -> None:
    job = await accepted(store, "k1")

    (mine,) = await store.queue.adopt(owner="me", limit=5, lease_s=LEASE_S)

    assert (mine.job.id, mine.provider) == (job, "")
    for owner in ("me", "other"):
        assert not await store.queue.adopt(owner=owner, limit=5, lease_s=LEASE_S)
    assert await store.queue.admit(mine.fence, plan=plan(), decision=allowed(), weight=1.0)


async def test_what_a_claim_says_of_a_job_is_what_is_stored(
    store: Store, clock: MovableClock
) -> None:
    await accepted(store, "k1")
    (adopted,) = await store.queue.adopt(owner="me", limit=5, lease_s=LEASE_S)
    assert adopted.job == await store.queue.job(adopted.job.id)
    await store.queue.admit(adopted.fence, plan=plan(), decision=allowed(), weight=1.0)
    for attempt in (1, 2):
        (claimed,) = await claim(store)
        assert claimed.job == await store.queue.job(claimed.job.id)
        assert claimed.job.attempt == attempt
        assert await store.queue.delay(claimed.fence, run_at=clock.now(), detail="429")
        await store.queue.sweep(max_attempts=9)
        clock.forward(1)


async def test_a_request_nobody_judges_yet_waits_as_long_as_it_must(
    store: Store, clock: MovableClock
) -> None:
    job = await accepted(store, "k1")
    for _ in range(5):
        clock.forward(3_600)
        await store.queue.sweep(max_attempts=2)

    (adopted,) = await store.queue.adopt(owner="me", limit=5, lease_s=LEASE_S)

    assert adopted.job.id == job


# --- running ---


async def test_a_claimed_job_holds_a_slot_of_its_best_free_candidate(store: Store) -> None:
    await queued(store, "k1", providers=("house", "cloud"), user="ann")
    await queued(store, "k2", providers=("house", "cloud"), user="bob")
    capacity = {"house": 1, "cloud": 1}

    claims = await claim(store, slots=5, capacity=capacity)

    assert [claimed.provider for claimed in claims] == ["house", "cloud"]
    assert [claimed.job.state for claimed in claims] == [JobState.RUNNING] * 2
    assert [claimed.job.attempt for claimed in claims] == [1, 1]


async def test_a_full_provider_does_not_hide_the_jobs_behind_its_own(store: Store) -> None:
    for number in range(30):
        await queued(store, f"busy{number}", providers=("house",), user=f"u{number}")
    behind = await queued(store, "free", providers=("cloud",), user="zoe")
    capacity = {"house": 2, "cloud": 2}

    claims = await claim(store, slots=10, capacity=capacity)

    assert sorted(claimed.provider for claimed in claims) == ["cloud", "house", "house"]
    assert behind in [claimed.job.id for claimed in claims]


async def test_jobs_for_different_providers_are_served_in_one_order(store: Store) -> None:
    routes = ("house", "cloud", "house", "cloud")
    jobs = [
        await queued(store, f"k{n}", providers=(name,), user=f"u{n}")
        for n, name in enumerate(routes)
    ]

    claims = await claim(store, slots=3)

    assert [claimed.job.id for claimed in claims] == jobs[:3]


async def test_slots_are_counted_over_all_processes(store: Store) -> None:
    for number in range(4):
        await queued(store, f"k{number}", user=f"u{number}")
    first = await claim(store, slots=5, owner="one", capacity={"house": 3})

    second = await claim(store, slots=5, owner="two", capacity={"house": 3})

    assert (len(first), len(second)) == (3, 0)


async def test_a_job_whose_providers_are_all_gone_is_claimed_to_be_ended(store: Store) -> None:
    await queued(store, "k1", providers=("gone",))

    (claimed,) = await claim(store, slots=5)

    assert claimed.provider == "gone"


async def test_a_job_moves_to_another_provider_only_where_a_slot_is_free(store: Store) -> None:
    first = await running(store, "k1", providers=("house", "cloud"), user="ann")
    second = await running(store, "k2", providers=("cloud",), user="bob")

    full = await store.queue.switch_provider(first.fence, provider="cloud", capacity=1)
    free = await store.queue.switch_provider(first.fence, provider="cloud", capacity=2)

    assert (full, free) == (False, True)
    assert second.provider == "cloud"
    assert not await claim(store, slots=5, capacity={"cloud": 2})


async def test_a_finished_job_is_being_delivered_with_its_pictures(store: Store) -> None:
    claimed = await running(store, "k1", images=2)

    assert await finish(store, claimed.fence, images=2)

    job = await store.queue.job(claimed.job.id)
    assert job is not None
    assert (job.state, job.cost_microusd, job.notes) == (
        JobState.DELIVERING,
        40_000,
        ("a note",),
    )
    assert [image.position for image in await store.gallery.images_of(job.id)] == [1, 2]
    assert await left(store) == (0, 2)


async def test_images_that_were_not_made_are_given_back_at_finish(store: Store) -> None:
    claimed = await running(store, "k1", images=4)

    await finish(store, claimed.fence, images=3)

    assert await left(store) == (0, 3)


async def test_a_slot_passes_on_to_the_same_persons_next_job(store: Store) -> None:
    claimed = await running(store, "k1", cap=1)
    second, third = [await queued(store, f"k{n}", cap=1) for n in (2, 3)]

    await finish(store, claimed.fence)

    assert await state(store, second) is JobState.READY
    assert await state(store, third) is JobState.WAITING


async def test_a_raised_cap_frees_waiting_jobs_with_the_next_request(store: Store) -> None:
    jobs = [await queued(store, f"k{n}", cap=1) for n in range(3)]

    await submitted(store, "k9", cap=3)

    assert [await state(store, job) for job in jobs] == [JobState.READY] * 3


async def test_a_lowered_cap_lets_slots_run_dry(store: Store) -> None:
    first = await running(store, "k1", cap=2)
    await queued(store, "k2", cap=2)
    waiting = await queued(store, "k3", cap=1)

    await finish(store, first.fence)

    assert await state(store, waiting) is JobState.WAITING


async def test_a_failed_job_costs_nobody_images_but_its_money_is_on_record(store: Store) -> None:
    claimed = await running(store, "k1", images=4)

    assert await store.queue.fail(claimed.fence, ending=BROKEN, cost_microusd=12)

    job = await store.queue.job(claimed.job.id)
    assert job is not None
    assert (job.state, job.ending, job.cost_microusd) == (JobState.FAILED, BROKEN, 12)
    assert await left(store) == (0, 0)


async def test_a_delayed_job_comes_back_with_its_old_place(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1", user="ann")
    later = clock.now() + timedelta(seconds=20)
    assert await store.queue.delay(claimed.fence, run_at=later, detail="429")
    other = await queued(store, "k2", user="bob")
    assert await store.queue.place(claimed.job.id) is None

    assert await store.queue.sweep(max_attempts=3) == 0
    clock.forward(20)
    assert await store.queue.sweep(max_attempts=3) == 1

    assert await store.queue.place(claimed.job.id) == 1
    assert await store.queue.place(other) == 2
    assert [again.job.attempt for again in await claim(store, slots=2)] == [2, 1]


async def test_a_delayed_job_waits_when_its_slot_was_taken(
    store: Store, clock: MovableClock
) -> None:
    claimed = await running(store, "k1", cap=1)
    second = await queued(store, "k2", cap=1)
    await store.queue.delay(claimed.fence, run_at=clock.now(), detail="429")

    await store.queue.sweep(max_attempts=3)

    assert await state(store, second) is JobState.READY
    assert await state(store, claimed.job.id) is JobState.WAITING


async def test_a_job_handed_back_is_ready_and_the_attempt_does_not_count(store: Store) -> None:
    claimed = await running(store, "k1")

    assert await store.queue.hand_back(claimed.fence)

    (again,) = await claim(store)
    assert again.job.attempt == 1
    assert again.fence != claimed.fence
    assert not await store.queue.hand_back(claimed.fence)


# --- cancelling ---


async def test_cancelling_what_has_not_begun_gives_everything_back(store: Store) -> None:
    received = (await submitted(store, "k1")).job
    ready = await queued(store, "k2", cap=1)
    waiting = await queued(store, "k3", cap=1)

    for job in (received, waiting, ready):
        assert await store.queue.cancel(job, by="ann") == Cancelled()
        assert await state(store, job) is JobState.CANCELLED

    assert await left(store) == (0, 0)
    assert sorted(letter.job for letter in await letters(store) if letter.final) == [1, 2, 3]


async def test_cancelling_a_ready_job_passes_its_slot_on(store: Store) -> None:
    ready = await queued(store, "k1", cap=1)
    waiting = await queued(store, "k2", cap=1)

    await store.queue.cancel(ready, by="ann")

    assert await state(store, waiting) is JobState.READY


async def test_cancelling_the_tail_does_not_make_its_person_wait(store: Store) -> None:
    await queued(store, "other", user="bob", images=3)
    for number in range(5):
        await store.queue.cancel(await queued(store, f"k{number}"), by="ann")

    mine = await queued(store, "mine")

    assert await store.queue.place(mine) == 1


async def test_a_delayed_job_can_be_cancelled(store: Store, clock: MovableClock) -> None:
    claimed = await running(store, "k1")
    await store.queue.delay(claimed.fence, run_at=clock.now(), detail="429")

    assert await store.queue.cancel(claimed.job.id, by="ann") == Cancelled()


async def test_the_worker_of_a_running_job_is_told_and_ends_it(store: Store) -> None:
    claimed = await running(store, "k1", images=2)

    assert await store.queue.cancel(claimed.job.id, by="ann") == CancelAsked()
    renewal = await store.queue.renew([claimed.fence], lease_s=LEASE_S)
    assert renewal.cancel_asked == {claimed.job.id}
    assert await store.queue.cancelled(claimed.fence, cost_microusd=7)

    job = await store.queue.job(claimed.job.id)
    assert job is not None
    assert (job.state, job.cost_microusd) == (JobState.CANCELLED, 7)
    assert await left(store) == (0, 0)


async def test_a_job_to_be_cancelled_is_never_run_again(store: Store, clock: MovableClock) -> None:
    delayed, back, dead = [await running(store, f"k{n}", user=f"u{n}") for n in range(3)]
    for claimed in (delayed, back, dead):
        await store.queue.cancel(claimed.job.id, by="ann")

    await store.queue.delay(delayed.fence, run_at=clock.now(), detail="429")
    await store.queue.hand_back(back.fence)
    clock.forward(LEASE_S)
    await store.queue.sweep(max_attempts=3)

    for claimed in (delayed, back, dead):
        assert await state(store, claimed.job.id) is JobState.CANCELLED


async def test_what_is_over_cannot_be_cancelled(store: Store) -> None:
    claimed = await running(store, "k1")
    await finish(store, claimed.fence)

    delivering = await store.queue.cancel(claimed.job.id, by="ann")

    assert delivering == TooLate(state=JobState.DELIVERING)


async def test_an_unknown_job_cannot_be_cancelled(store: Store) -> None:
    fence = await submitted(store, "k1")

    with pytest.raises(LookupError):
        await store.queue.cancel(type(fence.job)(99), by="ann")


# --- looking ---


async def test_a_persons_jobs_come_newest_first(store: Store) -> None:
    jobs = [await queued(store, f"k{n}") for n in range(4)]
    await queued(store, "other", user="bob")
    await store.queue.cancel(jobs[2], by="ann")
    lane = person().lane

    unfinished = await store.queue.jobs_of(lane, unfinished=True, limit=10)
    newest = await store.queue.jobs_of(lane, unfinished=False, limit=2)

    assert [job.id for job in unfinished] == [jobs[3], jobs[1], jobs[0]]
    assert [job.id for job in newest] == [jobs[3], jobs[2]]


async def test_the_reason_of_an_end_survives(store: Store) -> None:
    fence = await submitted(store, "k1")
    ending = replace(BROKEN, reason=Reason.BAD_REQUEST, words="It didn't like “ü”.")

    await store.queue.fail(fence, ending=ending)

    job = await store.queue.job(fence.job)
    assert job is not None
    assert job.ending == ending
