"""What is used and held, as people are told."""

from bot.store.opening import Store
from tests.contracts.store_kit import counter, final_letter, finish, running, submitted


async def test_an_untouched_counter_is_all_there(store: Store) -> None:
    (usage,) = await store.quotas.usage([counter(limit=10)])

    assert (usage.used, usage.held, usage.left) == (0, 0, 10)


async def test_counters_come_back_in_the_order_they_were_asked_for(store: Store) -> None:
    day, month = counter(), counter(period_key="month:2026-11")
    await submitted(store, "k1", images=2, counters=[day, month])
    await submitted(store, "k2", images=1, counters=[month])

    usages = await store.quotas.usage([month, day, counter("bob")])

    assert [usage.counter for usage in usages] == [month, day, counter("bob")]
    assert [usage.held for usage in usages] == [3, 2, 0]


async def test_every_counter_of_a_request_is_settled(store: Store) -> None:
    day, month = counter(), counter(period_key="month:2026-11")
    claimed = await running(store, "k1", images=2, counters=[day, month])
    await finish(store, claimed.fence, images=2)

    await store.outbox.posted(await final_letter(store), message="m", images=(1, 2))

    usages = await store.quotas.usage([day, month])
    assert [(usage.used, usage.held) for usage in usages] == [(2, 0), (2, 0)]


async def test_a_request_without_limits_holds_nothing_anywhere(store: Store) -> None:
    claimed = await running(store, "k1", counters=[])

    await finish(store, claimed.fence)

    assert await store.outbox.posted(await final_letter(store), message="m", images=(1,))
