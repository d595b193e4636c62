"""What `/metrics` says of a house at work, against what its database says."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from datetime import date
from pathlib import Path

from bot.domain.action import Action, Verb
from bot.domain.identity import Role
from bot.domain.job import JobState
from providers import (
    Busy,
    Call,
    ContentBlocked,
    Event,
    GenerationRequest,
    InvalidRequest,
    Price,
    Unavailable,
)
from tests.scenarios.metrics_port import open_port_of
from tests.scenarios.shops import Shop, model, open_street, stall
from tests.scenarios.stage import Stage
from tests.telemetry.scraping import Scrape

A_PICTURE = 1000
WITHHELD = 333
"""What the provider bills for one it withheld."""
PRICE = Price(per_image_microusd=A_PICTURE, source="this test", read_on=date(2026, 11, 25))


def rows(folder: Path, sql: str) -> Sequence[tuple[int, ...]]:
    database = sqlite3.connect(folder / "impasto.db")
    found = database.execute(sql).fetchall()
    database.close()
    return found


def billed(folder: Path) -> int:
    """What the call journal says was bought, calls without a picture included."""
    answers = rows(folder, "SELECT answer FROM call WHERE answer IS NOT NULL")
    return sum(json.loads(str(answer))["cost_microusd"] or 0 for (answer,) in answers)


def fault_of(request):
    """Seed 41 is painted, billed and withheld by the provider, and a hen it can't paint at all."""
    if request.seed == 41:
        return ContentBlocked("no", stage="output").charging(WITHHELD)
    if "hen" in request.prompt:
        return InvalidRequest("no hens")
    return None


class HalfStopped(Shop):
    """A shop that never comes to an end with seed 91."""

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        if request.seed == 91:
            await asyncio.Event().wait()
        async for event in super().generate(request, call):
            yield event


def half_stopped() -> HalfStopped:
    return HalfStopped("shop", (model("m", max_count=1, price=PRICE),), fault=fault_of)


async def cancel_half_painted(street: Stage, folder: Path) -> None:
    """One of two calls has answered and is paid when its asker cancels."""
    cat = street.actor("cat")
    await cat.says("/imagine a slow fox --n 2 --seed 90")
    job = await street.newest_job(cat.person)
    answered = f"SELECT count(*) FROM call WHERE job = {job.id} AND state = 'answered'"
    async with asyncio.timeout(20):
        while rows(folder, answered)[0][0] == 0:
            await street.house.job_changed(job.id, timeout_s=0.02)
    await cat.presses(Action(verb=Verb.CANCEL, target=job.id))
    await street.chat.final(job.id)


async def mixed_run(street: Stage, folder: Path) -> None:
    """Deliveries, a partial one, a repeat, refusals on both sides of the money, a failure, cancels."""
    ana, ben = street.actor("ana"), street.actor("ben")
    await ana.gets("/imagine a fox --n 3 --seed 5")
    await ana.gets("/imagine a fox --n 3 --seed 5")
    await ana.gets("/imagine a wolf --n 4 --seed 40")
    await ben.gets("/imagine an ugly fox --n 2 --seed 60")
    await ben.gets("/imagine a forbidden fox")
    await ben.gets("/imagine a hen --seed 70")
    await cancel_half_painted(street, folder)
    dan = street.actor("dan")
    await dan.gets("/imagine a bear --seed 80")
    for who in (ana, ben, dan):
        await street.ended(who)


