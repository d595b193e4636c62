"""The contract every provider keeps, as checks that plug-in authors run on theirs.

Give a `ProviderCase`: how to open your provider with something that answers it, and requests it supports. Then, with
pytest or any other runner, call each fact of `CONTRACT` with it:

    @pytest.mark.parametrize("fact", CONTRACT, ids=lambda fact: fact.__name__)
    async def test_my_provider_keeps_the_contract(fact):
        not_applicable = await fact(MY_CASE)
        if not_applicable:
            pytest.skip(not_applicable)

A fact that doesn't hold raises BrokenContract with a sentence. A fact that can't be asked of this provider comes back
with the reason. Nothing here needs a network; Pillow decodes the answers.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

import httpx
from PIL import Image

from providers.capabilities import Capabilities, Delivery, NumberRange, SeedSupport, SizeRule
from providers.endings import (
    PATIENCE_S,
    BrokenContract,
    T,
    closed,
    ended_by,
    events_of,
    result_of,
    within_s,
)
from providers.errors import InvalidRequest, ModelGone, ProviderError, Unavailable
from providers.protocol import (
    Call,
    Done,
    Event,
    Progress,
    Provider,
    Result,
    Submitted,
    Workshop,
)
from providers.request import GenerationRequest, Operation

UNSEEDED = frozenset({Operation.UPSCALE, Operation.REMOVE_BACKGROUND})
"""Operations in which nothing is drawn by lot: their answers need no seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCase:
    """A provider to be checked.

    `open` gives it with a backend that works, as an async context manager; each fact opens its own.
    `requests` are calls it supports, one for each operation at least.
    `calls_made` counts the paid calls its backend took since `open`; None when there is no backend.
    `unreachable` gives the same provider with its backend gone; None when it needs none.
    """

    name: str
    open: Callable[[], AbstractAsyncContextManager[Provider]]
    requests: tuple[GenerationRequest, ...]
    calls_made: Callable[[], int] | None = None
    unreachable: Callable[[], AbstractAsyncContextManager[Provider]] | None = None


Fact = Callable[[ProviderCase], Awaitable[str | None]]


def demand(holds: object, sentence: str) -> None:
    """BrokenContract with the sentence unless it holds."""
    if not holds:
        raise BrokenContract(sentence)


async def its_models_are_told_and_make_sense(case: ProviderCase) -> str | None:
    """There is a model, ids are unique, ranges and sizes are possible, and every request names one that can do it."""
    async with case.open() as provider:
        models = await provider.models()
    demand(bool(models), "there is no model")
    by_id = {model.id: model.capabilities for model in models}
    demand(len(by_id) == len(models), "a model is named twice")
    for name, capabilities in by_id.items():
        demand(bool(name), "a model has no id")
        demand_sense(name, capabilities)
    for request in case.requests:
        capabilities = by_id.get(request.model, Capabilities(operations=frozenset()))
        demand(
            request.operation in capabilities.operations,
            f"{request.model!r} doesn't say it can {request.operation}",
        )
    return None


async def every_supported_call_ends_with_its_images(case: ProviderCase) -> str | None:
    """Events in order up to Done; as many images as asked, decodable, in the size asked, or a note."""
    async with case.open() as provider:
        seeds = {m.id: m.capabilities.seed for m in await provider.models()}
        for number, request in enumerate(case.requests, 1):
            # A key of its own each: a provider that takes keys answers a known one with what it made then.
            call = call_for(case, number=number)
            events = await events_of(provider.generate(request, call))
            demand_order(events)
            demand_images(request, result_of(events), seeds[request.model])
    return None


async def nothing_happens_before_the_first_step(case: ProviderCase) -> str | None:
    """`generate` alone sends nothing: the journal is written between making and stepping it."""
    if case.calls_made is None:
        return "no backend counts the calls"
    async with case.open() as provider:
        before = case.calls_made()
        events = provider.generate(case.requests[0], call_for(case))
        await asyncio.sleep(0)
        demand(case.calls_made() == before, "a call went out before the first step")
        await closed(events)
        demand(case.calls_made() == before, "closing an unstepped call sent it")
    return None


async def what_it_cannot_do_is_refused_unsent(case: ProviderCase) -> str | None:
    """An operation no capability names is an InvalidRequest, and no call goes out."""
    async with case.open() as provider:
        request, before = case.requests[0], calls(case)
        able = {m.id: m.capabilities.operations for m in await provider.models()}
        unable = set(Operation) - able[request.model]
        for operation in unable:
            error = await error_of(provider, replace(request, operation=operation), case)
            demand(
                isinstance(error, InvalidRequest),
                f"{operation} gave {error!r}, not InvalidRequest",
            )
        demand(calls(case) == before, "a call went out for what can't be done")
    return None if unable else "it can do everything"


