"""Live updates on their way to open pages. A slow page gets the newest state, never a backlog."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.domain.identity import JobId
from bot.domain.live import LiveUpdate, Painting
from bot.ports import Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """All that happened since the last look.

    `stale` means that messages may have changed, `over` that the page should be let go.
    """

    stale: bool
    jobs: frozenset[JobId]
    paintings: tuple[Painting, ...]
    over: bool


class Watcher:
    """One open page's inbox: it grows with the number of jobs, not with the number of updates."""

    def __init__(self) -> None:
        self._jobs: set[JobId] = set()
        self._paintings: dict[JobId, Painting] = {}
        self._stale = False
        self._over = False
        self._happened = asyncio.Event()

    def tell(self, update: LiveUpdate) -> None:
        """Notes the update."""
        if isinstance(update, Painting):
            self._paintings[update.job] = update
        else:
            self._jobs.add(update.job)
            self._stale = True
        self._happened.set()

    def stir(self, *, over: bool = False) -> None:
        """Makes the page look again, or end."""
        self._stale = True
        self._over = self._over or over
        self._happened.set()

    async def next(self, *, timeout_s: float) -> News:
        """What happened. After `timeout_s` of silence it is time to look, in case a signal was lost."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._happened.wait()
        except TimeoutError:
            self._stale = True
        self._happened.clear()
        news = News(
            stale=self._stale,
            jobs=frozenset(self._jobs),
            paintings=tuple(self._paintings.values()),
            over=self._over,
        )
        self._jobs.clear()
        self._paintings.clear()
        self._stale = False
        return news


class Feed:
    """Hands the process's live updates to every open page."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._watchers: set[Watcher] = set()
        self._closed = False

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """An inbox for as long as the page is open."""
        watcher = Watcher()
        if self._closed:
            watcher.stir(over=True)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def stir(self) -> None:
        """Makes every page look again: something was said."""
        for watcher in self._watchers:
            watcher.stir()

    def close(self) -> None:
        """Ends every open page's stream, so that the server can stop; browsers come back by themselves."""
        self._closed = True
        for watcher in self._watchers:
            watcher.stir(over=True)

    async def run(self) -> None:
        """Passes updates on until cancelled."""
        async for update in self._signals.updates():
            for watcher in self._watchers:
                watcher.tell(update)
