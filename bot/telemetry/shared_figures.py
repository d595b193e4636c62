"""Figures asked for at scrape time: the queue and the outbox as the database has them, and who is left alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from typing_extensions import override

from bot.ports import Backlog, Backlogs, Breakers, StoreUnavailable
from bot.telemetry import metric_names as names
from bot.telemetry.metric_names import Metric

KEPT_S = 5.0
"""Scrapes within this time are told the same, so that whoever scrapes often can't load the database."""
DEADLINE_S = 1.0
"""Longer isn't waited for: a scrape tells what it has. Prometheus itself gives up after 10 s."""


@dataclass(slots=True, eq=False)
class SharedFigures(Collector):
    """Asked anew at most every KEPT_S. `providers` names those this process would ask; none where it doesn't paint."""

    backlogs: Backlogs
    breakers: Breakers
    providers: Callable[[], Sequence[str]]
    now_s: Callable[[], float] = time.monotonic
    _asked_at_s: float | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _backlog: Backlog | None = None
    _shut: Mapping[str, bool] = field(default_factory=dict)

    async def refresh(self) -> None:
        """Asks, unless the last answer is young. An answer that doesn't come is remembered as long as one that does."""
        async with self._asking:
            if self._asked_at_s is not None and self.now_s() - self._asked_at_s < KEPT_S:
                return
            await self._ask()
            self._asked_at_s = self.now_s()

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(DEADLINE_S):
                self._backlog = await self.backlogs.now()
        except (StoreUnavailable, TimeoutError):
            self._backlog = None
        known = tuple(self.providers())
        try:
            async with asyncio.timeout(DEADLINE_S):
                shut = await self.breakers.shut(known)
        except TimeoutError:
            shut, known = {}, ()
        self._shut = {name: name in shut for name in known}

    @override
    def collect(self) -> Iterable[Family]:
        backlog = self._backlog
        yield _gauge(names.DATABASE_UP, {(): float(backlog is not None)})
        yield _gauge(
            names.PROVIDER_BREAKER, {(name,): float(shut) for name, shut in self._shut.items()}
        )
        if backlog is not None:
            yield _gauge(
                names.QUEUE_JOBS, {(state,): float(jobs) for state, jobs in backlog.jobs.items()}
            )
            yield _gauge(names.QUEUE_OLDEST_WAIT, {(): backlog.oldest_wait_s})
            yield _gauge(names.OUTBOX_LETTERS, {(): float(backlog.letters)})
            yield _gauge(names.OUTBOX_OLDEST_LETTER, {(): backlog.oldest_letter_s})


def _gauge(metric: Metric, values: Mapping[tuple[str, ...], float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(metric.name, metric.says, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
