"""The paid part: every call is journalled before it is made, and what comes back is kept before anything else.

Failover goes along the job's candidates; there is no retry below this loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from bot.domain.house import HouseRules
from bot.domain.job import Ending, Job, Plan, Reason
from bot.domain.live import Painting
from bot.images.process_faults import ProcessFault
from bot.images.reference import mask_for
from bot.images.safe_decode import Unreadable
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.insist import insist
from bot.pipeline.requests import Parts, parts_of, request_of
from bot.pipeline.resumption import (
    CallAnew,
    Exhausted,
    Lost,
    Repeat,
    Resume,
    UseAnswer,
    key_root,
    next_call,
)
from bot.ports import (
    Answer,
    AnsweredImage,
    Blobs,
    Boundary,
    Claimed,
    Clock,
    Gallery,
    Journal,
    JournalledCall,
    Queue,
    Signals,
)
from providers import (
    BadAnswer,
    Busy,
    Call,
    ContentBlocked,
    CreditExhausted,
    Done,
    Event,
    GenerationRequest,
    Headroom,
    InvalidRequest,
    ModelGone,
    Next,
    OffLoop,
    OutcomeUnknown,
    Progress,
    ProviderError,
    Result,
    Submitted,
    Unauthorized,
    Unavailable,
)

log = logging.getLogger("impasto.generate")

FIRST_BACKOFF_S = 5.0
SLOT_WAIT_S = 3.0
"""How soon a job looks again for a slot at another provider."""
MASK_TIMEOUT_S = 30.0
CALL_OFF_S = 5.0
LONGEST_WAIT_S = 120.0
"""A provider that asks for a longer wait is treated as unavailable, as OpenAI's own SDK does (read 2026-11-22)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """All parts are answered; their raw images are kept."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """It won't become a picture. `refused` when somebody's rules said no."""

    ending: Ending
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Everybody asked us to come back."""

    run_at: datetime
    detail: str


class _NoSlot(Exception):
    """The provider to go on with has no free slot now, or the claim was lost: either way it is tried again later."""


class StaleClaim(Exception):
    """Another process took the job over: everything held here is to be dropped."""


Outcome = Painted | Stopped | Later


@dataclass(frozen=True, slots=True)
class _Chosen:
    holder: Claimed
    call: JournalledCall
    resuming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Makes a claimed job's paid calls."""

    queue: Queue
    journal: Journal
    blobs: Blobs
    gallery: Gallery
    catalog: Catalog
    off_loop: OffLoop
    signals: Signals
    clock: Clock
    rules: HouseRules
    boundary: Boundary

    async def paint(self, claimed: Claimed) -> Outcome:
        """What came of it. StaleClaim when the claim was lost on the way."""
        plan = cast(Plan, claimed.job.plan)
        parts = parts_of(plan, self.catalog)
        answers: list[Answer] = []
        request = await request_of(claimed.job, plan, blobs=self.blobs, gallery=self.gallery)
        if request.mask is not None and request.source_image is not None:
            try:
                request = await self._fit_mask(request)
            except (Unreadable, ProcessFault, TimeoutError) as error:
                words = "The painted region doesn't fit the picture."
                return Stopped(
                    ending=Ending(reason=Reason.BAD_REQUEST, words=words, detail=str(error))
                )
        for part in range(parts.count):
            outcome = await self._part(claimed, parts, part, parts.request(request, part))
            if isinstance(outcome, Later):
                return outcome
            if isinstance(outcome, Stopped):
                # What was painted and paid before goes to the person; the rest was never charged.
                return Painted(answers=tuple(answers)) if answers else outcome
            answers.append(outcome)
        return Painted(answers=tuple(answers))

    async def _fit_mask(self, request: GenerationRequest) -> GenerationRequest:
        fitted = await self.off_loop(
            mask_for, request.mask, request.source_image, timeout_s=MASK_TIMEOUT_S
        )
        return replace(request, mask=fitted)

    async def _part(
        self, claimed: Claimed, parts: Parts, part: int, request: GenerationRequest
    ) -> Answer | Stopped | Later:
        holder = claimed
        last: ProviderError | None = None
        while True:
            try:
                chosen = await self._choose(holder, part, request.model, last)
            except _NoSlot:
                run_at = self.clock.now() + timedelta(seconds=SLOT_WAIT_S)
                return Later(run_at=run_at, detail="every slot there is taken")
            if not isinstance(chosen, _Chosen):
                return chosen
            holder = chosen.holder
            try:
                return await self._call(chosen, request, parts)
            except ProviderError as error:
                last = error
                if await self._taken(chosen.call) and isinstance(error, Busy | Unavailable):
                    return self._look_again(error)
                await self._note_failure(chosen.call, error)
                if error.next in {Next.NEVER, Next.UNKNOWN}:
                    return _stopped(error)

    async def _choose(
        self, holder: Claimed, part: int, model: str, last: ProviderError | None
    ) -> _Chosen | Answer | Stopped | Later:
        """The call to make or to take up again, or how this part ends without one."""
        calls = await self.journal.calls(holder.job.id)
        root, repeatable = key_root(holder.job), self._repeatable(model)
        match next_call(holder.fence, part, calls, root=root, repeatable=repeatable):
            case UseAnswer(answer=answer):
                return answer
            case Lost():
                return Stopped(ending=Ending(reason=Reason.OUTCOME_UNKNOWN))
            case Exhausted():
                return _stopped(last)
            case Resume(call=call) | Repeat(call=call) if self.catalog.stall(call.provider) is None:
                sent = call.state != "planned"
                reason = Reason.OUTCOME_UNKNOWN if sent else Reason.PROVIDER_DOWN
                return Stopped(ending=Ending(reason=reason, detail=f"{call.provider} is gone"))
            case Resume(call=call):
                return _Chosen(await self._move(holder, call.provider), call, resuming=True)
            case Repeat(call=call):
                return _Chosen(await self._move(holder, call.provider), call, resuming=False)
            case CallAnew(key=key, failed=failed):
                moved = await self._elsewhere(holder, failed) if failed else holder
                if moved is None:
                    return _after_everyone(last, calls, self.clock.now())
                planned = await self.journal.plan(
                    moved.fence, part=part, provider=moved.provider, key=key
                )
                if planned is None:
                    raise StaleClaim
                return _Chosen(moved, planned, resuming=False)

    def _repeatable(self, model: str) -> frozenset[str]:
        return frozenset(
            stall.provider.name
            for stall in self.catalog.stalls
            if (found := stall.model(model)) and found.capabilities.repeatable
        )

    async def _taken(self, call: JournalledCall) -> bool:
        """Whether the provider has this call under its own id: then it is asked again, never made again."""
        calls = await self.journal.calls(call.job)
        return any(other.id == call.id and other.remote_id is not None for other in calls)

    def _look_again(self, error: ProviderError) -> Later:
        wait_s = error.retry_after_s if isinstance(error, Busy) else None
        delay = timedelta(seconds=min(LONGEST_WAIT_S, wait_s or FIRST_BACKOFF_S))
        return Later(run_at=self.clock.now() + delay, detail=str(error))

    async def call_off(self, claimed: Claimed) -> None:
        """Asks providers to stop what they still paint for this job; a provider that can't goes on unheard."""
        for call in await self.journal.calls(claimed.job.id):
            stall = self.catalog.stall(call.provider)
            if call.state == "sent" and call.remote_id is not None and stall is not None:
                try:
                    async with asyncio.timeout(CALL_OFF_S):
                        await stall.provider.cancel(call.remote_id)
                except Exception as error:  # noqa: BLE001 - a stranger's plug-in; the job is cancelled all the same
                    log.warning("job %s could not be called off: %r", claimed.job.id, error)

    async def spent(self, claimed: Claimed) -> int | None:
        """What this job's answered calls cost, in millionths of a US dollar; None when nobody told."""
        calls = await self.journal.calls(claimed.job.id)
        costs = [call.answer.cost_microusd for call in calls if call.answer is not None]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if known else None

    async def _note_failure(self, call: JournalledCall, error: ProviderError) -> None:
        log.warning("call %s at %s: %s: %s", call.key, call.provider, type(error).__name__, error)
        await self.journal.failed(
            call.id, unknown=error.next is Next.UNKNOWN, detail=f"{type(error).__name__}: {error}"
        )

    async def _move(self, holder: Claimed, provider: str) -> Claimed:
        if holder.provider == provider:
            return holder
        capacity = self.catalog.capacity.get(provider, 0)
        if not await self.queue.switch_provider(holder.fence, provider=provider, capacity=capacity):
            raise _NoSlot
        return replace(holder, provider=provider)

    async def _elsewhere(self, holder: Claimed, failed: frozenset[str]) -> Claimed | None:
        """The claim moved to a candidate that has not failed; None when all have. _NoSlot when the others are full."""
        plan = cast(Plan, holder.job.plan)
        capacity = self.catalog.capacity
        left = [name for name in plan.providers if name not in failed and name in capacity]
        for name in left:
            if name == holder.provider or await self.queue.switch_provider(
                holder.fence, provider=name, capacity=capacity[name]
            ):
                return replace(holder, provider=name)
        if left:
            raise _NoSlot
        return None

    async def _call(self, chosen: _Chosen, request: GenerationRequest, parts: Parts) -> Answer:
        holder, call = chosen.holder, chosen.call
        stall = self.catalog.stall(call.provider)
        if stall is None or stall.model(request.model) is None:
            raise ModelGone(f"{call.provider} no longer offers {request.model}")
        ticket = Call(key=call.key, timeout_s=self._timeout_s(stall, holder.job))
        self.boundary("submitting", holder.job.id)
        if chosen.resuming and call.remote_id is not None:
            events = stall.provider.resume(call.remote_id, request, ticket)
        else:
            if not await self.journal.sent(holder.fence, call.id):
                raise StaleClaim
            self.boundary("sent", holder.job.id)
            events = stall.provider.generate(request, ticket)
        try:
            async with asyncio.timeout(ticket.timeout_s + 5):
                result = await self._follow(holder.job, call, events, parts)
        except TimeoutError as error:
            raise OutcomeUnknown("no answer within the deadline") from error
        self.boundary("fetched", holder.job.id)
        answer = await self._keep(result, request.count)
        await insist(lambda: self.journal.answered(call.id, answer))
        self.boundary("answered", holder.job.id)
        return answer

    def _timeout_s(self, stall: Stall, job: Job) -> float:
        started = job.started_at or self.clock.now()
        left = started + timedelta(seconds=self.rules.deadline_s) - self.clock.now()
        return max(1.0, min(stall.timeout_s, left.total_seconds()))

    async def _follow(
        self, job: Job, call: JournalledCall, events: AsyncGenerator[Event, None], parts: Parts
    ) -> Result:
        # A model's half-finished picture is judged by nobody, so nobody sees it.
        capabilities = self.catalog.capabilities(cast(Plan, job.plan).model)
        show_previews = capabilities is not None and not capabilities.is_ai_model
        async with aclosing(events) as stream:
            async for event in stream:
                match event:
                    case Submitted(remote_id=remote_id):
                        await insist(partial(self.journal.submitted, call.id, remote_id))
                        self.boundary("submitted", job.id)
                    case Progress(fraction=fraction, preview=preview):
                        self.signals.publish(
                            Painting(
                                job=job.id,
                                fraction=parts.overall(call.part, fraction),
                                preview=preview if show_previews else None,
                            )
                        )
                    case Headroom():
                        continue
                    case Done(result=result):
                        return result
        raise BadAnswer("the provider's events ended without a result")

    async def _keep(self, result: Result, count: int) -> Answer:
        if not result.images:
            raise BadAnswer("an answer without images")
        kept = [
            AnsweredImage(
                raw=await self.blobs.put(image.data),
                seed=image.seed,
                not_drawn=image.not_drawn,
                model_touched=image.model_touched,
            )
            for image in result.images[:count]
        ]
        return Answer(
            images=tuple(kept),
            cost_microusd=result.cost_microusd,
            notes=result.notes,
            request_id=result.request_id,
        )


