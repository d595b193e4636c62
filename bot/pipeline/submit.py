"""A request becomes a job: durable before anybody is told so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.access import Closed
from bot.domain.identity import Person, Place
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

_TURNED_AWAY: Mapping[type[SubmitOutcome | RulesChanged], str] = {
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
        book, workspace = self.entitlements.rulebook, invocation.person.workspace_id
        while True:
            outcome = await self.submit_by(await book.at_hand(workspace), invocation, order)
            if not isinstance(outcome, RulesChanged):
                return outcome

    async def submit_by(
        self, rules: WorkspaceRules, invocation: Invocation, order: Order
    ) -> SubmitOutcome | RulesChanged:
        """One try, by these rules alone: for whoever filled in the order by them.

        RulesChanged when they hold no more: nothing was written, and the newest are at hand.
        """
        self.boundary("received", None)
        outcome = await self._submit(invocation, order, rules)
        if isinstance(outcome, RulesChanged | NotLetIn | TooManyImages):
            # No by the rules at hand alone isn't the last word: what was set elsewhere since may say yes.
            newest = await self.entitlements.rulebook.current(invocation.person.workspace_id)
            if newest.version != rules.version:
                return RulesChanged()
        if isinstance(outcome, Accepted):
            self.boundary("committed", outcome.job)
            self.signals.wake(ADMISSIONS)
        if reason := _TURNED_AWAY.get(type(outcome)):
            self.turned_away(invocation.person, reason)
        return outcome

    def turned_away(self, person: Person, reason: str = _TURNED_AWAY[NotLetIn]) -> None:
        """Counts a request that came to nothing, also one that was stopped at the door."""
        self.record(RequestTurnedAway(surface=person.platform, reason=reason))

    async def _submit(
        self, invocation: Invocation, order: Order, rules: WorkspaceRules
    ) -> SubmitOutcome | RulesChanged:
        person, by_platform = invocation.person, invocation.platform_role
        if by_platform is not None and by_platform is not person.role:
            person = replace(person, role=by_platform)
        person = rules.known_as(person)
        closed = self._closed(person, invocation.place, rules)
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

    def _closed(self, person: Person, place: Place, rules: WorkspaceRules) -> Closed | None:
        if rules.access.is_open:
            return None
        now, zone = self.clock.now(), self.entitlements.zone(rules)
        return rules.access.closed(person, place, now=now, zone=zone, making=True)
