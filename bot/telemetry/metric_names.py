"""Every metric there is: its name, what it says, and its labels. docs/metrics.md is drawn from here.

Names follow Prometheus (prometheus.io/docs/practices/naming, read 2026-11): the program's name, what is measured, the
unit, `_total` for what only grows. Money is in millionths of a US dollar, so that sums stay exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """As Prometheus calls them."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


class Source(StrEnum):
    """Whose figure it is, and so how those of several processes are put together."""

    PROCESS = "this process"
    """Counted from what happened here: sum over processes."""
    DATABASE = "the database"
    """The same in every process: take the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One family. `name` is what a query says, for a histogram without `_bucket`, `_sum` and `_count`."""

    name: str
    kind: Kind
    says: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    source: Source = Source.PROCESS

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which it is scraped."""
        if self.kind is Kind.HISTOGRAM:
            return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
        return (self.name,)


WAITS_S = (0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
CALLS_S = (0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300)
LIMITS_S = (0.1, 0.5, 1, 2, 5, 10, 30, 60)
LAGS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3)
"""At 3 s Slack and Discord have given a request up."""
COSTS_MICROUSD = (0, 1_000, 3_000, 10_000, 20_000, 40_000, 80_000, 150_000, 300_000, 1_000_000)

JOBS_ACCEPTED = Metric(
    name="impasto_jobs_accepted_total",
    kind=Kind.COUNTER,
    says="Requests that became jobs, durable and acknowledged.",
    labels=("surface",),
)
REQUESTS_REFUSED = Metric(
    name="impasto_requests_refused_total",
    kind=Kind.COUNTER,
    says="Requests that became no job: over quota, too many in line, not let in, too many images.",
    labels=("surface", "reason"),
)
JOBS_ENDED = Metric(
    name="impasto_jobs_ended_total",
    kind=Kind.COUNTER,
    says="Jobs that came to their end; `reason` is empty where the pictures were delivered.",
    labels=("surface", "outcome", "reason"),
)
JOB_COST = Metric(
    name="impasto_job_cost_microusd_total",
    kind=Kind.COUNTER,
    says="What ended jobs cost, as it stands with each job and in `admin stats`, late bills included.",
    labels=("outcome",),
)
JOB_WAIT = Metric(
    name="impasto_job_wait_seconds",
    kind=Kind.HISTOGRAM,
    says="From a job's acceptance until a worker first took it up; without jobs that were parked or judged twice.",
    buckets=WAITS_S,
)
JOB_PAINTING = Metric(
    name="impasto_job_painting_seconds",
    kind=Kind.HISTOGRAM,
    says="A worker's time with a job's calls, retries and failover included.",
    buckets=WAITS_S,
)
JOB_DURATION = Metric(
    name="impasto_job_duration_seconds",
    kind=Kind.HISTOGRAM,
    says="From a job's acceptance until its pictures stood in chat, parked time included.",
    labels=("surface",),
    buckets=WAITS_S,
)
IMAGES_DELIVERED = Metric(
    name="impasto_images_delivered_total",
    kind=Kind.COUNTER,
    says="Pictures whose posting is confirmed.",
    labels=("surface", "model"),
)
IMAGE_COST = Metric(
    name="impasto_image_cost_microusd",
    kind=Kind.HISTOGRAM,
    says="What each delivered picture cost, as the ledger settles it; 0 for exact repeats.",
    labels=("model",),
    buckets=COSTS_MICROUSD,
)
PROVIDER_CALLS = Metric(
    name="impasto_provider_calls_total",
    kind=Kind.COUNTER,
    says="Calls of providers that ended here: `answered`, the kind of error, or `interrupted` (cancelled, or a fault of ours).",
    labels=("provider", "model", "outcome"),
)
PROVIDER_CALL_DURATION = Metric(
    name="impasto_provider_call_duration_seconds",
    kind=Kind.HISTOGRAM,
    says="How long such a call took.",
    labels=("provider",),
    buckets=CALLS_S,
)
PROVIDER_COST = Metric(
    name="impasto_provider_cost_microusd_total",
    kind=Kind.COUNTER,
    says="What calls cost by the call journal, whether they brought pictures and anybody received them or not.",
    labels=("provider", "model"),
)
PROVIDER_BREAKER = Metric(
    name="impasto_provider_breaker_open",
    kind=Kind.GAUGE,
    says="1 while a provider is left alone after failures in a row; told by processes that paint.",
    labels=("provider",),
)
RATE_LIMIT_WAIT = Metric(
    name="impasto_rate_limit_wait_seconds",
    kind=Kind.HISTOGRAM,
    says="How long a call was told to wait for a rate limit: `provider`, or a platform's name.",
    labels=("limiter",),
    buckets=LIMITS_S,
)
MODERATION_VERDICTS = Metric(
    name="impasto_moderation_verdicts_total",
    kind=Kind.COUNTER,
    says="What each judge said: allow, review, block, unchecked.",
    labels=("gate", "judge", "verdict", "category"),
)
LOOP_LAG = Metric(
    name="impasto_event_loop_lag_seconds",
    kind=Kind.HISTOGRAM,
    says="How much later than asked the event loop came back, looked at twice a second.",
    buckets=LAGS_S,
)
QUEUE_JOBS = Metric(
    name="impasto_queue_jobs",
    kind=Kind.GAUGE,
    says="Unfinished jobs: `received` (being judged), `in_line`, `running`, `delayed`, `parked`.",
    labels=("state",),
    source=Source.DATABASE,
)
QUEUE_OLDEST_WAIT = Metric(
    name="impasto_queue_oldest_wait_seconds",
    kind=Kind.GAUGE,
    says="How long ago the oldest job now in line was accepted, parked time included; 0 when there is none.",
    source=Source.DATABASE,
)
OUTBOX_LETTERS = Metric(
    name="impasto_outbox_letters",
    kind=Kind.GAUGE,
    says="Answers and status messages that are written and not posted yet.",
    source=Source.DATABASE,
)
OUTBOX_OLDEST_LETTER = Metric(
    name="impasto_outbox_oldest_letter_seconds",
    kind=Kind.GAUGE,
    says="Age of the oldest of them; 0 when there is none.",
    source=Source.DATABASE,
)
DATABASE_UP = Metric(
    name="impasto_database_up",
    kind=Kind.GAUGE,
    says="1 when the database told the figures above in time; 0: they are left out.",
)
BUILD = Metric(
    name="impasto_build_info",
    kind=Kind.INFO,
    says="Always 1; version of the program and which part of the house this process is.",
    labels=("version", "part", "python"),
)

METRICS: tuple[Metric, ...] = (
    JOBS_ACCEPTED,
    REQUESTS_REFUSED,
    JOBS_ENDED,
    JOB_WAIT,
    JOB_PAINTING,
    JOB_DURATION,
    IMAGES_DELIVERED,
    IMAGE_COST,
    JOB_COST,
    PROVIDER_COST,
    PROVIDER_CALLS,
    PROVIDER_CALL_DURATION,
    PROVIDER_BREAKER,
    RATE_LIMIT_WAIT,
    MODERATION_VERDICTS,
    QUEUE_JOBS,
    QUEUE_OLDEST_WAIT,
    OUTBOX_LETTERS,
    OUTBOX_OLDEST_LETTER,
    DATABASE_UP,
    LOOP_LAG,
    BUILD,
)
