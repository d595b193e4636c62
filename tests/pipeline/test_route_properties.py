"""Whatever is configured: who is asked can do it, may be asked, and is the model that was named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.grammar import Ask
from bot.domain.house import HouseRules
from bot.domain.job import Ending, Order, Plan, Reason
from bot.domain.routing import (
    REGIONS,
    THIS_MACHINE,
    DataPolicy,
    RoutingRules,
    read_routing,
)
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.route import Market, Source, route
from providers import Capabilities, DataTerms, Model, Operation, Price, SeedSupport, SizeRule

TODAY = date(2026, 11, 25)
IDS = ("m1", "m2", "m3", "m4")


@dataclass
class Named:
    name: str


prices = st.one_of(
    st.none(),
    st.builds(
        Price, per_image_microusd=st.integers(0, 9), source=st.just("x"), read_on=st.just(TODAY)
    ),
)
abilities = st.builds(
    Capabilities,
    operations=st.frozensets(st.sampled_from([*Operation]), min_size=1),
    sizes=st.sampled_from([SizeRule(), SizeRule(fixed=((512, 512), (768, 512)))]),
    max_count=st.integers(1, 10),
    seed=st.sampled_from([*SeedSupport]),
    negative_prompt=st.booleans(),
    styles=st.sampled_from([(), ("oil",)]),
    price=prices,
    is_ai_model=st.booleans(),
    shutdown=st.sampled_from([None, date(2026, 1, 1), date(2027, 1, 1)]),
    successor=st.sampled_from([None, *IDS]),
    data_terms=st.builds(
        DataTerms,
        region=st.sampled_from([None, "eu", "us"]),
        trains_on_data=st.sampled_from([None, True, False]),
    ),
)
models = st.lists(
    st.builds(Model, id=st.sampled_from(IDS), capabilities=abilities),
    max_size=3,
    unique_by=lambda one: one.id,
)


@st.composite
def catalogs(draw):
    stalls = [
        Stall(
            provider=Named(name),
            models=(),
            weight=draw(st.integers(1, 50)),
            canary=draw(st.sampled_from([None, 0.0, 0.5, 1.0])),
        ).offering(draw(models), today=TODAY)
        for name in draw(st.lists(st.sampled_from("abcd"), min_size=1, unique=True))
    ]
    return Catalog(tuple(stalls))


rules = st.builds(
    RoutingRules,
    models=st.one_of(st.none(), st.frozensets(st.sampled_from(IDS))),
    denied_models=st.frozensets(st.sampled_from(IDS), max_size=1),
    providers_off=st.frozensets(st.sampled_from("abcd"), max_size=1),
    canary=st.dictionaries(st.sampled_from(IDS), st.floats(0, 1), max_size=1),
    terms=st.builds(
        DataPolicy,
        regions=st.sampled_from([frozenset(), frozenset({"eu"})]),
        no_training=st.booleans(),
    ),
    stand_ins=st.booleans(),
)
asks = st.builds(
    Ask,
    prompt=st.just("a fox"),
    count=st.integers(1, 10),
    model=st.one_of(st.none(), st.sampled_from(IDS)),
    style=st.sampled_from([None, "oil"]),
    negative_prompt=st.sampled_from(["", "text"]),
    seed=st.sampled_from([None, 5]),
    draft=st.booleans(),
)
SOURCE = Source(width_px=512, height_px=512)


@given(
    catalogs(),
    rules,
    asks,
    st.sampled_from([*Operation]),
    st.frozensets(st.sampled_from("abcd")),
    st.integers(0, 99),
)
def test_who_is_asked_can_do_it_and_may_be_asked(catalog, routing, ask, operation, shut, chance):
    order = Order(operation=operation, ask=ask, scale=2)
    market = Market(
        catalog=catalog, rules=HouseRules(), chance=Random(chance), routing=routing, shut=shut
    )
    plan = route(order, market, source=SOURCE)

    if isinstance(plan, Ending):
        assert plan.reason in {Reason.NO_MODEL, Reason.PROVIDER_DOWN}
        return
    assert plan.providers == tuple(dict.fromkeys(one.provider for one in plan.candidates))
    assert plan.candidates[0].model == plan.model
    assert len({(one.provider, one.model) for one in plan.candidates}) == len(plan.candidates)
    for one in plan.candidates:
        stall = catalog.stall(one.provider)
        offered = stall.model(one.model)
        assert offered is not None
        assert operation in offered.capabilities.operations
        assert routing.allows(one.provider, offered)
    others = [one for one in plan.candidates if one.model != plan.model]
    if ask.model is not None and ask.model == plan.model:
        assert all(one.if_gone for one in others)
    if ask.model is not None and ask.model != plan.model:
        assert any(ask.model in note for note in plan.notes)
    if not routing.stand_ins:
        assert all(one.if_gone for one in others)
    assert 1 <= plan.per_call <= plan.count == ask.count
    own = [one.provider in shut for one in plan.candidates if one.model == plan.model]
    assert own == sorted(own), "those that are left alone come last"


def first_of(
    catalog: Catalog, *, routing: RoutingRules | None = None, times: int = 2000
) -> Counter[str]:
    market = Market(
        catalog=catalog,
        rules=HouseRules(),
        chance=Random(7),
        routing=routing or RoutingRules(),
    )
    order = Order(operation=Operation.TEXT_TO_IMAGE, ask=Ask(prompt="a fox", count=1))
    plans = [route(order, market, source=None) for _ in range(times)]
    assert all(isinstance(plan, Plan) for plan in plans)
    return Counter(f"{plan.candidates[0].provider} {plan.model}" for plan in plans)


def model(model_id: str) -> Model:
    able = frozenset({Operation.TEXT_TO_IMAGE})
    return Model(id=model_id, capabilities=Capabilities(operations=able))


def test_equals_share_by_weight():
    catalog = Catalog(
        (
            Stall(provider=Named("a"), models=(model("m"),), weight=30),
            Stall(provider=Named("b"), models=(model("m"),), weight=10),
        )
    )

    assert first_of(catalog)["a m"] / 2000 == pytest.approx(0.75, abs=0.03)


def test_a_provider_on_trial_gets_its_share_and_no_more():
    catalog = Catalog(
        (
            Stall(provider=Named("new"), models=(model("m"),), weight=1000, canary=0.05),
            Stall(provider=Named("old"), models=(model("m"),)),
        )
    )

    assert first_of(catalog)["new m"] / 2000 == pytest.approx(0.05, abs=0.015)


def test_a_model_on_trial_gets_its_share_of_those_who_name_none():
    catalog = Catalog((Stall(provider=Named("a"), models=(model("new"), model("old"))),))
    shares = first_of(catalog, routing=RoutingRules(canary={"new": 0.2}))

    assert shares["a new"] / 2000 == pytest.approx(0.2, abs=0.03)


regions = st.frozensets(st.sampled_from(["eu", "us"]))
policies = st.builds(
    DataPolicy,
    regions=regions,
    no_training=st.booleans(),
    max_retention_days=st.sampled_from([None, 0, 30]),
)
terms = st.builds(
    DataTerms,
    region=st.sampled_from([None, "eu", "eu-west", "europe", "us", "this machine"]),
    trains_on_data=st.sampled_from([None, True, False]),
    retention_days=st.sampled_from([None, 0, 7, 90]),
)


@given(policies, policies, terms)
def test_two_policies_together_let_through_what_both_do(one, other, offered):
    assert one.stricter(other).fits(offered) == (one.fits(offered) and other.fits(offered))


@pytest.mark.parametrize("said", ["eu,", " eu , ,", "EU"])
def test_a_list_of_regions_lets_nobody_in_of_whom_no_region_is_known(said):
    allowed = read_routing({REGIONS: said}).terms

    assert allowed.fits(DataTerms(region="eu-west-1"))
    assert not allowed.fits(DataTerms(region=None))
    assert not allowed.fits(DataTerms(region=""))
    assert not allowed.fits(DataTerms(region="us"))


@pytest.mark.parametrize("said", ["", ",", " , "])
def test_a_list_without_a_region_in_it_lets_nobody_in_who_sends_anything_away(said):
    allowed = read_routing({REGIONS: said}).terms

    assert not allowed.fits(DataTerms(region=None))
    assert not allowed.fits(DataTerms(region="eu"))
    assert allowed.fits(DataTerms(region=THIS_MACHINE))


def test_no_policy_takes_an_unknown_region_for_one_of_its_own():
    assert not DataPolicy(regions=frozenset({"", "eu"})).fits(DataTerms(region=None))


def test_a_house_whose_regions_are_blank_sends_nothing_away():
    terms = HouseRules(regions=(" ",)).routing.terms

    assert not terms.fits(DataTerms(region=None))
    assert HouseRules(regions=(" EU ",)).routing.terms.fits(DataTerms(region="eu"))
