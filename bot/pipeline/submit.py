"""A request becomes a job: durable before anybody is told so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.invocation import Invocation
from bot.domain.job import Order
from bot.domain.workspace_rules import WorkspaceRules
from bot.pipeline.entitlement import Entitlements
from bot.ports import (
    Accepted,
    Boundary,
    Clock,
    NotLetIn,
    OverQuota,
    Queue,
    RulesChanged,
    Signals,
    Submission,
    SubmitOutcome,
    TooManyImages,
    TooManyQueued,
)
from bot.telemetry.events import Recorder, RequestTurnedAway, unrecorded

ADMISSION_LEASE_S = 30.0
"""How long the process that took a request has to judge it before another may."""

_TURNED_AWAY: Mapping[type[SubmitOutcome], str] = {
    NotLetIn: "not_let_in",
    OverQuota: "over_quota",
    TooManyImages: "too_many_images",
    TooManyQueued: "too_many_queued",
}

ADMISSIONS = "admissions"
"""The topic that wakes whoever adopts received jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes requests in; whoever admits is woken."""

    queue: Queue
    signals: Signals
    clock: Clock
    entitlements: Entitlements
    boundary: Boundary
    record: Recorder = unrecorded

    async def submit(self, invocation: Invocation, order: Order) -> SubmitOutcome:
        """What came of it. When this returns Accepted, a crash loses nothing any more.

        It is decided by the workspace's rules as they are when it is committed: if they changed since they were read
        here, nothing is written and it is asked again by the new ones.
        """
        self.boundary("received", None)
        workspace = invocation.person.workspace_id
        book = self.entitlements.rulebook
        rules = await book.at_hand(workspace)
        while True:
            outcome = await self._submit(invocation, order, rules)
            if isinstance(outcome, RulesChanged):
                rules = await book.current(workspace)
                continue
            if isinstance(outcome, NotLetIn | TooManyImages):
                # Said by the rules at hand alone: what was set elsewhere since may say yes.
                newest = await book.current(workspace)
                if newest.version != rules.version:
                    rules = newest
                    continue
            if isinstance(outcome, Accepted):
                self.boundary("committed", outcome.job)
                self.signals.wake(ADMISSIONS)
            if reason := _TURNED_AWAY.get(type(outcome)):
                self.record(RequestTurnedAway(surface=invocation.person.platform, reason=reason))
            return outcome

    async def _submit(
        self, invocation: Invocation, order: Order, rules: WorkspaceRules
    ) -> SubmitOutcome | RulesChanged:
        by_platform = invocation.platform_role or invocation.person.role
        person = rules.known_as(replace(invocation.person, role=by_platform))
        closed = rules.access.closed(
            person,
            invocation.place,
            now=self.clock.now(),
            zone=self.entitlements.zone(rules),
            making=True,
        )
        if closed is not None:
            return NotLetIn(closed=closed)
        allowance = self.entitlements.allowance(rules, person, invocation.place)
        if allowance.count is not None and order.images > allowance.count:
            return TooManyImages(
                asked=order.images, most=allowance.count, because=allowance.because["count"]
            )
        return await self.queue.submit(
            Submission(
                key=invocation.key,
                person=person,
                place=rules.seen(invocation.place),
                order=order,
                counters=self.entitlements.counters(rules, allowance, person, invocation.place),
                max_queued=allowance.queued,
                weight=allowance.weight,
                cap=allowance.at_once,
                rules_version=rules.version,
            )
        )
