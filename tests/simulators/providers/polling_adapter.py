"""The adapter of the polling simulator: a provider whose jobs can be taken up again by their id."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from providers import (
    BadAnswer,
    Call,
    CancelKind,
    Capabilities,
    ContentBlocked,
    Delivery,
    Done,
    Event,
    GeneratedImage,
    GenerationRequest,
    InvalidRequest,
    Model,
    ModelGone,
    Operation,
    OutcomeUnknown,
    Progress,
    ProgressKind,
    ProviderConfig,
    Result,
    SeedSupport,
    Submitted,
    Unavailable,
    Workshop,
)

MODEL = Model(
    id="poll-1",
    capabilities=Capabilities(
        operations=frozenset({Operation.TEXT_TO_IMAGE}),
        max_count=4,
        seed=SeedSupport.ECHOED,
        progress=ProgressKind.PERCENT,
        cancel=CancelKind.RUNNING,
        delivery=Delivery.POLL,
    ),
)

POLL_S = 0.2


def plugin(config: ProviderConfig, workshop: Workshop) -> PollingProvider:
    if not config.base_url:
        raise ValueError(f"provider {config.name!r} needs a base_url")
    return PollingProvider(config.name, config.base_url, workshop)


class PollingProvider:
    """Yields Submitted as soon as the id is known, before anything else is awaited."""

    def __init__(self, name: str, base_url: str, workshop: Workshop) -> None:
        self._name = name
        self._base_url = base_url
        self._http = workshop.http

    @property
    def name(self) -> str:
        return self._name

    async def models(self) -> Sequence[Model]:
        return (MODEL,)

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncIterator[Event]:
        if request.model != MODEL.id:
            raise ModelGone(f"no model {request.model!r}")
        if request.operation is not Operation.TEXT_TO_IMAGE:
            raise InvalidRequest("words only", param="operation")
        if not 1 <= request.count <= MODEL.capabilities.max_count:
            raise InvalidRequest("1 to 4 images", param="count")
        deadline = asyncio.get_running_loop().time() + call.timeout_s
        body = {
            "prompt": request.prompt,
            "count": request.count,
            "width": request.width_px,
            "height": request.height_px,
            "seed": request.seed or 0,
        }
        answer = await self._asked(
            deadline, "POST", "/jobs", json=body, headers={"idempotency-key": call.key}
        )
        remote_id = str(answer["id"])
        yield Submitted(remote_id=remote_id)
        async for event in self._followed(remote_id, deadline):
            yield event

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncIterator[Event]:
        deadline = asyncio.get_running_loop().time() + call.timeout_s
        async for event in self._followed(remote_id, deadline):
            yield event

    async def cancel(self, remote_id: str) -> bool:
        deadline = asyncio.get_running_loop().time() + 5
        answer = await self._asked(deadline, "POST", f"/jobs/{remote_id}/cancel")
        return bool(answer["cancelled"])

    async def _followed(self, remote_id: str, deadline: float) -> AsyncIterator[Event]:
        while True:
            answer = await self._asked(
                deadline, "GET", f"/jobs/{remote_id}", params={"wait_s": POLL_S}
            )
            if answer["status"] == "cancelled":
                raise ModelGone("the job was cancelled")
            if answer["status"] == "done":
                yield Done(result=result_of(answer))
                return
            yield Progress(fraction=float(answer["progress"]))

    async def _asked(self, deadline: float, method: str, path: str, **options: Any) -> Any:
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self._http.request(method, self._base_url + path, **options)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unavailable(repr(error)) from error
        except (httpx.RequestError, TimeoutError) as error:
            raise OutcomeUnknown(repr(error)) from error
        if answer.status_code == 404:
            raise ModelGone("no such job")
        if answer.status_code == 422:
            raise ContentBlocked("blocked", categories=("test",))
        if not answer.is_success:
            raise BadAnswer(str(answer.status_code))
        return answer.json()


def result_of(answer: dict[str, Any]) -> Result:
    return Result(
        images=tuple(
            GeneratedImage(data=base64.b64decode(image["b64"]), seed=image["seed"])
            for image in answer["images"]
        ),
        cost_microusd=answer["cost_microusd"],
    )
