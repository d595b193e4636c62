"""A provider that is down, full or gone costs nobody a picture, and nobody pays twice."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from bot.domain.card import Card, Tone
from bot.domain.job import JobState
from bot.ports import Rate
from bot.wiring.fittings import SystemClock
from providers import (
    BadAnswer,
    Busy,
    Headroom,
    ModelGone,
    NoImage,
    Operation,
    OutcomeUnknown,
    SeedSupport,
    Unavailable,
)
from tests.scenarios.shops import Shop, model, open_street, stall


def down(_request: object) -> Unavailable:
    return Unavailable("connection refused")


def button(card: Card, label: str):
    return next(one for row in card.rows for one in row if one.label.startswith(label))


def field_of(card: Card, name: str) -> str:
    return next(field.value for field in card.fields if field.name == name)


async def test_another_provider_of_the_same_model_does_it_without_a_word(tmp_path):
    dead, well = Shop("dead", (model("m"),), fault=down), Shop("well", (model("m"),))
    async with open_street(tmp_path, stall(dead, weight=1000), stall(well, weight=1)) as street:
        card = await street.actor("ana").gets("/imagine a fox")

    assert card.tone is Tone.DONE
    assert card.lines == ()
    assert len(well.paid) == 1


async def test_an_equivalent_model_does_it_and_the_answer_says_so(tmp_path):
    dead, well = Shop("dead", (model("first"),), fault=down), Shop("well", (model("second"),))
    async with open_street(tmp_path, stall(dead), stall(well)) as street:
        card = await street.actor("ana").gets("/imagine a fox")

    assert card.lines == ("first couldn't do it just now, so second did.",)
    assert field_of(card, "Model") == "second"


async def test_a_model_asked_for_by_name_is_never_replaced(tmp_path):
    dead, well = Shop("dead", (model("first"),), fault=down), Shop("well", (model("second"),))
    dead.fault = lambda request: OutcomeUnknown("lost")
    async with open_street(tmp_path, stall(dead), stall(well)) as street:
        card = await street.actor("ana").gets("/imagine a fox --model first")

    assert card.tone is Tone.FAILED
    assert well.calls == []


async def test_a_model_that_is_no_equal_is_not_asked(tmp_path):
    dead = Shop("dead", (model("first"),), fault=lambda request: ModelGone("retired"))
    seedless = Shop("seedless", (model("second", seed=SeedSupport.NONE),))
    sketch = Shop("sketch", (model("third", is_ai_model=False),))
    async with open_street(tmp_path, stall(dead), stall(seedless), stall(sketch)) as street:
        card = await street.actor("ana").gets("/imagine a fox --seed 7")

    assert card.tone is Tone.FAILED
    assert seedless.calls == sketch.calls == []


@pytest.mark.parametrize("flags", ["", " --model old"])
async def test_a_model_whose_time_is_over_falls_to_its_successor(tmp_path, flags):
    ended = date(2026, 1, 1)
    shop = Shop("shop", (model("old", shutdown=ended, successor="new"), model("new")))
    async with open_street(tmp_path, stall(shop)) as street:
        card = await street.actor("ana").gets(f"/imagine a fox{flags}")

    assert field_of(card, "Model") == "new"
    assert card.lines == (("old was retired; new, its successor, did this.",) if flags else ())


async def test_a_named_model_that_turns_out_to_be_gone_falls_to_its_successor(tmp_path):
    old, new = model("old", successor="new"), model("new")
    shop = Shop("shop", (old, new))
    shop.fault = lambda request: ModelGone("retired") if request.model == "old" else None
    async with open_street(tmp_path, stall(shop)) as street:
        card = await street.actor("ana").gets("/imagine a fox --model old")

    assert card.tone is Tone.DONE
    assert card.lines == ("old couldn't do it just now, so new did.",)
    assert [request.model for request in shop.paid] == ["new"]


async def test_admins_are_warned_a_month_ahead(tmp_path):
    today = SystemClock().now().date()
    soon, later = today + timedelta(days=29), today + timedelta(days=40)
    shop = Shop("shop", (model("a", shutdown=soon), model("b", shutdown=later)))
    async with open_street(tmp_path, stall(shop)) as street:
        notices = street.house.desk.catalog.notices(today)

    assert [(notice.model, notice.shutdown) for notice in notices] == [("a", soon)]


async def test_a_provider_killed_under_load_gets_three_calls_and_those_in_flight(tmp_path):
    """Twenty requests; the heavier of two providers refuses every connection."""
    dead, well = Shop("dead", (model("m"),), fault=down), Shop("well", (model("m"),))
    cap = 4
    stalls = (
        stall(dead, weight=1000, max_concurrent=cap),
        stall(well, weight=1, max_concurrent=8),
    )
    async with open_street(tmp_path, *stalls) as street:
        people = [street.actor(f"u{number}") for number in range(20)]
        await asyncio.gather(*(one.says("/imagine a fox --n 2") for one in people))
        cards = await asyncio.gather(*(street.newest_final(one.person) for one in people))
        jobs = [await street.newest_job(one.person) for one in people]

    assert all(card.tone is Tone.DONE for card in cards)
    assert all(job.cost_microusd == 2000 for job in jobs)
    assert len(dead.calls) <= 3 + cap
    assert sum(request.count for request in well.paid) == 40
    assert len(set(well.keys)) == len(well.keys)
    assert well.called_at[0] - dead.called_at[min(2, len(dead.called_at) - 1)] < 10


async def test_a_dead_provider_holds_up_nobody_elses_jobs(tmp_path):
    dead, well = Shop("dead", (model("d"),), fault=down), Shop("well", (model("w"),))
    async with open_street(tmp_path, stall(dead), stall(well), stand_ins=False) as street:
        ana, ben = street.actor("ana"), street.actor("ben")
        await ana.says("/imagine a fox --model d")
        card = await ben.gets("/imagine a hen --model w")
        waiting = await street.newest_job(ana.person)

    assert card.tone is Tone.DONE
    assert waiting.state in {JobState.RUNNING, JobState.DELAYED}


async def test_while_a_provider_is_shut_new_requests_go_elsewhere_at_once_and_say_so(tmp_path):
    dead, well = Shop("dead", (model("first"),), fault=down), Shop("well", (model("second"),))
    async with open_street(tmp_path, stall(dead), stall(well)) as street:
        ana = street.actor("ana")
        for _ in range(3):
            await ana.gets("/imagine a fox")
        before = len(dead.calls)
        card = await ana.gets("/imagine a fox")

    assert len(dead.calls) == before == 3
    assert card.lines == ("first can't be reached just now, so second did this.",)


async def test_a_provider_that_asks_for_a_pause_gets_it_and_is_asked_again(tmp_path):
    busy = [Busy("slow down", retry_after_s=1.5)]
    shop = Shop("shop", (model("m"),), fault=lambda request: busy.pop() if busy else None)
    async with open_street(tmp_path, stall(shop)) as street:
        card = await street.actor("ana").gets("/imagine a fox")

    assert card.tone is Tone.DONE
    first, second = shop.called_at
    assert second - first >= 1.4
    assert len(shop.paid) == 1


async def test_our_own_rate_is_kept(tmp_path):
    shop = Shop("shop", (model("m", max_count=1),))
    street_of = open_street(tmp_path, stall(shop, rate=Rate(amount=2, per_s=0.5)))
    async with street_of as street:
        card = await street.actor("ana").gets("/imagine a fox --n 6")

    assert len(card.pictures) == 6
    assert shop.called_at[5] - shop.called_at[0] >= 0.9


async def test_a_stand_in_that_gives_fewer_at_once_is_asked_as_often_as_it_takes(tmp_path):
    dead = Shop("dead", (model("first"),), fault=down)
    well = Shop("well", (model("second", max_count=1),))
    async with open_street(tmp_path, stall(dead), stall(well)) as street:
        card = await street.actor("ana").gets("/imagine a fox --n 3 --seed 10")

    assert [picture.seed for picture in card.pictures] == [10, 11, 12]
    assert [request.seed for request in well.paid] == [10, 11, 12]


async def test_an_empty_answer_for_no_reason_is_asked_for_once_more_and_no_oftener(tmp_path):
    empty = [NoImage("NO_IMAGE")]
    shop = Shop("shop", (model("m"),), fault=lambda request: empty.pop() if empty else None)
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        card = await ana.gets("/imagine a fox --model m")
        empty += [NoImage("NO_IMAGE") for _ in range(9)]
        failed = await ana.gets("/imagine a hen --model m")

    assert card.tone is Tone.DONE
    assert failed.tone is Tone.FAILED
    assert [request.prompt for request in shop.calls] == ["a fox"] * 2 + ["a hen"] * 2


async def test_any_other_answer_without_a_picture_is_not_asked_for_again(tmp_path):
    shop = Shop("shop", (model("m"),), fault=lambda request: BadAnswer("a page"))
    async with open_street(tmp_path, stall(shop)) as street:
        card = await street.actor("ana").gets("/imagine a fox --model m")

    assert card.tone is Tone.FAILED
    assert len(shop.calls) == 1


async def test_an_enlargement_falls_to_whoever_can_and_to_a_plain_program_last(tmp_path):
    only = frozenset({Operation.UPSCALE})
    painter = Shop("painter", (model("m", operations=frozenset({Operation.TEXT_TO_IMAGE})),))
    dead = Shop("dead", (model("up-1", operations=only),), fault=down)
    local = Shop("local", (model("resize", operations=only, is_ai_model=False),))
    other = Shop("other", (model("up-2", operations=only),))
    stalls = [stall(one) for one in (painter, dead, local, other)]
    async with open_street(tmp_path, *stalls) as street:
        ana = street.actor("ana")
        card = await ana.gets("/imagine a fox")
        first = await ana.gets_by(button(card, "U"))
        other.fault = down
        last = await ana.gets_by(button(card, "U"))

    origin = f"Upscaled from picture #{card.pictures[0].image}."
    assert first.lines == (origin, "up-1 couldn't do it just now, so up-2 did.")
    assert last.lines == (origin, "up-1 couldn't do it just now, so resize did.")
    assert last.pictures[0].width_px == 128


async def test_a_painting_is_still_never_stood_in_for_by_a_plain_program(tmp_path):
    dead = Shop("dead", (model("first"),), fault=lambda request: BadAnswer("no"))
    sketch = Shop("sketch", (model("sketch", is_ai_model=False),))
    async with open_street(tmp_path, stall(dead), stall(sketch)) as street:
        card = await street.actor("ana").gets("/imagine a fox")

    assert card.tone is Tone.FAILED
    assert sketch.calls == []


async def test_a_limit_that_the_provider_tells_is_kept_before_it_is_hit(tmp_path):
    told = Headroom(calls_left=0, resets_in_s=1.5)
    shop = Shop("shop", (model("m"),), headroom=told)
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox")
        card = await ana.gets("/imagine a hen")

    assert card.tone is Tone.DONE
    first, second = shop.called_at
    assert second - first >= 1.4


async def test_while_one_account_is_full_an_equal_with_another_does_it_at_once(tmp_path):
    full = Shop("full", (model("m"),), headroom=Headroom(calls_left=0, resets_in_s=60))
    free = Shop("free", (model("m"),))
    stalls = stall(full, weight=1000), stall(free, weight=1)
    async with open_street(tmp_path, *stalls) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox")
        card = await ana.gets("/imagine a hen")

    assert card.tone is Tone.DONE
    assert [len(full.calls), len(free.calls)] == [1, 1]
