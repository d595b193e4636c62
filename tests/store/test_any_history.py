"""Whatever happens in whatever order, the books balance, slots are counted right, and every job ends once."""

import asyncio
import shutil
import tempfile
from collections import Counter as Tally
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from sqlalchemy import text

from bot.domain.job import FINAL, TRANSITIONS, Fence, JobState
from bot.domain.quota import Counter
from bot.ports import Accepted, CancelAsked, Cancelled, Duplicate, OverQuota, TooLate, TooManyQueued
from bot.store.opening import Store, open_sqlite
from bot.store.statement import Statement
from bot.store.transaction import Transaction
from tests.contracts.step_watch import steps_seen, watch
from tests.contracts.store_kit import (
    BROKEN,
    LEASE_S,
    REFUSED,
    MovableClock,
    allowed,
    counter,
    person,
    picture,
    plan,
    submission,
)
from tests.servers.sqlite import lay_fresh_database

USERS = ("ann", "bob", "cas")
WEIGHTS = {"ann": 1.0, "bob": 1.0, "cas": 3.0}
CAP = 2
MAX_QUEUED = 6
ROUTES = (("house",), ("cloud",), ("house", "cloud"))
CAPACITY = {"house": 2, "cloud": 1}
DEADLINE_S = 120.0
MAX_ATTEMPTS = 3
LIMITS = {"day": 14, "month": 30}

JOBS = Statement(
    text(
        "SELECT id, lane, state, images, counters, vt, owner, provider, lease_until_us, message,"
        " finished_at_us FROM job"
    )
)
LEDGER = Statement(text("SELECT job, kind, part, images FROM ledger"))
USAGE = Statement(text("SELECT scope, period_key, used, held FROM usage"))
LANES = Statement(text("SELECT lane, cap, inflight, tag FROM lane"))
FINALS = Statement(text("SELECT job, count(*) FROM outbox WHERE final GROUP BY job"))
UNANSWERED = Statement(
    text("SELECT count(*) FROM outbox WHERE final AND state NOT IN ('posted', 'given_up')")
)
HEADS = Statement(text("SELECT id, route FROM job WHERE state = 'ready' ORDER BY vt, id"))
LEGAL = {(before, after) for before, afters in TRANSITIONS.items() for after in afters}
LEASED = {JobState.RECEIVED, JobState.RUNNING}


def counters(user: str) -> list[Counter]:
    """The person's day, and the month that all share."""
    return [
        counter(user, limit=LIMITS["day"]),
        counter("everybody", limit=LIMITS["month"], period_key="month:2026-11"),
    ]


def everything(tx: Transaction) -> dict[str, list[Any]]:
    return {
        "jobs": tx.rows(JOBS),
        "ledger": tx.rows(LEDGER),
        "usage": tx.rows(USAGE),
        "lanes": tx.rows(LANES),
        "finals": tx.rows(FINALS),
        "steps": steps_seen(tx),
    }


