"""Quota arithmetic: which counters a request touches, and when they start anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import assert_never

from bot.domain.subject import Subject


class Period(StrEnum):
    """How long a counter runs."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `images` per period for whoever `scope` names, as `user:slack:T1:U1`.

    `because` is whose rule says so; None: the house's own.
    """

    scope: str
    period: Period
    images: int
    because: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One row of the usage table: a limit in one concrete period."""

    scope: str
    period_key: str
    """As `day:2026-11-25`."""
    limit: int
    returns_at: datetime
    because: Subject | None = None

    @property
    def period(self) -> Period:
        """How long it runs."""
        return Period(self.period_key.partition(":")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is used up and held of a counter, in images."""

    counter: Counter
    used: int
    held: int

    @property
    def left(self) -> int:
        """Images that may still be asked for; never below zero."""
        return max(0, self.counter.limit - self.used - self.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One concrete period: its key, as `day:2026-11-25`, and the moment it is over."""

    key: str
    ends_at: datetime


def span_of(period: Period, *, now: datetime, zone: tzinfo) -> Span:
    """The period that holds `now`, drawn by the clock of `zone`."""
    # No zone's clock differs from UTC by less than quarters of an hour, so nothing begins or ends within one.
    utc = now.astimezone(UTC)
    quarter = utc.replace(minute=utc.minute // 15 * 15, second=0, microsecond=0)
    return _span(period, quarter, zone)


@lru_cache(maxsize=256)
def _span(period: Period, now: datetime, zone: tzinfo) -> Span:
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case Period.HOUR:
            start = local.replace(minute=0, second=0, microsecond=0)
            # Counted in UTC: where clocks are turned, the next full hour on the wall may be two hours away.
            end = (start.astimezone(UTC) + timedelta(hours=1)).astimezone(zone)
            key = start.strftime("hour:%Y-%m-%dT%H%z")
        case Period.DAY:
            # A day in which clocks are turned may have 23 or 25 hours; its last midnight is found past noon.
            end = (midnight + timedelta(hours=36)).replace(hour=0)
            key = midnight.strftime("day:%Y-%m-%d")
        case Period.MONTH:
            first = midnight.replace(day=1)
            key, end = first.strftime("month:%Y-%m"), (first + timedelta(days=32)).replace(day=1)
        case _:
            assert_never(period)
    return Span(key=key, ends_at=end)


def counter(limit: Limit, *, now: datetime, zone: tzinfo, more: int = 0) -> Counter:
    """The counter of `limit` at `now`, its period drawn in the workspace's time zone; `more` was given on top."""
    span = span_of(limit.period, now=now, zone=zone)
    return Counter(
        scope=limit.scope,
        period_key=span.key,
        limit=limit.images + more,
        returns_at=span.ends_at,
        because=limit.because,
    )


def lies_within(inner: str, outer: str) -> bool:
    """Whether the period with key `inner` lies within that of key `outer`, or is the same.

    The date in a month's key begins that of its days, and a day's that of its hours.
    """
    return inner.partition(":")[2].startswith(outer.partition(":")[2])
