"""Paid calls, written down before and after they are made."""

from bot.domain.identity import BlobKey
from bot.ports import Answer, AnsweredImage, CallEnd
from bot.store.opening import Store
from tests.contracts.store_kit import running

ANSWER = Answer(
    images=(
        AnsweredImage(raw=BlobKey("raw1"), seed=7, not_drawn=("a hat",)),
        AnsweredImage(raw=BlobKey("raw2"), seed=None),
    ),
    cost_microusd=40_000,
    notes=("steps were capped at 30",),
    request_id="req_1",
)


async def test_a_call_is_planned_sent_and_answered(store: Store) -> None:
    claimed = await running(store, "k1")
    call = await store.journal.plan(claimed.fence, part=1, provider="house", key="key1")
    assert call is not None
    assert (call.state, call.part, call.provider, call.key) == ("planned", 1, "house", "key1")
    assert call.attempt == claimed.fence.attempt

    assert await store.journal.sent(claimed.fence, call.id)
    await store.journal.submitted(call.id, "remote-1")
    await store.journal.answered(call.id, ANSWER)

    (found,) = await store.journal.calls(claimed.job.id)
    assert (found.state, found.remote_id, found.answer) == ("answered", "remote-1", ANSWER)


async def test_planning_the_same_key_again_gives_the_call_there_is(store: Store) -> None:
    claimed = await running(store, "k1")
    first = await store.journal.plan(claimed.fence, part=0, provider="house", key="key1")
    assert first is not None
    await store.journal.sent(claimed.fence, first.id)

    again = await store.journal.plan(claimed.fence, part=0, provider="cloud", key="key1")

    assert again is not None
    assert (again.id, again.state, again.provider) == (first.id, "sent", "house")


async def test_how_a_call_ended_is_kept_apart(store: Store) -> None:
    claimed = await running(store, "k1")
    for end in CallEnd:
        call = await store.journal.plan(claimed.fence, part=0, provider="house", key=end.value)
        assert call is not None
        await store.journal.sent(claimed.fence, call.id)
        await store.journal.failed(call.id, end=end, detail="reset")

    calls = await store.journal.calls(claimed.job.id)

    assert [call.state for call in calls] == ["failed", "unknown", "blocked", "invalid"]


async def test_an_answer_that_comes_after_all_is_kept(store: Store) -> None:
    claimed = await running(store, "k1")
    call = await store.journal.plan(claimed.fence, part=0, provider="house", key="a")
    assert call is not None
    await store.journal.sent(claimed.fence, call.id)
    await store.journal.failed(call.id, end=CallEnd.UNKNOWN, detail="reset")
    await store.queue.hand_back(claimed.fence)

    await store.journal.answered(call.id, ANSWER)
    await store.journal.failed(call.id, end=CallEnd.FAILED, detail="late")

    (found,) = await store.journal.calls(claimed.job.id)
    assert (found.state, found.answer) == ("answered", ANSWER)


async def test_a_call_of_unknown_outcome_may_be_sent_again_under_its_key(store: Store) -> None:
    claimed = await running(store, "k1")
    call = await store.journal.plan(claimed.fence, part=0, provider="house", key="a")
    assert call is not None
    await store.journal.sent(claimed.fence, call.id)
    await store.journal.failed(call.id, end=CallEnd.UNKNOWN, detail="reset")

    assert await store.journal.sent(claimed.fence, call.id)


async def test_an_answered_call_is_never_sent_again(store: Store) -> None:
    claimed = await running(store, "k1")
    call = await store.journal.plan(claimed.fence, part=0, provider="house", key="a")
    assert call is not None
    await store.journal.sent(claimed.fence, call.id)
    await store.journal.answered(call.id, ANSWER)

    assert not await store.journal.sent(claimed.fence, call.id)


async def test_nobody_sends_without_the_job_in_hand(store: Store) -> None:
    claimed = await running(store, "k1")
    call = await store.journal.plan(claimed.fence, part=0, provider="house", key="a")
    assert call is not None
    await store.queue.hand_back(claimed.fence)

    assert not await store.journal.sent(claimed.fence, call.id)


async def test_a_ring_finds_its_job_by_the_vendors_own_id(store: Store) -> None:
    bare, longer = await running(store, "k1"), await running(store, "k2", user="U2")
    for claimed, remote_id in ((bare, "job_1"), (longer, "job_2 https://api.bfl.ai/x?id=* 4.5")):
        provider = claimed.provider
        call = await store.journal.plan(claimed.fence, part=0, provider=provider, key=remote_id)
        assert call is not None
        await store.journal.sent(claimed.fence, call.id)
        await store.journal.submitted(call.id, remote_id)

    assert await store.journal.job_of(bare.provider, "job_1") == bare.job.id
    assert await store.journal.job_of(longer.provider, "job_2") == longer.job.id
    for stranger in ("job_", "jobx2", "job_2 https:", "%"):
        assert await store.journal.job_of(longer.provider, stranger) is None
    assert await store.journal.job_of("elsewhere", "job_2") is None
