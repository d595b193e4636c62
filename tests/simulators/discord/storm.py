"""Many commands at once, timed where Discord would time them: for benchmarks of the ack."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.discord.people import Person
from tests.simulators.discord.rooms import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class StormReport:
    """Seconds from each command to its first response, in the order of the answers, and what had none in time."""

    ack_s: list[float]
    failed: int
    seconds: float


async def storm(
    person: Person,
    room: Room,
    words: str,
    options: Mapping[str, Any],
    *,
    count: int,
    in_flight: int,
) -> StormReport:
    """Runs the command `count` times, always `in_flight` of them unanswered."""
    acks: list[float] = []
    failed = 0
    turns: Iterator[int] = iter(range(count))
    began = time.perf_counter()

    async def one_after_another() -> None:
        nonlocal failed
        for _ in turns:
            told = await person.runs(words, room, **options)
            if told.ack_s is None:
                failed += 1
            else:
                acks.append(told.ack_s)

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(one_after_another())
    return StormReport(ack_s=acks, failed=failed, seconds=time.perf_counter() - began)
