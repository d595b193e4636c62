"""Providers with job ids: a ring only wakes whoever waits, and a restart never makes a second job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.domain.card import Tone
from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy, operator_host
from bot.pipeline.catalog import Stall
from bot.surfaces.web.webhooks import MAX_BODY_BYTES, Webhooks
from providers import (
    Busy,
    Call,
    Delivery,
    Done,
    Event,
    ForgedRing,
    GenerationRequest,
    ProviderConfig,
    Result,
    Ring,
    Submitted,
)
from tests.scenarios.shops import Shop, model, open_street, square, stall
from tests.scenarios.stage import Stage
from tests.simulators.providers import polling
from tests.simulators.providers.cases import workshop
from tests.simulators.providers.polling_adapter import plugin as polling_plugin

PUBLIC = "https://bot.example"


@dataclass
class SleepyShop(Shop):
    """Asks for its job once an hour, unless somebody rings; `done` holds what is ready."""

    done: set[str] = field(default_factory=set)
    bells: list[str | None] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        self.bells.append(call.webhook_url)
        self.paid.append(request)
        async with self.painting:
            self.painting.notify_all()
        remote_id = f"job-{len(self.paid)}"
        yield Submitted(remote_id=remote_id)
        async for event in self.resume(remote_id, request, call):
            yield event

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        self.asked_for.append(remote_id)
        async with self.painting:
            self.painting.notify_all()
        async with asyncio.timeout(call.timeout_s):
            if remote_id not in self.done:
                await asyncio.Event().wait()
            yield Done(result=Result(images=(square(request, 0),)))

    async def read_ring(self, headers: Mapping[str, str], body: bytes, *, now_s: float) -> Ring:
        if headers.get("x-signature") != "good":
            raise ForgedRing("a wrong signature")
        remote_id, _, event_id = body.decode().partition(" ")
        return Ring(remote_id=remote_id, event_id=event_id)


@asynccontextmanager
async def ringing(street: Stage) -> AsyncIterator[httpx.AsyncClient]:
    house = street.house
    webhooks = Webhooks(
        catalog=house.desk.catalog,
        journal=house.store.journal,
        signals=house.signals,
        clock=house.desk.clock,
    )
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield client


async def wait_for(shop: Shop, found) -> None:
    async with asyncio.timeout(20), shop.painting:
        await shop.painting.wait_for(found)


GOOD = {"x-signature": "good"}


async def test_a_ring_makes_whoever_waits_ask_at_once_and_pays_nothing_twice(tmp_path):
    shop = SleepyShop("sleepy", (model("m", max_count=1, delivery=Delivery.WEBHOOK),))
    async with open_street(tmp_path, stall(shop), public_url=PUBLIC) as street:
        ana = street.actor("ana")
        await ana.says("/imagine a fox")
        await wait_for(shop, lambda: shop.asked_for == ["job-1"])
        async with ringing(street) as http:
            early = await http.post("/webhooks/sleepy", content="job-1 e1", headers=GOOD)
            await wait_for(shop, lambda: len(shop.asked_for) == 2)
            shop.done.add("job-1")
            for _ in range(10):
                await http.post("/webhooks/sleepy", content="job-1 e2", headers=GOOD)
            card = await street.newest_final(ana.person)

    assert early.status_code == 204
    assert shop.bells == [f"{PUBLIC}/webhooks/sleepy"]
    assert card.tone is Tone.DONE
    assert len(shop.paid) == 1
    assert len(shop.asked_for) <= 4


async def test_without_a_public_address_nobody_is_told_where_to_ring(tmp_path):
    shop = SleepyShop("sleepy", (model("m", delivery=Delivery.WEBHOOK),), done={"job-1"})
    async with open_street(tmp_path, stall(shop)) as street:
        card = await street.actor("ana").gets("/imagine a fox")

    assert shop.bells == [None]
    assert card.tone is Tone.DONE


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/webhooks/sleepy", b"job-1 e1", {}, 401),
        ("/webhooks/sleepy", b"job-1 e1", {"x-signature": "bad"}, 401),
        ("/webhooks/silent", b"job-1 e1", GOOD, 404),
        ("/webhooks/nobody", b"job-1 e1", GOOD, 404),
        ("/webhooks/sleepy", b"x" * (MAX_BODY_BYTES + 1), GOOD, 413),
        ("/webhooks/sleepy", b"job-99 e1", GOOD, 204),
    ],
)
async def test_a_ring_that_means_nothing_here_changes_nothing(
    tmp_path, path, body, headers, status
):
    sleepy = SleepyShop("sleepy", (model("m"),))
    silent = Shop("silent", (model("n"),))
    async with (
        open_street(tmp_path, stall(sleepy), stall(silent), public_url=PUBLIC) as street,
        ringing(street) as http,
    ):
        answer = await http.post(path, content=body, headers=headers)

    assert answer.status_code == status
    assert sleepy.asked_for == []


@asynccontextmanager
async def polled(base_url: str) -> AsyncIterator[Stall]:
    policy = OutboundPolicy(operator_hosts=frozenset({operator_host(base_url)}))
    async with make_client(policy) as http:
        config = ProviderConfig(name="polled", kind="polling", base_url=base_url)
        provider = polling_plugin(config, workshop(http))
        yield Stall(provider=provider, models=tuple(await provider.models()))


async def test_a_restart_in_the_middle_takes_the_job_up_by_its_id(tmp_path: Path) -> None:
    simulator = polling.PollingSimulator(delay_s=1.5)
    async with polling.running(simulator) as base_url:
        async with polled(base_url) as shop, open_street(tmp_path, shop) as street:
            person = street.actor("ana").person
            await street.actor("ana").says("/imagine a fox")
            async with asyncio.timeout(20):
                while not simulator.jobs:
                    await street.house.job_changed(
                        (await street.newest_job(person)).id, timeout_s=0.05
                    )
                while not any(
                    call.remote_id
                    for call in await street.house.store.journal.calls(
                        (await street.newest_job(person)).id
                    )
                ):
                    await street.house.job_changed(
                        (await street.newest_job(person)).id, timeout_s=0.05
                    )
        async with polled(base_url) as shop, open_street(tmp_path, shop) as street:
            card = await street.newest_final(person)

    assert card.tone is Tone.DONE
    assert len(simulator.bill.entries) == 1


@dataclass
class SlowShop(SleepyShop):
    """Gives every job an id, and isn't done with the first one when the call's time is over."""

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        self.asked_for.append(remote_id)
        self.called_at.append(asyncio.get_running_loop().time())
        async with self.painting:
            self.painting.notify_all()
        if self.asked_for == ["job-1"]:
            late = Busy("job-1 isn't done yet")
            late.billed = True
            raise late
        yield Done(result=Result(images=(square(request, 0),)))


async def test_a_job_that_outlasts_its_call_is_asked_for_again_and_makes_nobody_else_wait(tmp_path):
    shop = SlowShop("slow", (model("m", max_count=1, delivery=Delivery.POLL),))
    async with open_street(tmp_path, stall(shop)) as street:
        ana, ben = street.actor("ana"), street.actor("ben")
        await ana.says("/imagine a fox")
        await wait_for(shop, lambda: shop.asked_for == ["job-1"])
        quick = await ben.gets("/imagine a hen")
        card = await street.newest_final(ana.person)

    first, second, _third = shop.called_at
    assert quick.tone is Tone.DONE
    assert second - first < 3
    assert card.tone is Tone.DONE
    assert shop.asked_for == ["job-1", "job-2", "job-1"]
    assert len(shop.paid) == 2
