"""Quota arithmetic: which counters a request touches, and when they start anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import assert_never


class Period(StrEnum):
    """How long a counter runs."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `images` per period for whoever `scope` names, as `user:slack:T1:U1`."""

    scope: str
    period: Period
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One row of the usage table: a limit in one concrete period."""

    scope: str
    period_key: str
    """As `day:2026-11-25`."""
    limit: int
    returns_at: datetime


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


def counter(limit: Limit, *, now: datetime, zone: tzinfo) -> Counter:
    """The counter of `limit` at `now`, its period drawn in the workspace's time zone."""
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    match limit.period:
        case Period.HOUR:
            start = local.replace(minute=0, second=0, microsecond=0)
            key, end = start.strftime("hour:%Y-%m-%dT%H%z"), start + timedelta(hours=1)
        case Period.DAY:
            # A day in which clocks are turned may have 23 or 25 hours; its last midnight is found past noon.
            end = (midnight + timedelta(hours=36)).replace(hour=0)
            key = midnight.strftime("day:%Y-%m-%d")
        case Period.MONTH:
            first = midnight.replace(day=1)
            key, end = first.strftime("month:%Y-%m"), (first + timedelta(days=32)).replace(day=1)
        case _:
            assert_never(limit.period)
    return Counter(scope=limit.scope, period_key=key, limit=limit.images, returns_at=end)
