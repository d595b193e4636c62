"""Counts what happened in this process, in Prometheus' terms. `METRICS` names all there is."""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder

from bot.telemetry import metric_names as names
from bot.telemetry.events import (
    CallBilled,
    CallEnded,
    CostCameLate,
    Event,
    ImagesDelivered,
    JobAccepted,
    JobEnded,
    JobPainted,
    JobStarted,
    Judged,
    Limited,
    LoopLagged,
    RequestTurnedAway,
)
from bot.telemetry.metric_names import Metric
from bot.telemetry.shared_figures import SharedFigures

log = logging.getLogger("impasto.metrics")

MOST_MODELS = 40
"""Models with series of their own. A vendor's live list may hold thousands; only those asked for count."""
OTHER = "other"


class Metrics:
    """A `Recorder`. Its registry is its own, so that two houses in one process don't count together."""

    def __init__(self, *, version: str, part: str) -> None:
        # A second series for each one, saying when it began: half of all there would be, asked for by nobody.
        disable_created_metrics()  # type: ignore[no-untyped-call] # the library left it untyped
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._figures: list[SharedFigures] = []
        self._models: set[str] = set()
        self._accepted = self._counter(names.JOBS_ACCEPTED)
        self._refused = self._counter(names.REQUESTS_REFUSED)
        self._ended = self._counter(names.JOBS_ENDED)
        self._job_cost = self._counter(names.JOB_COST)
        self._job_wait = self._histogram(names.JOB_WAIT)
        self._painting = self._histogram(names.JOB_PAINTING)
        self._duration = self._histogram(names.JOB_DURATION)
        self._delivered = self._counter(names.IMAGES_DELIVERED)
        self._image_cost = self._histogram(names.IMAGE_COST)
        self._calls = self._counter(names.PROVIDER_CALLS)
        self._call_duration = self._histogram(names.PROVIDER_CALL_DURATION)
        self._provider_cost = self._counter(names.PROVIDER_COST)
        self._limited = self._histogram(names.RATE_LIMIT_WAIT)
        self._verdicts = self._counter(names.MODERATION_VERDICTS)
        self._lag = self._histogram(names.LOOP_LAG)
        self._how: Mapping[type[Event], Callable[[Any], None]] = {
            JobAccepted: self._job_accepted,
            RequestTurnedAway: self._request_turned_away,
            JobEnded: self._job_ended,
            CostCameLate: self._cost_came_late,
            ImagesDelivered: self._images_delivered,
            CallBilled: self._call_billed,
            CallEnded: self._call_ended,
            JobStarted: self._job_started,
            JobPainted: self._job_painted,
            Judged: self._judged,
            Limited: self._was_limited,
            LoopLagged: self._loop_lagged,
        }
        build = Info(
            names.BUILD.name.removesuffix("_info"), names.BUILD.says, registry=self._registry
        )
        build.info({"version": version, "part": part, "python": platform.python_version()})

    def __call__(self, event: Event) -> None:
        """Counts it; what can't be counted is logged and left out: whoever tells may be the thread that writes the database."""
        try:
            self._how[type(event)](event)
        except ValueError:
            log.exception("%s can't be counted", event)

    def ask(self, figures: SharedFigures) -> None:
        """These are asked for at each scrape."""
        self._registry.register(figures)
        self._figures.append(figures)

    async def text(self, accept: str) -> tuple[bytes, str]:
        """All of it in the format that the header `Accept` asks for, and the content type."""
        for figures in self._figures:
            await figures.refresh()
        encode, content_type = choose_encoder(accept)
        return await asyncio.to_thread(encode, self._registry), content_type

    def _counter(self, metric: Metric) -> Counter:
        return Counter(metric.name, metric.says, metric.labels, registry=self._registry)

    def _histogram(self, metric: Metric) -> Histogram:
        return Histogram(
            metric.name,
            metric.says,
            metric.labels,
            buckets=metric.buckets,
            registry=self._registry,
        )

    def _model(self, model: str) -> str:
        """Its own name for the first MOST_MODELS, one name for all others."""
        if model in self._models:
            return model
        if len(self._models) >= MOST_MODELS:
            return OTHER
        self._models.add(model)
        return model

    def _job_accepted(self, event: JobAccepted) -> None:
        self._accepted.labels(event.surface).inc()

    def _request_turned_away(self, event: RequestTurnedAway) -> None:
        self._refused.labels(event.surface, event.reason).inc()

    def _job_ended(self, event: JobEnded) -> None:
        self._ended.labels(event.surface, event.outcome, event.reason).inc()
        self._job_cost.labels(event.outcome).inc(event.cost_microusd or 0)

    def _cost_came_late(self, event: CostCameLate) -> None:
        self._job_cost.labels(event.outcome).inc(event.cost_microusd)

    def _images_delivered(self, event: ImagesDelivered) -> None:
        model = self._model(event.model)
        self._delivered.labels(event.surface, model).inc(event.images)
        self._duration.labels(event.surface).observe(event.duration_s)
        for cost in event.costs_microusd:
            self._image_cost.labels(model).observe(cost)

    def _call_billed(self, event: CallBilled) -> None:
        model = self._model(event.model)
        self._provider_cost.labels(event.provider, model).inc(event.cost_microusd or 0)

    def _call_ended(self, event: CallEnded) -> None:
        self._calls.labels(event.provider, self._model(event.model), event.outcome).inc()
        self._call_duration.labels(event.provider).observe(event.duration_s)

    def _job_started(self, event: JobStarted) -> None:
        self._job_wait.observe(event.wait_s)

    def _job_painted(self, event: JobPainted) -> None:
        self._painting.observe(event.duration_s)

    def _judged(self, event: Judged) -> None:
        self._verdicts.labels(event.gate, event.judge, event.verdict, event.category).inc()

    def _was_limited(self, event: Limited) -> None:
        self._limited.labels(event.limiter).observe(event.wait_s)

    def _loop_lagged(self, event: LoopLagged) -> None:
        self._lag.observe(event.lag_s)
