"""The provider itself: one call out, its events back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

import httpx

from providers.canvas import Unusable
from providers.capabilities import Model
from providers.errors import BadAnswer, InvalidRequest, ModelGone, OutcomeUnknown, ProviderError
from providers.openai.answers import Painting, Usage, cost_microusd, parsed, usage_of
from providers.openai.canvas import EditFiles, inpaint_files, outpaint_files
from providers.openai.catalog import Offer, live_offers, offers_of
from providers.openai.discovery import live_models
from providers.openai.errors import error_of, wrapped_error
from providers.openai.exchange import key_headers, paid_request
from providers.openai.options import Dialect, Options, options_of
from providers.openai.stream import EventSplitter
from providers.openai.transform import WireCall, check, wire_call
from providers.protocol import (
    Call,
    Done,
    Event,
    GeneratedImage,
    Progress,
    ProviderConfig,
    Result,
    Workshop,
)
from providers.request import GenerationRequest, Insets, Operation
from providers.table import beneath
from providers.wire.deadline import Deadline
from providers.wire.exchange import MAX_ANSWER_BYTES, PLAIN, opened, pieces, whole_body
from providers.wire.headroom import headroom_of
from providers.wire.key_check import key_check
from providers.wire.pictures import begins_like_a_picture

DISCOVERY_TIMEOUT_S = 8.0
"""How long the list of models may take; without it the file's models are offered."""

MAX_IMAGE_BYTES = 32 * 1024 * 1024
"""Most bytes of one linked picture: 3840x2160 in 32 bit, unpacked, with room to spare."""


def plugin(config: ProviderConfig, workshop: Workshop) -> OpenAIImages:
    """The provider of a `[[providers]]` table of kind "openai". ValueError with a sentence when the table is wrong."""
    return OpenAIImages(config, workshop)


class OpenAIImages:
    """A server that speaks the OpenAI images protocol. Sends each call once and never again."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        self._name = config.name
        self._options = options_of(config)
        names = config.models or tuple(self._options.deployments)
        self._are_allowed = bool(names)
        self._offers = {o.model.id: o for o in offers_of(self._options, names)}
        self._workshop = workshop

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The allowlist's models, or the file's listed ones, best first, as the server's own list corrects them."""
        if self._options.dialect is Dialect.OPENAI and not self._options.azure:
            await self._discover()
        return tuple(offer.model for offer in self._offers.values())

    async def check_key(self) -> str | None:
        """None when the server lists its models."""
        if self._options.azure:
            return "an Azure resource is asked for nothing but pictures, which cost"
        url = beneath(self._options.base_url, "/models")
        headers = {**PLAIN, **key_headers(self._options)}
        return await key_check(self._workshop.http, url, headers, error_of)

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncIterator[Event]:
        """Progress with previews where the model streams them, then Done.

        InvalidRequest and ModelGone for a request that isn't sent at all. `call.timeout_s` bounds everything.
        """
        deadline = Deadline.after(call.timeout_s)
        offer = self._offers.get(request.model)
        if offer is None:
            raise ModelGone(f"{self._name} has no model {request.model!r}")
        check(request, offer)
        edit = await self._edit_files(request, offer, deadline)
        wire = wire_call(request, offer, self._options, edit=edit)
        outgoing = paid_request(
            self._workshop.http, wire, self._options, key=call.key, deadline=deadline
        )
        response = await opened(self._workshop.http, outgoing, deadline, error_of)
        self._workshop.log.debug(
            "%s answered %s, request %s",
            self._name,
            response.status_code,
            response.headers.get("x-request-id"),
        )
        try:
            for headroom in headroom_of(response.headers, now_s=time.time()):
                yield headroom
            answer = Gathering(request, offer, wire, response)
            if is_stream(response):
                async with aclosing(answer.streamed(deadline)) as events:
                    async for event in events:
                        yield event
            else:
                await answer.read(deadline)
            images = await self._images(answer, deadline)
        finally:
            await response.aclose()
        yield Done(result=answer.result(images))

    async def resume(
        self,
        remote_id: str,
        request: GenerationRequest,
        call: Call,
    ) -> AsyncIterator[Event]:
        """Nothing: this protocol has no job ids. ModelGone always."""
        for event in self._kept_job(remote_id):
            yield event

    async def cancel(self, remote_id: str) -> bool:
        """False: this protocol has nothing to cancel."""
        del remote_id
        return False

    def _kept_job(self, remote_id: str) -> Sequence[Event]:
        raise ModelGone(f"{self._name} keeps no jobs, so {remote_id!r} can't be taken up")

    async def _discover(self) -> None:
        try:
            live = await live_models(
                self._workshop.http, self._options, Deadline.after(DISCOVERY_TIMEOUT_S)
            )
        except ProviderError as error:
            # Compatible servers may have no list, and a network that is down now may be up for the first call.
            self._workshop.log.info("%s lists no models: %s", self._name, error.detail)
            return
        found = live_offers(
            tuple(self._offers.values()),
            live,
            are_allowed=self._are_allowed,
            options=self._options,
        )
        self._offers = {offer.model.id: offer for offer in found}

    async def _edit_files(
        self, request: GenerationRequest, offer: Offer, deadline: Deadline
    ) -> EditFiles | None:
        source = request.source_image or b""
        off_loop = self._workshop.off_loop
        found: EditFiles | Unusable
        try:
            if request.operation is Operation.INPAINT:
                found = await off_loop(
                    inpaint_files, source, request.mask or b"", timeout_s=deadline.left_s()
                )
            elif request.operation is Operation.OUTPAINT:
                expand = request.expand or Insets()
                found = await off_loop(
                    outpaint_files, source, expand, offer, timeout_s=deadline.left_s()
                )
            else:
                return None
        except TimeoutError as error:
            raise InvalidRequest(
                "the source took too long to prepare", param="source_image"
            ) from error
        if isinstance(found, Unusable):
            raise InvalidRequest(found.reason, param=found.param)
        return found

    async def _images(self, answer: Gathering, deadline: Deadline) -> tuple[GeneratedImage, ...]:
        images = []
        for painting in answer.paintings:
            data = painting.data
            if data is None and painting.url:
                data = await self._linked(painting.url, deadline)
            if data is not None:
                images.append(
                    GeneratedImage(
                        data=data, seed=painting.seed, revised_prompt=painting.revised_prompt
                    )
                )
        return tuple(images)

    async def _linked(self, text: str, deadline: Deadline) -> bytes | None:
        """A linked picture's bytes, None when they can't be had: expired, refused, no picture, too large."""
        url = linked_url(text, self._options)
        if url is None:
            return None
        outgoing = self._workshop.http.build_request(
            "GET", url, headers={"accept": "image/*", "accept-encoding": "identity"}
        )
        try:
            response = await opened(self._workshop.http, outgoing, deadline, error_of)
            try:
                data = bytes(await whole_body(response, deadline, max_bytes=MAX_IMAGE_BYTES))
            finally:
                await response.aclose()
        except ProviderError as error:
            # The links of one answer expire or fail one by one; the others may still be good.
            self._workshop.log.warning("%s: a linked picture failed: %s", self._name, error.detail)
            return None
        return data if begins_like_a_picture(data) else None


