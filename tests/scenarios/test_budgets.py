"""Budgets in money, as admins set them with words on every platform: held, settled, spent, asked for, told of."""

import asyncio
from datetime import date

from bot.domain.action import Verb
from bot.domain.identity import Role
from bot.domain.job import JobState
from providers import Price
from tests.scenarios.shops import Shop, model, open_street, stall
from tests.scenarios.stage import WAIT_S
from tests.scenarios.test_quotas import all_of

A_PICTURE = 1000
"""Microdollars the painters here take for one."""


def button(card, verb):
    found = [one for row in card.rows for one in row if one.action.verb is verb]
    assert found, card
    return found[0]


async def until_state(stage, actor, state):
    async with asyncio.timeout(WAIT_S):
        while (job := await stage.newest_job(actor.person)).state is not state:
            await stage.house.job_changed(job.id, timeout_s=0.05)
    return job


async def test_what_is_received_is_paid_and_when_it_is_spent_it_is_over(ana, ben, ida):
    told = all_of(await ida.says("/admin budget set @ana $0.003/day"))
    assert "@ana: $0.0030 a day" in told

    await ana.gets("/imagine a fox --n 2")

    left = all_of(await ana.says("/quota"))
    assert "$0.0010 left of $0.0030" in left
    refused = await ana.gets("/imagine a hen --n 2")
    assert refused.headline == "The budget doesn't reach for that"
    assert any("$0.0010 of $0.0030 a day are left, set for @ana" in line for line in refused.lines)
    await ana.gets("/imagine a cow")
    await ben.gets("/imagine a hen --n 2")


async def test_what_is_withheld_costs_its_asker_nothing(ana, ida):
    await ida.says("/admin budget set @ana $0.002/day")

    card = await ana.gets("/imagine an ugly fox --n 2")

    assert card.headline == "The picture can't be shown"
    assert "$0.0020 left of $0.0020" in all_of(await ana.says("/quota"))


async def test_a_budget_of_the_workspace_is_everyones_together(ana, ben, ida):
    await ida.says("/admin budget set workspace $0.002/month")
    await ana.gets("/imagine a fox")
    await ben.gets("/imagine a hen")

    refused = await ana.gets("/imagine a cow")

    assert refused.headline == "The budget doesn't reach for that"
    shown = all_of(await ida.says("/admin budget show"))
    assert "The whole workspace: $0.0020 a month" in shown
    assert (
        "This month: $0.0020 spent, $0.00 held, $0.00 left of $0.0020 (past 100 %); starts anew"
        in shown
    )


async def test_a_budget_that_asks_waits_for_an_admin(stage, ana, ben, ida):
    await ida.says("/admin budget set @ana $0.001/day ask")
    await ana.gets("/imagine a fox")

    await ana.says("/imagine a hen")
    job = await until_state(stage, ana, JobState.PARKED)
    card = await stage.house.cards(job.id)

    assert card.headline == "Waiting for an admin: the budget is spent"
    approve = button(card, Verb.APPROVE)
    assert (await ana.presses(approve)).card.headline == "You may not do that"
    assert (await ida.presses(approve)).card.headline == "Approved"
    assert (await stage.chat.final(job.id)).pictures
    log = all_of(await ida.says("/admin audit budget.approve"))
    assert f"budget.approve  request {job.id}" in log


async def test_a_refusal_offers_to_wait_until_the_budget_is_back(stage, ana, ida):
    await ida.says("/admin budget set @ana $0/day")
    refused = await ana.gets("/imagine a fox")

    reply = await ana.presses(button(refused, Verb.WAIT))
    assert reply.card.headline == "It runs when there is room again"
    await ida.says("/admin budget set @ana $1/day")

    job = await until_state(stage, ana, JobState.DELIVERED)
    assert job.order.ask.prompt == "a fox"


async def test_only_an_owner_sets_the_budget_of_the_installation(stage, ana, ida):
    refused = await ida.says("/admin budget set everyone $5/day installation")

    assert "It takes the role owner" in all_of(refused)


