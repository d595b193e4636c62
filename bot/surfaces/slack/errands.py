"""What is done after Slack has its ack, by tasks that somebody owns. An errand lost in a crash was only a courtesy."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

log = logging.getLogger("impasto.slack")

AT_ONCE = 64
LAST_S = 5.0
"""How long running errands may go on when the house stops."""


@dataclass(slots=True)
class Errands:
    """Runs errands while `run` does."""

    _group: asyncio.TaskGroup | None = None
    _running: set[asyncio.Task[Any]] = field(default_factory=set)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self, *, stop: asyncio.Event) -> None:
        """Owns every errand until `stop` is set and those under way have ended."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            await stop.wait()
            self._group = None
            if self._running:
                _, late = await asyncio.wait(self._running, timeout=LAST_S)
                for task in late:
                    task.cancel()

    def do(self, what: str, work: Coroutine[object, object, None]) -> None:
        """Starts `work`; `what` names it in the log when it fails."""
        self.begin(what, work)

    def begin(self, what: str, work: Coroutine[object, object, T]) -> asyncio.Task[T | None] | None:
        """`work` as a task whose result is None when it failed; it goes on when nobody waits for it any more.

        None when the house is closing: then nothing is begun.
        """
        if self._group is None:
            work.close()
            log.info("not done, the house is closing: %s", what)
            return None
        task = self._group.create_task(self._safely(what, work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _safely(self, what: str, work: Coroutine[object, object, T]) -> T | None:
        try:
            async with self._room:
                return await work
        except Exception:
            log.exception("failed: %s", what)
            return None
