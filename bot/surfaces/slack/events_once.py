"""Every event once: Slack repeats what it thinks we missed, at once, after a minute and after five."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

MOST_KEPT = 20_000
"""More than fifteen minutes of a very busy workspace; a job's own key in the database holds for ever."""


@dataclass(slots=True)
class Once:
    """Runs the work of an event unless it ran, or runs; a failed one may come again."""

    _seen: OrderedDict[str, asyncio.Future[None]] = field(default_factory=OrderedDict)

    async def __call__(self, event_id: str, work: Callable[[], Awaitable[None]]) -> None:
        """Returns when the event's work is done, whoever did it. Raises what the work raised."""
        while (running := self._seen.get(event_id)) is not None:
            await asyncio.shield(running)
            if self._seen.get(event_id) is running:
                return
        done = asyncio.get_running_loop().create_future()
        self._seen[event_id] = done
        if len(self._seen) > MOST_KEPT:
            self._seen.popitem(last=False)
        try:
            await work()
            done.set_result(None)
        finally:
            if not done.done():
                # It failed: whoever waits for it, and whoever brings it again, may try.
                self._seen.pop(event_id, None)
                done.set_result(None)
