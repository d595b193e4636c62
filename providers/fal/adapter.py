"""The provider itself: a job put into the queue once, followed by the URLs fal gave for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

import httpx

from providers.capabilities import Model
from providers.errors import ProviderError, Unavailable
from providers.fal.answers import finished, job_of_submit, still_working
from providers.fal.discovery import from_description, from_file, names_of
from providers.fal.jobs import Job, job_of_remote_id
from providers.fal.ring import published_keys, read_ring
from providers.input_schema.body import body_of, notes_of
from providers.input_schema.fields import Role
from providers.input_schema.shelf import KnownModel, Shelf
from providers.protocol import (
    Call,
    Done,
    Event,
    Progress,
    ProviderConfig,
    Ring,
    Submitted,
    Workshop,
)
from providers.remote_jobs.canvas import data_url
from providers.remote_jobs.exchange import exchanged
from providers.remote_jobs.following import Followed, Follower, Look, asked, granted
from providers.remote_jobs.links import Hosts
from providers.remote_jobs.options import (
    PICTURE_HOSTS,
    Option,
    checked_options,
    picture_hosts,
)
from providers.remote_jobs.preparing import Pictures, check, pictures_of
from providers.request import GenerationRequest, Operation
from providers.table import beneath, checked_base_url, checked_key
from providers.wire.deadline import Deadline
from providers.wire.pictures import size_of

HOME_URL = "https://queue.fal.run"

API_HOSTS = (".fal.run",)
"""Where status, response and cancel URLs lead, which get the key."""

HOSTS = (".fal.media", ".fal.ai", ".fal.run")
"""Where results lie. Source: fal.ai/docs/model-apis/data-retention, read 2026-11-25."""

OPTIONS: Mapping[str, Option] = {
    "schema_url": Option(default="https://fal.ai/api/openapi/queue/openapi.json"),
    "jwks_url": Option(default="https://rest.alpha.fal.ai/.well-known/jwks.json"),
    "media_kept_s": Option(default=3600, low=0, high=31_536_000),
    "picture_hosts": PICTURE_HOSTS,
}
"""`media_kept_s`: after how long fal deletes the files of a result, which we fetch at once; 0 leaves it to the account."""


def plugin(config: ProviderConfig, workshop: Workshop) -> Fal:
    """The provider of a `[[providers]]` table of kind "fal". ValueError with a sentence when the table is wrong."""
    return Fal(config, workshop)


class Fal:
    """queue.fal.run. Submits each job once and never again."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        self._name = config.name
        self._key = checked_key(config) or ""
        self._base_url = checked_base_url(config, HOME_URL)
        options = checked_options(config, OPTIONS)
        self._schema_url = httpx.URL(str(options["schema_url"]))
        self._jwks_url = httpx.URL(str(options["jwks_url"]))
        self._media_kept_s = int(options["media_kept_s"])
        self._workshop = workshop
        self._hosts = Hosts(home=self._base_url, suffixes=API_HOSTS)
        self._shelf = Shelf(names_of(config.models), self._load, workshop.log)
        self._keys = published_keys(self._fetch_keys)
        self._follower = Follower(
            workshop, picture_hosts(self._base_url, HOSTS, options["picture_hosts"])
        )

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The allowlist's models, or the file's, as fal describes them now."""
        return tuple(known.model for known in await self._shelf.all())

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        """Submitted, growing progress, Done.

        InvalidRequest and ModelGone for a request that isn't sent at all. `call.timeout_s` bounds everything.
        """
        deadline = Deadline.after(call.timeout_s)
        known = await self._known(request.model, deadline)
        check(request, known.capabilities, needs_prompt=known.inputs.requires(Role.PROMPT))
        grows_itself = known.inputs.get(Role.LEFT) is not None
        pictures = await pictures_of(
            request,
            self._workshop.off_loop,
            deadline,
            canvas=None if grows_itself else known.capabilities.sizes,
        )
        outgoing = self._submit(known, body_for(request, known, pictures), call)
        reply = await exchanged(self._workshop.http, outgoing, deadline)
        job = job_of_submit(reply, self._hosts)
        yield Submitted(remote_id=job.remote_id(self._base_url))
        async with aclosing(self._followed(job, request, deadline)) as events:
            async for event in events:
                yield event

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        """The rest of a job submitted earlier. ModelGone for an id of no job here."""
        job = job_of_remote_id(remote_id, self._hosts)
        async with aclosing(self._followed(job, request, Deadline.after(call.timeout_s))) as events:
            async for event in events:
                yield event

    async def cancel(self, remote_id: str) -> bool:
        """Whether fal takes the request to stop; a running model stops when it looks."""
        try:
            job = job_of_remote_id(remote_id, self._hosts)
            request = self._request("PUT", job.cancel_url)
            reply = await asked(self._workshop.http, request, Deadline.after(10.0))
            fields = reply.fields()
        except ProviderError as error:
            self._workshop.log.info("%.200s can't be stopped: %s", remote_id, error.detail)
            return False
        return reply.is_success and fields.get("status") == "CANCELLATION_REQUESTED"

    async def check_key(self) -> str | None:
        """Why fal isn't asked. Source: fal.ai/docs/platform-apis/v1/account/billing, read 2026-11-25."""
        return "fal tells whether a key is good only when a job is made; its account page takes admin keys alone"

    async def read_ring(self, headers: Mapping[str, str], body: bytes, *, now_s: float) -> Ring:
        """The ring, which also wakes whoever waits here. ForgedRing when it isn't fal's, or over 300 s old."""
        ring = await read_ring(headers, body, keys=self._keys, now_s=now_s)
        self._follower.bells.ring(ring.remote_id)
        return ring

    async def _known(self, model: str, deadline: Deadline) -> KnownModel:
        try:
            async with asyncio.timeout_at(deadline.at):
                return await self._shelf.get(model)
        except TimeoutError as error:
            raise Unavailable(f"{model} didn't say in time what it takes") from error

    async def _load(self, name: str) -> KnownModel:
        """The model as fal describes it; as the file does when fal can't say."""
        url = self._schema_url.copy_merge_params({"endpoint_id": name})
        request = self._workshop.http.build_request(
            "GET", url, headers={"accept": "application/json", "accept-encoding": "identity"}
        )
        try:
            reply = await asked(self._workshop.http, request, Deadline.after(10.0))
            return from_description(name, granted(reply).fields())
        except ProviderError as error:
            known = from_file(name)
            if known is None:
                raise
            self._workshop.log.info("%s is offered as the file has it: %s", name, error.detail)
            return known

    async def _fetch_keys(self) -> Mapping[str, object]:
        request = self._workshop.http.build_request(
            "GET",
            self._jwks_url,
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )
        reply = await asked(self._workshop.http, request, Deadline.after(10.0))
        return granted(reply).fields()

    def _submit(self, known: KnownModel, body: dict[str, object], call: Call) -> httpx.Request:
        url = beneath(self._base_url, known.path)
        if call.webhook_url:
            url = url.copy_merge_params({"fal_webhook": call.webhook_url})
        request = self._request("POST", url, body)
        if self._media_kept_s:
            request.headers["x-fal-object-lifecycle-preference"] = json.dumps(
                {"expiration_duration_seconds": self._media_kept_s}
            )
        return request

    def _request(
        self, method: str, url: httpx.URL, body: dict[str, object] | None = None
    ) -> httpx.Request:
        headers = {
            "authorization": f"Key {self._key}",
            "accept": "application/json",
            "accept-encoding": "identity",
        }
        return self._workshop.http.build_request(method, url, json=body, headers=headers)

    def _followed(
        self, job: Job, request: GenerationRequest, deadline: Deadline
    ) -> AsyncGenerator[Progress | Done, None]:
        known = self._shelf.seen(request.model)
        followed = Followed(
            job_id=job.id,
            look=partial(self._look, job, request),
            count=request.count,
            notes=notes_of(request, known.inputs, known.capabilities) if known else (),
        )
        return self._follower.follow(followed, deadline)

    async def _look(self, job: Job, request: GenerationRequest, deadline: Deadline) -> Look:
        http = self._workshop.http
        status_url = job.status_url.copy_merge_params({"logs": "1"})
        working = still_working(await asked(http, self._request("GET", status_url), deadline))
        if working is not None:
            return working
        known = self._shelf.seen(request.model)
        is_seeded = known is None or known.inputs.get(Role.SEED) is not None
        reply = await asked(http, self._request("GET", job.response_url), deadline)
        return finished(reply, is_seeded=is_seeded)


def body_for(
    request: GenerationRequest, known: KnownModel, pictures: Pictures
) -> dict[str, object]:
    """The inputs of a job, pictures as data URLs: "file inputs accept URLs, Base64 data URIs" (fal's model pages)."""
    links = {
        role: data_url(data)
        for role, data in (
            (Role.SOURCE, pictures.source),
            (Role.MASK, pictures.mask),
            (Role.CONTROL, pictures.control),
        )
        if data is not None and known.inputs.get(role) is not None
    }
    size = size_of(pictures.source) if pictures.source else None
    if request.operation is Operation.OUTPAINT and pictures.mask and size is not None:
        request = replace(request, width_px=size[0], height_px=size[1])
    return body_of(request, known.inputs, known.hints, links)
