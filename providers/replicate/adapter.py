"""The provider itself: a prediction made once, followed by its id."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

import httpx

from providers.capabilities import Model
from providers.errors import BadAnswer, ForgedRing, ModelGone, ProviderError, Unavailable
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
from providers.remote_jobs.ids import is_job_id
from providers.remote_jobs.options import (
    PICTURE_HOSTS,
    Option,
    checked_options,
    picture_hosts,
)
from providers.remote_jobs.preparing import Pictures, check, pictures_of, seed_of
from providers.remote_jobs.refusals import error_of_look
from providers.remote_jobs.ring_keys import RingKeys
from providers.replicate.answers import id_of_create, is_stopped, look_of
from providers.replicate.discovery import known_model, names_of, slug_of
from providers.replicate.ring import check_form, read_ring
from providers.request import GenerationRequest, Operation
from providers.table import beneath, checked_base_url, checked_key
from providers.wire.deadline import Deadline
from providers.wire.key_check import key_check
from providers.wire.pictures import mime_of, size_of

HOME_URL = "https://api.replicate.com/v1"

HOSTS = (".replicate.delivery", ".replicate.com")
"""Where results lie. Source: Replicate's docs on output files, read 2026-11-22."""

MAX_DATA_URL_BYTES = 190_000
"""A larger picture is uploaded first: data URLs are for files of up to 256 kB (their description, read 2026-11-22)."""

OPTIONS: Mapping[str, Option] = {
    "webhook_secret": Option(default=""),
    "cancel_after_s": Option(default=0, low=0, high=86_400),
    "picture_hosts": PICTURE_HOSTS,
}


def plugin(config: ProviderConfig, workshop: Workshop) -> Replicate:
    """The provider of a `[[providers]]` table of kind "replicate". ValueError with a sentence when it is wrong."""
    return Replicate(config, workshop)


