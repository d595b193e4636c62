"""Every kind of provider in the whole house: ill-treated or interrupted, each request gets one answer and is paid once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.domain.action import Action, Verb
from bot.domain.card import Tone
from bot.domain.identity import JobId
from bot.domain.job import FINAL
from bot.pipeline.catalog import Stall
from providers import Operation
from tests.scenarios.hostile_answers import ANSWERS, MIB, PICTURES, spoil
from tests.scenarios.shops import Shop, model, open_street, stall
from tests.scenarios.stage import Actor, Stage
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.comfyui import ComfySimulator
from tests.simulators.providers.fault_cases import FAULT_CASES, FaultCase, Simulated
from tests.simulators.providers.serving import ROOT, serving, simulator_process
from tests.simulators.providers.spoiling import Spoiler

NEIGHBOUR = model("plain", operations=frozenset({Operation.TEXT_TO_IMAGE}))
PAINTING_CASES = [case for case in FAULT_CASES if case.name != "stability-job"]
"""An enlargement needs a picture first: it has its own way in below."""
JOB_CASES = [case for case in FAULT_CASES if case.has_job_ids]

SAMPLE = [(case, "lost") for case in PAINTING_CASES] + [
    (case, "bomb") for case in PAINTING_CASES if not case.has_job_ids
]
EVERYTHING = [(case, fault) for case in FAULT_CASES for fault in ANSWERS] + [
    (case, fault) for case in FAULT_CASES if case.name in {"openai", "bfl"} for fault in PICTURES
]
"""What is in a picture's bytes is no adapter's business: one that has them in its answer, one behind a link."""
HARMLESS = {"polyglot", "full-seconds", "full-negative", "full-date"}
"""What may yet end well: a good picture with something behind it, a provider that is free again at once."""


@dataclass
class Town:
    """The house with one real adapter and a neighbour that is never ill-treated."""

    street: Stage
    spoiler: Spoiler
    simulator: Simulated
    case: FaultCase

    def spoil(self, fault: str) -> None:
        spoil(self.spoiler, self.case, fault)

    @property
    def paid(self) -> int:
        return len(self.simulator.bill.entries)


@asynccontextmanager
async def stalls_of(
    case: FaultCase, url: str, *, timeout_s: float = 20.0
) -> AsyncIterator[tuple[Stall, Stall]]:
    """The neighbour's stall, and the one of the case's adapter at that address."""
    neighbour = Shop("neighbour", (NEIGHBOUR,))
    async with provider_at(url + case.base_path, case.plugin, **case.table) as provider:
        offered = tuple(one for one in await provider.models() if one.id == case.request.model)
        assert offered
        yield stall(neighbour), Stall(provider=provider, models=offered, timeout_s=timeout_s)


@asynccontextmanager
async def open_town(
    folder: Path, case: FaultCase, url: str, *, timeout_s: float = 20.0
) -> AsyncIterator[Stage]:
    async with (
        stalls_of(case, url, timeout_s=timeout_s) as stalls,
        open_street(folder, *stalls, deadline_s=10.0) as street,
    ):
        yield street


@asynccontextmanager
async def town_of(folder: Path, case: FaultCase) -> AsyncIterator[Town]:
    simulator = case.simulator()
    spoiler = Spoiler(simulator.app)
    async with serving(spoiler) as url, open_town(folder, case, url, timeout_s=2.0) as street:
        yield Town(street, spoiler, simulator, case)


async def one_answer_under(tmp_path: Path, case: FaultCase, fault: str) -> None:
    async with town_of(tmp_path, case) as town:
        ana, ben = town.street.actor("ana"), town.street.actor("ben")
        town.spoil(fault)

        await asks_for(town.street, case, ana)
        beside = await ben.gets("/imagine a hen --model plain --n 1")
        card = await town.street.newest_final(ana.person)
        job = await town.street.ended(ana)
        billed = [town.paid, job.cost_microusd]

        assert town.spoiler.seen >= 1
        assert beside.tone is Tone.DONE
        assert card.tone in {Tone.DONE, Tone.FAILED, Tone.REFUSED}
        assert job.state in FINAL
        if card.tone is Tone.DONE:
            assert fault in HARMLESS or case.finds_lost_calls or case.has_job_ids, billed
        if not case.is_free:
            assert town.paid <= 1


@pytest.mark.parametrize(
    ("case", "fault"), SAMPLE, ids=[f"{case.name}-{fault}" for case, fault in SAMPLE]
)
async def test_an_ill_treated_job_gets_one_answer_and_its_neighbour_notices_nothing(
    tmp_path, case, fault
):
    await one_answer_under(tmp_path, case, fault)


@pytest.mark.proof
@pytest.mark.parametrize(
    ("case", "fault"), EVERYTHING, ids=[f"{case.name}-{fault}" for case, fault in EVERYTHING]
)
async def test_every_fault_of_every_provider_ends_in_one_answer(tmp_path, case, fault):
    await one_answer_under(tmp_path, case, fault)


BILLED_JOB_CASES = [case for case in JOB_CASES if not case.is_free]
LOOKS = [
    pytest.param(
        case,
        status,
        id=f"{case.name}-{status}",
        marks=[] if (case.name, status) in {("bfl", 403), ("fal", 404)} else [pytest.mark.proof],
    )
    for case in BILLED_JOB_CASES
    for status in (400, 401, 402, 403, 404, 410, 422, 429, 500, 503)
    if (case.name, status) != ("stability-job", 429)
]
"""Stability asks for a minute's peace after a 429, which is longer than a test may take."""


