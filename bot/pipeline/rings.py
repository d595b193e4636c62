"""Who waits for a provider's answer in this process, and is woken when the provider rings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.domain.identity import JobId


@dataclass(slots=True)
class Rings:
    """A bell for each call that is being waited for. A ring that nobody waits for is lost, and that is all right."""

    _bells: dict[JobId, set[asyncio.Event]] = field(default_factory=dict)

    @contextmanager
    def bell(self, job: JobId) -> Iterator[asyncio.Event]:
        """The bell of one call of that job, as long as it is waited for."""
        bell = asyncio.Event()
        self._bells.setdefault(job, set()).add(bell)
        try:
            yield bell
        finally:
            bells = self._bells[job]
            bells.discard(bell)
            if not bells:
                del self._bells[job]

    def ring(self, job: JobId) -> None:
        """Wakes all calls of that job."""
        for bell in self._bells.get(job, ()):
            bell.set()