class Replicate:
    """api.replicate.com. Makes each prediction once and never again."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        self._name = config.name
        self._key = checked_key(config) or ""
        self._base_url = checked_base_url(config, HOME_URL)
        options = checked_options(config, OPTIONS)
        self._cancel_after_s = int(options["cancel_after_s"])
        self._workshop = workshop
        self._shelf = Shelf(names_of(config.models), self._load, workshop.log)
        written = str(options["webhook_secret"])
        self._secret = RingKeys(self._fetch_secret, written=written or None)
        self._follower = Follower(
            workshop, picture_hosts(self._base_url, HOSTS, options["picture_hosts"])
        )

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The allowlist's models, or the file's listed ones, as their own schemas describe them now."""
        return tuple(known.model for known in await self._shelf.all())

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        """Submitted, growing progress, Done.

        InvalidRequest and ModelGone for a request that isn't sent at all. `call.timeout_s` bounds everything.
        """
        deadline = Deadline.after(call.timeout_s)
        known = await self._known(request.model, deadline)
        needs_prompt = known.inputs.requires(Role.PROMPT)
        check(request, known.capabilities, needs_prompt=needs_prompt)
        grows_itself = known.inputs.get(Role.LEFT) is not None
        pictures = await pictures_of(
            request,
            self._workshop.off_loop,
            deadline,
            canvas=None if grows_itself else known.capabilities.sizes,
        )
        body = await self._body(request, known, pictures, deadline)
        reply = await exchanged(self._workshop.http, self._create(known, body, call), deadline)
        job_id = id_of_create(reply)
        yield Submitted(remote_id=job_id)
        async with aclosing(self._followed(job_id, request, deadline)) as events:
            async for event in events:
                yield event

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        """The rest of a prediction made earlier. ModelGone for an id of no prediction."""
        if not is_job_id(remote_id):
            raise ModelGone(f"no prediction {remote_id[:200]!r}")
        async with aclosing(
            self._followed(remote_id, request, Deadline.after(call.timeout_s))
        ) as events:
            async for event in events:
                yield event

    async def cancel(self, remote_id: str) -> bool:
        """Whether Replicate says that the prediction was stopped."""
        if not is_job_id(remote_id):
            return False
        deadline = Deadline.after(10.0)
        try:
            first = await self._told("POST", f"/predictions/{remote_id}/cancel", deadline)
            if is_stopped(first):
                return True
            # A running model takes a moment to stop; what it says then counts.
            await asyncio.sleep(0.2)
            return is_stopped(await self._told("GET", f"/predictions/{remote_id}", deadline))
        except ProviderError as error:
            self._workshop.log.info("%s can't be stopped: %s", remote_id, error.detail)
            return False

    async def check_key(self) -> str | None:
        """None when the key's account tells its name (published description, read 2026-11-22)."""
        url = beneath(self._base_url, "/account")
        return await key_check(self._workshop.http, url, self._headers(), error_of_look)

    async def read_ring(self, headers: Mapping[str, str], body: bytes, *, now_s: float) -> Ring:
        """The ring, which also wakes whoever waits here. ForgedRing when it isn't Replicate's, or over 300 s old."""
        check_form(headers, now_s=now_s)
        secret = await self._secret.current(now_s=now_s)
        try:
            ring = read_ring(headers, body, secret=secret, now_s=now_s)
        except ForgedRing:
            other = await self._secret.other_than(secret, now_s=now_s)
            if other is None:
                raise
            ring = read_ring(headers, body, secret=other, now_s=now_s)
        self._follower.bells.ring(ring.remote_id)
        return ring

    async def _known(self, model: str, deadline: Deadline) -> KnownModel:
        try:
            async with asyncio.timeout_at(deadline.at):
                return await self._shelf.get(model)
        except TimeoutError as error:
            raise Unavailable(f"{model} didn't say in time what it takes") from error

    async def _load(self, name: str) -> KnownModel:
        return known_model(name, await self._told("GET", slug_of(name).path, Deadline.after(15.0)))

    async def _fetch_secret(self) -> str:
        found = await self._told("GET", "/webhooks/default/secret", Deadline.after(10.0))
        key = found.get("key")
        if not isinstance(key, str) or not key:
            raise BadAnswer("no secret in the answer")
        return key

    async def _told(self, method: str, path: str, deadline: Deadline) -> Mapping[str, object]:
        request = self._workshop.http.build_request(
            method, beneath(self._base_url, path), headers=self._headers()
        )
        return granted(await asked(self._workshop.http, request, deadline)).fields()

    async def _body(
        self, request: GenerationRequest, known: KnownModel, pictures: Pictures, deadline: Deadline
    ) -> dict[str, object]:
        links: dict[Role, str] = {}
        for role, data in (
            (Role.SOURCE, pictures.source),
            (Role.MASK, pictures.mask),
            (Role.CONTROL, pictures.control),
        ):
            if data is not None and known.inputs.get(role) is not None:
                small = len(data) <= MAX_DATA_URL_BYTES
                links[role] = data_url(data) if small else await self._uploaded(data, deadline)
        size = size_of(pictures.source) if pictures.source else None
        if request.operation is Operation.OUTPAINT and pictures.mask and size is not None:
            request = replace(request, width_px=size[0], height_px=size[1])
        return body_of(request, known.inputs, known.hints, links)

    async def _uploaded(self, data: bytes, deadline: Deadline) -> str:
        """A picture's link after it was uploaded, which costs nothing; it goes after a day (their description)."""
        mime = mime_of(data)
        request = self._workshop.http.build_request(
            "POST",
            beneath(self._base_url, "/files"),
            files={"content": (f"picture.{mime.partition('/')[2]}", data, mime)},
            headers=self._headers(),
        )
        fields = granted(await asked(self._workshop.http, request, deadline)).fields()
        urls = fields.get("urls")
        link = urls.get("get") if isinstance(urls, Mapping) else None
        if not isinstance(link, str):
            raise Unavailable("an upload brought no link")
        return link

    def _create(self, known: KnownModel, body: dict[str, object], call: Call) -> httpx.Request:
        wire: dict[str, object] = {"input": body}
        if known.version is not None:
            wire["version"] = known.version
        if call.webhook_url:
            wire |= {"webhook": call.webhook_url, "webhook_events_filter": ["completed"]}
        headers = self._headers()
        if self._cancel_after_s:
            headers["cancel-after"] = f"{max(5, self._cancel_after_s)}s"
        url = beneath(self._base_url, known.path)
        return self._workshop.http.build_request("POST", url, json=wire, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self._key}",
            "accept": "application/json",
            "accept-encoding": "identity",
        }

    def _followed(
        self, job_id: str, request: GenerationRequest, deadline: Deadline
    ) -> AsyncGenerator[Progress | Done, None]:
        known = self._shelf.seen(request.model)
        followed = Followed(
            job_id=job_id,
            look=partial(self._look, job_id, request),
            count=request.count,
            notes=notes_of(request, known.inputs, known.capabilities) if known else (),
        )
        return self._follower.follow(followed, deadline)

    async def _look(self, job_id: str, request: GenerationRequest, deadline: Deadline) -> Look:
        http = self._workshop.http
        outgoing = http.build_request(
            "GET", beneath(self._base_url, f"/predictions/{job_id}"), headers=self._headers()
        )
        known = self._shelf.seen(request.model)
        is_seeded = known is None or known.inputs.get(Role.SEED) is not None
        reply = await asked(http, outgoing, deadline)
        return look_of(reply, seed=seed_of(request), is_seeded=is_seeded)