def _after_everyone(
    last: ProviderError | None, calls: Sequence[JournalledCall], now: datetime
) -> Stopped | Later:
    """Every candidate failed once: come back later where one asked for it, give up otherwise."""
    if isinstance(last, Busy):
        backoff = FIRST_BACKOFF_S * 2 ** max(0, len(calls) - 1)
        wait_s = max(1.0, last.retry_after_s if last.retry_after_s is not None else backoff)
        if wait_s <= LONGEST_WAIT_S:
            return Later(run_at=now + timedelta(seconds=wait_s), detail=str(last))
    return _stopped(last)


def _stopped(error: ProviderError | None) -> Stopped:
    """How a provider's last word ends the job."""
    match error:
        case ContentBlocked(categories=categories):
            category = categories[0] if categories else None
            return Stopped(
                ending=Ending(reason=Reason.PROVIDER_BLOCKED, category=category, detail=str(error)),
                refused=True,
            )
        case InvalidRequest(param=param):
            words = f"It didn't like the {param}." if param else "It didn't say which part."
            return Stopped(ending=Ending(reason=Reason.BAD_REQUEST, words=words, detail=str(error)))
        case Unauthorized() | CreditExhausted():
            return Stopped(ending=Ending(reason=Reason.PROVIDER_ACCOUNT, detail=str(error)))
        case BadAnswer():
            return Stopped(ending=Ending(reason=Reason.BAD_ANSWER, detail=str(error)))
        case OutcomeUnknown():
            return Stopped(ending=Ending(reason=Reason.OUTCOME_UNKNOWN, detail=str(error)))
        case _:
            return Stopped(ending=Ending(reason=Reason.PROVIDER_DOWN, detail=str(error or "")))
