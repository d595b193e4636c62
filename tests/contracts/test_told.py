"""What a store tells of itself: once for what was committed, and nothing of what wasn't."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from bot.ports import Answer, CallEnd, Letter
from bot.store.opening import Store, open_sqlite
from bot.store.postgres_opening import open_postgres
from bot.store.transaction import Transaction
from bot.telemetry.events import (
    CallBilled,
    CostCameLate,
    Event,
    ImagesDelivered,
    JobAccepted,
    JobEnded,
    LoopLagged,
)
from tests.contracts.store_kit import (
    BROKEN,
    DEADLINE_S,
    MovableClock,
    accepted,
    allowed,
    claim,
    picture,
    queued,
    running,
    submission,
    submitted,
)
from tests.servers.sqlite import lay_fresh_database


@dataclass
class Ear:
    """Hears what is told from the store's threads."""

    loop: asyncio.AbstractEventLoop
    heard: list[Event] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, event: Event) -> None:
        self.loop.call_soon_threadsafe(self._hear, event)

    def _hear(self, event: Event) -> None:
        self.heard.append(event)
        self.news.set()

    async def hears(self, kind: type[Event], *, count: int = 1) -> list[Event]:
        """The events of one kind, once there are so many."""
        async with asyncio.timeout(10):
            while len(found := [one for one in self.heard if isinstance(one, kind)]) < count:
                self.news.clear()
                await self.news.wait()
        return found


@pytest.fixture
async def ear() -> Ear:
    return Ear(asyncio.get_running_loop())


@pytest.fixture(params=["sqlite", "postgres"])
async def store(
    request: pytest.FixtureRequest, clock: MovableClock, ear: Ear
) -> AsyncIterator[Store]:
    if request.param == "sqlite":
        path = lay_fresh_database(request.getfixturevalue("tmp_path") / "bot.db")
        store = await open_sqlite(path, clock=clock, deadline_s=DEADLINE_S, record=ear)
    else:
        url = request.getfixturevalue("postgres_url")
        store = await open_postgres(url, clock=clock, deadline_s=DEADLINE_S, record=ear)
    yield store
    await store.aclose()


def telling(tx: Transaction, lag_s: float, *, fail: bool = False) -> None:
    tx.tell(LoopLagged(lag_s=lag_s))
    if fail:
        raise ValueError("after telling")


async def test_what_failed_tells_nothing_and_what_stood_beside_it_tells_once(
    store: Store, ear: Ear
) -> None:
    write: Callable[..., object] = store.executor.write

    outcomes = await asyncio.gather(
        *(write(telling, float(number), fail=number == 2) for number in range(5)),
        return_exceptions=True,
    )

    assert [type(one) for one in outcomes].count(ValueError) == 1
    told = await ear.hears(LoopLagged, count=4)
    assert sorted(one.lag_s for one in told) == [0, 1, 3, 4]


async def test_an_accepted_job_is_told_once_however_often_it_is_sent(
    store: Store, ear: Ear
) -> None:
    await accepted(store, "one")
    fence = await submitted(store, "two")
    await store.queue.submit(submission("one"))
    await store.queue.fail(fence, ending=BROKEN, cost_microusd=70)

    (ended,) = await ear.hears(JobEnded)
    assert ended == JobEnded(
        surface="slack", outcome="failed", reason="provider_down", cost_microusd=70
    )
    assert await ear.hears(JobAccepted) == [JobAccepted(surface="slack")] * 2


async def test_an_answer_is_told_once_with_its_provider_model_and_cost(
    store: Store, ear: Ear
) -> None:
    claimed = await running(store, "one")
    call = await store.journal.plan(claimed.fence, part=0, provider="house", key="k", model="m")
    assert call is not None
    await store.journal.sent(claimed.fence, call.id)
    answer = Answer(images=(), cost_microusd=1234, notes=(), request_id=None)

    await store.journal.answered(call.id, answer)
    await store.journal.answered(call.id, answer)
    await store.queue.fail(claimed.fence, ending=BROKEN)

    await ear.hears(JobEnded)
    assert await ear.hears(CallBilled) == [
        CallBilled(provider="house", model="m", cost_microusd=1234)
    ]


async def test_a_bill_without_pictures_that_comes_after_the_end_is_told_once(
    store: Store, ear: Ear
) -> None:
    claimed = await running(store, "one")
    call = await store.journal.plan(claimed.fence, part=0, provider="house", key="k", model="m")
    assert call is not None
    await store.journal.sent(claimed.fence, call.id)
    await store.queue.fail(claimed.fence, ending=BROKEN)

    for _ in range(2):
        await store.journal.failed(call.id, end=CallEnd.FAILED, detail="none", cost_microusd=900)
    await store.journal.answered(
        call.id, Answer(images=(), cost_microusd=None, notes=(), request_id=None)
    )
    await accepted(store, "two")

    await ear.hears(JobAccepted, count=2)
    assert await ear.hears(CostCameLate) == [CostCameLate(outcome="failed", cost_microusd=900)]
    assert [one.cost_microusd for one in await ear.hears(CallBilled)] == [900]


async def delivering(store: Store, *, cost_microusd: int | None, paid: int) -> Letter:
    await queued(store, "one", images=4)
    (claimed,) = await claim(store)
    await store.queue.finish(
        claimed.fence,
        images=[picture(position) for position in range(1, 4)],
        decisions=[allowed()] * 3,
        cost_microusd=cost_microusd,
        notes=(),
        grid=None,
        paid_images=paid,
    )
    (letter,) = await store.outbox.due(owner="poster", limit=9, lease_s=60)
    assert letter.final
    return letter


async def test_a_delivery_tells_each_pictures_cost_and_the_jobs(
    store: Store, ear: Ear, clock: MovableClock
) -> None:
    letter = await delivering(store, cost_microusd=4001, paid=4)
    clock.forward(9)

    assert await store.outbox.posted(letter, message="1", images=(1, 2, 3))
    assert not await store.outbox.posted(letter, message="1", images=(1, 2, 3))

    (ended,) = await ear.hears(JobEnded)
    assert ended == JobEnded(surface="slack", outcome="delivered", cost_microusd=4001)
    (delivered,) = await ear.hears(ImagesDelivered)
    assert isinstance(delivered, ImagesDelivered)
    assert (delivered.model, delivered.images) == ("sdxl", 3)
    assert delivered.costs_microusd == (1000, 1000, 1000)
    assert delivered.duration_s == 9


async def test_a_price_nobody_told_is_no_price(store: Store, ear: Ear) -> None:
    letter = await delivering(store, cost_microusd=None, paid=3)

    await store.outbox.posted(letter, message="1", images=(1, 2, 3))

    (delivered,) = await ear.hears(ImagesDelivered)
    assert isinstance(delivered, ImagesDelivered)
    assert delivered.costs_microusd == ()


async def test_an_answer_that_cannot_be_posted_keeps_its_cost(store: Store, ear: Ear) -> None:
    letter = await delivering(store, cost_microusd=3000, paid=3)

    await store.outbox.give_up(letter, detail="the channel is gone")

    (ended,) = await ear.hears(JobEnded)
    assert ended == JobEnded(
        surface="slack", outcome="failed", reason="undeliverable", cost_microusd=3000
    )
