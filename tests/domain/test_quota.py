from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quota import Limit, Period, counter

zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia"]
)
moments = st.datetimes(
    datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC), allow_imaginary=False
)


@given(moments, zones, st.sampled_from(Period))
def test_a_period_ends_after_now_and_the_next_one_has_another_key(
    now: datetime, zone: str, period: Period
) -> None:
    limit = Limit(scope="user:x", period=period, images=5)
    this = counter(limit, now=now, zone=ZoneInfo(zone))

    assert this.returns_at > now
    after = counter(limit, now=this.returns_at.astimezone(UTC), zone=ZoneInfo(zone))
    assert after.period_key != this.period_key


def test_a_day_begins_at_midnight_of_the_workspace() -> None:
    limit = Limit(scope="user:x", period=Period.DAY, images=5)
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)

    assert counter(limit, now=late, zone=ZoneInfo("UTC")).period_key == "day:2026-11-25"
    assert counter(limit, now=late, zone=ZoneInfo("Europe/Berlin")).period_key == "day:2026-11-26"


def test_a_day_with_25_hours_ends_at_its_own_midnight() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    noon = datetime(2026, 10, 25, 12, 0, tzinfo=berlin)
    day = counter(Limit(scope="x", period=Period.DAY, images=1), now=noon, zone=berlin)

    assert day.returns_at == datetime(2026, 10, 26, 0, 0, tzinfo=berlin)


def test_a_month_ends_with_its_last_day() -> None:
    now = datetime(2028, 2, 29, 23, 59, tzinfo=UTC)
    month = counter(Limit(scope="x", period=Period.MONTH, images=1), now=now, zone=UTC)

    assert month.period_key == "month:2028-02"
    assert month.returns_at - now == timedelta(minutes=1)