async def too_many_images_are_refused_unsent(case: ProviderCase) -> str | None:
    """More images than the capability says, or none, is an InvalidRequest."""
    async with case.open() as provider:
        request, before = case.requests[0], calls(case)
        most = {m.id: m.capabilities.max_count for m in await provider.models()}
        for count in (0, most[request.model] + 1):
            error = await error_of(provider, replace(request, count=count), case)
            demand(isinstance(error, InvalidRequest), f"{count} images gave {error!r}")
        demand(calls(case) == before, "a call went out for an impossible count")
    return None


async def an_unknown_model_is_refused_unsent(case: ProviderCase) -> str | None:
    """A model it doesn't offer is ModelGone or InvalidRequest."""
    async with case.open() as provider:
        before = calls(case)
        error = await error_of(provider, replace(case.requests[0], model="no-such-model"), case)
        demand(isinstance(error, ModelGone | InvalidRequest), f"an unknown model gave {error!r}")
        demand(calls(case) == before, "a call went out for an unknown model")
    return None


async def a_call_given_up_leaves_it_usable(case: ProviderCase) -> str | None:
    """Closing the events, or cancelling the task that reads them, lets go at once; the next call works."""
    async with case.open() as provider:
        events = provider.generate(case.requests[0], call_for(case))
        await anext(aiter(events))
        await within_s(5, closed(events), "closing the events takes too long")
        reading = asyncio.ensure_future(
            events_of(provider.generate(case.requests[0], call_for(case, number=2)))
        )
        await asyncio.sleep(0)
        reading.cancel()
        done, _ = await asyncio.wait({reading}, timeout=5)
        demand(bool(done), "a cancelled call goes on")
        demand(reading.cancelled(), "a cancelled call swallowed its cancellation")
        last = await events_of(provider.generate(case.requests[0], call_for(case, number=3)))
        demand(isinstance(last[-1], Done), "after a call given up, the next one doesn't end")
    return None


async def a_call_ends_by_its_deadline(case: ProviderCase) -> str | None:
    """With hardly any time a call ends soon, with Done or with a ProviderError."""
    async with case.open() as provider:
        call = replace(call_for(case), timeout_s=0.001)
        events = provider.generate(case.requests[0], call)
        error = await within_s(5, ended_by(events), "a call outlives its deadline")
        demand(
            error is None or isinstance(error, ProviderError),
            f"the deadline gave {error!r}, not a ProviderError",
        )
    return None


async def a_job_with_an_id_is_taken_up_and_not_paid_again(case: ProviderCase) -> str | None:
    """With job ids: after Submitted, `resume` brings the images and no second call. Without: ModelGone."""
    async with case.open() as provider:
        deliveries = {m.id: m.capabilities.delivery for m in await provider.models()}
        request = case.requests[0]
        if deliveries[request.model] not in (Delivery.POLL, Delivery.WEBHOOK):
            resumed = provider.resume("no-such-job", request, call_for(case))
            error = await within_s(5, ended_by(resumed), "resume hangs")
            demand(isinstance(error, ModelGone), f"resume gave {error!r}, not ModelGone")
            return None
        before = calls(case)
        events = provider.generate(request, call_for(case))
        first = await anext(aiter(events))
        await closed(events)
        if not isinstance(first, Submitted):
            raise BrokenContract(f"the first event of a job with an id is {first!r}")
        rest = await events_of(provider.resume(first.remote_id, request, call_for(case)))
        demand_order(rest)
        demand(bool(result_of(rest).images), "a resumed job brings no image")
        demand(calls(case) in (before, before + 1), "taking a job up was paid again")
    return None


async def an_unknown_job_is_gone(case: ProviderCase) -> str | None:
    """`resume` of an id nobody gave is ModelGone, `cancel` of it is False."""
    async with case.open() as provider:
        resumed = provider.resume("no-such-job", case.requests[0], call_for(case))
        error = await within_s(5, ended_by(resumed), "resume hangs")
        demand(isinstance(error, ModelGone), f"resume of an unknown job gave {error!r}")
        demand(not await provider.cancel("no-such-job"), "it confirmed to stop an unknown job")
    return None


async def a_dead_backend_is_unavailable(case: ProviderCase) -> str | None:
    """Nothing listens: Unavailable, so that another provider may be tried without paying twice."""
    if case.unreachable is None:
        return "it needs no backend"
    async with case.unreachable() as provider:
        error = await error_of(provider, case.requests[0], case)
        demand(isinstance(error, Unavailable), f"a dead backend gave {error!r}")
    return None


CONTRACT: tuple[Fact, ...] = (
    its_models_are_told_and_make_sense,
    every_supported_call_ends_with_its_images,
    nothing_happens_before_the_first_step,
    what_it_cannot_do_is_refused_unsent,
    too_many_images_are_refused_unsent,
    an_unknown_model_is_refused_unsent,
    a_call_given_up_leaves_it_usable,
    a_call_ends_by_its_deadline,
    a_job_with_an_id_is_taken_up_and_not_paid_again,
    an_unknown_job_is_gone,
    a_dead_backend_is_unavailable,
)


