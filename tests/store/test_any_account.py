"""Whatever is asked, given, set, lost and delivered in whatever order, images and money add up to what was received."""

import asyncio
import json
import shutil
import tempfile
from collections import Counter as Tally
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from bot.domain.allowance import QuotaRules
from bot.domain.audit import Deed
from bot.domain.budget import INSTALLATION_SCOPE, BudgetRules
from bot.domain.grammar import Ask
from bot.domain.house import HouseRules
from bot.domain.identity import Person, Place
from bot.domain.job import FINAL, JobState, Order, ParkedFor
from bot.ports import Accepted, OverBudget, OverQuota, Submission, Terms, TooManyQueued
from bot.store.opening import Store, open_sqlite
from bot.store.postgres_opening import open_postgres
from bot.store.statement import Statement
from bot.store.transaction import Transaction
from providers import Operation
from tests.contracts.store_kit import BROKEN, LEASE_S, REFUSED, MovableClock, allowed, picture, plan
from tests.servers.postgres import PostgresServer
from tests.servers.sqlite import lay_fresh_database

USERS = ("ann", "bob")
ROLE = "crew"
CHANNELS = ("C1", "C2")
ZONES = ("UTC", "Europe/Berlin", "Pacific/Apia", "America/Los_Angeles")
HOUSE = HouseRules(images_per_day=12, images_per_month=40, jobs_at_once=3, jobs_queued=8)
PRICE = 1_000
SUBJECTS = ("person:ann", "person:bob", f"role:{ROLE}", "everyone", "channel:C1")

JOBS = Statement(
    text(
        "SELECT id, state, images, counters, purses, price_microusd, cost_microusd FROM job ORDER BY id"
    )
)
LEDGER = Statement(text("SELECT job, kind, part, images FROM ledger"))
CHARGES = Statement(text("SELECT job, kind, part, microusd FROM charge"))
USAGE = Statement(text("SELECT scope, period_key, used, held FROM usage"))
SPENDING = Statement(text("SELECT scope, period_key, spent_microusd, held_microusd FROM spending"))


def everything(tx: Transaction) -> dict[str, list[Any]]:
    return {
        "jobs": tx.rows(JOBS),
        "ledger": tx.rows(LEDGER),
        "charges": tx.rows(CHARGES),
        "usage": tx.rows(USAGE),
        "spending": tx.rows(SPENDING),
    }


