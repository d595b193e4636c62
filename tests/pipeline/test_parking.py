"""One parked request that nobody can let in holds up no other, and an admin's yes looks at none itself."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.audit import Deed
from bot.domain.house import HouseRules
from bot.domain.job import JobState
from bot.domain.subject import EVERYONE
from bot.domain.workspace_rules import Topic
from bot.pipeline.entitlement import Entitlements
from bot.pipeline.loop import one_by_one
from bot.pipeline.parking import LOOK_S, PUT_OFF_S, Parking, ParkingAttendant
from bot.pipeline.rulebook import Rulebook
from bot.pipeline.topics import PARKED
from bot.ports import Accepted, RuleChange, StoreUnavailable, Unavailable
from bot.signals.local import LocalSignals
from bot.store.opening import open_sqlite
from bot.store.rule_tables import rule
from bot.store.statement import Statement, param
from tests.contracts.store_kit import MovableClock, person, submission

WRITE = Statement(
    update(rule).where(rule.c.workspace == param("workspace")).values(body=param("body"))
)


@asynccontextmanager
async def lot(folder):
    """A store, and the parking before it."""
    clock = MovableClock()
    store = await open_sqlite(folder / "bot.db", clock=clock, deadline_s=600)
    entitlements = Entitlements(rulebook=Rulebook(store.rules), house=HouseRules(), clock=clock)
    try:
        yield (
            store,
            clock,
            Parking(
                queue=store.queue, entitlements=entitlements, signals=LocalSignals(), clock=clock
            ),
        )
    finally:
        await store.aclose()


async def parked(parking, clock, key, workspace):
    asked = submission(key, workspace=workspace)
    outcome = await parking.park(key, asked.person, asked.place, asked.order, run_at=clock.now())
    assert isinstance(outcome, Accepted)
    clock.forward(1)
    return outcome.job


async def spoil_the_rules_of(store, workspace):
    """A row of them that nobody can read."""
    deed = Deed(workspace=workspace, actor="a", name="Ida", action="x", target="y")
    change = RuleChange(topic=Topic.SETTING, subject=EVERYONE.key, put={"time_zone": "UTC"})
    await store.rules.change(workspace, [change], deed=deed)
    await store.executor.write(write_rules, workspace, "not JSON")


def write_rules(tx, workspace, body):
    tx.change(WRITE, workspace=workspace, body=body)


async def test_a_request_that_can_not_be_let_in_holds_up_nobody_elses(tmp_path, caplog):
    async with lot(tmp_path) as (store, clock, parking):
        bad = await parked(parking, clock, "k1", "T1")
        good = await parked(parking, clock, "k2", "T2")
        await spoil_the_rules_of(store, person(workspace="T1").workspace_id)

        assert await parking.look() == 2

        held, let_in = await store.queue.job(bad), await store.queue.job(good)
        assert let_in.state is JobState.RECEIVED
        assert held.state is JobState.PARKED
        assert held.run_at == clock.now() + timedelta(seconds=PUT_OFF_S)
        assert await parking.look() == 0
        assert f"job {bad} could not be let in" in caplog.text


async def test_a_database_that_is_away_is_not_taken_for_a_bad_request():
    away, put_off = StoreUnavailable(Unavailable.UNREACHABLE, "gone"), []

    async def work(item):
        raise away

    async def note(item):
        put_off.append(item)

    with pytest.raises(StoreUnavailable):
        await one_by_one("parking", [1, 2], work, put_off=note)

    assert put_off == []


async def test_what_was_put_off_is_looked_at_again(tmp_path):
    async with lot(tmp_path) as (store, clock, parking):
        job, team = await parked(parking, clock, "k1", "T1"), person(workspace="T1").workspace_id
        await spoil_the_rules_of(store, team)
        await parking.look()
        await store.executor.write(write_rules, team, "{}")
        clock.forward(PUT_OFF_S)

        assert await parking.look() == 1

        assert (await store.queue.job(job)).state is JobState.RECEIVED


async def test_a_word_of_an_admin_wakes_the_attendant_at_once(tmp_path):
    async with lot(tmp_path) as (store, clock, parking):
        attendant = ParkingAttendant(parking=parking)
        job = await parked(parking, clock, "k1", "T1")
        parking.signals.wake(PARKED)
        async with asyncio.timeout(LOOK_S * 0.9):
            await attendant.step()

        assert (await store.queue.job(job)).state is JobState.RECEIVED