# --- directly, with several providers or several workspaces -----------------------------------------------------------


def price(microusd):
    return Price(per_image_microusd=microusd, source="this test", read_on=date(2026, 11, 25))


async def test_fifty_requests_with_credit_for_one_get_exactly_one(tmp_path):
    shop = Shop(name="shop", offers=(model("m", price=price(A_PICTURE)),))
    async with open_street(tmp_path, stall(shop)) as stage:
        ana, ida = stage.actor("ana"), stage.actor("ida", Role.ADMIN)
        await ida.says("/admin budget set @ana $0.001/day")

        await asyncio.gather(*(ana.says("/imagine a fox") for _ in range(50)))
        jobs = await stage.house.store.queue.jobs_of(ana.person.lane, unfinished=False, limit=99)
        for job in jobs:
            await stage.chat.final(job.id)
        jobs = await stage.house.store.queue.jobs_of(ana.person.lane, unfinished=False, limit=99)

        assert len(shop.paid) == 1
        jobs = await stage.house.store.queue.jobs_of(ana.person.lane, unfinished=False, limit=99)
        states = [job.state for job in jobs]
        assert states.count(JobState.REFUSED) == 49


async def test_a_model_without_a_price_is_not_paid_from_a_budget(tmp_path):
    shop = Shop(name="shop", offers=(model("priceless"), model("m", price=price(500))))
    async with open_street(tmp_path, stall(shop)) as stage:
        ana, ida = stage.actor("ana"), stage.actor("ida", Role.ADMIN)
        await ida.says("/admin budget set everyone $1/day each")

        refused = await ana.gets("/imagine a fox --model priceless")
        painted = await ana.gets("/imagine a fox --model m")

    assert refused.headline == "Nobody knows what this would cost"
    assert painted.pictures


async def test_the_installations_budget_pays_for_all_workspaces_and_for_the_waste(tmp_path):
    shop = Shop(name="shop", offers=(model("m", price=price(A_PICTURE)),))
    async with open_street(tmp_path, stall(shop)) as stage:
        ana, eve = stage.actor("ana"), stage.actor("eve", workspace="X")
        owner = stage.actor("oz", Role.OWNER)
        await owner.says("/admin budget set everyone $0.004/day installation")
        await ana.gets("/imagine an ugly fox")
        await ana.gets("/imagine a fox")
        await eve.gets("/imagine a hen --n 2")

        refused = await eve.gets("/imagine a cow")

        told = all_of(await owner.says("/admin budget show"))
    assert refused.headline == "The budget doesn't reach for that"
    assert "The whole installation: $0.0040 a day" in told
    assert "Today: $0.0040 spent" in told


async def test_the_notices_channel_is_told_once_at_each_mark(tmp_path):
    shop = Shop(name="shop", offers=(model("m", price=price(A_PICTURE)),))
    async with open_street(tmp_path, stall(shop)) as stage:
        ana, ida = stage.actor("ana"), stage.actor("ida", Role.ADMIN)
        await ida.says("/admin notify set #general")
        await ida.says("/admin budget set workspace $0.005/month")
        for number in range(6):
            await ana.gets(f"/imagine fox number {number}")

        async with asyncio.timeout(WAIT_S), stage.chat.news:
            await stage.chat.news.wait_for(lambda: len(stage.chat.said) >= 3)

    said = [one.card.headline for one in stage.chat.said]
    assert said == [
        "50% of the budget of this workspace is spent this month",
        "80% of the budget of this workspace is spent this month",
        "The budget of this workspace is spent for this month",
    ]
    assert {one.channel for one in stage.chat.said} == {"general"}


async def test_the_log_tells_budgets_in_money(ida):
    await ida.says("/admin budget set everyone 10/month ask")

    log = all_of(await ida.says("/admin audit budget.set"))
    assert "nothing -> ask yes, month $10.00" in log
