"""The provider itself: one call out, its picture back, at once or by a job's id."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence

from providers.capabilities import Model, SeedSupport
from providers.errors import ModelGone
from providers.protocol import (
    Call,
    Done,
    Event,
    GeneratedImage,
    Headroom,
    ProviderConfig,
    Result,
    Submitted,
    Workshop,
)
from providers.request import GenerationRequest
from providers.stability.answers import Painted, is_job_id, job_id_of, painted
from providers.stability.catalog import Offer, offers_of
from providers.stability.errors import error_of
from providers.stability.exchange import balance_url, headers_of, paid_request
from providers.stability.options import options_of
from providers.stability.transform import WireCall, check, wire_call
from providers.stability.waiting import awaited
from providers.wire.deadline import Deadline
from providers.wire.exchange import opened, whole_body
from providers.wire.headroom import headroom_of
from providers.wire.key_check import key_check
from providers.wire.pictures import size_of


def plugin(config: ProviderConfig, workshop: Workshop) -> Stability:
    """The provider of a `[[providers]]` table of kind "stability". ValueError with a sentence when it is wrong."""
    return Stability(config, workshop)


class Stability:
    """Stability's services, each a model of its own. Sends each call once and never again."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        self._name = config.name
        self._options = options_of(config)
        self._offers = {o.model.id: o for o in offers_of(config.models)}
        self._workshop = workshop

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The allowlist's services, or all, best first. The API lists none, so nothing is asked."""
        return tuple(offer.model for offer in self._offers.values())

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncIterator[Event]:
        """Submitted where the service has job ids, Headroom where the API tells it, then Done.

        InvalidRequest and ModelGone for a request that isn't sent at all. `call.timeout_s` bounds everything.
        """
        deadline = Deadline.after(call.timeout_s)
        offer = self._offer(request)
        check(request, offer)
        wire = wire_call(request, offer)
        http = self._workshop.http
        outgoing = paid_request(
            http, wire, self._options, user_hash=request.user_hash, deadline=deadline
        )
        response = await opened(http, outgoing, deadline, error_of)
        try:
            body = await whole_body(response, deadline)
        finally:
            await response.aclose()
        headroom: list[Headroom] = list(headroom_of(response.headers, now_s=time.time()))
        if not offer.has_job_id:
            for event in headroom:
                yield event
            yield Done(result=result_of(painted(body, response.headers), wire, offer))
            return
        job_id = job_id_of(body, request_id=response.headers.get("x-request-id"))
        yield Submitted(remote_id=job_id)
        for event in headroom:
            yield event
        found = await awaited(self._workshop, self._options, job_id, deadline)
        yield Done(result=result_of(found, wire, offer))

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncIterator[Event]:
        """Done of a job submitted earlier. ModelGone for a service without job ids and an id that isn't known."""
        deadline = Deadline.after(call.timeout_s)
        offer = self._offer(request)
        if not offer.has_job_id or not is_job_id(remote_id):
            raise ModelGone(f"{self._name} has no job {remote_id!r}")
        found = await awaited(self._workshop, self._options, remote_id, deadline)
        yield Done(result=result_of(found, wire_call(request, offer), offer))

    async def check_key(self) -> str | None:
        """None when the account tells its credits: an older page, which may go (their v1 reference, read 2026-11-25)."""
        return await key_check(
            self._workshop.http,
            balance_url(self._options),
            headers_of(self._options),
            error_of,
        )

    async def cancel(self, remote_id: str) -> bool:
        """False: this API has nothing to cancel."""
        del remote_id
        return False

    def _offer(self, request: GenerationRequest) -> Offer:
        offer = self._offers.get(request.model)
        if offer is None:
            raise ModelGone(f"{self._name} has no model {request.model!r}")
        return offer


def result_of(found: Painted, wire: WireCall, offer: Offer) -> Result:
    """The result, with a note where the picture is not of the size asked for."""
    size = size_of(found.picture)
    notes = wire.notes
    if wire.size and size and size != wire.size and min(wire.size) > 0:
        asked = f"{wire.size[0]}x{wire.size[1]}"
        notes = (f"size {asked} painted as {size[0]}x{size[1]}", *notes)
    has_seed = offer.model.capabilities.seed is not SeedSupport.NONE
    seed = (found.seed or wire.seed) if has_seed else None
    return Result(
        images=(GeneratedImage(data=found.picture, seed=seed),),
        notes=notes,
        request_id=found.request_id,
    )
