"""A request becomes a job: durable before anybody is told so."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.house import HouseRules
from bot.domain.invocation import Invocation
from bot.domain.job import Order
from bot.domain.quota import Counter, counter
from bot.ports import Accepted, Boundary, Clock, Queue, Signals, Submission, SubmitOutcome

ADMISSION_LEASE_S = 30.0
"""How long the process that took a request has to judge it before another may."""

ADMISSIONS = "admissions"
"""The topic that wakes whoever adopts received jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes requests in; whoever admits is woken."""

    queue: Queue
    signals: Signals
    clock: Clock
    rules: HouseRules
    boundary: Boundary

    def counters(self, invocation: Invocation) -> tuple[Counter, ...]:
        """The quota counters this person's request touches now."""
        now = self.clock.now()
        return tuple(
            counter(limit, now=now, zone=self.rules.zone)
            for limit in self.rules.limits(invocation.person)
        )

    async def submit(self, invocation: Invocation, order: Order) -> SubmitOutcome:
        """What came of it. When this returns Accepted, a crash loses nothing any more."""
        self.boundary("received", None)
        outcome = await self.queue.submit(
            Submission(
                key=invocation.key,
                person=invocation.person,
                place=invocation.place,
                order=order,
                counters=self.counters(invocation),
                max_queued=self.rules.jobs_queued,
                weight=self.rules.weight,
                cap=self.rules.jobs_at_once,
            )
        )
        if isinstance(outcome, Accepted):
            self.boundary("committed", outcome.job)
            self.signals.wake(ADMISSIONS)
        return outcome