async def test_after_a_mixed_run_the_money_agrees_with_the_ledger(tmp_path):
    shop = half_stopped()
    async with open_street(tmp_path, stall(shop)) as street:
        owner = street.actor("oz", Role.OWNER)
        await owner.says("/admin budget set everyone $5/day installation")
        await mixed_run(street, tmp_path)
        jobs = rows(tmp_path, "SELECT count(*) FROM job")[0][0]
        async with open_port_of(street.house) as port:
            found = await port.until(lambda one: one.total("impasto_jobs_ended_total") == jobs)

    bought = billed(tmp_path)
    assert bought == len(shop.paid) * A_PICTURE + WITHHELD
    assert shop.paid
    assert found.total("impasto_provider_cost_microusd_total") == bought
    ((by_job,),) = rows(tmp_path, "SELECT sum(cost_microusd) FROM job WHERE state <> 'running'")
    assert found.total("impasto_job_cost_microusd_total") == by_job == bought
    ((spent, held),) = rows(
        tmp_path,
        "SELECT spent_microusd, held_microusd FROM spending WHERE scope = 'installation'",
    )
    assert (spent, held) == (bought, 0)
    ((settled,),) = rows(tmp_path, "SELECT sum(microusd) FROM charge WHERE kind = 'settle'")
    assert found.total("impasto_image_cost_microusd_sum") == settled
    assert 0 < settled < bought


async def test_after_a_mixed_run_every_job_and_picture_is_counted_once(tmp_path):
    shop = half_stopped()
    async with open_street(tmp_path, stall(shop)) as street:
        await mixed_run(street, tmp_path)
        jobs = rows(tmp_path, "SELECT count(*) FROM job")[0][0]
        async with open_port_of(street.house) as port:
            found = await port.until(lambda one: one.total("impasto_jobs_ended_total") == jobs)

    assert found.total("impasto_jobs_accepted_total", surface="test") == jobs
    for state, count in rows(tmp_path, "SELECT state, count(*) FROM job GROUP BY state"):
        assert found.total("impasto_jobs_ended_total", outcome=str(state)) == count
    assert found.total("impasto_jobs_ended_total", reason="blocked_prompt") == 1
    assert found.total("impasto_jobs_ended_total", reason="blocked_image") == 1
    ((shown,),) = rows(
        tmp_path,
        "SELECT count(*) FROM image JOIN job ON job.id = image.job WHERE job.state = 'delivered'",
    )
    assert found.total("impasto_images_delivered_total", surface="test", model="m") == shown
    assert found.total("impasto_image_cost_microusd_count") == shown
    calls = found.total("impasto_provider_calls_total", provider="shop", outcome="answered")
    assert calls == rows(tmp_path, "SELECT count(*) FROM call WHERE state = 'answered'")[0][0]
    assert found.total("impasto_provider_calls_total", outcome="content_blocked") == 1
    assert found.total("impasto_provider_calls_total", outcome="invalid_request") == 1
    assert found.total("impasto_provider_calls_total", outcome="interrupted") == 1
    assert found.total("impasto_moderation_verdicts_total", gate="prompt", verdict="block") == 1
    judged = found.total(
        "impasto_moderation_verdicts_total", gate="image", judge="words", category="sexual"
    )
    assert judged == 2
    assert found.total("impasto_job_wait_seconds_count") > 0
    assert found.total("impasto_job_painting_seconds_count") > 0
    assert found.total("impasto_provider_call_duration_seconds_count", provider="shop") > calls


async def test_a_picture_costs_what_its_own_job_paid_for_it(tmp_path):
    shop = Shop("shop", (model("m", price=PRICE),))
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox --n 4 --seed 1")
        await street.ended(ana)
        async with open_port_of(street.house) as port:
            found = await port.until(lambda one: one.total("impasto_images_delivered_total") == 4)

    assert found.total("impasto_image_cost_microusd_sum", model="m") == 4 * A_PICTURE
    assert found.total("impasto_image_cost_microusd_bucket", model="m", le="1000.0") == 4


