"""How late the event loop is: what every acknowledgement waits for."""

from __future__ import annotations

import asyncio

TICK_S = 0.005


async def measure_lag_s(until: asyncio.Event) -> list[float]:
    """How many seconds late each tick came, until told to stop."""
    loop = asyncio.get_running_loop()
    late: list[float] = []
    while not until.is_set():
        due = loop.time() + TICK_S
        await asyncio.sleep(TICK_S)
        late.append(max(0.0, loop.time() - due))
    return late


def p99(values: list[float]) -> float:
    """The value that one in a hundred exceeds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
