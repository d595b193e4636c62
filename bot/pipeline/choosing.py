"""Who is asked next for a part of a job: along its candidates, past those that failed, are full, limited or shut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.domain.job import Candidate, Plan
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.traffic import Traffic
from bot.ports import Claimed, JournalledCall, Queue
from providers import BadAnswer, Busy, ModelGone, NoImage, ProviderError

SLOT_WAIT_S = 3.0
"""How soon a job looks again for a slot at another provider."""
PATIENCE_S = 10.0
"""So long a job waits for the chosen model's rate limit before an equivalent model does it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Who is to be asked, with the claim that holds a slot there."""

    holder: Claimed
    candidate: Candidate
    stall: Stall


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nobody can be asked now."""

    seconds: float
    why: str


@dataclass(slots=True)
class Tried:
    """What went wrong while this process worked on a part; a restart begins anew."""

    last: ProviderError | None = None
    _providers: set[str] = field(default_factory=set)
    _offers: set[tuple[str, str]] = field(default_factory=set)
    _gone: set[str] = field(default_factory=set)
    _empty: set[tuple[str, str]] = field(default_factory=set)

    def note(self, provider: str, model: str, error: ProviderError, *, for_good: bool) -> None:
        """Remembers who is not to be asked again. Whoever is merely busy may be, later, unless `for_good`."""
        self.last = error
        if isinstance(error, ModelGone):
            self._gone.add(model)
        if isinstance(error, NoImage) and (provider, model) not in self._empty:
            # It may be asked once more, as if nothing had been said against it.
            self._empty.add((provider, model))
        elif isinstance(error, ModelGone | BadAnswer):
            self._offers.add((provider, model))
        elif for_good or not isinstance(error, Busy):
            self._providers.add(provider)

    def leaves(self, plan: Plan) -> list[Candidate]:
        """The candidates still to be asked, best first."""
        return [
            one
            for one in plan.choices
            if one.provider not in self._providers
            and (one.provider, one.model) not in self._offers
            and (not one.if_gone or plan.model in self._gone)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """Looks who can be asked, and moves the job's slot there."""

    queue: Queue
    catalog: Catalog
    traffic: Traffic

    async def pick(
        self, holder: Claimed, plan: Plan, tried: Tried, calls: Sequence[JournalledCall]
    ) -> Pick | Wait | None:
        """Who is asked; None when nobody is left. `calls` are those made for this part."""
        left = [one for one in tried.leaves(plan) if self.catalog.stall(one.provider) is not None]
        # The slot that came with the claim is used before another is looked for.
        left.sort(key=lambda one: (one.model != plan.model, one.provider != holder.provider))
        shortest: Wait | None = None
        for candidate in left:
            if candidate.model != plan.model and shortest and shortest.seconds <= PATIENCE_S:
                break
            found = await self._look(holder, candidate, calls)
            if isinstance(found, Pick):
                return found
            if shortest is None or found.seconds < shortest.seconds:
                shortest = found
        return shortest

    async def _look(
        self, holder: Claimed, candidate: Candidate, calls: Sequence[JournalledCall]
    ) -> Pick | Wait:
        stall = self.catalog.stall(candidate.provider)
        if stall is None:
            return Wait(seconds=SLOT_WAIT_S, why=f"{candidate.provider} is gone")
        if wait_s := await self.traffic.shut_s(stall):
            return Wait(seconds=max(wait_s, PATIENCE_S + 1), why=f"{stall.name} is left alone")
        if wait_s := await self.traffic.rest_s(stall):
            return Wait(seconds=wait_s, why=f"{stall.name} takes no more calls just now")
        if has_failed(calls, candidate, stall) and not self.traffic.budget.allows():
            return Wait(seconds=PATIENCE_S, why="too many calls are being repeated")
        moved = await self.move(holder, stall)
        if moved is None:
            return Wait(seconds=SLOT_WAIT_S, why="every slot there is taken")
        return Pick(holder=moved, candidate=candidate, stall=stall)

    async def move(self, holder: Claimed, stall: Stall) -> Claimed | None:
        """The claim with its slot at that provider; None when all are taken there, or the claim was lost."""
        if holder.provider == stall.name:
            return holder
        if await self.queue.switch_provider(
            holder.fence, provider=stall.name, capacity=stall.max_concurrent
        ):
            return replace(holder, provider=stall.name)
        return None


def has_failed(calls: Sequence[JournalledCall], candidate: Candidate, stall: Stall) -> bool:
    """Whether this provider was asked for this model before, so that asking again is a repetition."""
    return any(
        call.state == "failed"
        and call.provider == stall.name
        and call.model in {None, candidate.model}
        for call in calls
    )
