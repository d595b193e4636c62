"""The provider itself: one call out, its progress asked beside it, its images back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence

from providers.a1111.answers import Painted, answer_in
from providers.a1111.discovery import API, Checkpoint, Found, found_at
from providers.a1111.errors import error_of
from providers.a1111.offers import models_at
from providers.a1111.options import Options, options_of
from providers.a1111.pictures import (
    Ready,
    ready_inpaint,
    ready_outpaint,
    ready_source,
)
from providers.a1111.progress import Growing, standing_at
from providers.a1111.transform import Bench, WireCall, at_bench, check, wire_call
from providers.canvas import Unusable
from providers.capabilities import CancelKind, Model
from providers.errors import InvalidRequest, ModelGone, ProviderError
from providers.protocol import (
    Call,
    Done,
    Event,
    GeneratedImage,
    ProviderConfig,
    Result,
    Workshop,
)
from providers.request import GenerationRequest, Insets, Operation
from providers.wire.deadline import Deadline
from providers.wire.own_server import MAX_SMALL_JSON_BYTES, OwnServer, not_billed, post

Preparing = Callable[..., Ready | Unusable]

DISCOVERY_TIMEOUT_S = 12.0

INTERRUPT_TIMEOUT_S = 2.0
"""How long a call that is given up waits for the server to hear of it."""


def plugin(config: ProviderConfig, workshop: Workshop) -> A1111:
    """The provider of a `[[providers]]` table of kind "a1111". ValueError with a sentence when the table is wrong."""
    return A1111(config, workshop)


class A1111:
    """A server that speaks A1111's protocol. It keeps no jobs, so a call lost is made again: that costs nothing."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        self._name = config.name
        self._options: Options = options_of(config)
        self._wanted = config.models
        self._workshop = workshop
        self._server = OwnServer(
            http=workshop.http,
            base_url=self._options.base_url,
            error_of=error_of,
            authorization=self._options.authorization,
        )
        self._found: Found | None = None
        self._running: set[str] = set()

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The server's checkpoints now, those of the allowlist when there is one. Unavailable when it is down."""
        self._found = await found_at(self._server, Deadline.after(DISCOVERY_TIMEOUT_S))
        missing = set(self._wanted) - {c.name for c in self._found.checkpoints}
        if missing:
            self._workshop.log.warning("%s has no checkpoint %s", self._name, sorted(missing))
        return models_at(self._found, self._options, self._wanted)

    async def check_key(self) -> str | None:
        """None: the server told what it has, to whoever may ask it."""
        await self.models()
        return None

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        """Progress with previews while the server works, then Done.

        InvalidRequest and ModelGone for a request that isn't sent at all. A call that is given up is interrupted.
        """
        deadline = Deadline.after(call.timeout_s)
        bench = await self._bench(request, call, deadline)
        check(request, bench.capabilities, bench.found)
        bench = await self._with_pictures(bench, request, deadline)
        wire = wire_call(request, bench)
        growing = Growing()
        posting = asyncio.create_task(self._posted(wire, deadline))
        self._running.add(bench.task)
        try:
            watches = bench.capabilities.cancel is not CancelKind.NONE
            while watches and not await ended(posting, self._options.progress_every_s):
                standing = await standing_at(self._server, deadline, preview=self._options.previews)
                if standing and standing.is_of(bench.task, alone=len(self._running) == 1):
                    yield growing.next(standing)
            body = await posting
        finally:
            await self._let_go(posting, bench.task)
        yield Done(result=await self._result(body, request, wire, bench, deadline))

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        """Nothing: this protocol has no job ids. ModelGone always."""
        del request, call
        nothing: tuple[Event, ...] = ()
        for event in nothing:
            yield event
        raise ModelGone(f"{self._name} keeps no jobs, so {remote_id!r} can't be taken up")

    async def cancel(self, remote_id: str) -> bool:
        """Whether the call with that key was running there and has been interrupted."""
        return await self._interrupted(task_of(remote_id), alone=False)

    async def _bench(self, request: GenerationRequest, call: Call, deadline: Deadline) -> Bench:
        if self._found is None:
            self._found = await found_at(self._server, deadline)
        for model in models_at(self._found, self._options, self._wanted):
            if model.id == request.model:
                return Bench(
                    found=self._found,
                    checkpoint=self._checkpoint(self._found, model.id),
                    capabilities=model.capabilities,
                    options=self._options,
                    task=task_of(call.key),
                )
        raise ModelGone(f"{self._name} has no model {request.model!r}")

    def _checkpoint(self, found: Found, name: str) -> Checkpoint:
        return next(checkpoint for checkpoint in found.checkpoints if checkpoint.name == name)

    async def _with_pictures(
        self, bench: Bench, request: GenerationRequest, deadline: Deadline
    ) -> Bench:
        source, rule = request.source_image, bench.capabilities.sizes
        ready = control = None
        if request.operation is Operation.INPAINT:
            ready = await self._prepared(
                deadline, ready_inpaint, source, request.mask, rule.multiple_px, rule.max_px
            )
        elif request.operation is Operation.OUTPAINT:
            expand = request.expand or Insets()
            ready = await self._prepared(
                deadline, ready_outpaint, source, expand, rule.multiple_px, rule.max_px
            )
        elif source and request.operation not in (Operation.TEXT_TO_IMAGE, Operation.CONTROL):
            ready = await self._prepared(deadline, ready_source, source)
        if request.control_image and bench.capabilities.controls:
            control = await self._prepared(deadline, ready_source, request.control_image)
        return at_bench(bench, ready=ready, control=control)

    async def _prepared(self, deadline: Deadline, function: Preparing, *pictures: object) -> Ready:
        try:
            ready = await self._workshop.off_loop(function, *pictures, timeout_s=deadline.left_s())
        except TimeoutError as error:
            raise InvalidRequest(
                "the source took too long to prepare", param="source_image"
            ) from error
        if isinstance(ready, Unusable):
            raise InvalidRequest(ready.reason, param=ready.param)
        return ready

    async def _posted(self, wire: WireCall, deadline: Deadline) -> bytes:
        return await self._server.bytes_of(post(wire.path, wire.body), deadline)

    async def _let_go(self, posting: asyncio.Task[bytes], task: str) -> None:
        """Ends what still runs of a call; a call that ended by itself is left as it is."""
        is_given_up = not posting.done()
        if is_given_up:
            posting.cancel()
            await asyncio.wait({posting})
            await self._interrupted(task, alone=len(self._running) == 1)
        self._running.discard(task)
        if not posting.cancelled():
            # An error nobody reads would be logged as forgotten when the task is collected.
            posting.exception()

    async def _interrupted(self, task: str, *, alone: bool) -> bool:
        """Whether that call ran and was interrupted; somebody else's is never."""
        deadline = Deadline.after(INTERRUPT_TIMEOUT_S)
        standing = await standing_at(self._server, deadline, preview=False)
        if standing is None or not standing.is_of(task, alone=alone):
            return False
        try:
            await self._server.bytes_of(
                post(f"{API}/interrupt"), deadline, max_bytes=MAX_SMALL_JSON_BYTES
            )
        except ProviderError as error:
            self._workshop.log.warning("%s was not interrupted: %s", self._name, error.detail)
            return False
        return True

    async def _result(
        self,
        body: bytes,
        request: GenerationRequest,
        wire: WireCall,
        bench: Bench,
        deadline: Deadline,
    ) -> Result:
        try:
            answer = await self._workshop.off_loop(
                answer_in, body, request.count, timeout_s=deadline.left_s()
            )
        except TimeoutError as error:
            raise not_billed("the answer took too long to read") from error
        if not isinstance(answer, Painted):
            raise not_billed(answer.reason)
        notes = wire.notes
        if len(answer.pictures) < request.count:
            notes += (f"{len(answer.pictures)} of {request.count} images came",)
        tells_seeds = request.operation is not Operation.UPSCALE
        images = []
        for place, (data, told) in enumerate(answer.pictures):
            seed = told
            if seed is None and tells_seeds and bench.found.is_sd_cpp and request.seed is not None:
                # Its answer names no seed; it counts on from the first (`routes_sdapi.cpp`, read 2026-11-25).
                seed = request.seed + place
            images.append(GeneratedImage(data=data, seed=seed))
        return Result(images=tuple(images), notes=notes, cost_microusd=0)


def task_of(key: str) -> str:
    """The name under which the server runs the call with that key."""
    return f"task({hashlib.sha256(key.encode()).hexdigest()[:24]})"


async def ended(task: asyncio.Task[bytes], within_s: float) -> bool:
    """Whether a task has ended, at the latest after so many seconds."""
    done, _ = await asyncio.wait({task}, timeout=within_s)
    return bool(done)
