"""The one loop under every background task: it goes on after a fault, and stops when told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.ports import StoreUnavailable

Item = TypeVar("Item")

PAUSE_AFTER_FAULT_S = 1.0


async def keep_going(
    name: str, step: Callable[[], Awaitable[object]], *, stop: asyncio.Event
) -> None:
    """Runs `step` again and again until `stop` is set. A step waits by itself when there is nothing to do.

    A fault in a step is logged and answered by a pause: one bad job must not end the loop that serves all others. A
    database that is away is no fault of the step, and a warning.
    """
    log = logging.getLogger(f"impasto.{name}")
    while not stop.is_set():
        try:
            await step()
        except StoreUnavailable as error:
            # Also of a process that stood still in a transaction until the server hung up: nothing here is to be mended.
            log.warning("%s goes on in %s s: %s", name, PAUSE_AFTER_FAULT_S, error)
            await pause(PAUSE_AFTER_FAULT_S, stop=stop)
        except Exception:
            log.exception("%s failed; going on in %s s", name, PAUSE_AFTER_FAULT_S)
            await pause(PAUSE_AFTER_FAULT_S, stop=stop)


async def pause(seconds: float, *, stop: asyncio.Event) -> None:
    """Returns after `seconds`, or at once when `stop` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def one_by_one(
    name: str,
    items: Sequence[Item],
    work: Callable[[Item], Awaitable[None]],
    *,
    put_off: Callable[[Item], Awaitable[None]],
) -> None:
    """Works on each in turn. A fault in one is logged and that one is put off: the others are other people's.

    StoreUnavailable is raised: it would meet every one of them.
    """
    log = logging.getLogger(f"impasto.{name}")
    for item in items:
        try:
            await work(item)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("%s: an item failed and is put off", name)
            await put_off(item)


async def keep_a_crew(
    name: str,
    take: Callable[[int], Awaitable[Sequence[Item]]],
    work: Callable[[Item], Awaitable[None]],
    *,
    at_once: int,
    stop: asyncio.Event,
) -> None:
    """Takes items and works on up to `at_once` of them side by side until `stop` is set; what was begun is finished.

    `take` is asked for as many as there are free hands and waits by itself when there are none. A slow item holds up
    nobody else, and a fault in one is logged and ends only that one: it is left to its lease.
    """
    log = logging.getLogger(f"impasto.{name}")
    busy: set[asyncio.Task[None]] = set()

    async def one(item: Item) -> None:
        try:
            await work(item)
        except StoreUnavailable as error:
            log.warning("%s: an item is left to its lease: %s", name, error)
        except Exception:
            log.exception("%s: an item failed and is left to its lease", name)

    async with asyncio.TaskGroup() as group:

        async def step() -> None:
            if len(busy) >= at_once:
                await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
                return
            for item in await take(at_once - len(busy)):
                task = group.create_task(one(item))
                busy.add(task)
                task.add_done_callback(busy.discard)

        await keep_going(name, step, stop=stop)
