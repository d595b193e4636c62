"""A heartbeat that fails costs a process its count, and never its work."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from bot.pipeline.crew import Crew
from bot.ports import StoreUnavailable, Unavailable


@dataclass
class Register:
    """A presence whose first beats fail."""

    faults: list[Exception]
    beats: int = 0
    left: list[str] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def join(self, owner: str, part: str, *, house: str, lease_s: float) -> Sequence[str]:
        return []

    async def beat(self, owner: str, part: str, *, house: str, lease_s: float) -> Mapping[str, int]:
        self.beats += 1
        if self.faults:
            raise self.faults.pop()
        self.enough.set()
        return {"worker": 3, "web": 1}

    async def leave(self, owner: str) -> None:
        self.left.append(owner)


@pytest.mark.parametrize(
    "fault",
    [StoreUnavailable(Unavailable.UNREACHABLE, "gone"), RuntimeError("no such column")],
    ids=["away", "a fault"],
)
async def test_who_cannot_be_counted_works_on_and_is_counted_again(fault: Exception) -> None:
    register, stop = Register([fault]), asyncio.Event()
    crew = Crew(presence=register, owner="me", part="worker", house="h", beat_s=0.001)

    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        group.create_task(crew.keep(stop=stop))
        await register.enough.wait()
        stop.set()

    assert register.beats >= 2
    assert crew.painters() == 3
    assert register.left == ["me"]