class ThreadOffLoop:
    """A stand-in for the worker processes: runs functions in a thread, so it can't kill one that hangs."""

    async def __call__(self, function: Callable[..., T], *args: object, timeout_s: float) -> T:
        """The function's result, TimeoutError when it took longer."""
        async with asyncio.timeout(timeout_s):
            return await asyncio.to_thread(function, *args)


def workshop(http: httpx.AsyncClient) -> Workshop:
    """What a provider under test is given to work with."""
    return Workshop(http=http, off_loop=ThreadOffLoop(), log=logging.getLogger("providers.testing"))


def demand_sense(name: str, capabilities: Capabilities) -> None:
    """BrokenContract unless a model's capabilities can be true."""
    demand(bool(capabilities.operations), f"{name} can do nothing")
    demand(capabilities.max_count >= 1, f"{name} makes no image")
    for number in (capabilities.steps, capabilities.guidance):
        demand(is_range(number), f"{name} has a default out of its range")
    upscales = Operation.UPSCALE in capabilities.operations
    demand(
        upscales == bool(capabilities.upscale_factors), f"{name}: upscale and its factors differ"
    )
    demand(is_size_rule(capabilities.sizes), f"{name} has an impossible size rule")
    price = capabilities.price
    demand(price is None or price.per_image_microusd >= 0, f"{name} has a negative price")


def is_range(number: NumberRange | None) -> bool:
    """Whether a default lies in its range."""
    return number is None or number.low <= number.default <= number.high


def is_size_rule(rule: SizeRule) -> bool:
    """Whether some size fulfils a rule."""
    if rule.fixed:
        return all(min(size) >= 1 for size in rule.fixed)
    return 1 <= rule.min_px <= rule.max_px and 1 <= rule.multiple_px <= rule.max_px


def demand_order(events: list[Event]) -> None:
    """BrokenContract unless Submitted comes first, progress only grows, and one Done ends it."""
    demand(events and isinstance(events[-1], Done), "the last event isn't Done")
    demand(sum(isinstance(e, Done) for e in events) == 1, "there are several Done")
    demand(not any(isinstance(e, Submitted) for e in events[1:]), "Submitted is not first")
    fractions = [e.fraction for e in events if isinstance(e, Progress) and e.fraction is not None]
    demand(all(0 <= f <= 1 for f in fractions), "a progress is not between 0 and 1")
    demand(fractions == sorted(fractions), "the progress goes backwards")


def demand_images(request: GenerationRequest, result: Result, seed: SeedSupport) -> None:
    """BrokenContract unless a result has what was asked, or says in a note what it lacks."""
    asked = f"{request.operation} of {request.model}"
    demand(bool(result.images), f"{asked} brought no image")
    demand(len(result.images) <= request.count, f"{asked} brought too many images")
    demand(
        len(result.images) == request.count or bool(result.notes),
        f"{asked} brought too few images without a note",
    )
    sizes = {decoded_size(image.data) for image in result.images}
    if request.operation not in (Operation.OUTPAINT, Operation.UPSCALE):
        demand(
            sizes == {(request.width_px, request.height_px)} or bool(result.notes),
            f"{asked} has sizes {sizes} without a note",
        )
    demand_seeds(request, [image.seed for image in result.images], seed)
    cost = result.cost_microusd
    demand(cost is None or cost >= 0, f"{asked} has a negative cost")


def demand_seeds(request: GenerationRequest, seeds: list[int | None], support: SeedSupport) -> None:
    """BrokenContract unless seeds are told as the capability says, the first being the one asked for."""
    if support is SeedSupport.NONE:
        demand(all(seed is None for seed in seeds), "a model without seeds tells seeds")
    if support is SeedSupport.ECHOED and request.operation not in UNSEEDED:
        demand(all(seed is not None for seed in seeds), "a model that echoes seeds left one out")
        demand(len(set(seeds)) == len(seeds), "two images have one seed")
        if request.seed is not None:
            demand(seeds[0] == request.seed, f"seed {request.seed} was answered with {seeds[0]}")


def decoded_size(data: bytes) -> tuple[int, int]:
    """The size of a picture that decodes whole."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            picture.load()
            return picture.size
    except (OSError, ValueError, SyntaxError) as error:
        raise BrokenContract(f"an image doesn't decode: {error}") from error


def call_for(case: ProviderCase, *, number: int = 1) -> Call:
    """A call with a key of its own."""
    return Call(key=f"{case.name}-{number}", timeout_s=PATIENCE_S)


def calls(case: ProviderCase) -> int:
    """The paid calls so far; 0 when nobody counts."""
    return case.calls_made() if case.calls_made else 0


async def error_of(
    provider: Provider, request: GenerationRequest, case: ProviderCase
) -> ProviderError | None:
    """The error a call ends with, None when it ends well."""
    ended = ended_by(provider.generate(request, call_for(case)))
    return await within_s(PATIENCE_S, ended, "a call that should fail doesn't end")