class AnyAccount(RuleBasedStateMachine):
    """One store, its rules, a clock that may go anywhere, and hands that ask, give, paint, lose and deliver."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = MovableClock(at=datetime(2026, 11, 29, 22, 30, tzinfo=UTC))
        self.runner = asyncio.Runner()
        self.store = self.open()
        self.owner = 1
        self.keys = 0
        self.zone = "UTC"
        self.quotas: dict[str, dict[str, Any]] = {}
        self.grants: dict[str, dict[str, Any]] = {}
        self.forgiven: dict[str, dict[str, Any]] = {}
        # Two purses for everybody and a third for Ann, so that one may be full while another is not.
        self.budgets: dict[str, dict[str, Any]] = {
            "everyone": {"month": 10 * PRICE},
            "person:ann": {"day": 3 * PRICE},
        }
        self.installation: dict[str, dict[str, Any]] = {}
        self.received: dict[int, set[int]] = {}
        self.admitting: list[Any] = []
        self.running: list[Any] = []
        self.letters: list[Any] = []

    def open(self) -> Store:
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        lay_fresh_database(self.folder / "bot.db")
        return self.run(open_sqlite(self.folder / "bot.db", clock=self.clock))

    def restart(self) -> None:
        self.run(self.store.queue.recover(owner=self.me, max_attempts=3))

    def close(self) -> None:
        self.run(self.store.aclose())
        shutil.rmtree(self.folder)

    def run(self, asked: Any) -> Any:
        async def answer() -> Any:
            return await asked

        return self.runner.run(answer())

    def teardown(self) -> None:
        try:
            self.everything_ends()
        finally:
            self.close()
            self.runner.close()

    @property
    def me(self) -> str:
        return f"process{self.owner}"

    # --- what admins set ---

    @rule(
        subject=st.sampled_from(SUBJECTS),
        period=st.sampled_from(["hour", "day", "month"]),
        images=st.one_of(st.none(), st.integers(0, 12)),
    )
    def set_quota(self, subject: str, period: str, images: int | None) -> None:
        body = self.quotas.setdefault(subject, {})
        body.pop(period, None)
        if images is not None:
            body[period] = images

    @rule(user=st.sampled_from(USERS), images=st.integers(1, 6))
    def grant(self, user: str, images: int) -> None:
        day = self.clock.now().astimezone(ZoneInfo(self.zone)).strftime("day:%Y-%m-%d")
        self.grants.setdefault(f"person:{user}", {})[f"{day} {len(self.grants)}"] = images
        self.run(self.store.queue.wake_parked(None))

    @rule(user=st.sampled_from(USERS))
    def reset(self, user: str) -> None:
        counters = self.submission(user, 1, "C1", "none").counters
        usages = self.run(self.store.quotas.usage(counters))
        self.forgiven[f"person:{user}"] = {
            one.counter.period_key: one.used
            for one in usages
            if one.counter.scope.startswith("user:")
        }
        self.run(self.store.queue.wake_parked(None))

    @rule(
        subject=st.sampled_from(SUBJECTS),
        name=st.sampled_from(["day", "month", "each_day"]),
        pictures=st.one_of(st.none(), st.integers(0, 8)),
        ask=st.booleans(),
    )
    def set_budget(self, subject: str, name: str, pictures: int | None, ask: bool) -> None:
        self.budgets.pop(subject, None)
        if pictures is not None:
            self.budgets[subject] = {name: pictures * PRICE, "ask": ask}

    @rule(pictures=st.one_of(st.none(), st.integers(0, 12)))
    def set_installation_budget(self, pictures: int | None) -> None:
        self.installation = {} if pictures is None else {"everyone": {"month": pictures * PRICE}}

    @rule(zone=st.sampled_from(ZONES))
    def change_zone(self, zone: str) -> None:
        self.zone = zone

    @rule(
        hours=st.sampled_from([0.01, 0.5, 1, 25, 24 * 31, -1, -25]),
    )
    def time_moves(self, hours: float) -> None:
        """Also backwards: clocks are set."""
        self.clock.forward(hours * 3600)

    # --- requests ---

    def person(self, user: str) -> Person:
        groups = (ROLE,) if user == "bob" else ()
        return Person(platform="slack", workspace="T1", user=user, name=user, groups=groups)

    def submission(self, user: str, images: int, channel: str, key: str) -> Submission:
        who, place = self.person(user), Place(channel=channel)
        rules = QuotaRules(quotas=self.quotas, grants=self.grants, forgiven=self.forgiven)
        allowance = rules.allowance(who, place, HOUSE)
        return Submission(
            key=key,
            person=who,
            place=place,
            order=Order(
                operation=Operation.TEXT_TO_IMAGE, ask=Ask(prompt="a red fox", count=images)
            ),
            counters=rules.counters(
                allowance, who, place, now=self.clock.now(), zone=ZoneInfo(self.zone)
            ),
            max_queued=allowance.queued,
            weight=allowance.weight,
            cap=allowance.at_once,
        )

    def new_key(self) -> str:
        self.keys += 1
        return f"key{self.keys}"

    @rule(user=st.sampled_from(USERS), images=st.integers(1, 4), channel=st.sampled_from(CHANNELS))
    def submit(self, user: str, images: int, channel: str) -> None:
        asked = self.submission(user, images, channel, self.new_key())
        outcome = self.run(self.store.queue.submit(asked))
        match outcome:
            case Accepted():
                for usage in self.run(self.store.quotas.usage(asked.counters)):
                    assert usage.used + usage.held <= usage.counter.limit
            case OverQuota(usage=usage):
                assert usage.left < images
            case TooManyQueued():
                pass
            case _:
                raise AssertionError(outcome)

    @rule(user=st.sampled_from(USERS), images=st.integers(1, 4))
    def park(self, user: str, images: int) -> None:
        asked = self.submission(user, images, "C1", self.new_key())
        run_at = self.clock.now() + timedelta(hours=1)
        self.run(self.store.queue.park_new(asked, run_at=run_at))

    @rule()
    def wake(self) -> None:
        for job in self.run(self.store.queue.parked_due(limit=20)):
            asked = self.submission(job.person.user, job.order.images, job.place.channel, job.key)
            outcome = self.run(self.store.queue.unpark(job.id, asked))
            if isinstance(outcome, OverQuota):
                after = self.run(self.store.queue.job(job.id))
                assert after.state is JobState.PARKED
                assert after.run_at == outcome.usage.counter.returns_at

    @rule()
    def adopt(self) -> None:
        self.admitting += self.run(self.store.queue.adopt(owner=self.me, limit=50, lease_s=LEASE_S))

    @rule(how=st.sampled_from(["admit", "admit", "admit", "refuse"]))
    def judge(self, how: str) -> None:
        self.adopt()
        for claimed in self.admitting:
            if how == "refuse":
                self.run(self.store.queue.refuse(claimed.fence, ending=REFUSED, decision=None))
            else:
                self.admit(claimed)
        self.admitting.clear()

    def admit(self, claimed: Any) -> None:
        job, now, zone = claimed.job, self.clock.now(), ZoneInfo(self.zone)
        purses = (
            *BudgetRules(budgets=self.budgets).purses(job.person, job.place, now=now, zone=zone),
            *BudgetRules(budgets=self.installation).of_installation(now=now, zone=UTC),
        )
        price = PRICE * job.order.images
        terms = Terms(rules_version=0, installation_version=0, purses=purses, price_microusd=price)
        outcome = self.run(
            self.store.queue.admit(
                claimed.fence,
                plan=plan(count=job.order.images),
                decision=allowed(),
                weight=1.0,
                terms=terms,
            )
        )
        if isinstance(outcome, OverBudget):
            assert outcome.spending.left_microusd < price
            self.turned_away(claimed, outcome)
        elif outcome:
            for one in self.run(self.store.budgets.spendings(purses)):
                assert one.purse.asks or (
                    one.spent_microusd + one.held_microusd <= one.purse.limit_microusd
                )

    def turned_away(self, claimed: Any, outcome: OverBudget) -> None:
        purse = outcome.spending.purse
        if purse.asks:
            parking = self.store.queue.park(
                claimed.fence,
                why=ParkedFor.BUDGET,
                run_at=purse.returns_at,
                decision=allowed(),
            )
        else:
            parking = self.store.queue.refuse(claimed.fence, ending=REFUSED, decision=None)
        assert self.run(parking)

    @rule()
    def an_admin_lets_it_through(self) -> None:
        deed = Deed(workspace="slack:T1", actor="slack:T1:ida", name="Ida", action="x", target="y")
        for job_id, state, *_ in self.read()["jobs"]:
            if state == JobState.PARKED:
                self.run(self.store.queue.waive(job_id, deed=deed))

    # --- work ---

    @rule()
    def claim(self) -> None:
        self.running += self.run(
            self.store.queue.claim(owner=self.me, slots=4, lease_s=LEASE_S, capacity={"house": 100})
        )

    @rule(
        made=st.integers(0, 4),
        withheld=st.integers(0, 2),
        cost_each=st.one_of(st.none(), st.integers(0, 2 * PRICE + 1)),
        counted=st.booleans(),
    )
    def finish(self, made: int, withheld: int, cost_each: int | None, counted: bool) -> None:
        self.judge("admit")
        self.claim()
        while self.running:
            claimed = self.running.pop()
            asked = claimed.job.order.images
            shown, paid = min(made, asked), min(made, asked) + withheld
            cost = None if cost_each is None else cost_each * paid
            if not shown:
                self.run(self.store.queue.fail(claimed.fence, ending=BROKEN, cost_microusd=cost))
                continue
            self.run(
                self.store.queue.finish(
                    claimed.fence,
                    images=[picture(position) for position in range(1, shown + 1)],
                    decisions=[allowed()] * shown,
                    cost_microusd=cost,
                    notes=(),
                    grid=None,
                    counted=counted,
                    paid_images=paid,
                )
            )

    @rule()
    def cancel_something(self) -> None:
        unfinished = [job for job in self.read()["jobs"] if JobState(job[1]) not in FINAL]
        if unfinished:
            self.run(self.store.queue.cancel(unfinished[0][0], by="ann"))

    @rule(upto=st.integers(0, 4), how=st.sampled_from(["post", "post", "post", "lose"]))
    def deliver(self, upto: int, how: str) -> None:
        """Some of the pictures, or none, get where they were asked for."""
        self.letters += self.run(self.store.outbox.due(owner=self.me, limit=50, lease_s=LEASE_S))
        while self.letters:
            letter = self.letters.pop()
            if how == "lose":
                self.run(self.store.outbox.give_up(letter, detail="gone"))
                continue
            shown = tuple(range(1, upto + 1)) if letter.final else ()
            before = self.run(self.store.queue.job(letter.job)).state
            held = self.held_images(letter.job)
            if self.run(self.store.outbox.posted(letter, message="m", images=shown)) and (
                letter.final and before is JobState.DELIVERING
            ):
                self.received[letter.job] = set(shown[:held])

    def held_images(self, job: int) -> int:
        signed = [
            count if kind == "hold" else -count
            for its, kind, _, count in self.read()["ledger"]
            if its == job
        ]
        return sum(signed)

    @rule()
    def crash_and_restart(self) -> None:
        self.owner += 1
        self.admitting.clear()
        self.running.clear()
        self.letters.clear()
        self.restart()

    @rule()
    def sweep(self) -> None:
        self.run(self.store.queue.sweep(max_attempts=3))

    # --- what must always hold ---

    def read(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = self.run(self.store.executor.read(everything))
        return found

    @invariant()
    def it_adds_up(self) -> None:
        found = self.read()
        check_images(found, self.received)
        check_money(found, self.received)

    def everything_ends(self) -> None:
        """With time and willing hands nothing stays held."""
        for _ in range(40):
            found = self.read()
            if {JobState(job[1]) for job in found["jobs"]} <= FINAL:
                break
            self.clock.forward(3600)
            self.sweep()
            for job_id, state, *_ in found["jobs"]:
                if state == JobState.PARKED:
                    self.run(self.store.queue.cancel(job_id, by="ann"))
            self.crash_and_restart()
            self.finish(4, 0, PRICE, counted=True)
            self.deliver(4, "post")
        self.it_adds_up()
        found = self.read()
        assert {JobState(job[1]) for job in found["jobs"]} <= FINAL
        assert all(held == 0 for *_, held in [*found["usage"], *found["spending"]])


def check_images(found: dict[str, list[Any]], received: dict[int, set[int]]) -> None:
    hold: Tally[int] = Tally()
    gone: Tally[int] = Tally()
    settled: dict[int, set[int]] = {}
    for job, kind, part, count in found["ledger"]:
        (hold if kind == "hold" else gone)[job] += count
        if kind == "settle":
            settled.setdefault(job, set()).add(part)
    assert settled == {job: some for job, some in received.items() if some}
    used: Tally[tuple[str, str]] = Tally()
    held: Tally[tuple[str, str]] = Tally()
    for job, state, _, counters, *_ in found["jobs"]:
        for key in pairs(counters):
            used[key] += len(settled.get(job, ()))
            held[key] += hold[job] - gone[job]
        assert state not in FINAL or hold[job] == gone[job]
    for scope, period_key, row_used, row_held in found["usage"]:
        assert row_used >= 0
        assert row_held >= 0
        assert (row_used, row_held) == (used[scope, period_key], held[scope, period_key])


def check_money(found: dict[str, list[Any]], received: dict[int, set[int]]) -> None:
    booked: dict[int, Tally[str]] = {}
    positions: dict[int, set[int]] = {}
    for job, kind, part, microusd in found["charges"]:
        booked.setdefault(job, Tally())[kind] += microusd
        if kind == "settle":
            positions.setdefault(job, set()).add(part)
    spent: Tally[tuple[str, str]] = Tally()
    held: Tally[tuple[str, str]] = Tally()
    for job, state, images, _, purses, price, cost in found["jobs"]:
        if purses is None:
            assert job not in booked
            continue
        books = booked[job]
        assert books["hold"] == price
        assert positions.get(job, set()) == received.get(job, set())
        over = state in FINAL
        assert books["release"] == (price if over else 0)
        if over and cost is not None:
            assert books["settle"] + books["waste"] == cost
        if over and cost is None:
            assert books["settle"] == price * len(received.get(job, ())) // images
        for key in pairs(purses):
            house = key[0] == INSTALLATION_SCOPE
            spent[key] += books["settle"] + (books["waste"] if house else 0)
            held[key] += books["hold"] - books["release"]
    for scope, period_key, row_spent, row_held in found["spending"]:
        assert row_spent >= 0
        assert row_held >= 0
        assert (row_spent, row_held) == (spent[scope, period_key], held[scope, period_key])


def pairs(written: str) -> list[tuple[str, str]]:

    return [(scope, period_key) for scope, period_key in json.loads(written)]


AnyAccount.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class TestAnyAccount(AnyAccount.TestCase):  # type: ignore[misc]
    """Run by pytest."""


class AnySharedAccount(AnyAccount):
    """The same with two processes on one Postgres: whoever restarts goes on in the other one."""

    def __init__(self, postgres: PostgresServer) -> None:
        self.postgres = postgres
        super().__init__()

    def open(self) -> Store:
        self.url = self.postgres.create()
        opening = [open_postgres(self.url, clock=self.clock) for _ in range(2)]
        first, self.other = (self.run(one) for one in opening)
        return first

    def restart(self) -> None:
        self.store, self.other = self.other, self.store

    def close(self) -> None:
        self.run(self.store.aclose())
        self.run(self.other.aclose())
        self.postgres.leave(self.url)


def test_any_account_of_two_processes_adds_up(postgres: PostgresServer) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        partial(AnySharedAccount, postgres),
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
