"""Works done side by side, of which one fault ends all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TypeVar

T = TypeVar("T")


async def side_by_side(works: Sequence[Coroutine[None, None, T]]) -> list[T]:
    """Their results in the same order. The first fault calls off the rest and is raised as it is.

    Whoever runs a job tells faults apart by their class: a group of them would count as a fault of ours.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except BaseExceptionGroup as faults:
        raise _first(faults) from None
    return [task.result() for task in tasks]


def _first(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    fault: BaseException = faults
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault
