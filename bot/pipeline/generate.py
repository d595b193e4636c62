"""The paid part: a job's images are painted in as many calls as it takes, side by side, along its candidates.

Every call is journalled before it is made. There is no retry below the loop in `_part`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from bot.domain.job import Ending, Plan, Reason
from bot.images.process_faults import ProcessFault
from bot.images.reference import mask_for
from bot.images.safe_decode import Unreadable
from bot.pipeline.calls import Calls, Errand, Failed
from bot.pipeline.catalog import Stall
from bot.pipeline.choosing import SLOT_WAIT_S, Chooser, Tried, Wait, has_failed
from bot.pipeline.outcomes import Later, Outcome, Painted, Stopped, stopped, together
from bot.pipeline.repetition import shown_before
from bot.pipeline.requests import Part, Parts, parts_of, request_of
from bot.pipeline.resumption import (
    MAX_CALLS,
    CallAnew,
    Exhausted,
    Lost,
    Refused,
    Repeat,
    Resume,
    UseAnswer,
    call_number,
    key_root,
    next_call,
)
from bot.pipeline.side_by_side import side_by_side
from bot.ports import (
    Answer,
    CallEnd,
    Claimed,
    Gallery,
    JournalledCall,
    Queue,
    Repeats,
)
from providers import (
    Busy,
    ContentBlocked,
    CreditExhausted,
    GenerationRequest,
    InvalidRequest,
    ModelGone,
    Next,
    OffLoop,
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
    Unavailable,
)

log = logging.getLogger("impasto.generate")

FIRST_BACKOFF_S = 5.0
MASK_TIMEOUT_S = 30.0
CALL_OFF_S = 5.0
LONGEST_WAIT_S = 120.0
"""A provider that asks for a longer wait is treated as unavailable, as OpenAI's own SDK does (read 2026-11-22)."""
ASKED_AGAIN = (Busy, Unavailable, OutcomeUnknown, Unauthorized, CreditExhausted)
"""What a look at a taken job may end with while the job itself goes on: a key may be put right meanwhile."""
SHORTEST_CALL_S = 3.0
"""With less of a job's time left a call is not begun: it would be billed and its pictures thrown away."""
WAITED_IN_PLACE_S = 1.0
"""A shorter wait is not worth giving up the slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One part of a job in hand."""

    claimed: Claimed
    plan: Plan
    parts: Parts
    part: Part
    whole: GenerationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Makes a claimed job's paid calls."""

    queue: Queue
    gallery: Gallery
    calls: Calls
    chooser: Chooser
    repeats: Repeats
    off_loop: OffLoop

    async def capacity(self) -> Mapping[str, int]:
        """How many jobs each provider may run now."""
        return await self.calls.traffic.capacity(self.calls.catalog)

    async def paint(self, claimed: Claimed, *, anew: bool = False) -> Outcome:
        """What came of it; with `anew` nothing that was painted before. StaleClaim when the claim was lost on the way."""
        plan, changed = cast(Plan, claimed.job.plan), None
        if plan.repeats is not None:
            blobs, journal = self.calls.blobs, self.calls.journal
            shown = None
            if not anew:
                shown = await shown_before(
                    plan, queue=self.queue, gallery=self.gallery, journal=journal, blobs=blobs
                )
            if shown is not None:
                return shown
            # The note of the repetition stands last.
            plan = changed = replace(plan, repeats=None, notes=plan.notes[:-1])
        request = await request_of(claimed.job, plan, blobs=self.calls.blobs, gallery=self.gallery)
        if request.mask is not None and request.source_image is not None:
            try:
                request = await self._fit_mask(request)
            except (Unreadable, ProcessFault, TimeoutError) as error:
                words = "The painted region doesn't fit the picture."
                return Stopped(
                    ending=Ending(reason=Reason.BAD_REQUEST, words=words, detail=str(error))
                )
        parts = parts_of(plan, self.calls.catalog)
        return together(plan, changed, await self._all_parts(claimed, plan, parts, request))

    async def _all_parts(
        self, claimed: Claimed, plan: Plan, parts: Parts, request: GenerationRequest
    ) -> list[list[Answer | Stopped | Later]]:
        """Of each part its answers, and what kept the rest of it from being painted."""
        works = [
            _Work(claimed=claimed, plan=plan, parts=parts, part=part, whole=request)
            for part in parts.each
        ]
        return await side_by_side([self._whole_part(work) for work in works])

    async def _whole_part(self, work: _Work) -> list[Answer | Stopped | Later]:
        came: list[Answer | Stopped | Later] = []
        rest: Part | None = work.part
        while rest is not None:
            outcome = await self._part(replace(work, part=rest))
            came.append(outcome)
            if not isinstance(outcome, Answer):
                break
            asked = rest.count if outcome.asked is None else outcome.asked
            rest = rest.after(asked)
        work.parts.ended(work.part.number)
        return came

    async def _part(self, work: _Work) -> Answer | Stopped | Later:
        """The one loop in which calls are repeated or made elsewhere."""
        tried, holder = Tried(), work.claimed
        while True:
            calls = await self.calls.journal.calls(holder.job.id)
            step = await self._next(work, holder, tried, calls)
            if isinstance(step, Errand):
                holder = step.holder
                came = await self._through_gate(step)
                if came is None:
                    # It shut or filled up meanwhile: somebody else may be free.
                    continue
                if isinstance(came, Answer | Stopped):
                    return came
                ending = await self._failed(came, tried)
                if ending is not None:
                    return ending
                continue
            if not isinstance(step, Wait):
                return step
            if step.seconds > WAITED_IN_PLACE_S:
                return self._come_back(work, step)
            await asyncio.sleep(step.seconds)

    async def _next(
        self, work: _Work, holder: Claimed, tried: Tried, calls: Sequence[JournalledCall]
    ) -> Errand | Wait | Answer | Stopped | Later:
        """The call to make or to take up again, or how this part ends without one."""
        part = work.part.number
        mine = [call for call in calls if call.part == part]
        root, repeatable = key_root(holder.job), self._repeatable(work.plan, mine)
        match next_call(holder.fence, part, calls, root=root, repeatable=repeatable):
            case UseAnswer(answer=answer):
                return answer
            case Lost():
                return Stopped(ending=Ending(reason=Reason.OUTCOME_UNKNOWN))
            case Refused(call=call):
                blocked = call.state == CallEnd.BLOCKED
                return stopped(ContentBlocked() if blocked else InvalidRequest())
            case Exhausted():
                return stopped(tried.last)
            case Resume(call=call):
                return await self._again(work, holder, call, resuming=True)
            case Repeat(call=call):
                return await self._again(work, holder, call, resuming=False)
            case CallAnew(key=key):
                return await self._anew(work, holder, tried, mine, key)

    async def _again(
        self, work: _Work, holder: Claimed, call: JournalledCall, *, resuming: bool
    ) -> Errand | Wait | Stopped:
        """A call that was planned or made before, at the very provider that has it."""
        stall = self.calls.catalog.stall(call.provider)
        if stall is None:
            reason = Reason.OUTCOME_UNKNOWN if call.state != "planned" else Reason.PROVIDER_DOWN
            return Stopped(ending=Ending(reason=reason, detail=f"{call.provider} is gone"))
        traffic = self.calls.traffic
        if wait_s := await traffic.shut_s(stall) or (
            0.0 if resuming else await traffic.rest_s(stall)
        ):
            return Wait(seconds=wait_s, why=f"{stall.name} takes no calls just now")
        moved = await self.chooser.move(holder, stall)
        if moved is None:
            return Wait(seconds=SLOT_WAIT_S, why="every slot there is taken")
        model = call.model or work.plan.model
        errand = self._errand(work, moved, stall, model, key=call.key)
        return replace(errand, call=call, resuming=resuming)

    async def _anew(
        self,
        work: _Work,
        holder: Claimed,
        tried: Tried,
        mine: Sequence[JournalledCall],
        key: str,
    ) -> Errand | Wait | Stopped | Later:
        """A new call, to the best candidate that can be asked now."""
        pick = await self.chooser.pick(holder, work.plan, tried, mine)
        if isinstance(pick, Wait):
            return pick
        if pick is None:
            return self._after_everyone(work, tried.last, made=len(mine))
        repeated = has_failed(mine, pick.candidate, pick.stall)
        errand = self._errand(work, pick.holder, pick.stall, pick.candidate.model, key=key)
        return replace(errand, repeated=repeated)

    def _errand(
        self, work: _Work, holder: Claimed, stall: Stall, model: str, *, key: str
    ) -> Errand:
        offered = stall.model(model)
        most = offered.capabilities.max_count if offered else work.part.count
        return Errand(
            holder=holder,
            plan=work.plan,
            parts=work.parts,
            part=work.part,
            stall=stall,
            request=work.part.request(work.whole, model=model, most=max(1, most)),
            key=key,
        )

    async def _through_gate(self, errand: Errand) -> Answer | Failed | Stopped | None:
        """What the call gave; None when it could not be made now after all, and wasn't."""
        traffic, stall = self.calls.traffic, errand.stall
        async with traffic.lane(stall):
            if not errand.resuming and self.calls.time_left_s(errand) < SHORTEST_CALL_S:
                return Stopped(ending=Ending(reason=Reason.DEADLINE, detail="no time for a call"))
            if await (traffic.shut_s(stall) if errand.resuming else traffic.admit(stall)):
                return None
            call = errand.call or await self.calls.plan(errand)
            return await self.calls.make(errand, call)

    def _repeatable(self, plan: Plan, calls: Sequence[JournalledCall]) -> frozenset[str]:
        """Providers that bill a call once however often it is made under the same key."""
        catalog = self.calls.catalog
        return frozenset(
            call.provider
            for call in calls
            if (stall := catalog.stall(call.provider))
            and (found := stall.model(call.model or plan.model))
            and found.capabilities.repeatable
        )

    async def _failed(self, failed: Failed, tried: Tried) -> Later | Stopped | None:
        """How the part ends because of it; None when somebody may be asked again."""
        errand, error, call = failed.errand, failed.error, failed.call
        wait_s = _wished(error, made=call_number(call.key))
        if isinstance(error, Busy) and not _merely_slow(error):
            await self.calls.traffic.pause(errand.stall, for_s=min(wait_s, LONGEST_WAIT_S))
        taken = await self._taken(call)
        if taken and isinstance(error, ASKED_AGAIN):
            # The provider has it under its own id: it is asked again, never made again.
            run_at = self.calls.clock.now() + timedelta(seconds=min(LONGEST_WAIT_S, wait_s))
            return Later(run_at=run_at, detail=str(error))
        if taken and isinstance(error, ModelGone) and not self._repeatable(errand.plan, [call]):
            # It was begun and perhaps billed: another one is bought only by whoever asks for it.
            error = OutcomeUnknown(f"the job it took is not there any more: {error}")
        await self.calls.note_failure(errand, call, error)
        if error.next in {Next.NEVER, Next.UNKNOWN}:
            return stopped(error)
        too_long = isinstance(error, Busy) and wait_s > LONGEST_WAIT_S
        tried.note(errand.stall.name, errand.request.model, error, for_good=too_long)
        return None

    def _after_everyone(
        self, work: _Work, last: ProviderError | None, *, made: int
    ) -> Later | Stopped:
        """Every candidate failed: once more where surely nothing was begun, given up otherwise."""
        surely_nothing = isinstance(last, Unavailable)
        if surely_nothing and made < MAX_CALLS and self.calls.traffic.budget.allows():
            # In line however short it is: whoever waits in place knows that all were tried, and would ask nobody.
            seconds = FIRST_BACKOFF_S * 2 ** max(0, made - 1)
            return self._come_back(work, Wait(seconds=seconds, why=str(last)))
        return stopped(last)

    def _come_back(self, work: _Work, wait: Wait) -> Later | Stopped:
        """Later, unless the job's time is over by then."""
        now = self.calls.clock.now()
        started = work.claimed.job.started_at or now
        run_at = now + timedelta(seconds=wait.seconds)
        if run_at > started + timedelta(seconds=self.calls.rules.deadline_s):
            return Stopped(ending=Ending(reason=Reason.PROVIDER_DOWN, detail=wait.why))
        return Later(run_at=run_at, detail=wait.why)

    async def _taken(self, call: JournalledCall) -> bool:
        """Whether the provider has this call under its own id."""
        calls = await self.calls.journal.calls(call.job)
        return any(other.id == call.id and other.remote_id is not None for other in calls)

    async def _fit_mask(self, request: GenerationRequest) -> GenerationRequest:
        fitted = await self.off_loop(
            mask_for, request.mask, request.source_image, timeout_s=MASK_TIMEOUT_S
        )
        return replace(request, mask=fitted)

    async def remember(self, claimed: Claimed, painted: Painted, *, shown: int) -> None:
        """Lets the same request be answered with these pictures, where they are all of what was asked for."""
        plan = painted.plan or claimed.job.plan
        if plan is None or plan.digest is None or not painted.counted or shown != plan.count:
            return
        if any(answer.model is not None for answer in painted.answers):
            # A stand-in did it; the same request may get the chosen model next time.
            return
        workspace = claimed.job.person.workspace_id
        await self.repeats.keep(workspace, plan.digest, claimed.job.id)

    async def call_off(self, claimed: Claimed) -> None:
        """Asks providers to stop what they still paint for this job; a provider that can't goes on unheard."""
        for call in await self.calls.journal.calls(claimed.job.id):
            stall = self.calls.catalog.stall(call.provider)
            if call.state == "sent" and call.remote_id is not None and stall is not None:
                try:
                    async with asyncio.timeout(CALL_OFF_S):
                        await stall.provider.cancel(call.remote_id)
                except Exception as error:  # noqa: BLE001 - a stranger's plug-in; the job is cancelled all the same
                    log.warning("job %s could not be called off: %r", claimed.job.id, error)


def _wished(error: ProviderError, *, made: int) -> float:
    """How long the provider is to be left alone, by its own word or by ours."""
    told = error.retry_after_s if isinstance(error, Busy) else None
    return max(1.0, told if told is not None else FIRST_BACKOFF_S * 2 ** max(0, made - 1))


def _merely_slow(error: Busy) -> bool:
    """A job that is taken and not done yet asks nobody else to wait."""
    return error.billed and error.retry_after_s is None
