"""Every event is counted, every metric keeps Prometheus' rules, and there are never too many series."""

import re
import typing

import pytest

from bot.ports import Backlog
from bot.telemetry import events
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
from bot.telemetry.metric_names import METRICS, Kind, Metric
from bot.telemetry.metrics import MOST_MODELS, Metrics
from bot.telemetry.shared_figures import SharedFigures
from tests.telemetry.scraping import Scrape, scraped

ONE_OF_EACH: tuple[Event, ...] = (
    JobAccepted(surface="slack"),
    RequestTurnedAway(surface="slack", reason="over_quota"),
    JobEnded(surface="slack", outcome="failed", reason="deadline", cost_microusd=70),
    CostCameLate(outcome="failed", cost_microusd=30),
    ImagesDelivered(
        surface="slack", model="m", images=2, costs_microusd=(1000, 1001), duration_s=4.0
    ),
    CallBilled(provider="shop", model="m", cost_microusd=2001),
    CallEnded(provider="shop", model="m", outcome="answered", duration_s=3.0),
    JobStarted(wait_s=0.5),
    JobPainted(duration_s=3.0),
    Judged(gate="prompt", judge="words", verdict="block", category="violence"),
    Limited(limiter="provider", wait_s=1.5),
    LoopLagged(lag_s=0.002),
)


class Standing:
    """A backlog that stands, and a provider that is shut."""

    async def now(self) -> Backlog:
        return Backlog(
            jobs={"in_line": 3, "running": 1}, oldest_wait_s=7.5, letters=2, oldest_letter_s=1.5
        )

    async def shut(self, keys):
        return {"shop": 12.0}

    admit = succeeded = failed = shut


def counting(*told: Event) -> Metrics:
    metrics = Metrics(version="1.2.3", part="worker")
    standing = Standing()
    metrics.ask(
        SharedFigures(backlogs=standing, breakers=standing, providers=lambda: ["shop", "other"])
    )
    for event in told:
        metrics(event)
    return metrics


async def scrape(metrics: Metrics) -> Scrape:
    body, _ = await metrics.text("")
    return scraped(body.decode())


def test_there_is_one_example_of_each_event():
    assert {type(one) for one in ONE_OF_EACH} == set(typing.get_args(events.Event))


async def test_everything_named_is_told_and_nothing_else():
    found = await scrape(counting(*ONE_OF_EACH))

    told = {one.name for one in found.samples if one.name.startswith("impasto_")}
    assert told == {series for metric in METRICS for series in metric.series}
    for metric in METRICS:
        for labels in found.of(metric.series[0]):
            assert set(labels) - {"le"} == set(metric.labels), metric.name


async def test_what_is_told_is_counted():
    found = await scrape(counting(*ONE_OF_EACH, JobAccepted(surface="slack")))

    assert found.total("impasto_jobs_accepted_total", surface="slack") == 2
    assert found.total("impasto_jobs_ended_total", outcome="failed", reason="deadline") == 1
    assert found.total("impasto_job_cost_microusd_total") == 100
    assert found.total("impasto_images_delivered_total", model="m") == 2
    assert found.total("impasto_image_cost_microusd_sum", model="m") == 2001
    assert found.total("impasto_image_cost_microusd_count", model="m") == 2
    assert found.total("impasto_provider_cost_microusd_total", provider="shop") == 2001
    assert found.total("impasto_queue_jobs", state="in_line") == 3
    assert found.total("impasto_queue_oldest_wait_seconds") == 7.5
    assert found.total("impasto_provider_breaker_open", provider="shop") == 1
    assert found.total("impasto_provider_breaker_open", provider="other") == 0
    assert found.total("impasto_build_info", version="1.2.3", part="worker") == 1


async def test_openmetrics_is_spoken_to_whoever_asks_for_it():
    plain, plain_type = await counting().text("")
    openly, open_type = await counting().text("application/openmetrics-text; version=1.0.0")

    assert plain_type.startswith("text/plain; version=0.0.4")
    assert open_type.startswith("application/openmetrics-text; version=1.0.0")
    assert openly.rstrip().endswith(b"# EOF")
    assert b"# EOF" not in plain


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_names_follow_prometheus(metric: Metric):
    assert re.fullmatch(r"impasto_[a-z]+(_[a-z]+)*", metric.name)
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert metric.name.endswith("_info") == (metric.kind is Kind.INFO)
    assert not re.search(
        r"_(ms|milliseconds|minutes|usd|dollars|count|sum|bucket)(_|$)", metric.name
    )
    if metric.kind is Kind.HISTOGRAM:
        assert metric.name.endswith(("_seconds", "_microusd"))
        assert list(metric.buckets) == sorted(set(metric.buckets))
    assert metric.says.endswith(".")


def test_no_metric_is_named_twice():
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_no_label_is_one_that_grows_with_people():
    labels = {label for metric in METRICS for label in metric.labels}

    assert labels <= {
        *("surface", "reason", "outcome", "model", "provider", "limiter"),
        *("gate", "judge", "verdict", "category", "state"),
        *("version", "part", "python"),
    }


async def test_a_vendors_thousand_models_share_a_series():
    metrics = counting()
    for number in range(1000):
        metrics(CallBilled(provider="shop", model=f"m{number}", cost_microusd=10))
        metrics(
            ImagesDelivered(
                surface="slack", model=f"m{number}", images=1, costs_microusd=(10,), duration_s=1
            )
        )
        metrics(CallEnded(provider="shop", model=f"m{number}", outcome="answered", duration_s=1.0))

    found = await scrape(metrics)

    assert len(found.of("impasto_provider_cost_microusd_total")) == MOST_MODELS + 1
    assert found.total("impasto_provider_cost_microusd_total") == 10_000
    assert found.total("impasto_provider_cost_microusd_total", model="other") == 9600
    assert len(found.samples) < 2000


async def test_two_houses_in_one_process_count_apart():
    one, other = counting(JobAccepted(surface="slack")), counting()

    assert (await scrape(one)).total("impasto_jobs_accepted_total") == 1
    assert (await scrape(other)).total("impasto_jobs_accepted_total") == 0


def test_what_cannot_be_counted_stops_nobody() -> None:
    """Whoever tells may be the thread that writes the database."""
    metrics = Metrics(version="1", part="run")

    metrics(CallBilled(provider="shop", model="m", cost_microusd=-1))
