"""`/webhooks/{provider}`: a provider rings that a job is done. A ring only makes whoever waits ask at once.

Nothing is believed of what it says but which job it is about: the provider is asked for the truth. So a lost, repeated,
late or forged ring never changes how a job ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.live import Rang
from bot.pipeline.catalog import Catalog
from bot.ports import Clock, Journal, Signals
from bot.surfaces.web.request_body import read_capped
from providers import ForgedRing, ProviderError, Rings

log = logging.getLogger("impasto.webhooks")

PATH = "/webhooks/{provider}"
MAX_BODY_BYTES = 1_000_000
"""Ours: a ring need not carry pictures. One that does is refused, and the job is found by asking."""
VERIFY_TIMEOUT_S = 10.0
"""A provider may have to fetch its own key first."""
REMEMBERED = 10_000
REMEMBERED_S = 900.0
"""Longer than any provider's replay window (5 minutes), so that a replayed event is one that was seen."""


@dataclass(slots=True, kw_only=True)
class Webhooks:
    """Takes rings of the providers that can ring. Of every other name there is no such page."""

    catalog: Catalog
    journal: Journal
    signals: Signals
    clock: Clock
    _seen: OrderedDict[tuple[str, str], float] = field(default_factory=OrderedDict)

    def route(self) -> Route:
        """The route; it proves by itself who calls."""
        return Route(PATH, self._rung, methods=["POST"])

    async def _rung(self, request: Request) -> Response:
        stall = self.catalog.stall(request.path_params["provider"])
        if stall is None or not isinstance(stall.provider, Rings):
            return PlainTextResponse("There is nothing here.\n", status_code=404)
        try:
            body = await read_capped(request, limit_bytes=MAX_BODY_BYTES)
        except HTTPException:
            return PlainTextResponse("That is too large.\n", status_code=413)
        headers = {name.lower(): value for name, value in request.headers.items()}
        now_s = self.clock.now().timestamp()
        try:
            async with asyncio.timeout(VERIFY_TIMEOUT_S):
                ring = await stall.provider.read_ring(headers, body, now_s=now_s)
        except ForgedRing as forged:
            log.warning("a ring for %s is not from there: %s", stall.name, forged)
            return PlainTextResponse(
                "This must be signed by the provider, just now.\n", status_code=401
            )
        except (ProviderError, TimeoutError) as error:
            log.warning("a ring of %s can't be checked: %r", stall.name, error)
            return PlainTextResponse("This can't be checked now.\n", status_code=503)
        if self._is_new(stall.name, ring.event_id, now_s):
            job = await self.journal.job_of(stall.name, ring.remote_id)
            if job is not None:
                self.signals.publish(Rang(job=job))
        # Whether the job is known here is nobody's business.
        return Response(status_code=204)

    def _is_new(self, provider: str, event_id: str, now_s: float) -> bool:
        while self._seen and next(iter(self._seen.values())) < now_s - REMEMBERED_S:
            self._seen.popitem(last=False)
        if (provider, event_id) in self._seen:
            return False
        self._seen[provider, event_id] = now_s
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True
