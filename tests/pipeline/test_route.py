"""Which model, which size, which seed: what can't be done is said, never silently dropped."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.aspect import Aspect, Size
from bot.domain.grammar import Ask
from bot.domain.house import HouseRules
from bot.domain.identity import ImageId
from bot.domain.job import Ending, Lent, Order, Plan, Reason
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.route import MAX_SEED, Market, Source, route, snap
from providers import Capabilities, Model, Operation, SeedSupport, SizeRule

RULES = HouseRules()


class Named:
    def __init__(self, name: str) -> None:
        self.name = name


def stall(name: str, *models: Model, weight: int = 10) -> Stall:
    return Stall(provider=Named(name), models=models, weight=weight)


def model(model_id: str, *operations: Operation, **more) -> Model:
    able = frozenset(operations or (Operation.TEXT_TO_IMAGE,))
    return Model(id=model_id, capabilities=Capabilities(operations=able, **more))


def routed(
    catalog, ask=None, operation=Operation.TEXT_TO_IMAGE, source=None, *, market=None, **more
):
    order = Order(operation=operation, ask=ask or Ask(prompt="a fox", count=1), **more)
    market = Market(catalog=catalog, rules=RULES, chance=Random(1), **(market or {}))
    return route(order, market, source=source)


def test_the_first_models_first_offer_is_the_default():
    catalog = Catalog((stall("a", model("m1"), model("m2")), stall("b", model("m3"))))

    assert routed(catalog).model == "m1"


def test_everybody_who_offers_the_model_is_a_candidate():
    catalog = Catalog((stall("a", model("m")), stall("b", model("m"), weight=20)))

    assert sorted(routed(catalog).providers) == ["a", "b"]


def test_a_model_that_is_not_here_is_refused():
    ending = routed(Catalog((stall("a", model("m")),)), Ask(prompt="x", model="other"))

    assert isinstance(ending, Ending)
    assert ending.reason is Reason.NO_MODEL


def test_an_operation_nobody_can_do_is_refused_in_words():
    ending = routed(Catalog((stall("a", model("m")),)), operation=Operation.REMOVE_BACKGROUND)

    assert "remove background" in ending.words


def test_a_model_that_cannot_upscale_hands_over_and_says_so():
    catalog = Catalog((stall("a", model("m")), stall("b", model("up", Operation.UPSCALE))))
    plan = routed(
        catalog,
        Ask(prompt="x", model="m"),
        operation=Operation.UPSCALE,
        source=Source(width_px=100, height_px=50),
        parent_image=ImageId(1),
        scale=2,
    )

    assert (plan.model, plan.width_px, plan.height_px) == ("up", 200, 100)
    assert plan.notes == ("m can't do this, so up did.",)


def test_the_bot_chooses_a_seed_where_there_is_one_to_choose():
    seeded = routed(Catalog((stall("a", model("m", seed=SeedSupport.INPUT)),)))
    seedless = routed(Catalog((stall("a", model("m")),)))

    assert 1 <= seeded.seed <= MAX_SEED
    assert seedless.seed is None


def test_a_style_the_model_lacks_is_refused_with_those_it_has():
    catalog = Catalog((stall("a", model("m", styles=("pencil",))),))

    assert "pencil" in routed(catalog, Ask(prompt="x", style="oil")).words


def test_what_is_left_out_is_named():
    ask = Ask(prompt="x", negative_prompt="text", steps=3, guidance=2.0, seed=1, strength=0.5)
    plan = routed(Catalog((stall("a", model("m")),)), ask)

    assert plan.notes == (
        "m takes no --no or --steps or --guidance or --seed or --strength, so that was left out.",
    )


def test_what_a_template_or_style_brought_is_left_out_in_its_name():
    ask = Ask(prompt="x", negative_prompt="text", steps=3, guidance=2.0)
    lent = (
        Lent(flag="--no", by="the style flat"),
        Lent(flag="--steps", by="the template hero"),
    )
    plan = routed(Catalog((stall("a", model("m")),)), ask, lent=lent)

    assert plan.notes == (
        "m takes no --guidance, so that was left out.",
        "m takes no --no, so what the style flat sets there was left out.",
        "m takes no --steps, so what the template hero sets there was left out.",
    )


def test_shapes_keep_the_area_of_a_square():
    catalog = Catalog((stall("a", model("m", sizes=SizeRule(multiple_px=1))),))
    plan = routed(catalog, Ask(prompt="x", aspect=Aspect(width=16, height=9)))

    assert (plan.width_px, plan.height_px) == (1344, 768)


def test_a_draft_is_small():
    catalog = Catalog((stall("a", model("m")),))

    assert routed(catalog, Ask(prompt="x", draft=True)).width_px == RULES.draft_side_px


sides = st.integers(64, 4096)


@given(sides, sides, st.sampled_from([1, 8, 16, 64]), st.integers(256, 4096))
def test_a_snapped_size_is_allowed_by_the_rule(width, height, multiple, largest):
    rule = SizeRule(min_px=64, max_px=largest, multiple_px=multiple, max_area_px=largest * largest)
    snapped = snap(Size(width_px=width, height_px=height), rule)

    for side in (snapped.width_px, snapped.height_px):
        assert side % multiple == 0
        assert 64 <= side <= largest


@pytest.mark.parametrize(
    ("asked", "given_"),
    [((1920, 1080), (1536, 1024)), ((600, 900), (1024, 1536)), ((500, 500), (1024, 1024))],
)
def test_of_fixed_sizes_the_nearest_shape_is_taken(asked, given_):
    rule = SizeRule(fixed=((1024, 1024), (1536, 1024), (1024, 1536)))
    snapped = snap(Size(width_px=asked[0], height_px=asked[1]), rule)

    assert (snapped.width_px, snapped.height_px) == given_


def test_a_plan_is_the_same_for_the_same_chance():
    catalog = Catalog((stall("a", model("m", seed=SeedSupport.ECHOED)),))

    assert isinstance(routed(catalog), Plan)
    assert routed(catalog) == routed(catalog)


def test_of_sizes_alike_in_shape_the_nearest_is_taken_and_not_the_dearest():
    tiers = SizeRule(fixed=((5504, 3072), (2752, 1536), (1376, 768), (1024, 1024)))

    snapped = snap(Size(width_px=1344, height_px=768), tiers)

    assert (snapped.width_px, snapped.height_px) == (1376, 768)
