"""What a request may cost at most is what the dearest who might do it takes."""

from dataclasses import replace
from datetime import date

from bot.domain.job import REPEAT, Candidate, Plan
from bot.pipeline.catalog import Catalog
from bot.pipeline.pricing import priced
from providers import Price
from tests.scenarios.shops import Shop, model, stall


def price(microusd: int) -> Price:
    return Price(per_image_microusd=microusd, source="this test", read_on=date(2026, 11, 25))


CATALOG = Catalog(
    (
        stall(Shop(name="cheap", offers=(model("m", price=price(100)),))),
        stall(Shop(name="dear", offers=(model("m", price=price(700)), model("x")))),
    )
)
PLAN = Plan(
    model="m",
    providers=("cheap", "dear"),
    candidates=(Candidate(provider="cheap", model="m"), Candidate(provider="dear", model="m")),
    width_px=64,
    height_px=64,
    count=3,
    seed=None,
)


def test_the_dearest_candidates_price_counts_for_all_pictures() -> None:
    found = priced(PLAN, CATALOG)

    assert found is not None
    assert (found.plan, found.microusd) == (PLAN, 2_100)


def test_whoever_has_no_price_is_not_asked() -> None:
    plan = replace(
        PLAN,
        providers=(REPEAT, "dear", "cheap"),
        candidates=(Candidate(provider="dear", model="x"), Candidate(provider="cheap", model="m")),
    )

    found = priced(plan, CATALOG)

    assert found is not None
    assert found.microusd == 300
    assert found.plan.providers == (REPEAT, "cheap")
    assert [one.provider for one in found.plan.candidates] == ["cheap"]


def test_where_nobody_has_a_price_nothing_is_known() -> None:
    plan = replace(PLAN, providers=("dear",), candidates=(Candidate(provider="dear", model="x"),))

    assert priced(plan, CATALOG) is None
