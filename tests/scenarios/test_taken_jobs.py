"""A job that a provider has taken is its own: whatever a look at it says, nobody else is paid for the same picture."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest

from bot.domain.card import Tone
from bot.domain.job import JobState, Reason
from providers import (
    Busy,
    Call,
    ContentBlocked,
    CreditExhausted,
    Delivery,
    Done,
    Event,
    GenerationRequest,
    InvalidRequest,
    ModelGone,
    ProviderError,
    Result,
    Submitted,
    Unauthorized,
)
from tests.scenarios.shops import Shop, model, open_street, square, stall


@dataclass
class TakingShop(Shop):
    """Takes each job under an id; `looks` are the errors that the next looks end with."""

    looks: list[ProviderError] = field(default_factory=list)
    bills: float = 1000

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        self.paid.append(request)
        remote_id = f"job-{len(self.paid)}"
        yield Submitted(remote_id=remote_id)
        async for event in self.resume(remote_id, request, call):
            yield event

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        self.keys.append(remote_id)
        async with self.painting:
            self.painting.notify_all()
        if self.looks:
            raise self.looks.pop(0)
        yield Done(result=Result(images=(square(request, 0),), cost_microusd=self.bills))


def two_shops(*looks: ProviderError) -> tuple[TakingShop, Shop]:
    offered = (model("m", delivery=Delivery.POLL),)
    return TakingShop("first", offered, looks=list(looks)), Shop("second", offered)


@pytest.mark.parametrize("error", [Unauthorized("401"), CreditExhausted("402")])
async def test_a_look_that_is_refused_is_taken_again_and_nobody_else_is_paid(tmp_path, error):
    first, second = two_shops(error)
    async with open_street(tmp_path, stall(first, weight=99), stall(second, weight=1)) as street:
        ana = street.actor("ana")
        await ana.says("/imagine a fox --model m")
        job = (await street.newest_job(ana.person)).id
        await street.until(lambda: first.keys == ["job-1", "job-1"], job)
        card = await street.newest_final(ana.person)

    assert card.tone is Tone.DONE
    assert len(first.paid) == 1
    assert second.calls == []


async def test_a_job_that_is_not_there_any_more_is_not_bought_again_unasked(tmp_path):
    first, second = two_shops(ModelGone("404"))
    async with open_street(tmp_path, stall(first, weight=99), stall(second, weight=1)) as street:
        ana = street.actor("ana")
        await ana.says("/imagine a fox --model m")
        await street.newest_final(ana.person)
        job = await street.ended(ana)

    assert job.state is JobState.FAILED
    assert job.ending.reason is Reason.OUTCOME_UNKNOWN
    assert len(first.paid) == 1
    assert second.calls == []


@pytest.mark.parametrize("no", [ContentBlocked("no"), InvalidRequest("no")])
async def test_a_part_that_was_refused_is_not_sent_again_when_its_sibling_waits(tmp_path, no):
    def fault(request: GenerationRequest) -> ProviderError | None:
        if len(shop.calls) == 1:
            return no
        return Busy("full", retry_after_s=2.0) if len(shop.calls) == 2 else None

    shop = Shop("shop", (model("m", max_count=1),), fault=fault)
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        await ana.gets("/imagine a fox --n 2 --seed 5")

    assert [request.seed for request in shop.calls].count(shop.calls[0].seed) == 1


async def test_no_call_is_begun_when_the_jobs_time_is_nearly_over(tmp_path):
    """Parts that waited for their lane until then are not sent: they would be billed and thrown away."""
    shop = Shop("slow", (model("m", max_count=1),))
    shop.gate.clear()
    async with open_street(tmp_path, stall(shop, max_concurrent=1), deadline_s=10.0) as street:
        ana = street.actor("ana")
        await ana.says("/imagine a fox --n 3")
        async with shop.painting:
            await shop.painting.wait_for(lambda: shop.calls)
        await street.newest_final(ana.person)
        shut = await street.house._worker.studio.calls.traffic.breakers.shut(("slow",))

    assert len(shop.calls) == 1
    assert shut.get("slow", 0.0) == 0.0


@pytest.mark.parametrize(
    ("bills", "booked"), [(0.04 * 1e6 + 1e-9, 40_000), (-1, 0), (float("nan"), 0)]
)
async def test_a_strangers_figure_is_booked_as_money_or_not_at_all(tmp_path, bills, booked):
    """A plug-in that tells what is no sum must not keep any job from being read or ended."""
    shop = TakingShop("odd", (model("m", delivery=Delivery.POLL),), bills=bills)
    async with open_street(tmp_path, stall(shop)) as street:
        ana = street.actor("ana")
        card = await ana.gets("/imagine a fox --model m")
        job = await street.ended(ana)
        [call] = await street.house.store.journal.calls(job.id)

    assert card.tone is Tone.DONE
    assert (call.answer.cost_microusd or 0) == booked
    assert (job.cost_microusd or 0) == booked
