"""A server of Black Forest Labs' job API that paints real pictures, keeps a bill, rings, and fails on command.

POST /v1/ENDPOINT, GET /v1/get_result?id=, GET /v1/my_finetunes: description of api.bfl.ai (tryAGI @dfc296a). With a webhook the
answer has no polling URL (AsyncWebhookResponse there). Codes 402, 403, 422, 429, 503: docs.bfl.ai/api_integration/errors. The
signature `X-BFL-Signature: sha256=HEX`: black-forest-labs/skills @d0793c8. Read 2026-11-22.

As a process: `python -m tests.simulators.providers.bfl --port 0 --bill FILE --delay-s 0.5`.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.providers.bfl_body_check import violations
from tests.simulators.providers.bill import Bill
from tests.simulators.providers.jobs import (
    JobSimulator,
    SimulatedJob,
    decoded,
    edited,
    grown,
    json_bytes,
)
from tests.simulators.providers.pictures import encoded, painted
from tests.simulators.providers.serving import run_as_process, serving

WRONG_KEY = "bfl-wrong"

CREDITS = 4.0

RATIO_SIZES = {
    "flux-kontext": {"1:1": (1024, 1024), "16:9": (1392, 752), "9:16": (752, 1392)},
    "flux-pro-1.1-ultra": {"1:1": (2048, 2048), "16:9": (2752, 1536), "9:16": (1536, 2752)},
}


class BflSimulator(JobSimulator):
    """The server's state."""

    def __init__(self, *, bill: Bill | None = None, delay_s: float = 0.0) -> None:
        super().__init__(bill=bill, delay_s=delay_s)
        self.finetunes = ["fox-style"]
        self.app = Starlette(
            routes=[
                Route("/v1/get_result", self._look),
                Route("/v1/my_finetunes", self._finetunes),
                Route("/v1/credits", self._credits),
                Route("/v1/{endpoint:path}", self._create, methods=["POST"]),
                Route("/delivery/{name}", self.picture),
                Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
            ]
        )

    async def _create(self, request: Request) -> Response:
        endpoint, body = request.path_params["endpoint"], await request.json()
        wrong = violations(endpoint, body)
        self.creates.append(
            {
                "endpoint": endpoint,
                "body": body,
                "headers": dict(request.headers),
                "violations": wrong,
            }
        )
        if request.headers.get("x-key", WRONG_KEY) == WRONG_KEY:
            return JSONResponse({"detail": "Not authenticated"}, status_code=403)
        if wrong:
            detail = [{"loc": ["body", "field"], "msg": wrong[0], "type": "value_error"}]
            return JSONResponse({"detail": detail}, status_code=422)

        async def good() -> Response:
            job = self.made(f"bfl-{len(self.bill.entries) + 1:04d}", endpoint, body, count=1)
            job.webhook = body.get("webhook_url")
            self.ring_when_over(job, lambda: self.signed_ring(job))
            if job.webhook:
                return JSONResponse(
                    {"id": job.id, "status": "Pending", "webhook_url": job.webhook, "cost": CREDITS}
                )
            url = f"{request.base_url}v1/get_result?id={job.id}"
            return JSONResponse(
                {
                    "id": job.id,
                    "polling_url": url,
                    "cost": CREDITS,
                    "input_mp": 0.0,
                    "output_mp": 1.0,
                }
            )

        return await self.answered(request, "create", good)

    async def _credits(self, request: Request) -> Response:
        if request.headers.get("x-key", WRONG_KEY) == WRONG_KEY:
            return JSONResponse({"detail": "Not authenticated"}, status_code=403)
        return JSONResponse({"credits": 250.0})

    async def _look(self, request: Request) -> Response:
        async def good() -> Response:
            job = self.jobs.get(request.query_params["id"])
            if job is None:
                return JSONResponse({"id": request.query_params["id"], "status": "Task not found"})
            job.looks += 1
            return JSONResponse(self.state_of(job, str(request.base_url)))

        return await self.answered(request, "look", good)

    def state_of(self, job: SimulatedJob, base_url: str) -> dict[str, Any]:
        """What a look at a job answers."""
        state: dict[str, Any] = {"id": job.id, "result": None, "details": None, "preview": None}
        if not job.is_over():
            return {**state, "status": "Pending", "progress": job.fraction()}
        if job.ending is not None:
            return {**state, **job.ending}
        name = f"{job.id}.png"
        self.pictures.setdefault(name, picture_of(job))
        result = {
            "sample": f"{base_url}delivery/{name}",
            "prompt": job.body.get("prompt", ""),
            "seed": job.body.get("seed", 7),
        }
        return {**state, "status": "Ready", "result": result, "progress": 1.0}

    def signed_ring(self, job: SimulatedJob) -> tuple[dict[str, str], bytes]:
        """A webhook as it is sent: headers and raw body."""
        body = json_bytes({"id": job.id, "status": "Ready", "result": {"seed": 7}})
        secret = job.body.get("webhook_secret", "").encode()
        signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        return {"x-bfl-signature": f"sha256={signature}", "content-type": "application/json"}, body

    async def _finetunes(self, request: Request) -> Response:
        return JSONResponse({"finetunes": self.finetunes})


def picture_of(job: SimulatedJob) -> bytes:
    """The picture a job paints."""
    body = job.body
    prompt, seed = body.get("prompt", ""), body.get("seed", 7)
    if "top" in body:
        sides = {side: body[side] for side in ("left", "right", "top", "bottom")}
        return grown(prompt, decoded(body["image"]), **sides)
    if "image" in body:
        return edited(prompt, decoded(body["image"]), decoded(body["mask"]), seed)
    size = (body.get("width", 1024), body.get("height", 1024))
    for family, sizes in RATIO_SIZES.items():
        if job.model.startswith(family):
            size = sizes[body.get("aspect_ratio", "1:1")]
    return encoded(painted(prompt, size, seed))


@asynccontextmanager
async def running(simulator: BflSimulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives the base URL of its API."""
    async with serving(simulator.app) as url:
        yield f"{url}/v1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--delay-s", type=float, default=0.0)
    run_as_process(
        lambda given: BflSimulator(bill=Bill(given.bill), delay_s=given.delay_s).app, parser
    )


if __name__ == "__main__":
    main()
