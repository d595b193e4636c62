"""Whoever scrapes often, or while the database is away, loads and delays nobody."""

import asyncio
from dataclasses import dataclass, field

from bot.net.breaker import MOST_FAILURES, MemoryBreakers
from bot.ports import Backlog, StoreUnavailable, Unavailable
from bot.telemetry import shared_figures
from bot.telemetry.metrics import Metrics
from bot.telemetry.shared_figures import KEPT_S, SharedFigures
from tests.telemetry.scraping import Scrape, scraped


@dataclass
class Database:
    """Tells its backlog, or doesn't."""

    asked: int = 0
    away: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def now(self) -> Backlog:
        self.asked += 1
        await self.gate.wait()
        if self.away:
            raise StoreUnavailable(Unavailable.UNREACHABLE, "it is away")
        return Backlog(jobs={"in_line": self.asked}, oldest_wait_s=1, letters=1, oldest_letter_s=1)


@dataclass
class HandTime:
    at_s: float = 0.0

    def __call__(self) -> float:
        return self.at_s


def watched(database: Database, **more: object) -> tuple[Metrics, HandTime]:
    metrics, time_s = Metrics(version="1", part="run"), HandTime()
    parts = {"breakers": MemoryBreakers(), "providers": lambda: ("shop",)} | more
    metrics.ask(SharedFigures(backlogs=database, now_s=time_s, **parts))
    return metrics, time_s


async def scrape(metrics: Metrics) -> Scrape:
    return scraped((await metrics.text(""))[0].decode())


async def test_a_hundred_scrapes_at_once_ask_the_database_once():
    database = Database()
    metrics, time_s = watched(database)

    await asyncio.gather(*(metrics.text("") for _ in range(100)))
    time_s.at_s += KEPT_S - 0.1
    await metrics.text("")

    assert database.asked == 1


async def test_figures_are_asked_for_anew_after_a_few_seconds():
    database = Database()
    metrics, time_s = watched(database)
    await metrics.text("")

    time_s.at_s += KEPT_S
    found = await scrape(metrics)

    assert found.total("impasto_queue_jobs", state="in_line") == 2


async def test_a_database_that_is_away_is_said_and_asked_no_more_often():
    database = Database(away=True)
    metrics, time_s = watched(database)

    gone = await scrape(metrics)
    await scrape(metrics)
    database.away = False
    time_s.at_s += KEPT_S
    back = await scrape(metrics)

    assert gone.total("impasto_database_up") == 0
    assert gone.of("impasto_queue_jobs") == []
    assert back.total("impasto_database_up") == 1
    assert database.asked == 2


async def test_a_database_that_does_not_answer_delays_a_scrape_by_its_deadline(monkeypatch):
    monkeypatch.setattr(shared_figures, "DEADLINE_S", 0.05)
    database = Database()
    database.gate.clear()
    metrics, _ = watched(database)

    async with asyncio.timeout(5):
        found = await scrape(metrics)

    assert found.total("impasto_database_up") == 0
    assert found.total("impasto_build_info") == 1


async def test_a_provider_left_alone_is_shown():
    breakers = MemoryBreakers()
    for _ in range(MOST_FAILURES):
        await breakers.failed("shop")
    metrics, _ = watched(Database(), breakers=breakers, providers=lambda: ("shop", "sketch"))

    found = await scrape(metrics)

    assert found.total("impasto_provider_breaker_open", provider="shop") == 1
    assert found.total("impasto_provider_breaker_open", provider="sketch") == 0
    assert len(found.of("impasto_provider_breaker_open")) == 2
