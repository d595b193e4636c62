"""Whoever finds the address of a vendor's webhooks can make the house ask that vendor next to nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from bot.pipeline.catalog import Stall
from providers import ForgedRing, Provider, ProviderError
from providers.remote_jobs.ring_keys import RENEW_AFTER_S
from tests.scenarios.shops import open_street
from tests.scenarios.test_rings import PUBLIC, ringing
from tests.simulators.providers.job_cases import VENDORS
from tests.simulators.providers.jobs import JobSimulator, SimulatedJob

PATH = "/webhooks/house"
MANY = 100
keyed_vendors = pytest.mark.parametrize(
    "vendor", [one for one in VENDORS if one[0] != "bfl"], ids=lambda vendor: vendor[0]
)
"""BFL's secret is ours: nobody is asked for it."""


@dataclass
class Door:
    """A house whose one provider rings, and what a stranger at its door has."""

    simulator: JobSimulator
    provider: Provider
    http: httpx.AsyncClient
    job: SimulatedJob

    @property
    def asked(self) -> int:
        """How often the vendor was asked for what its rings are checked with."""
        counts = vars(self.simulator)
        return counts.get("secrets_asked", 0) + counts.get("keys_asked", 0)

    async def many(self, headers: dict[str, str], body: bytes) -> set[int]:
        posts = (self.http.post(PATH, content=body, headers=headers) for _ in range(MANY))
        return {answer.status_code for answer in await asyncio.gather(*posts)}

    def signed(self, *, at_s: float | None = None) -> tuple[dict[str, str], bytes]:
        return self.simulator.signed_ring(self.job, at_s=at_s)

    def forged(self) -> tuple[dict[str, str], bytes]:
        """Of the right form and time, by nobody the vendor knows."""
        headers, _ = self.signed()
        return headers, b'{"id": "job-1", "request_id": "job-1"}'


@asynccontextmanager
async def door(folder, vendor) -> AsyncIterator[Door]:
    _, kind, running, at, request = vendor
    simulator = kind()
    async with running(simulator) as base_url, at(base_url) as provider:
        shop = Stall(provider=provider, models=tuple(await provider.models()))
        job = SimulatedJob(
            id="job-1", model=request.model, body={}, ends_at=0, delay_s=0, webhook=PUBLIC
        )
        simulator.pictures["job-1-0.png"] = b""
        async with open_street(folder, shop, public_url=PUBLIC) as street, ringing(street) as http:
            yield Door(simulator, provider, http, job)


@keyed_vendors
async def test_posts_without_a_vendors_headers_ask_it_nothing(tmp_path, vendor):
    async with door(tmp_path, vendor) as one:
        headers, body = one.signed()
        statuses = await one.many({}, body)
        for name in [name for name in headers if name != "content-type"]:
            for strange in ("", "x y"):
                answer = await one.http.post(PATH, content=body, headers={**headers, name: strange})
                statuses.add(answer.status_code)

    assert statuses == {401}
    assert one.asked == 0


@keyed_vendors
async def test_posts_of_another_time_ask_a_vendor_nothing(tmp_path, vendor):
    async with door(tmp_path, vendor) as one:
        statuses = await one.many(*one.signed(at_s=time.time() - 360))

    assert statuses == {401}
    assert one.asked == 0


@keyed_vendors
async def test_a_hundred_forgeries_at_once_ask_a_vendor_once(tmp_path, vendor):
    async with door(tmp_path, vendor) as one:
        statuses = await one.many(*one.forged())
        statuses |= await one.many(*one.forged())

    assert statuses == {401}
    assert one.asked == 1


@keyed_vendors
async def test_a_vendor_that_cannot_say_how_it_signs_is_asked_once_a_minute(tmp_path, vendor):
    async with door(tmp_path, vendor) as one:
        one.simulator.fail("secret", "status", times=1000, status=500)
        statuses = await one.many(*one.forged())
        statuses |= await one.many(*one.forged())

    assert statuses == {503}, "a true ring must come again"
    assert one.asked == 1


@keyed_vendors
async def test_a_ring_is_believed_again_a_minute_after_nobody_could_check_it(tmp_path, vendor):
    async with door(tmp_path, vendor) as one:
        one.simulator.fail("secret", "status", status=500)
        now_s = time.time()
        with pytest.raises(ProviderError):
            await one.provider.read_ring(*one.signed(), now_s=now_s)
        ring = await one.provider.read_ring(*one.signed(), now_s=now_s + RENEW_AFTER_S)

    assert ring.remote_id == "job-1"
    assert one.asked == 2


@keyed_vendors
async def test_a_ring_is_believed_while_what_checks_it_cannot_be_renewed(tmp_path, vendor):
    async with door(tmp_path, vendor) as one:
        await one.provider.read_ring(*one.signed(), now_s=time.time())
        one.simulator.fail("secret", "status", times=1000, status=500)
        for minute in (1, 2):
            at_s = time.time() + minute * RENEW_AFTER_S
            headers, _ = one.signed(at_s=at_s)
            with pytest.raises(ForgedRing):
                await one.provider.read_ring(headers, b'{"id": "job-1"}', now_s=at_s)
        ring = await one.provider.read_ring(*one.signed(), now_s=time.time())

    assert ring.remote_id == "job-1"
