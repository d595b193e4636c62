"""The provider itself: one call out, its picture back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence

import httpx

from providers.capabilities import Model
from providers.errors import ModelGone, ProviderError
from providers.gemini.answers import Painted, painted
from providers.gemini.catalog import Offer, newcomers, offers_of
from providers.gemini.discovery import live_models
from providers.gemini.errors import error_of
from providers.gemini.options import options_of
from providers.gemini.transform import WireCall, check, wire_call
from providers.protocol import (
    Call,
    Done,
    Event,
    GeneratedImage,
    ProviderConfig,
    Result,
    Workshop,
)
from providers.request import GenerationRequest
from providers.table import beneath
from providers.wire.deadline import Deadline
from providers.wire.exchange import PLAIN, opened, timeout_until, whole_body
from providers.wire.headroom import headroom_of
from providers.wire.key_check import key_check
from providers.wire.pictures import size_of

DISCOVERY_TIMEOUT_S = 8.0
"""How long the list of models may take; without it the file's models are offered."""


def plugin(config: ProviderConfig, workshop: Workshop) -> Gemini:
    """The provider of a `[[providers]]` table of kind "gemini". ValueError with a sentence when the table is wrong."""
    return Gemini(config, workshop)


class Gemini:
    """The Gemini API. Sends each call once and never again; it has no job ids, no progress and no cancel."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        self._name = config.name
        self._allowed = config.models
        self._options = options_of(config)
        self._offers = {o.model.id: o for o in offers_of(self._options, config.models)}
        self._workshop = workshop

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The allowlist's models; without one those of the file that the API still has, then painters it has besides.

        The file's models alone when the API can't be asked.
        """
        offered = tuple(self._offers.values())
        if not self._allowed:
            offered = await self._still_there(offered)
        return tuple(offer.model for offer in offered)

    async def check_key(self) -> str | None:
        """None when the API lists its models."""
        url = beneath(self._options.base_url, "/models")
        headers = {**PLAIN, "x-goog-api-key": self._options.api_key}
        return await key_check(self._workshop.http, url, headers, error_of)

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncIterator[Event]:
        """Headroom where the API tells it, then Done.

        InvalidRequest and ModelGone for a request that isn't sent at all. `call.timeout_s` bounds everything.
        """
        deadline = Deadline.after(call.timeout_s)
        offer = self._offers.get(request.model)
        if offer is None:
            raise ModelGone(f"{self._name} has no model {request.model!r}")
        check(request, offer)
        wire = wire_call(request, offer, self._options)
        http = self._workshop.http
        response = await opened(http, self._paid_request(wire, deadline), deadline, error_of)
        try:
            for headroom in headroom_of(response.headers, now_s=time.time()):
                yield headroom
            body = await whole_body(response, deadline)
        finally:
            await response.aclose()
        request_id = response.headers.get("x-request-id")
        found = painted(body, offer.token_prices, request_id=request_id)
        yield Done(result=result_of(found, request, wire))

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncIterator[Event]:
        """Nothing: this API has no job ids. ModelGone always."""
        for event in self._kept_job(remote_id):
            yield event

    async def cancel(self, remote_id: str) -> bool:
        """False: this API has nothing to cancel."""
        del remote_id
        return False

    def _kept_job(self, remote_id: str) -> Sequence[Event]:
        raise ModelGone(f"{self._name} keeps no jobs, so {remote_id!r} can't be taken up")

    def _paid_request(self, wire: WireCall, deadline: Deadline) -> httpx.Request:
        return self._workshop.http.build_request(
            "POST",
            beneath(self._options.base_url, wire.path),
            json=wire.body,
            headers={**PLAIN, "x-goog-api-key": self._options.api_key},
            timeout=timeout_until(deadline),
        )

    async def _still_there(self, offered: tuple[Offer, ...]) -> tuple[Offer, ...]:
        deadline = Deadline.after(DISCOVERY_TIMEOUT_S)
        try:
            live = await live_models(self._workshop.http, self._options, deadline)
        except ProviderError as error:
            self._workshop.log.warning("%s can't list its models: %s", self._name, error.detail)
            return offered
        kept = tuple(offer for offer in offered if offer.model.id in live)
        for gone in set(offered_ids(offered)) - set(live):
            self._workshop.log.warning("%s no longer has the model %s", self._name, gone)
        found = (*kept, *newcomers(live, self._options))
        self._offers = {offer.model.id: offer for offer in found}
        return found


def offered_ids(offers: tuple[Offer, ...]) -> tuple[str, ...]:
    """The ids of offers."""
    return tuple(offer.model.id for offer in offers)


def result_of(found: Painted, request: GenerationRequest, wire: WireCall) -> Result:
    """The result, with a note where the picture is not of the size asked for."""
    picture = found.pictures[0]
    asked = (request.width_px, request.height_px)
    size = size_of(picture) or wire.size
    notes = wire.notes
    if size != asked:
        notes = (f"size {asked[0]}x{asked[1]} painted as {size[0]}x{size[1]}", *notes)
    return Result(
        images=(GeneratedImage(data=picture),),
        notes=notes,
        cost_microusd=found.cost_microusd,
        request_id=found.request_id,
    )