@pytest.mark.parametrize(("case", "status"), LOOKS)
async def test_whatever_a_look_at_a_taken_job_says_nobody_else_is_paid_for_it(
    tmp_path, case, status
):
    simulator = case.simulator()
    spoiler = Spoiler(simulator.app)
    rival = Shop("rival", (model(case.request.model, operations={case.request.operation}),))
    async with (
        serving(spoiler) as url,
        stalls_of(case, url) as (neighbour, theirs),
        open_street(
            tmp_path, neighbour, replace(theirs, weight=10_000), stall(rival), deadline_s=20.0
        ) as street,
    ):
        ana = street.actor("ana")
        spoiler.spoil({"kind": "status", "status": status}, is_look)
        await asks_for(street, case, ana)
        job = (await street.newest_job(ana.person)).id
        await street.until(lambda: spoiler.seen, job)
        spoiler.heal()
        card = await street.chat.final(job)

    assert card.tone in {Tone.DONE, Tone.FAILED}
    assert len(simulator.bill.entries) == 1
    assert rival.calls == []


def is_look(method: str, path: str) -> bool:
    return method == "GET" and "/delivery/" not in path


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[] if case.name == "openai" else [pytest.mark.proof])
        for case in FAULT_CASES
    ],
)
def test_hostile_bodies_cost_the_house_little_memory(case):
    with simulator_process("tests.simulators.providers.hostile_bodies", "serve", case.name) as url:
        child = subprocess.run(
            [sys.executable, "-m", "tests.scenarios.hostile_house", case.name, url],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=115,
            check=False,
        )
    assert child.returncode == 0, child.stderr[-3000:]
    found = json.loads(child.stdout)

    assert set(found["ends"].values()) == {"failed"}, found
    assert found["growth_bytes"] <= 150 * MIB, found


@pytest.mark.parametrize("case", FAULT_CASES, ids=lambda case: case.name)
async def test_what_a_picture_cost_is_written_down_by_the_bill_or_by_the_price(tmp_path, case):
    async with town_of(tmp_path, case) as town:
        ana = town.street.actor("ana")
        await asks_for(town.street, case, ana)
        card = await town.street.newest_final(ana.person)
        job = await town.street.ended(ana)
        can = town.street.house.desk.catalog.capabilities(case.request.model)
        [call] = await town.street.house.store.journal.calls(job.id)

    assert card.tone is Tone.DONE
    assert town.paid == 1
    assert can.price is not None
    assert job.cost_microusd == call.answer.cost_microusd
    if case.tells_cost:
        assert job.cost_microusd > 0
    else:
        assert job.cost_microusd == can.price.per_image_microusd


def slow(case: FaultCase, gate: asyncio.Event) -> Simulated:
    """The simulator, whose jobs take long enough for the house to be closed meanwhile."""
    kind = type(case.simulator())
    return kind(step=gate.wait) if kind is ComfySimulator else kind(delay_s=1.5)


@pytest.mark.parametrize("case", JOB_CASES, ids=lambda case: case.name)
async def test_a_restart_in_the_middle_makes_no_second_job(tmp_path, case):
    gate = asyncio.Event()
    simulator = slow(case, gate)
    async with serving(simulator.app) as url:
        async with open_town(tmp_path, case, url) as street:
            ana = street.actor("ana")
            job = await begun(street, case, ana)
            before = len(simulator.bill.entries)
        gate.set()
        async with open_town(tmp_path, case, url) as street:
            card = await street.chat.final(job)

    assert before == 1
    assert card.tone is Tone.DONE
    assert len(simulator.bill.entries) == 1


async def begun(street: Stage, case: FaultCase, ana: Actor) -> JobId:
    """A job that the provider has under its own id by now."""
    await asks_for(street, case, ana)
    job = (await street.newest_job(ana.person)).id
    async with asyncio.timeout(20):
        while not any(call.remote_id for call in await street.house.store.journal.calls(job)):
            await street.house.job_changed(job, timeout_s=0.02)
    return job


async def asks_for(street: Stage, case: FaultCase, ana: Actor) -> None:
    """What the case's provider does: a picture, or another one enlarged."""
    asks = case.request
    if asks.operation is Operation.UPSCALE:
        await ana.gets("/imagine a red fox --model plain --n 1")
        (image,) = await street.house.store.gallery.images_of(
            (await street.newest_job(ana.person)).id
        )
        await ana.presses(Action(verb=Verb.UPSCALE, target=image.id))
        return
    size = f"{asks.width_px}x{asks.height_px}"
    await ana.says(f"/imagine a red fox --model {asks.model} --size {size} --n 1 --no-cache")
