"""One paid call: written down before it leaves the house, followed, and kept before anything else is done with it."""

from __future__ import annotations

import asyncio
import logging
import math
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.domain.house import HouseRules
from bot.domain.job import Plan
from bot.domain.live import Painting
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.insist import insist
from bot.pipeline.outcomes import StaleClaim
from bot.pipeline.requests import Part, Parts, suited
from bot.pipeline.rings import Rings
from bot.pipeline.traffic import Traffic
from bot.ports import (
    Answer,
    AnsweredImage,
    Blobs,
    BlobsUnwritable,
    Boundary,
    CallEnd,
    Claimed,
    Clock,
    Journal,
    JournalledCall,
    Signals,
)
from bot.telemetry.events import CallEnded, Recorder, unrecorded
from providers import (
    BadAnswer,
    Call,
    ContentBlocked,
    Done,
    Event,
    GenerationRequest,
    Headroom,
    Model,
    ModelGone,
    Next,
    Operation,
    OutcomeUnknown,
    Progress,
    ProviderError,
    Result,
    SeedSupport,
    Submitted,
    Unavailable,
)
from providers import Rings as RingingProvider

log = logging.getLogger("impasto.generate")

ANSWERED = "answered"
INTERRUPTED = "interrupted"
"""Cancelled, lost to another process, or cut short by a fault of ours: nobody can blame the provider."""
RING_SPACING_S = 1.0
"""A provider that rings more often than this is not asked more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A call about to be made, or taken up again: for which job, at whom, and for what."""

    holder: Claimed
    plan: Plan
    parts: Parts
    part: Part
    stall: Stall
    request: GenerationRequest
    """For the model that is asked, which may be another than the plan's."""
    key: str
    call: JournalledCall | None = None
    """None until it is planned."""
    resuming: bool = False
    repeated: bool = False
    """Whether the same provider failed at it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A call that gave no images."""

    errand: Errand
    call: JournalledCall
    error: ProviderError


@dataclass(slots=True)
class _Told:
    """What the provider told of a call so far."""

    call: JournalledCall
    remote_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Makes calls. A ProviderError says what went wrong; the journal knows of it then."""

    journal: Journal
    blobs: Blobs
    catalog: Catalog
    traffic: Traffic
    signals: Signals
    rings: Rings
    clock: Clock
    rules: HouseRules
    boundary: Boundary
    public_url: str | None = None
    record: Recorder = unrecorded

    async def plan(self, errand: Errand) -> JournalledCall:
        """The call, written down before anything is sent. StaleClaim when the job is another's by now."""
        planned = await self.journal.plan(
            errand.holder.fence,
            part=errand.part.number,
            provider=errand.stall.name,
            key=errand.key,
            model=errand.request.model,
        )
        if planned is None:
            raise StaleClaim
        return planned

    async def make(self, errand: Errand, call: JournalledCall) -> Answer | Failed:
        """What it gave, durable, or what went wrong."""
        began_s, outcome = time.monotonic(), INTERRUPTED
        try:
            came = await self._tried(errand, call)
            outcome = kind_of(came.error) if isinstance(came, Failed) else ANSWERED
        finally:
            self.record(
                CallEnded(
                    provider=errand.stall.name,
                    model=errand.request.model,
                    outcome=outcome,
                    duration_s=time.monotonic() - began_s,
                )
            )
        return came

    async def _tried(self, errand: Errand, call: JournalledCall) -> Answer | Failed:
        # Lateness that the job's own deadline made says nothing about the provider.
        was_hurried = self.time_left_s(errand) < errand.stall.timeout_s / 2
        try:
            answer = await self._made(errand, call)
        except ProviderError as error:
            if not (was_hurried and isinstance(error, OutcomeUnknown)):
                await self.traffic.failed(errand.stall, error)
            return Failed(errand=errand, call=call, error=error)
        await self.traffic.succeeded(errand.stall)
        return answer

    async def _made(self, errand: Errand, call: JournalledCall) -> Answer:
        stall, job = errand.stall, errand.holder.job
        model = stall.model(errand.request.model)
        if model is None and not errand.resuming:
            if stall.fault is not None:
                raise Unavailable(f"{stall.name} can't be reached: {stall.fault}")
            raise ModelGone(f"{stall.name} no longer offers {errand.request.model}")
        request = errand.request if model is None else suited(errand.request, model.capabilities)
        ticket = Call(
            key=call.key, timeout_s=self._timeout_s(errand), webhook_url=self._bell_of(stall)
        )
        self.boundary("submitting", job.id)
        if errand.resuming and call.remote_id is not None:
            events = stall.provider.resume(call.remote_id, request, ticket)
        else:
            if not await self.journal.sent(errand.holder.fence, call.id):
                raise StaleClaim
            self.traffic.budget.count(repeated=errand.repeated)
            self.boundary("sent", job.id)
            events = stall.provider.generate(request, ticket)
        try:
            async with asyncio.timeout(ticket.timeout_s + 5):
                result = await self._follow(errand, call, events, request=request, ticket=ticket)
        except TimeoutError as error:
            raise OutcomeUnknown("no answer within the deadline") from error
        self.boundary("fetched", job.id)
        try:
            answer = await self._keep(errand, result, model)
        except BlobsUnwritable as error:
            # It was paid, and there is no room for what it gave.
            cost = _cost_of(result, model)
            detail = f"not kept: {error}"
            await insist(
                lambda: self.journal.failed(
                    call.id, end=CallEnd.UNKNOWN, detail=detail, cost_microusd=cost
                )
            )
            raise
        await insist(lambda: self.journal.answered(call.id, answer))
        self.boundary("answered", job.id)
        return answer

    def time_left_s(self, errand: Errand) -> float:
        """Until the job's deadline."""
        started = errand.holder.job.started_at or self.clock.now()
        left = started + timedelta(seconds=self.rules.deadline_s) - self.clock.now()
        return left.total_seconds()

    def _timeout_s(self, errand: Errand) -> float:
        return max(1.0, min(errand.stall.timeout_s, self.time_left_s(errand)))

    def _bell_of(self, stall: Stall) -> str | None:
        if self.public_url is None or not isinstance(stall.provider, RingingProvider):
            return None
        return f"{self.public_url.rstrip('/')}/webhooks/{stall.name}"

    async def _follow(
        self,
        errand: Errand,
        call: JournalledCall,
        events: AsyncGenerator[Event, None],
        *,
        request: GenerationRequest,
        ticket: Call,
    ) -> Result:
        """The result. When the provider rings, it is asked at once instead of at its next turn."""
        told = _Told(call=call, remote_id=call.remote_id)
        if ticket.webhook_url is None:
            return await self._listen(errand, events, told)
        with self.rings.bell(errand.holder.job.id) as bell:
            while True:
                # One task for a whole stream: a plug-in's deadlines are bound to the task that set them.
                listening = asyncio.create_task(self._listen(errand, events, told))
                try:
                    while not await _rang(listening, bell) or told.remote_id is None:
                        if listening.done():
                            return listening.result()
                finally:
                    await _let_go(listening)
                events = errand.stall.provider.resume(told.remote_id, request, ticket)
                await asyncio.sleep(RING_SPACING_S if bell.is_set() else 0)

    async def _listen(
        self, errand: Errand, events: AsyncGenerator[Event, None], told: _Told
    ) -> Result:
        async with aclosing(events) as stream:
            async for event in stream:
                if isinstance(event, Done):
                    return event.result
                await self._note(errand, told.call, event)
                if isinstance(event, Submitted):
                    told.remote_id = event.remote_id
        raise BadAnswer("the provider's events ended without a result")

    async def _note(self, errand: Errand, call: JournalledCall, event: Event) -> None:
        job = errand.holder.job.id
        match event:
            case Submitted(remote_id=remote_id):
                await insist(partial(self.journal.submitted, call.id, remote_id))
                self.boundary("submitted", job)
            case Progress(fraction=fraction, preview=preview):
                # A model's half-finished picture is judged by nobody, so nobody sees it.
                capabilities = self.catalog.capabilities(errand.plan.model)
                show = capabilities is not None and not capabilities.is_ai_model
                self.signals.publish(
                    Painting(
                        job=job,
                        fraction=errand.parts.overall(errand.part.number, fraction),
                        preview=preview if show else None,
                    )
                )
            case Headroom(calls_left=left, resets_in_s=resets_in_s):
                await self.traffic.heard(errand.stall, calls_left=left, resets_in_s=resets_in_s)
            case _:
                return

    async def _keep(self, errand: Errand, result: Result, model: Model | None) -> Answer:
        if not result.images:
            raise BadAnswer("an answer without images").charging(_whole(result.cost_microusd))
        kept = [
            AnsweredImage(
                raw=await self.blobs.put(image.data),
                seed=image.seed if image.seed is not None or at else _seed_sent(errand, model),
                not_drawn=image.not_drawn,
                model_touched=image.model_touched,
            )
            for at, image in enumerate(result.images[: errand.request.count])
        ]
        painter = errand.request.model
        other = painter if painter != errand.plan.model else None
        told = (f"{errand.plan.model} couldn't do it just now, so {painter} did.",) if other else ()
        return Answer(
            images=tuple(kept),
            cost_microusd=_cost_of(result, model),
            notes=(*told, *result.notes),
            request_id=result.request_id,
            model=other,
            asked=errand.request.count,
        )

    async def note_failure(
        self, errand: Errand, call: JournalledCall, error: ProviderError
    ) -> None:
        """Writes down that the call failed, or that nobody knows, and what it cost as far as anybody does."""
        log.warning("call %s at %s: %s: %s", call.key, call.provider, type(error).__name__, error)
        cost = _whole(error.cost_microusd)
        if cost is None and error.billed_images > 0:
            cost = _price_of(errand.stall.model(errand.request.model), error.billed_images)
        detail = f"{type(error).__name__}: {error}"
        await insist(
            lambda: self.journal.failed(
                call.id, end=_end_of(error), detail=detail, cost_microusd=cost
            )
        )


