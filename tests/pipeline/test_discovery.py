"""What providers offer is asked again: every day, and soon after one was away."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.discovery import DAILY_S, FIRST_RETRY_S, CatalogKeeper, discover
from providers import Capabilities, Model, Operation, ProviderError, Unavailable


def model(model_id: str, **more: object) -> Model:
    able = frozenset({Operation.TEXT_TO_IMAGE})
    return Model(id=model_id, capabilities=Capabilities(operations=able, **more))


class Today:
    def now(self) -> datetime:
        return datetime(2026, 11, 25, tzinfo=UTC)


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Provider:
    name: str = "p"
    offers: tuple[Model, ...] = ()
    fault: ProviderError | None = None
    asked: int = field(default=0)

    async def models(self) -> tuple[Model, ...]:
        self.asked += 1
        if self.fault:
            raise self.fault
        return self.offers


async def kept(provider: Provider) -> tuple[Catalog, CatalogKeeper, Seconds]:
    clock = Seconds()
    catalog = Catalog((await discover(Stall(provider=provider, models=()), Today()),))
    keeper = CatalogKeeper(catalog=catalog, clock=Today(), stop=asyncio.Event(), now_s=clock)
    await keeper.look()
    return catalog, keeper, clock


async def test_a_provider_that_was_away_at_the_start_is_offered_once_it_is_back():
    provider = Provider(offers=(model("m"),), fault=Unavailable("refused"))
    catalog, keeper, clock = await kept(provider)
    assert catalog.model_ids == ()
    assert catalog.stalls[0].fault == "refused"

    provider.fault = None
    clock.now += FIRST_RETRY_S
    await keeper.look()

    assert catalog.model_ids == ("m",)
    assert catalog.stalls[0].fault is None


async def test_who_stays_away_is_asked_less_and_less_often():
    provider = Provider(fault=Unavailable("refused"))
    _, keeper, clock = await kept(provider)
    for _ in range(600):
        clock.now += 1
        await keeper.look()

    assert 4 <= provider.asked <= 9


async def test_it_is_asked_once_a_day_and_what_was_known_outlives_a_bad_day():
    provider = Provider(offers=(model("m"),))
    catalog, keeper, clock = await kept(provider)
    clock.now += DAILY_S - 1
    await keeper.look()
    assert provider.asked == 1

    provider.fault = Unavailable("refused")
    clock.now += 1
    await keeper.look()

    assert provider.asked == 2
    assert catalog.model_ids == ("m",)


async def test_a_shutdown_within_a_month_is_logged_with_its_successor(caplog):
    soon = model("old", shutdown=date(2026, 12, 1), successor="new")
    provider = Provider(offers=(soon, model("new")), fault=Unavailable("refused"))
    _, keeper, clock = await kept(provider)
    provider.fault = None
    clock.now += FIRST_RETRY_S
    with caplog.at_level(logging.WARNING):
        await keeper.look()

    assert "model old of p is shut down on 2026-12-01; new takes its place" in caplog.text


async def test_a_model_whose_day_has_come_is_offered_to_nobody_and_its_name_leads_on():
    gone = model("old", shutdown=date(2026, 11, 25), successor="new")
    catalog, _, _ = await kept(Provider(offers=(gone, model("new"))))

    assert catalog.model_ids == ("new",)
    assert catalog.known_ids == ("new", "old")
    assert catalog.successor("old") == "new"
