"""A received job is judged, and refused with a reason or given its model and its place in line."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.budget import INSTALLATION, Spending
from bot.domain.house import SHELL
from bot.domain.job import Ending, Fence, Job, ParkedFor, Reason
from bot.domain.live import Changed
from bot.domain.quota_sentences import A_PERIOD
from bot.domain.sentences import money
from bot.domain.workspace_rules import WorkspaceRules
from bot.pipeline.entitlement import Entitlements
from bot.pipeline.foresight import Foresight, case_of
from bot.pipeline.planning import Planner
from bot.pipeline.pricing import priced
from bot.pipeline.submit import ADMISSION_LEASE_S, ADMISSIONS
from bot.pipeline.topics import LETTERS, READY
from bot.ports import (
    Boundary,
    Claimed,
    OverBudget,
    Queue,
    RulesChanged,
    Signals,
    StoreUnavailable,
    Terms,
)
from moderation import Block, Decision, Review

AT_ONCE = 8
"""Requests judged at the same time by one process."""

log = logging.getLogger("impasto.admit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Admissions:
    """Judges what was received: this process's own at once, a dead process's when its lease lapses."""

    queue: Queue
    foresight: Foresight
    planner: Planner
    signals: Signals
    entitlements: Entitlements
    owner: str
    boundary: Boundary
    lease_s: float = ADMISSION_LEASE_S

    async def take(self, free: int) -> Sequence[Claimed]:
        """Up to `free` received jobs; waits a while when there are none."""
        adopted = await self.queue.adopt(owner=self.owner, limit=free, lease_s=self.lease_s)
        if not adopted:
            await self.signals.wait(ADMISSIONS, timeout_s=1.0)
        return adopted

    async def work(self, claim: Claimed) -> None:
        """Admits one job; a fault of ours ends it with an answer, a database that is away leaves it to its lease."""
        try:
            await self.admit(claim.job, claim.fence)
        except StoreUnavailable as error:
            log.warning("job %s is admitted later: %s", claim.job.id, error)
        except Exception as fault:
            log.exception("admitting job %s failed", claim.job.id)
            ending = Ending(reason=Reason.INTERNAL, detail=repr(fault))
            await self.queue.fail(claim.fence, ending=ending)
            self.signals.wake(LETTERS)

    async def admit(self, job: Job, fence: Fence) -> None:
        """Judges and routes one job. Safe to run twice: the fence lets only one result through."""
        self.boundary("moderating", job.id)
        decision = await self.foresight.decide(case_of(job.order.ask))
        ending = prompt_ending(decision)
        if ending is None:
            ending = await self._let_in(job, fence, decision)
            if ending is None:
                return
        await self.queue.refuse(fence, ending=ending, decision=decision)
        self.signals.publish(Changed(job=job.id))
        self.signals.wake(LETTERS)

    async def _let_in(self, job: Job, fence: Fence, decision: Decision) -> Ending | None:
        """Plans it and gives it its place by the rules as they are when that is committed; or why it can't be made."""
        book, workspace = self.entitlements.rulebook, job.person.workspace_id
        rules, everywhere = await book.at_hand(workspace), await book.at_hand(INSTALLATION)
        while True:
            outcome = await self._admit_by(rules, everywhere, job, fence, decision)
            if not isinstance(outcome, RulesChanged | Ending):
                break
            newest = await book.current(workspace), await book.current(INSTALLATION)
            unchanged = [one.version for one in newest] == [rules.version, everywhere.version]
            if isinstance(outcome, Ending) and unchanged:
                return outcome
            # Decided by rules that were changed meanwhile: what was set elsewhere since may say otherwise.
            rules, everywhere = newest
        if isinstance(outcome, OverBudget):
            purse = outcome.spending.purse
            if not purse.asks or job.person.platform == SHELL:
                return over_budget(outcome.spending)
            await self.queue.park(
                fence, why=ParkedFor.BUDGET, run_at=purse.returns_at, decision=decision
            )
        self.boundary("queued", job.id)
        self.signals.publish(Changed(job=job.id))
        self.signals.wake(READY)
        self.signals.wake(LETTERS)
        return None

    async def _admit_by(
        self,
        rules: WorkspaceRules,
        everywhere: WorkspaceRules,
        job: Job,
        fence: Fence,
        decision: Decision,
    ) -> bool | RulesChanged | OverBudget | Ending:
        allowance = self.entitlements.allowance(rules, job.person, job.place)
        plan = await self.planner.plan(job, allowance, rules.routing)
        if isinstance(plan, Ending):
            return plan
        purses = self.entitlements.purses(rules, everywhere, job.person, job.place)
        price = 0
        if purses:
            known = priced(plan, self.planner.catalog)
            if known is None:
                return Ending(reason=Reason.NO_PRICE, words=plan.model)
            plan, price = known.plan, known.microusd
        return await self.queue.admit(
            fence,
            plan=plan,
            decision=decision,
            weight=allowance.weight,
            terms=Terms(
                rules_version=rules.version,
                installation_version=everywhere.version,
                purses=purses if price else (),
                price_microusd=price,
            ),
        )


def over_budget(short: Spending) -> Ending:
    """Why it can't be paid, and when it could be."""
    purse = short.purse
    whose = "the whole installation" if purse.is_the_houses else purse.because.shown
    return Ending(
        reason=Reason.OVER_BUDGET,
        words=(
            f"{money(short.left_microusd)} of {money(purse.limit_microusd)} {A_PERIOD[purse.period]}"
            f" are left, set for {whose}. It starts anew on {purse.returns_at:%Y-%m-%d at %H:%M %Z}."
        ),
        until=purse.returns_at,
    )


def prompt_ending(decision: Decision) -> Ending | None:
    """Why the prompt may not be painted, or None when it may."""
    if decision.allowed:
        return None
    match decision.verdict:
        case Block(category=category):
            return Ending(reason=Reason.BLOCKED_PROMPT, category=category.value)
        case Review(category=category):
            return Ending(reason=Reason.UNSURE_PROMPT, category=category.value)
        case _:
            return Ending(reason=Reason.UNCHECKED_PROMPT)
