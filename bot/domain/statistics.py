"""What happened in a workspace over a period, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Step(StrEnum):
    """How finely a period is told."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @classmethod
    def of(cls, span: timedelta) -> Step:
        """The one that gives some dozens of columns."""
        if span <= timedelta(days=2):
            return cls.HOUR
        return cls.DAY if span <= timedelta(days=70) else cls.WEEK

    @property
    def length(self) -> timedelta:
        """By the clock on the wall."""
        return {Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1)}.get(
            self, timedelta(weeks=1)
        )

    def begin(self, local: datetime) -> datetime:
        """When the hour, day or week of that moment begins; weeks begin on Mondays."""
        hour = local.replace(minute=0, second=0, microsecond=0)
        if self is Step.HOUR:
            return hour
        day = hour.replace(hour=0)
        return day if self is Step.DAY else day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One step of a period, by the workspace's clock. `begins` is aware."""

    begins: datetime
    images: int = 0
    refused: int = 0
    failed: int = 0
    cost_microusd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of it somebody asked for, or some model painted."""

    name: str
    images: int
    cost_microusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Waits are from asking to the answer, in seconds, of requests that were delivered; None when none was."""

    since: datetime
    until: datetime
    step: Step
    buckets: tuple[Bucket, ...] = ()
    requests: int = 0
    images: int = 0
    delivered: int = 0
    refused: int = 0
    failed: int = 0
    cancelled: int = 0
    cost_microusd: int = 0
    wait_p50_s: float | None = None
    wait_p95_s: float | None = None
    people: tuple[Share, ...] = ()
    models: tuple[Share, ...] = ()
    cut: bool = False
    """Whether only the newest requests of the period were counted."""

    @property
    def unfinished(self) -> int:
        """Requests that have no end yet: in line, parked, painted or posted just now."""
        return self.requests - self.delivered - self.refused - self.failed - self.cancelled

    @property
    def refused_share(self) -> float:
        """Of the requests that came to an end, how many were refused: 0 to 1."""
        ended = self.delivered + self.refused + self.failed
        return self.refused / ended if ended else 0.0

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day, by the workspace's clock."""
        return self.since.date(), self.until.date()


def percentile(sorted_values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of all don't exceed; None of nothing."""
    if not sorted_values:
        return None
    rank = max(1, -(-int(share * len(sorted_values) * 1000) // 1000))
    return sorted_values[min(rank, len(sorted_values)) - 1]
