"""Requests that wait for their quota: parked at the asker's wish, and let into the line when there is room again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.identity import Person, Place
from bot.domain.job import Ending, Job, Order, ParkedFor, Reason
from bot.domain.sentences import images
from bot.domain.workspace_rules import WorkspaceRules
from bot.pipeline.entitlement import Entitlements
from bot.pipeline.loop import one_by_one
from bot.pipeline.submit import ADMISSIONS
from bot.pipeline.topics import LETTERS, PARKED
from bot.ports import (
    Accepted,
    Clock,
    Duplicate,
    OverQuota,
    Queue,
    RulesChanged,
    Signals,
    Submission,
    TooManyQueued,
)

log = logging.getLogger("impasto.parking")

LOOK_S = 1.0
AT_ONCE = 50
PUT_OFF_S = 60.0
"""How long a request waits that could not be let in because of a fault; it may be mended by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parking:
    """Parks requests and wakes them. What is woken takes its place at the end of its asker's line, as if just asked."""

    queue: Queue
    entitlements: Entitlements
    signals: Signals
    clock: Clock

    async def park(
        self, key: str, person: Person, place: Place, order: Order, *, run_at: datetime
    ) -> Accepted | Duplicate | TooManyQueued:
        """The parked job, durable. Parking the same event twice is one job."""
        book, workspace = self.entitlements.rulebook, person.workspace_id
        rules = await book.at_hand(workspace)
        while True:
            submission = self._submission(key, rules.known_as(person), place, order, rules)
            outcome = await self.queue.park_new(submission, run_at=run_at)
            if not isinstance(outcome, RulesChanged):
                return outcome
            rules = await book.current(workspace)

    async def look(self) -> int:
        """Lets in what has room now. How many were looked at."""
        found = await self.queue.parked_due(limit=AT_ONCE)
        await one_by_one("parking", found, self._try, put_off=self._put_off)
        if found:
            self.signals.wake(ADMISSIONS)
            self.signals.wake(LETTERS)
        return len(found)

    async def _put_off(self, job: Job) -> None:
        log.error("job %s could not be let in; again in %s s", job.id, PUT_OFF_S)
        run_at = self.clock.now() + timedelta(seconds=PUT_OFF_S)
        await self.queue.put_off(job.id, run_at=run_at)

    async def _try(self, job: Job) -> None:
        rules = await self.entitlements.rulebook.current(job.person.workspace_id)
        while True:
            closed = rules.access.closed(
                job.person,
                job.place,
                now=self.clock.now(),
                zone=self.entitlements.zone(rules),
                making=True,
            )
            if closed is not None and closed.until is not None:
                await self.queue.put_off(job.id, run_at=closed.until)
                return
            if closed is not None:
                await self.queue.end_parked(job.id, ending=Ending(reason=Reason.NOT_LET_IN))
                return
            submission = self._submission(job.key, job.person, job.place, job.order, rules)
            never = next((one for one in submission.counters if one.limit < job.order.images), None)
            if never is not None and job.parked is ParkedFor.QUOTA:
                words = (
                    f"You asked for {images(job.order.images)}, and {never.limit} is the most now."
                )
                await self.queue.end_parked(
                    job.id, ending=Ending(reason=Reason.OVER_QUOTA, words=words)
                )
                return
            outcome = await self.queue.unpark(job.id, submission)
            if isinstance(outcome, OverQuota):
                log.info("job %s goes on waiting for its quota", job.id)
            if not isinstance(outcome, RulesChanged):
                return
            rules = await self.entitlements.rulebook.current(job.person.workspace_id)

    def _submission(
        self, key: str, person: Person, place: Place, order: Order, rules: WorkspaceRules
    ) -> Submission:
        allowance = self.entitlements.allowance(rules, person, place)
        return Submission(
            key=key,
            person=person,
            place=place,
            order=order,
            counters=self.entitlements.counters(rules, allowance, person, place),
            max_queued=allowance.queued,
            weight=allowance.weight,
            cap=allowance.at_once,
            rules_version=rules.version,
        )


@dataclass(slots=True, kw_only=True)
class ParkingAttendant:
    """Looks again and again."""

    parking: Parking
    _began: bool = False

    async def step(self) -> None:
        """One look, then a wait; the first looks at all that is parked.

        An admin's word and the waking that follows it are two commits: who died between them left somebody waiting.
        """
        if not self._began:
            await self.parking.queue.wake_parked(None)
            self._began = True
        await self.parking.look()
        await self.parking.signals.wait(PARKED, timeout_s=LOOK_S)