class AnyHistory(RuleBasedStateMachine):
    """One store, one clock, and hands that do everything the bot may do, also late, twice and after a crash."""

    received = Bundle("received")
    held = Bundle("held")
    stale = Bundle("stale")
    taken_letters = Bundle("letters")

    def __init__(self) -> None:
        super().__init__()
        self.clock = MovableClock()
        self.runner = asyncio.Runner()
        self.store = self.open()
        self.run(self.store.executor.write(watch))
        self.owner = 1
        self.keys = 0
        self.newest: dict[int, Fence] = {}
        self.admitted: list[int] = []
        self.answers: Tally[int] = Tally()

    def open(self) -> Store:
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        lay_fresh_database(self.folder / "bot.db")
        opening = open_sqlite(self.folder / "bot.db", clock=self.clock, deadline_s=DEADLINE_S)
        return self.run(opening)

    def restart(self) -> None:
        self.run(self.store.queue.recover(owner=self.me, max_attempts=MAX_ATTEMPTS))

    def close(self) -> None:
        self.run(self.store.aclose())
        shutil.rmtree(self.folder)

    def run(self, asked: Any) -> Any:
        async def answer() -> Any:
            return await asked

        return self.runner.run(answer())

    def teardown(self) -> None:
        try:
            self.drain()
        finally:
            self.close()
            self.runner.close()

    @property
    def me(self) -> str:
        return f"process{self.owner}"

    def note(self, fence: Fence) -> Fence:
        self.newest[fence.job] = fence
        return fence

    def used(self, fence: Fence, *, worked: bool) -> None:
        """Only the newest proof of a claim may ever work."""
        assert not worked or self.newest[fence.job] == fence

    # --- requests ---

    @initialize()
    def begin(self) -> None:
        self.check(self.read())

    @rule(user=st.sampled_from(USERS), images=st.integers(1, 4))
    def submit(self, user: str, images: int) -> None:
        self.keys += 1
        outcome = self.run(self.store.queue.submit(self.request(self.keys, user, images)))
        match outcome:
            case Accepted():
                return
            case OverQuota(usage=usage):
                assert usage.left < images
            case TooManyQueued(queued=queued):
                assert queued == MAX_QUEUED
            case _:
                raise AssertionError(outcome)

    def request(self, number: int, user: str, images: int) -> Any:
        return submission(
            f"key{number}",
            user=user,
            images=images,
            counters=counters(user),
            cap=CAP,
            max_queued=MAX_QUEUED,
        )

    @rule(fence=received)
    def submit_again(self, fence: Fence) -> None:
        job = self.run(self.store.queue.job(fence.job))
        user = job.person.user
        number = int(job.key.removeprefix("key"))
        outcome = self.run(self.store.queue.submit(self.request(number, user, job.order.images)))
        assert outcome == Duplicate(job=fence.job, state=job.state)

    @rule(target=received, limit=st.integers(1, 3))
    def adopt(self, limit: int) -> Any:
        claims = self.run(self.store.queue.adopt(owner=self.me, limit=limit, lease_s=LEASE_S))
        return multiple(*(self.note(claimed.fence) for claimed in claims))

    @rule(target=stale, fence=consumes(received), route=st.sampled_from(ROUTES))
    def admit(self, fence: Fence, route: tuple[str, ...]) -> Fence:
        user = self.run(self.store.queue.job(fence.job)).person.user
        worked = self.run(
            self.store.queue.admit(
                fence, plan=plan(*route), decision=allowed(), weight=WEIGHTS[user]
            )
        )
        self.used(fence, worked=worked)
        if worked:
            self.admitted.append(fence.job)
        return fence

    @rule(target=stale, user=st.sampled_from(USERS), route=st.sampled_from(ROUTES))
    def queue_up(self, user: str, route: tuple[str, ...]) -> Any:
        self.submit(user, 1)
        claims = self.run(self.store.queue.adopt(owner=self.me, limit=50, lease_s=LEASE_S))
        return multiple(*(self.admit(self.note(one.fence), route) for one in claims))

    @rule(target=stale, fence=consumes(received))
    def refuse(self, fence: Fence) -> Fence:
        refusal = self.store.queue.refuse(fence, ending=REFUSED, decision=None)
        self.used(fence, worked=self.run(refusal))
        return fence

    # --- work ---

    @rule(target=held, slots=st.integers(1, 4))
    def claim(self, slots: int) -> Any:
        before = self.read()
        heads = self.run(self.store.executor.read(lambda tx: tx.rows(HEADS)))
        claims = self.run(
            self.store.queue.claim(owner=self.me, slots=slots, lease_s=LEASE_S, capacity=CAPACITY)
        )
        busy = Tally(provider for *_, provider, _, _, _ in before["jobs"] if provider)
        assert [(one.job.id, one.provider) for one in claims] == expected(heads, busy, slots)
        return multiple(*(self.note(claimed.fence) for claimed in claims))

    @rule(target=stale, fence=consumes(held), images=st.integers(1, 4))
    def finish(self, fence: Fence, images: int) -> Fence:
        count = min(images, self.run(self.store.queue.job(fence.job)).order.images)
        finishing = self.store.queue.finish(
            fence,
            images=[picture(position) for position in range(1, count + 1)],
            decisions=[allowed()] * count,
            cost_microusd=1,
            notes=(),
            grid=None,
        )
        self.used(fence, worked=self.run(finishing))
        return fence

    @rule(target=stale, fence=consumes(held), how=st.sampled_from(["fail", "delay", "back", "no"]))
    def let_go(self, fence: Fence, how: str) -> Fence:
        queue = self.store.queue
        match how:
            case "fail":
                ending = queue.fail(fence, ending=BROKEN)
            case "delay":
                run_at = self.clock.now() + timedelta(seconds=10)
                ending = queue.delay(fence, run_at=run_at, detail="429")
            case "back":
                ending = queue.hand_back(fence)
            case _:
                ending = queue.cancelled(fence, cost_microusd=5)
        self.used(fence, worked=self.run(ending))
        return fence

    @rule(fence=held, provider=st.sampled_from(["house", "cloud"]))
    def switch(self, fence: Fence, provider: str) -> None:
        switching = self.store.queue.switch_provider(
            fence, provider=provider, capacity=CAPACITY[provider]
        )
        self.used(fence, worked=self.run(switching))

    @rule(fence=st.one_of(held, received))
    def renew(self, fence: Fence) -> None:
        renewal = self.run(self.store.queue.renew([fence], lease_s=LEASE_S))
        self.used(fence, worked=fence.job not in renewal.lost)

    @rule(fence=stale)
    def use_again_what_was_used(self, fence: Fence) -> None:
        assert not self.run(self.store.queue.fail(fence, ending=BROKEN))
        assert not self.run(self.store.queue.hand_back(fence))

    # --- people, letters, time, crashes ---

    @rule(fence=st.one_of(received, held, stale))
    def cancel(self, fence: Fence) -> None:
        before = self.run(self.store.queue.job(fence.job)).state
        outcome = self.run(self.store.queue.cancel(fence.job, by="ann"))
        match outcome:
            case Cancelled():
                assert before not in FINAL | {JobState.RUNNING, JobState.DELIVERING}
            case CancelAsked():
                assert before is JobState.RUNNING
            case TooLate(state=state):
                assert state is before

    @rule(target=taken_letters, limit=st.integers(1, 4))
    def take_letters(self, limit: int) -> Any:
        letters = self.run(self.store.outbox.due(owner=self.me, limit=limit, lease_s=LEASE_S))
        assert len({letter.job for letter in letters}) == len(letters)
        return multiple(*letters)

    @rule(letter=consumes(taken_letters), how=st.sampled_from(["post", "post", "later", "never"]))
    def answer(self, letter: Any, how: str) -> None:
        match how:
            case "post":
                self.post(letter)
            case "later":
                run_at = self.clock.now() + timedelta(seconds=5)
                self.run(self.store.outbox.postpone(letter, run_at=run_at, detail="500"))
            case _:
                self.run(self.store.outbox.give_up(letter, detail="gone"))

    def post(self, letter: Any) -> None:
        posting = self.store.outbox.posted(letter, message=str(letter.id), images=(1, 2, 3))
        if self.run(posting) and letter.final:
            self.answers[letter.job] += 1

    @rule(seconds=st.sampled_from([1, 5, 16, 40]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds)

    @rule()
    def sweep(self) -> None:
        self.run(self.store.queue.sweep(max_attempts=MAX_ATTEMPTS))

    @rule()
    def crash_and_restart(self) -> None:
        self.owner += 1
        self.restart()

    # --- what must always hold ---

    def read(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = self.run(self.store.executor.read(everything))
        return found

    @invariant()
    def the_books_are_right(self) -> None:
        self.check(self.read())

    def check(self, found: dict[str, list[Any]]) -> None:
        states = {job[0]: JobState(job[2]) for job in found["jobs"]}
        check_ledger(found, states)
        check_usage(found)
        check_lanes(found)
        check_letters(found, states)
        check_leases(found)
        self.check_order(found)
        assert {(JobState(one), JobState(two)) for one, two in found["steps"]} <= LEGAL
        assert all(count == 1 for count in self.answers.values())

    def check_order(self, found: dict[str, list[Any]]) -> None:
        """A person's jobs keep the order in which they were admitted, and a place is that order."""
        live = {
            job[0]: (job[1], job[5])
            for job in found["jobs"]
            if job[2] in {"ready", "waiting", "running", "delayed"}
        }
        for lane in {lane for lane, _ in live.values()}:
            tags = [live[job][1] for job in self.admitted if job in live and live[job][0] == lane]
            assert tags == sorted(tags)
        in_line = sorted(
            (job[5], job[0]) for job in found["jobs"] if job[2] in {"ready", "waiting"}
        )
        line = self.run(self.store.queue.line())
        assert [one.job for one in line] == [job for _, job in in_line]
        for one in line:
            assert self.run(self.store.queue.place(one.job)) == one.place

    def drain(self) -> None:
        """No job is stuck: with time and willing hands everything ends, answered once."""
        for _ in range(60):
            if self.all_over():
                break
            self.clock.forward(20)
            self.sweep()
            for claimed in self.run(
                self.store.queue.adopt(owner=self.me, limit=50, lease_s=LEASE_S)
            ):
                self.admit_any(self.note(claimed.fence))
            for claimed in self.run(
                self.store.queue.claim(owner=self.me, slots=50, lease_s=LEASE_S, capacity=CAPACITY)
            ):
                self.finish_any(self.note(claimed.fence))
            for letter in self.run(self.store.outbox.due(owner=self.me, limit=50, lease_s=LEASE_S)):
                self.post(letter)
        found = self.read()
        self.check(found)
        assert {JobState(job[2]) for job in found["jobs"]} <= FINAL
        assert all(held == 0 for *_, held in found["usage"])
        assert self.unanswered() == 0

    def all_over(self) -> bool:
        states = {JobState(job[2]) for job in self.read()["jobs"]}
        return states <= FINAL and self.unanswered() == 0

    def unanswered(self) -> int:
        (count,) = self.run(self.store.executor.read(lambda tx: tx.row(UNANSWERED)))
        return int(count)

    def admit_any(self, fence: Fence) -> None:
        admitting = self.store.queue.admit(
            fence, plan=plan("house"), decision=allowed(), weight=1.0
        )
        if self.run(admitting):
            self.admitted.append(fence.job)

    def finish_any(self, fence: Fence) -> None:
        finishing = self.store.queue.finish(
            fence,
            images=[picture(1)],
            decisions=[allowed()],
            cost_microusd=1,
            notes=(),
            grid=None,
        )
        assert self.run(finishing)


def expected(heads: list[tuple[int, str]], busy: Tally[str], slots: int) -> list[tuple[int, str]]:
    """Whom a claim must serve: in order, each at its first candidate with a free slot."""
    claims: list[tuple[int, str]] = []
    for job, route in heads:
        free = [name for name in route.split(",") if busy[name] < CAPACITY[name]]
        if free and len(claims) < slots:
            busy[free[0]] += 1
            claims.append((job, free[0]))
    return claims


def check_ledger(found: dict[str, list[Any]], states: dict[int, JobState]) -> None:
    images = {job[0]: job[3] for job in found["jobs"]}
    hold: Tally[int] = Tally()
    moved: Tally[int] = Tally()
    settled: Tally[int] = Tally()
    for job, kind, _, count in found["ledger"]:
        (hold if kind == "hold" else moved)[job] += count
        settled[job] += count if kind == "settle" else 0
    assert dict(hold) == images
    for job, state in states.items():
        if state in FINAL:
            assert moved[job] == hold[job]
        elif state is not JobState.DELIVERING:
            assert moved[job] == 0
        assert moved[job] <= hold[job]
        assert not settled[job] or state is JobState.DELIVERED


def check_usage(found: dict[str, list[Any]]) -> None:
    lanes = {job[0]: job[1] for job in found["jobs"]}
    used: Tally[str] = Tally()
    held: Tally[str] = Tally()
    for job, kind, _, count in found["ledger"]:
        for scope in (f"user:{lanes[job]}", f"user:{person('everybody').lane}"):
            used[scope] += count if kind == "settle" else 0
            held[scope] += count if kind == "hold" else -count
    for scope, period_key, row_used, row_held in found["usage"]:
        assert (row_used, row_held) == (used[scope], held[scope])
        assert row_used + row_held <= LIMITS[period_key.split(":")[0]]


def check_lanes(found: dict[str, list[Any]]) -> None:
    inflight = Tally(job[1] for job in found["jobs"] if job[2] in {"ready", "running"})
    waiting = Tally(job[1] for job in found["jobs"] if job[2] == "waiting")
    for lane, cap, counted, tag in found["lanes"]:
        assert counted == inflight[lane] <= cap
        assert not waiting[lane] or counted == cap
        tags = [
            job[5]
            for job in found["jobs"]
            if job[1] == lane and job[2] in {"ready", "waiting", "running", "delayed"}
        ]
        assert tag >= max(tags, default=0)


def check_letters(found: dict[str, list[Any]], states: dict[int, JobState]) -> None:
    finals = dict(found["finals"])
    for job, state in states.items():
        over = state in FINAL or state is JobState.DELIVERING
        assert finals.get(job, 0) == over


def check_leases(found: dict[str, list[Any]]) -> None:
    for _, _, state, *_, owner, provider, lease_until_us, _, finished_at_us in found["jobs"]:
        if state not in LEASED:
            assert (owner, lease_until_us) == (None, None)
        assert (provider is not None) == (state == JobState.RUNNING)
        assert (finished_at_us is not None) == (JobState(state) in FINAL)
    busy = Tally(job[7] for job in found["jobs"] if job[7])
    assert all(count <= CAPACITY[provider] for provider, count in busy.items())


AnyHistory.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class TestAnyHistory(AnyHistory.TestCase):  # type: ignore[misc]
    """Run by pytest."""
