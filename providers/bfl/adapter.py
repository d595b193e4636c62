"""The provider itself: a job made once, followed by its polling URL."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from functools import partial

import httpx

from providers.bfl import ring
from providers.bfl.answers import Job, job_of_create, job_of_remote_id, look_of
from providers.bfl.catalog import Offer, offers_of, with_finetunes
from providers.bfl.transform import MAX_EXPAND_PX, WireJob, notes_of, wire_job
from providers.capabilities import Model, SizeRule
from providers.errors import InvalidRequest, ModelGone, ProviderError
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
from providers.remote_jobs.exchange import exchanged
from providers.remote_jobs.following import Followed, Follower, Look, asked, granted
from providers.remote_jobs.links import Hosts
from providers.remote_jobs.options import (
    PICTURE_HOSTS,
    Option,
    checked_options,
    picture_hosts,
)
from providers.remote_jobs.preparing import check, pictures_of
from providers.remote_jobs.refusals import error_of_look
from providers.request import GenerationRequest, Operation
from providers.table import beneath, checked_base_url, checked_key
from providers.wire.deadline import Deadline
from providers.wire.key_check import key_check

HOME_URL = "https://api.bfl.ai/v1"

API_HOSTS = (".bfl.ai", ".bfl.ml")
"""Where polling URLs lead, which get the key. bfl.ml is the vendor's older name."""

PICTURE_HOSTS_OF_BFL = (
    *API_HOSTS,
    ".bfldeliveryprod.blob.core.windows.net",
    ".bfldeliverysc.blob.core.windows.net",
)
"""Where results lie. Source: the makers' integration notes and answers quoted in issues, read 2026-11-22."""

OPTIONS: Mapping[str, Option] = {
    "safety_tolerance": Option(default=2, low=0, high=6),
    "webhook_secret": Option(default=""),
    "picture_hosts": PICTURE_HOSTS,
}

CANVAS = SizeRule(min_px=16, max_px=4096, multiple_px=16, max_area_px=4 * 1024 * 1024)
"""What the fill model takes of a padded picture: FLUX works in blocks of 16 pixels, up to 4 megapixels."""


def plugin(config: ProviderConfig, workshop: Workshop) -> BlackForestLabs:
    """The provider of a `[[providers]]` table of kind "bfl". ValueError with a sentence when the table is wrong."""
    return BlackForestLabs(config, workshop)


class BlackForestLabs:
    """api.bfl.ai. Makes each job once and never again; 24 jobs at a time are its limit for one account."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        self._name = config.name
        self._key = checked_key(config) or ""
        self._base_url = checked_base_url(config, HOME_URL)
        options = checked_options(config, OPTIONS)
        self._tolerance = int(options["safety_tolerance"])
        self._secret = str(options["webhook_secret"]) or ring.derived_secret(self._key, self._name)
        self._hosts = Hosts(home=self._base_url, suffixes=API_HOSTS)
        self._offers = {o.model.id: o for o in offers_of(config.models, self._base_url)}
        self._workshop = workshop
        self._follower = Follower(
            workshop,
            picture_hosts(self._base_url, PICTURE_HOSTS_OF_BFL, options["picture_hosts"]),
        )

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The allowlist's models, or the file's listed ones, best first; with the account's finetunes as LoRAs."""
        if any(offer.finetuned for offer in self._offers.values()):
            names = await self._finetunes()
            self._offers = {
                name: with_finetunes(offer, names) for name, offer in self._offers.items()
            }
        return tuple(offer.model for offer in self._offers.values())

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        """Submitted, growing progress, Done.

        InvalidRequest and ModelGone for a request that isn't sent at all. `call.timeout_s` bounds everything.
        """
        deadline = Deadline.after(call.timeout_s)
        offer = self._offer(request)
        canvas = CANVAS if offer.model.id == "flux-pro-1.0-fill" else None
        pictures = await pictures_of(request, self._workshop.off_loop, deadline, canvas=canvas)
        wire = wire_job(request, offer, pictures, safety_tolerance=self._tolerance)
        reply = await exchanged(self._workshop.http, self._create(wire, call), deadline)
        job = job_of_create(reply, self._hosts, fallback=beneath(self._base_url, "/get_result"))
        yield Submitted(remote_id=job.remote_id)
        async with aclosing(self._followed(job, request, deadline)) as events:
            async for event in events:
                yield event

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        """The rest of a job made earlier. ModelGone for an id of no job here."""
        job = job_of_remote_id(remote_id, self._hosts)
        async with aclosing(self._followed(job, request, Deadline.after(call.timeout_s))) as events:
            async for event in events:
                yield event

    async def cancel(self, remote_id: str) -> bool:
        """False: this vendor stops nothing."""
        del remote_id
        return False

    async def check_key(self) -> str | None:
        """None when the account tells its credits (published description, read 2026-11-22)."""
        url = beneath(self._base_url, "/credits")
        return await key_check(self._workshop.http, url, self._headers(), error_of_look)

    async def read_ring(self, headers: Mapping[str, str], body: bytes, *, now_s: float) -> Ring:
        """The ring, which also wakes whoever waits here. No time is signed, so none is checked."""
        del now_s
        found = ring.read_ring(headers, body, secret=self._secret)
        self._follower.bells.ring(found.remote_id)
        return found

    def _offer(self, request: GenerationRequest) -> Offer:
        offer = self._offers.get(request.model)
        if offer is None:
            raise ModelGone(f"{self._name} has no model {request.model!r}")
        check(request, offer.model.capabilities, needs_prompt=offer.needs_prompt)
        expand = request.expand
        if request.operation is Operation.OUTPAINT and expand is not None:
            sides = (expand.left_px, expand.right_px, expand.top_px, expand.bottom_px)
            if max(sides) > MAX_EXPAND_PX:
                raise InvalidRequest(f"at most {MAX_EXPAND_PX} px a side", param="expand")
        return offer

    def _create(self, wire: WireJob, call: Call) -> httpx.Request:
        body = wire.body
        if call.webhook_url:
            body = {**body, "webhook_url": call.webhook_url, "webhook_secret": self._secret}
        url = beneath(self._base_url, f"/{wire.endpoint}")
        return self._workshop.http.build_request("POST", url, json=body, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"x-key": self._key, "accept": "application/json", "accept-encoding": "identity"}

    def _followed(
        self, job: Job, request: GenerationRequest, deadline: Deadline
    ) -> AsyncGenerator[Progress | Done, None]:
        offer = self._offers.get(request.model)
        followed = Followed(
            job_id=job.id,
            look=partial(self._look, job),
            count=1,
            notes=notes_of(request, offer) if offer else (),
        )
        return self._follower.follow(followed, deadline)

    async def _look(self, job: Job, deadline: Deadline) -> Look:
        http = self._workshop.http
        request = http.build_request("GET", job.polling_url, headers=self._headers())
        return look_of(await asked(http, request, deadline), job)

    async def _finetunes(self) -> tuple[str, ...]:
        """The account's finetunes; none when it can't tell now, for a model paints without them too."""
        http = self._workshop.http
        request = http.build_request(
            "GET", beneath(self._base_url, "/my_finetunes"), headers=self._headers()
        )
        try:
            reply = granted(await asked(http, request, Deadline.after(10.0)))
            found = reply.fields().get("finetunes")
        except ProviderError as error:
            self._workshop.log.info("%s names no finetunes: %s", self._name, error.detail)
            return ()
        names = [
            item.get("finetune_id") if isinstance(item, dict) else item
            for item in (found if isinstance(found, list) else ())
        ]
        return tuple(name for name in names[:200] if isinstance(name, str) and 0 < len(name) < 200)
