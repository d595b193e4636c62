"""Datetimes as the tables keep them: microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000


def to_us(at: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (at - _EPOCH) // _MICROSECOND


def from_us(at_us: int) -> datetime:
    """The aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=at_us)


def span_us(seconds: float) -> int:
    """A duration in microseconds."""
    return round(seconds * SECOND_US)
