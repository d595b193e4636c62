"""Wake-ups are not lost while somebody looks for work, and slow listeners hold nobody up."""

import asyncio
import gc

from bot.domain.identity import JobId
from bot.domain.live import Changed
from bot.signals.local import MAX_WAITING_UPDATES, LocalSignals

SOON_S = 0.01
LONG_S = 30.0


async def test_a_wake_up_before_the_wait_is_not_lost() -> None:
    signals = LocalSignals()
    signals.wake("ready")

    async with asyncio.timeout(5):
        await signals.wait("ready", timeout_s=LONG_S)


async def test_a_wake_up_ends_one_wait_only() -> None:
    signals = LocalSignals()
    signals.wake("ready")
    await signals.wait("ready", timeout_s=LONG_S)
    again = asyncio.ensure_future(signals.wait("ready", timeout_s=LONG_S))
    await asyncio.sleep(0)

    assert not again.done()
    signals.wake("ready")
    await again


async def test_a_wait_ends_by_itself() -> None:
    signals = LocalSignals()

    async with asyncio.timeout(5):
        await signals.wait("ready", timeout_s=SOON_S)


async def test_topics_do_not_wake_each_other() -> None:
    signals = LocalSignals()
    waiting = asyncio.ensure_future(signals.wait("letters", timeout_s=LONG_S))
    signals.wake("ready")
    await asyncio.sleep(0)

    assert not waiting.done()
    signals.wake("letters")
    await waiting


async def test_everybody_who_waits_is_woken() -> None:
    signals = LocalSignals()
    waiting = [asyncio.ensure_future(signals.wait("ready", timeout_s=LONG_S)) for _ in range(3)]
    await asyncio.sleep(0)

    signals.wake("ready")

    async with asyncio.timeout(5):
        await asyncio.gather(*waiting)


async def test_a_listener_hears_what_comes_after_it_began() -> None:
    signals = LocalSignals()
    signals.publish(Changed(job=JobId(1)))
    updates = signals.updates()
    signals.publish(Changed(job=JobId(2)))
    signals.publish(Changed(job=JobId(3)))

    assert [await anext(updates), await anext(updates)] == [
        Changed(job=JobId(2)),
        Changed(job=JobId(3)),
    ]


async def test_a_slow_listener_loses_the_oldest() -> None:
    signals = LocalSignals()
    updates = signals.updates()
    for number in range(MAX_WAITING_UPDATES + 5):
        signals.publish(Changed(job=JobId(number)))

    assert await anext(updates) == Changed(job=JobId(5))


async def test_a_dropped_listener_is_forgotten() -> None:
    signals = LocalSignals()
    updates = signals.updates()
    del updates
    gc.collect()

    signals.publish(Changed(job=JobId(1)))

    assert len(signals._listeners) == 0