async def test_the_line_and_the_outbox_are_told_from_the_database(tmp_path):
    shop = Shop("shop", (model("m"),))
    shop.gate.clear()
    async with open_street(tmp_path, stall(shop, max_concurrent=1), slots=1) as street:
        ana = street.actor("ana")
        for number in range(3):
            await ana.says(f"/imagine fox number {number}")
        async with asyncio.timeout(20):
            while (await street.house.store.backlogs.now()).jobs["in_line"] < 2:
                await street.house.job_changed(
                    (await street.newest_job(ana.person)).id, timeout_s=0.05
                )
        async with open_port_of(street.house) as port:
            found = await port.scrape()
            shop.gate.set()

    assert found.total("impasto_queue_jobs", state="running") == 1
    assert found.total("impasto_queue_jobs", state="in_line") == 2
    assert found.total("impasto_queue_oldest_wait_seconds") > 0
    assert found.total("impasto_database_up") == 1


async def test_a_provider_that_fails_three_times_is_shown_as_left_alone(tmp_path):
    shop = Shop("shop", (model("m"),), fault=lambda _: Unavailable("down"))
    async with open_street(tmp_path, stall(shop), deadline_s=10, stand_ins=False) as street:
        anas = [street.actor(name) for name in ("ana", "ben", "cat")]
        await asyncio.gather(*(one.says("/imagine a fox") for one in anas))
        async with asyncio.timeout(20):
            while not await street.house._worker.studio.calls.traffic.breakers.shut(("shop",)):
                await street.house.job_changed(
                    (await street.newest_job(anas[0].person)).id, timeout_s=0.05
                )
        async with open_port_of(street.house) as port:
            found = await port.scrape()

    assert found.total("impasto_provider_breaker_open", provider="shop") == 1
    assert found.total("impasto_provider_calls_total", outcome="unavailable") >= 3


async def test_who_is_turned_away_before_there_is_a_job_is_counted_by_reason(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop), images_per_day=1) as street:
        ana = street.actor("ana")
        await ana.says("/imagine a fox --n 2")
        async with open_port_of(street.house) as port:
            found = await port.scrape()

    assert found.total("impasto_requests_refused_total", surface="test", reason="over_quota") == 1
    assert found.total("impasto_jobs_accepted_total") == 0


async def test_who_is_stopped_at_the_door_is_counted_once(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop)) as street:
        ida, ana = street.actor("ida", Role.ADMIN), street.actor("ana")
        await ida.says("/admin access deny everywhere")
        reply = await ana.says("/imagine a fox")
        async with open_port_of(street.house) as port:
            found = await port.scrape()

    assert reply.job is None
    assert found.total("impasto_requests_refused_total", surface="test", reason="not_let_in") == 1


async def test_waiting_for_a_rate_limit_is_measured(tmp_path):
    faults: list[Busy | None] = [Busy("slow down", retry_after_s=0.3)]
    shop = Shop("shop", (model("m"),), fault=lambda _: faults.pop() if faults else None)
    async with open_street(tmp_path, stall(shop)) as street:
        await street.actor("ana").gets("/imagine a fox")
        async with open_port_of(street.house) as port:
            found = await port.scrape()

    assert found.total("impasto_provider_calls_total", outcome="busy") == 1
    assert found.total("impasto_rate_limit_wait_seconds_count", limiter="provider") >= 1


def growth(found: Scrape) -> int:
    return len([one for one in found.samples if one.name.startswith("impasto_")])


async def test_a_hundred_people_of_ten_workspaces_add_no_series(tmp_path):
    shop = Shop("shop", (model("m"),))
    async with open_street(tmp_path, stall(shop)) as street:
        first = street.actor("ana")
        await first.gets("/imagine a fox")
        await street.ended(first)
        async with open_port_of(street.house) as port:
            before = await port.until(lambda one: one.total("impasto_images_delivered_total") == 1)
            people = [
                street.actor(f"user{number}", workspace=f"W{number % 10}") for number in range(100)
            ]
            await asyncio.gather(
                *(one.gets(f"/imagine fox for {one.person.user}") for one in people)
            )
            after = await port.until(lambda one: one.total("impasto_images_delivered_total") == 101)

    assert growth(after) == growth(before)
    assert len(after.samples) < 2000
    assert JobState.DELIVERED in {
        labels["outcome"] for labels in after.of("impasto_jobs_ended_total")
    }
