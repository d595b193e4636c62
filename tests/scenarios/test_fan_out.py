"""More pictures than a call gives, pictures that are there already, drafts and their second pass, terms and money."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest

from bot.domain.action import Action, Verb
from bot.domain.card import Card, Tone
from bot.domain.flags import find_flag
from bot.domain.identity import Role
from bot.domain.wordings import Wordings
from bot.images.label import SourceType, read_label
from bot.pipeline.collect import GRACE_S, PARTS, Collector
from providers import ContentBlocked, DataTerms, Lora, Operation, Price, SeedSupport
from tests.contracts.store_kit import MovableClock
from tests.scenarios.shops import Shop, model, open_street, square, stall
from tests.scenarios.stage import Stage


def button(card: Card, label: str):
    return next(one for row in card.rows for one in row if one.label == label)


async def test_parts_are_painted_side_by_side_as_many_as_the_provider_takes(tmp_path):
    shop = Shop("shop", (model("m", max_count=1),))
    shop.gate.clear()
    async with open_street(tmp_path, stall(shop, max_concurrent=3)) as street:
        ana = street.actor("ana")
        await ana.says("/imagine a fox --n 8 --seed 40")
        async with asyncio.timeout(20), shop.painting:
            await shop.painting.wait_for(lambda: shop.at_once == 3)
        shop.gate.set()
        card = await street.newest_final(ana.person)

    assert shop.most_at_once == 3
    assert [picture.seed for picture in card.pictures] == list(range(40, 48))
    assert sorted(request.seed for request in shop.paid) == list(range(40, 48))


async def test_what_could_be_painted_is_delivered_and_only_that_is_counted(tmp_path):
    shop = Shop("shop", (model("m", max_count=1),))
    shop.fault = lambda request: ContentBlocked("no") if request.seed == 41 else None
    async with open_street(tmp_path, stall(shop), images_per_day=50) as street:
        card = await street.actor("ana").gets("/imagine a fox --n 4 --seed 40")

    assert card.headline == "3 of 4 images"
    assert "1 image could not be shown and was not charged." in card.lines
    assert next(field.value for field in card.fields if field.name == "Cost") == "$0.0030"


async def test_an_exact_repeat_is_answered_with_the_same_pictures_at_no_cost(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop), images_per_day=50) as street:
        ana = street.actor("ana")
        first = await ana.gets("/imagine a fox --n 2 --seed 5")
        second = await ana.gets("/imagine a fox --n 2 --seed 5")
        job = await street.newest_job(ana.person)
        quota = await ana.says("/quota")

    assert len(shop.calls) == 1
    assert [picture.full for picture in first.pictures] == [
        picture.full for picture in second.pictures
    ]
    assert second.lines[0].startswith("Painted before, as request 1:")
    assert job.cost_microusd == 0
    assert "48 images left of 50" in quota.card.fields[0].value


async def collect(street: Stage, *, after_s: float) -> int:
    """How many files go when so much time has passed."""
    clock = MovableClock(at=datetime.now(UTC))  # noqa: TID251 - files are dated by the machine
    clock.forward(after_s)
    house = street.house
    collector = Collector(
        stock=house.blobs, use=house.store.blob_use, clock=clock, stop=asyncio.Event()
    )
    return sum([await collector.collect(part) for part in range(PARTS)])


@pytest.mark.parametrize("line", ["/imagine a fox --seed 5", "/imagine a fox --seed 5 --n 3"])
async def test_a_repeat_is_at_no_cost_long_after_what_was_sent_is_gone(tmp_path, line):
    shop = Shop("shop", (model("m", max_count=2),))
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        first = await ana.gets(line)
        await street.ended(ana)
        paid = len(shop.calls)
        assert await collect(street, after_s=2 * GRACE_S) == len(first.pictures)
        second = await ana.gets(line)
        job = await street.newest_job(ana.person)
        assert await collect(street, after_s=2 * GRACE_S) == 0
        label = read_label(await street.house.blobs.get(second.pictures[0].full))

    assert len(shop.calls) == paid
    assert job.cost_microusd == 0
    assert second.lines[0].startswith("Painted before, as request 1:")
    told = [
        [(one.full, one.view, one.thumbnail, one.seed, one.alt) for one in card.pictures]
        for card in (first, second)
    ]
    assert told[0] == told[1]
    assert label is not None
    assert label.source_type is SourceType.TRAINED_ALGORITHMIC_MEDIA


async def test_a_kept_picture_that_vanished_from_the_disk_is_painted_again(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        first = await ana.gets("/imagine a fox --seed 5")
        await street.ended(ana)
        key = first.pictures[0].full
        (tmp_path / "pictures" / key[:2] / key).unlink()
        second = await ana.gets("/imagine a fox --seed 5")

    assert len(shop.calls) == 2
    assert second.tone is Tone.DONE
    assert second.lines == ()


async def test_a_seed_the_bot_chose_can_be_asked_for_again(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        first = await ana.gets("/imagine a fox")
        await ana.gets(f"/imagine a fox --seed {first.pictures[0].seed}")

    assert len(shop.calls) == 1


@pytest.mark.parametrize(
    ("line", "workspace"),
    [
        ("/imagine a fox --seed 5 --fresh", "W"),
        ("/imagine a fox --seed 6", "W"),
        ("/imagine a fox", "W"),
        ("/imagine a hen --seed 5", "W"),
        ("/imagine a fox --seed 5", "another"),
    ],
)
async def test_what_is_not_the_same_is_painted(tmp_path, line, workspace):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop)) as street:
        await street.actor("ana").gets("/imagine a fox --seed 5")
        card = await street.actor("ben", workspace=workspace).gets(line)

    assert len(shop.calls) == 2
    assert card.lines == ()


async def test_the_house_can_have_everything_painted_anew(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop), cache=False) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox --seed 5")
        await ana.gets("/imagine a fox --seed 5")

    assert len(shop.calls) == 2


async def test_a_picture_that_was_deleted_or_reported_is_never_shown_again(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        for number, seed in enumerate((5, 6), start=1):
            card = await ana.gets(f"/imagine a fox --seed {seed}")
            label = ("Delete", "Report")[number - 1]
            press = next(one for one in card.menu if one.label == label)
            await ana.presses(press, **({} if number == 1 else {"reason": "Violent"}))
            await ana.gets(f"/imagine a fox --seed {seed}")

    assert len(shop.calls) == 4


async def test_a_draft_is_finished_by_painting_over_it_in_full_size(tmp_path):
    shop = Shop("shop", (model("m", repairs=("faces",)),))
    street_of = open_street(tmp_path, stall(shop), draft_side_px=64, side_px=128)
    async with street_of as street:
        ana = street.actor("ana")
        draft = await ana.gets("/imagine a fox --draft --seed 9")
        card = await ana.gets_by(button(draft, "Finish"))

    first, second = shop.paid
    assert (first.width_px, second.width_px) == (64, 128)
    assert second.operation is Operation.IMAGE_TO_IMAGE
    assert (second.seed, second.prompt) == (9, "a fox")
    assert second.strength == 0.3
    assert second.repair == ("faces",)
    assert second.source_image is not None
    assert card.pictures[0].width_px == 128


async def test_a_draft_nobody_can_paint_over_is_upscaled_by_whoever_can(tmp_path):
    painter = Shop("painter", (model("m", operations=frozenset({Operation.TEXT_TO_IMAGE})),))
    local = Shop(
        "local", (model("up", operations=frozenset({Operation.UPSCALE}), is_ai_model=False),)
    )
    stalls = stall(painter), stall(local)
    async with open_street(tmp_path, *stalls, draft_side_px=64, side_px=128) as street:
        ana = street.actor("ana")
        draft = await ana.gets("/imagine a fox --draft --n 2")
        card = await ana.gets_by(button(draft, "Finish 2"))

    assert [request.operation for request in local.paid] == [Operation.UPSCALE]
    assert card.pictures[0].width_px == 128


async def test_a_draft_goes_to_the_cheapest_model(tmp_path):
    def priced(microusd: int) -> Price:
        return Price(per_image_microusd=microusd, source="test", read_on=date(2026, 11, 1))

    shop = Shop("shop", (model("good", price=priced(40_000)), model("quick", price=priced(3_000))))
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox --draft")
        await ana.gets("/imagine a fox")

    assert [request.model for request in shop.paid] == ["quick", "good"]


async def test_without_the_providers_own_bill_the_price_of_what_it_gave_is_written_down(tmp_path):
    price = Price(per_image_microusd=40_000, source="test", read_on=date(2026, 11, 1))
    shop = Shop("shop", (model("m", price=price),), cost_microusd=None)
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox --n 3")
        job = await street.newest_job(ana.person)

    assert job.cost_microusd == 120_000


async def test_only_providers_whose_terms_fit_are_asked(tmp_path):
    unknown = Shop("unknown", (model("first"),))
    trains = Shop("trains", (model("second", data_terms=DataTerms(trains_on_data=True)),))
    terms = DataTerms(retention_days=30, region="EU-west", trains_on_data=False)
    fits = Shop("fits", (model("third", data_terms=terms),))
    stalls = stall(unknown), stall(trains), stall(fits)
    async with open_street(tmp_path, *stalls, regions=["eu"], training=False) as street:
        ana = street.actor("ana")
        card = await ana.gets("/imagine a fox")
        refused = await ana.gets("/imagine a fox --model first")

    assert card.tone is Tone.DONE
    assert unknown.calls == trains.calls == []
    assert refused.lines[0] == "The model 'first' may not be used here."


async def test_a_workspace_can_be_stricter_than_the_house_and_only_for_itself(tmp_path):
    shop = Shop("shop", (model("first"), model("second")))
    async with open_street(tmp_path, stall(shop)) as street:
        ana, ben = street.actor("ana"), street.actor("ben", workspace="V")
        told = await street.actor("ida", Role.ADMIN).says("/admin model deny first")
        await ana.gets("/imagine a fox")
        await ben.gets("/imagine a fox")

    assert [request.model for request in shop.paid] == ["second", "first"]
    assert " - first" in told.card.preformatted
    assert " + second" in told.card.preformatted


async def test_admins_allow_only_terms_that_fit_and_providers_that_are_on(tmp_path):
    eu = DataTerms(retention_days=30, region="eu", trains_on_data=False)
    away, here = (
        Shop("away", (model("first", data_terms=DataTerms(region="us", trains_on_data=True)),)),
        Shop("here", (model("second", data_terms=eu),)),
    )
    async with open_street(tmp_path, stall(away), stall(here)) as street:
        ana, ida = street.actor("ana"), street.actor("ida", Role.ADMIN)
        await ida.says("/admin model allow --region eu --no-training")
        await ana.gets("/imagine a fox")
        await ida.says("/admin provider off here")
        nobody = await ana.gets("/imagine a hen")
        await ida.says("/admin model allow everything")
        await ana.gets("/imagine a cat")

    assert [request.prompt for request in here.paid] == ["a fox"]
    assert nobody.headline == "No model here can do that"
    assert [request.prompt for request in away.paid] == ["a cat"]


@pytest.mark.parametrize("typed", [",", '""', "eu,any"])
async def test_regions_that_name_none_change_nothing_and_are_sent_back(tmp_path, typed):
    async with open_street(tmp_path, stall(Shop("shop", (model("m"),)))) as street:
        told = await street.actor("ida", Role.ADMIN).says(f"/admin model allow --region {typed}")
        rules = await street.house.desk.rulebook.current(street.actor("ana").person.workspace_id)

    assert told.card.headline == "That needs a small change"
    assert "Nothing was changed." in told.card.lines
    assert rules.routing.terms.regions == frozenset()


async def test_a_comma_too_many_lets_no_unknown_region_in(tmp_path):
    unknown = Shop("unknown", (model("first"),))
    async with open_street(tmp_path, stall(unknown)) as street:
        ana, ida = street.actor("ana"), street.actor("ida", Role.ADMIN)
        told = await ida.says("/admin model allow region eu,")
        nobody = await ana.gets("/imagine a fox")

    assert told.card.preformatted.startswith("only in: eu\n")
    assert nobody.headline == "No model here can do that"
    assert unknown.calls == []


async def test_a_wrong_provider_is_answered_with_the_nearest(tmp_path):
    async with open_street(tmp_path, stall(Shop("house", (model("m"),)))) as street:
        told = await street.actor("ida", Role.ADMIN).says("/admin provider off hause")

    assert "Did you mean house?" in told.card.lines


async def test_samplers_loras_and_controls_reach_the_model_that_has_them(tmp_path):
    able = model(
        "able",
        samplers=("euler", "heun"),
        max_loras=2,
        controls=("canny", "depth"),
        operations=frozenset({Operation.TEXT_TO_IMAGE, Operation.CONTROL}),
    )
    shop = Shop("shop", (able,))
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox --sampler euler --lora ink:0.5,detail")
        wrong = await ana.says("/imagine a fox --sampler eulr")
        unread = await ana.says("/imagine a fox --lora a:9")
        alone = await ana.says("/imagine a fox --control canny")
        key = await street.house.desk.blobs.put(square(shop.paid[0], 0).data)
        unlike = await ana.says("/imagine a fox --control cany", reference=key)
        await ana.says("/imagine a hen --control canny", reference=key)
        await street.newest_final(ana.person)

    painted, followed = shop.paid
    assert painted.sampler == "euler"
    assert painted.loras == (Lora(name="ink", weight=0.5), Lora(name="detail"))
    assert "Did you mean euler?" in wrong.card.lines[0]
    assert "Did you mean canny?" in unlike.card.lines[0]
    assert "can't be read" in unread.card.lines[0]
    assert "no picture to follow" in alone.card.lines[0]
    assert followed.operation is Operation.CONTROL
    assert followed.control_kind == "canny"
    assert followed.control_image is not None
    assert followed.source_image is None


async def test_the_form_and_the_completion_have_what_the_models_here_have(tmp_path):
    plain = model("plain")
    able = model(
        "able",
        samplers=("heun", "DPM++ 2M"),
        max_loras=2,
        loras=("ink",),
        controls=("depth",),
        operations=frozenset({Operation.TEXT_TO_IMAGE, Operation.CONTROL}),
    )
    form_of = Action(verb=Verb.IMAGINE, target=0)
    async with open_street(tmp_path / "one", stall(Shop("shop", (plain, able)))) as street:
        form = (await street.actor("ana").presses(form_of)).form
        catalog = street.house.desk.catalog
        known = [
            catalog.suggestions(find_flag(name), Wordings())
            for name in ("sampler", "lora", "control")
        ]
    async with open_street(tmp_path / "two", stall(Shop("shop", (plain,)))) as street:
        without = (await street.actor("ana").presses(form_of)).form

    fields = {one.name: one for one in form.inputs}
    assert fields["sampler"].choices == ("DPM++ 2M", "heun")
    assert fields["control"].choices == ("depth",)
    assert "lora" in fields
    assert known == [("DPM++ 2M", "heun"), ("ink",), ("depth",)]
    assert not {"sampler", "lora", "control"} & {one.name for one in without.inputs}


async def test_a_model_without_samplers_says_that_it_left_them_out(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox --sampler euler --lora ink")
        job = await street.newest_job(ana.person)

    assert job.plan.notes == ("m takes no --sampler or --lora, so that was left out.",)
    assert (shop.paid[0].sampler, shop.paid[0].loras) == (None, ())


async def test_a_seed_we_chose_is_told_where_the_provider_takes_it_and_says_nothing(tmp_path):
    offer = model("m", seed=SeedSupport.INPUT, max_count=1)
    shop = Shop("shop", (offer,), tells_seeds=False)
    async with open_street(tmp_path, stall(shop)) as street:
        card = await street.actor("ana").gets("/imagine a fox --n 3 --seed 40")

    assert [request.seed for request in shop.paid] == [40, 41, 42]
    assert [picture.seed for picture in card.pictures] == [40, 41, 42]


async def test_of_a_batch_of_one_seed_only_the_first_is_known_to_have_it(tmp_path):
    offer = model("m", seed=SeedSupport.INPUT, max_count=4)
    shop = Shop("shop", (offer,), tells_seeds=False)
    async with open_street(tmp_path, stall(shop)) as street:
        card = await street.actor("ana").gets("/imagine a fox --n 3 --seed 40")

    assert [picture.seed for picture in card.pictures] == [40, None, None]
