"""A loop that is held up is seen."""

import asyncio
import threading

from bot.telemetry.events import Event, LoopLagged
from bot.telemetry.loop_lag import watch_loop

HELD_S = 0.2


async def test_a_blocked_loop_shows_as_lag_and_the_watch_ends_when_told() -> None:
    told: list[Event] = []
    stop, first = asyncio.Event(), asyncio.Event()

    def record(event: Event) -> None:
        told.append(event)
        first.set()

    watching = asyncio.create_task(watch_loop(record, stop=stop, every_s=0.01))
    await first.wait()
    threading.Event().wait(HELD_S)
    first.clear()
    await first.wait()
    stop.set()
    async with asyncio.timeout(1):
        await watching

    lags = [one.lag_s for one in told if isinstance(one, LoopLagged)]
    assert max(lags) > HELD_S / 2
    assert min(lags) >= 0
