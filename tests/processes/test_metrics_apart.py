"""`/metrics` of processes apart: each tells what it did, all tell the same of the queue."""

from __future__ import annotations

import asyncio

import httpx

from tests.processes.conftest import Houses, Painter, Started, answers, with_slack
from tests.simulators.slack.slack import Slack
from tests.telemetry.scraping import Scrape, scraped

TOKEN = "a-token-for-prometheus"


async def scrape(part: Started, http: httpx.AsyncClient) -> Scrape:
    # Compose's Prometheus calls a container by a name that is nobody's public address.
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "worker:8080"}
    answer = await http.get(f"{part.url}/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return scraped(answer.text)


async def test_each_part_tells_what_it_did_and_their_sum_is_the_house(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_slack(houses, slack)
    houses.environment["METRICS_TOKEN"] = TOKEN
    parts = {word: await houses.start(word) for word in ("web", "worker", "gateway")}
    for part in parts.values():
        await part.until("/readyz", 200)
    assert await parts["web"].health("/metrics") == 401

    await slack.person("ana").types("/imagine a red fox", slack.room("general"))
    await slack.until(lambda: answers(slack) == 1, within_s=30, what="the picture")
    await houses.until_rows("SELECT state FROM job", ["delivered"])
    async with asyncio.timeout(10):
        while True:
            told = {word: await scrape(part, houses.http) for word, part in parts.items()}
            if sum(one.total("impasto_jobs_ended_total") for one in told.values()):
                break

    for word, one in told.items():
        assert one.total("impasto_build_info", part=word) == 1
        assert one.total("impasto_database_up") == 1
        assert {labels["state"] for labels in one.of("impasto_queue_jobs")} >= {"in_line"}
        assert one.total("impasto_event_loop_lag_seconds_count") > 0
    accepted = {word: one.total("impasto_jobs_accepted_total") for word, one in told.items()}
    delivered = {
        word: one.total("impasto_images_delivered_total", surface="slack")
        for word, one in told.items()
    }
    assert accepted == {"web": 0, "worker": 0, "gateway": 1}
    assert delivered == {"web": 0, "worker": 1, "gateway": 0}
    assert told["worker"].of("impasto_provider_breaker_open") == [{"provider": "painter"}]
    assert told["gateway"].of("impasto_provider_breaker_open") == []
