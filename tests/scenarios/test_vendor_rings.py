"""Webhooks of the three vendors that ring, through the route: what isn't theirs is refused, what is only wakes."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.domain.card import Tone
from bot.domain.job import JobState
from bot.pipeline.catalog import Stall
from tests.scenarios.shops import open_street
from tests.scenarios.stage import Actor, Stage
from tests.scenarios.test_rings import PUBLIC, ringing
from tests.simulators.providers.job_cases import VENDORS
from tests.simulators.providers.jobs import JobSimulator, SimulatedJob

LONG_S = 60.0
PATH = "/webhooks/house"
every_vendor = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor[0])
dated_vendors = pytest.mark.parametrize(
    "vendor", [one for one in VENDORS if one[0] != "bfl"], ids=lambda vendor: vendor[0]
)
"""BFL signs no time."""


@dataclass
class Ringing:
    """A house whose one job is being painted at a vendor that will ring."""

    street: Stage
    simulator: JobSimulator
    job: SimulatedJob
    ana: Actor
    http: httpx.AsyncClient

    async def rings(self, headers: dict[str, str], body: bytes) -> int:
        return (await self.http.post(PATH, content=body, headers=headers)).status_code

    def signed(self, *, job: SimulatedJob | None = None, **more: float):
        return self.simulator.signed_ring(job or self.job, **more)

    def done(self) -> None:
        self.job.ends_at = time.monotonic()

    async def state(self) -> JobState:
        return (await self.street.newest_job(self.ana.person)).state


@asynccontextmanager
async def painting(folder: Path, vendor) -> AsyncIterator[Ringing]:
    _, kind, running, at, request = vendor
    simulator = kind(delay_s=LONG_S)
    async with running(simulator) as base_url, at(base_url) as provider:
        offered = tuple(one for one in await provider.models() if one.id == request.model)
        shop = Stall(provider=provider, models=offered)
        async with open_street(folder, shop, public_url=PUBLIC) as street, ringing(street) as http:
            ana = street.actor("ana")
            await ana.says(f"/imagine a red fox --model {request.model} --n 1")
            job = (await street.newest_job(ana.person)).id
            while not any(call.remote_id for call in await street.house.store.journal.calls(job)):
                await street.house.job_changed(job, timeout_s=0.02)
            for due in simulator._ringing:
                due.cancel()  # its address leads nowhere: the test rings itself
            yield Ringing(street, simulator, next(iter(simulator.jobs.values())), ana, http)


def respelled(body: bytes) -> bytes:
    """The same JSON in other bytes."""
    return json.dumps(json.loads(body), indent=1).encode()


@every_vendor
async def test_what_the_vendor_did_not_sign_changes_nothing(tmp_path, vendor):
    async with painting(tmp_path, vendor) as one:
        headers, body = one.signed()
        plain = {"content-type": "application/json"}
        forged = {name: value[:-4] + "beef" for name, value in headers.items()}
        signature = next(name for name in headers if name.endswith("signature"))
        statuses = [
            await one.rings(plain, body),
            await one.rings(forged, body),
            await one.rings({**headers, signature: ""}, body),
            await one.rings(headers, respelled(body)),
            await one.rings(headers, body + b" "),
            await one.rings(headers, b""),
        ]
        state = await one.state()

    assert statuses == [401] * 6
    assert state is JobState.RUNNING


@dated_vendors
@pytest.mark.parametrize("late_s", [-360, 360])
async def test_a_ring_of_another_time_is_refused_though_it_is_signed(tmp_path, vendor, late_s):
    async with painting(tmp_path, vendor) as one:
        one.done()
        status = await one.rings(*one.signed(at_s=time.time() - late_s))

    assert status == 401


@every_vendor
async def test_rings_too_early_repeated_or_late_leave_one_answer_and_one_bill(tmp_path, vendor):
    async with painting(tmp_path, vendor) as one:
        early = await one.rings(*one.signed())
        still = await one.state()
        looks = one.job.looks
        one.done()
        many = [await one.rings(*one.signed()) for _ in range(10)]
        card = await one.street.newest_final(one.ana.person)
        await one.street.ended(one.ana)
        after_the_end = await one.rings(*one.signed())
        state = await one.state()

    assert (early, still) == (204, JobState.RUNNING)
    assert many == [204] * 10
    assert card.tone is Tone.DONE
    assert (after_the_end, state) == (204, JobState.DELIVERED)
    assert len(one.simulator.bill.entries) == 1
    assert one.job.looks - looks <= 4, "ten rings of one event are one"


@every_vendor
async def test_a_true_ring_for_a_job_nobody_here_asked_for_says_nothing(tmp_path, vendor):
    async with painting(tmp_path, vendor) as one:
        stranger = SimulatedJob(
            id="somebody-elses",
            model=one.job.model,
            body=one.job.body,
            ends_at=0,
            delay_s=0,
            webhook=one.job.webhook,
        )
        one.simulator.pictures[f"{stranger.id}-0.png"] = b""
        status = await one.rings(*one.signed(job=stranger))
        state = await one.state()

    assert (status, state) == (204, JobState.RUNNING)