def _cost_of(result: Result, model: Model | None) -> int | None:
    """What the call cost: as the provider says, else the price of all it gave."""
    cost = _whole(result.cost_microusd)
    return _price_of(model, len(result.images)) if cost is None else cost


def _price_of(model: Model | None, images: int) -> int | None:
    price = model.capabilities.price if model is not None else None
    return None if price is None else price.per_image_microusd * images


def _whole(cost_microusd: float | None) -> int | None:
    """A plug-in's figure as money; None for what is none, which nothing that adds or counts could take."""
    if cost_microusd is None or not math.isfinite(cost_microusd) or cost_microusd < 0:
        return None
    return round(cost_microusd)


def _end_of(error: ProviderError) -> CallEnd:
    if isinstance(error, ContentBlocked):
        return CallEnd.BLOCKED
    if error.next is Next.NEVER:
        return CallEnd.INVALID
    return CallEnd.UNKNOWN if error.next is Next.UNKNOWN else CallEnd.FAILED


def kind_of(error: ProviderError) -> str:
    """The error's place in the taxonomy, in one word of ours: a plug-in may have invented a finer one."""
    ours = next(kind for kind in type(error).__mro__ if kind.__module__ == ProviderError.__module__)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", ours.__name__).lower()


def _seed_sent(errand: Errand, model: Model | None) -> int | None:
    """The seed a call's first image has where the model takes one and doesn't tell it; later ones may have any."""
    drawn = errand.request.operation not in {Operation.UPSCALE, Operation.REMOVE_BACKGROUND}
    takes = model is not None and model.capabilities.seed is SeedSupport.INPUT
    return errand.request.seed if drawn and takes else None


async def _rang(listening: asyncio.Task[Result], bell: asyncio.Event) -> bool:
    """True when the bell rang first, False when there is nothing more to listen to."""
    ring = asyncio.create_task(bell.wait())
    try:
        await asyncio.wait({listening, ring}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ring.cancel()
    rang = not listening.done()
    bell.clear()
    return rang


async def _let_go(listening: asyncio.Task[Result]) -> None:
    if not listening.done():
        listening.cancel()
        await asyncio.wait({listening})