class Gathering:
    """What one response brings, gathered while it is read."""

    def __init__(
        self, request: GenerationRequest, offer: Offer, wire: WireCall, response: httpx.Response
    ) -> None:
        self._request = request
        self._offer = offer
        self._wire = wire
        self._response = response
        self._request_id = response.headers.get("x-request-id")
        self._usage: Usage | None = None
        self.paintings: tuple[Painting, ...] = ()

    async def read(self, deadline: Deadline) -> None:
        """Reads a plain answer whole."""
        answer = parsed(await whole_body(self._response, deadline), request_id=self._request_id)
        if isinstance(answer.fields.get("error"), dict) and not answer.entries():
            # Some gateways wrap a refusal in a 200; what it says counts.
            raise wrapped_error(answer.fields, self._response.headers)
        for entry in answer.entries()[: self._request.count]:
            self.paintings = (*self.paintings, answer.painting(entry))
            # Each picture takes some milliseconds: others may have the loop in between.
            await asyncio.sleep(0)
        self._usage = usage_of(answer)

    async def streamed(self, deadline: Deadline) -> AsyncGenerator[Event, None]:
        """Reads a stream: Progress for each preview, until the picture is there.

        A stream opens before the work is done, so one that ends early leaves the outcome unknown.
        """
        splitter, size_bytes = EventSplitter(), 0
        try:
            async for piece in pieces(self._response, deadline):
                size_bytes += len(piece)
                if size_bytes > MAX_ANSWER_BYTES:
                    raise BadAnswer("the stream is too large", request_id=self._request_id)
                for data in splitter.feed(piece):
                    progress = self._took(data)
                    if progress is not None:
                        yield progress
                if len(self.paintings) == self._request.count:
                    return
        except (httpx.RequestError, TimeoutError) as error:
            if not self.paintings:
                raise OutcomeUnknown(
                    f"the stream broke off: {error!r}", request_id=self._request_id
                ) from error
        if not self.paintings:
            raise OutcomeUnknown("the stream ended early", request_id=self._request_id)

    def result(self, images: tuple[GeneratedImage, ...]) -> Result:
        """The result; BadAnswer when there is no picture in it."""
        if not images:
            # The answer counts the tokens it is billed by, whatever became of its pictures.
            raise BadAnswer("no usable image in the answer", request_id=self._request_id).charging(
                cost_microusd(self._usage, self._offer.token_prices)
            )
        notes = self._wire.notes
        if len(images) < self._request.count:
            notes += (f"{len(images)} of {self._request.count} images came",)
        return Result(
            images=images,
            notes=notes,
            cost_microusd=cost_microusd(self._usage, self._offer.token_prices),
            request_id=self._request_id,
        )

    def _took(self, data: bytes) -> Progress | None:
        if data.strip() == b"[DONE]":
            return None
        answer = parsed(data, request_id=self._request_id)
        event = answer.fields
        kind = str(event.get("type", ""))
        if kind == "error" or isinstance(event.get("error"), dict):
            raise wrapped_error(event, self._response.headers)
        if kind.endswith(".completed"):
            self.paintings = (*self.paintings, answer.painting(event))[: self._request.count]
            self._usage = usage_of(answer)
        if not kind.endswith(".partial_image"):
            return None
        index = event.get("partial_image_index")
        steps = int(self._wire.fields.get("partial_images", 0)) + 1
        return Progress(
            fraction=min(index + 1, steps) / (steps + 1) if isinstance(index, int) else None,
            preview=answer.picture(event.get("b64_json")),
        )


def is_stream(response: httpx.Response) -> bool:
    """Whether the server streams; one that knows no streams answers plainly, which is as good."""
    kind: str = response.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == "text/event-stream"


def linked_url(text: str, options: Options) -> httpx.URL | None:
    """The URL of a picture if it may be followed: https, or the very host the operator wrote."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return None
    if url.scheme == "https" and url.host:
        return url
    home = options.base_url
    own = (url.scheme, url.host, url.port) == (home.scheme, home.host, home.port)
    return url if own else None
