"""A restart in the middle of a job takes it up by its id: no second create stands in the vendor's bill."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers import Busy, Call, Done, Event, ModelGone, Submitted
from tests.simulators.providers.job_cases import VENDORS
from tests.simulators.providers.serving import serving, simulator_process

every_vendor = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor[0])

BASE_PATHS = {"bfl": "/v1", "replicate": "/v1", "fal": ""}


def call(timeout_s: float = 20.0, **fields) -> Call:
    return Call(key="k", timeout_s=timeout_s, **fields)


async def submitted(provider, request, **fields) -> Submitted:
    """The first event of a call that is then given up, as a killed bot gives it up."""
    async with aclosing(provider.generate(request, call(**fields))) as events:
        first = await anext(events)
    assert isinstance(first, Submitted)
    return first


async def drained(events: AsyncIterator[Event]) -> None:
    async for _ in events:
        pass


@every_vendor
async def test_a_restart_takes_the_job_up_and_makes_none(vendor):
    name, _, _, at, request = vendor
    module = f"tests.simulators.providers.{name}"

    with simulator_process(module, "--delay-s", "0.4") as url:
        base_url = url + BASE_PATHS[name]
        async with at(base_url) as before:
            first = await submitted(before, request)
        async with at(base_url) as after:
            events = [event async for event in after.resume(first.remote_id, request, call())]
        async with httpx.AsyncClient(trust_env=False) as http:
            bill = (await http.get(f"{url}/_bill")).json()

    assert isinstance(events[-1], Done)
    assert len(events[-1].result.images) == 1
    assert len(bill) == 1


@every_vendor
async def test_a_resumed_job_says_what_an_unbroken_one_says(vendor):
    _, kind, running, at, request = vendor
    simulator = kind()

    async with running(simulator) as base_url, at(base_url) as provider:
        whole = [event async for event in provider.generate(request, call())][-1]
        first = await submitted(provider, request)
        resumed = [event async for event in provider.resume(first.remote_id, request, call())][-1]

    assert resumed.result.notes == whole.result.notes
    assert resumed.result.cost_microusd == whole.result.cost_microusd
    assert [i.seed for i in resumed.result.images] == [i.seed for i in whole.result.images]


@every_vendor
async def test_a_job_that_outlasts_its_call_can_be_resumed(vendor):
    _, kind, running, at, request = vendor
    simulator = kind(delay_s=1.0)

    async with running(simulator) as base_url, at(base_url) as provider:
        unfinished = provider.generate(request, call(0.3))
        first = await anext(unfinished)
        assert isinstance(first, Submitted)
        with pytest.raises(Busy) as caught:
            await drained(unfinished)
        events = [event async for event in provider.resume(first.remote_id, request, call())]

    assert caught.value.billed
    assert isinstance(events[-1], Done)
    assert len(simulator.bill.entries) == 1


@every_vendor
@pytest.mark.parametrize(
    "remote_id",
    [
        "",
        " ",
        "job https://evil.example/v1/get_result?id=*",
        "job http://api.bfl.ai/x",
        "job https://user@api.bfl.ai/x",
        "job https://evil.example/a https://evil.example/b https://evil.example/c",
        "../../predictions/x",
        "x" * 10_000,
    ],
)
async def test_an_id_that_leads_elsewhere_is_no_job(vendor, remote_id):
    _, kind, running, at, request = vendor
    simulator = kind()

    async with running(simulator) as base_url, at(base_url) as provider:
        with pytest.raises(ModelGone):
            await anext(provider.resume(remote_id, request, call()))
        assert not await provider.cancel(remote_id)


@pytest.mark.parametrize("vendor", VENDORS[1:], ids=lambda vendor: vendor[0])
async def test_a_job_called_off_ends_and_the_vendor_says_so(vendor):
    _, kind, running, at, request = vendor
    simulator = kind(delay_s=5.0)

    async with running(simulator) as base_url, at(base_url) as provider:
        first = await submitted(provider, request)
        confirmed = await provider.cancel(first.remote_id)
        with pytest.raises(ModelGone):
            await drained(provider.resume(first.remote_id, request, call()))

    assert confirmed


@pytest.mark.parametrize("vendor", VENDORS[1:], ids=lambda vendor: vendor[0])
async def test_a_job_that_is_done_cannot_be_called_off(vendor):
    _, kind, running, at, request = vendor
    simulator = kind()

    async with running(simulator) as base_url, at(base_url) as provider:
        first = await submitted(provider, request)

        assert not await provider.cancel(first.remote_id)


@every_vendor
async def test_a_ring_shortens_the_wait_and_a_second_one_does_no_harm(vendor, monkeypatch):
    """Without the ring the next look would come after a minute."""
    _, kind, running, at, request = vendor
    monkeypatch.setattr("providers.remote_jobs.bells.FIRST_PAUSE_S", 60.0)
    simulator = kind(delay_s=0.3)
    rings = []

    async def webhook(incoming: Request) -> Response:
        body = await incoming.body()
        headers = dict(incoming.headers)
        rings.append(await provider.read_ring(headers, body, now_s=time.time()))
        return Response()

    app = Starlette(routes=[Route("/webhooks/house", webhook, methods=["POST"])])
    async with serving(app) as home, running(simulator) as base_url, at(base_url) as provider:
        events = [
            event
            async for event in provider.generate(
                request, call(webhook_url=f"{home}/webhooks/house")
            )
        ]
        await simulator.all_rung()

    assert isinstance(events[-1], Done)
    assert simulator.violations == []
    assert len(rings) == 2
    assert rings[0] == rings[1]
    assert events[0].remote_id.split(" ")[0] == rings[0].remote_id
