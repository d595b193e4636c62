"""A provider with job ids: submit, poll, fetch. The other half of what providers are like, for the crash suite.

POST /v1/jobs {prompt, count, width, height, seed} -> {id}; with `idempotent`, a repeated Idempotency-Key gives the same
id and is not billed again. GET /v1/jobs/ID?wait_s=N answers at once when the job has ended, else after at most N s.
POST /v1/jobs/ID/cancel -> {cancelled}. Also GET /_bill.

As a process: `python -m tests.simulators.providers.polling --port 0 --bill FILE --delay-s 0.5 [--idempotent]`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.providers.bill import Bill
from tests.simulators.providers.pictures import encoded, painted
from tests.simulators.providers.serving import pass_time, run_as_process, serving

PRICE_MICROUSD = 10_000


@dataclass
class Job:
    """One job: it ends by itself `delay_s` after it was taken, unless it is cancelled before."""

    body: dict[str, Any]
    ends_at: float
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def left_s(self) -> float:
        return 0.0 if self.cancelled.is_set() else max(0.0, self.ends_at - time.monotonic())


class PollingSimulator:
    """The server's state; it lives as long as the process, longer than the bots it serves."""

    def __init__(
        self, *, bill: Bill | None = None, delay_s: float = 0.0, idempotent: bool = False
    ) -> None:
        self.bill = bill or Bill()
        self.jobs: dict[str, Job] = {}
        self._ids_by_key: dict[str, str] = {}
        self._delay_s = delay_s
        self._idempotent = idempotent
        self.app = Starlette(
            routes=[
                Route("/v1/jobs", self._submit, methods=["POST"]),
                Route("/v1/jobs/{id}", self._poll),
                Route("/v1/jobs/{id}/cancel", self._cancel, methods=["POST"]),
                Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
            ]
        )

    async def _submit(self, request: Request) -> Response:
        body = await request.json()
        key = request.headers.get("idempotency-key", "")
        if self._idempotent and key in self._ids_by_key:
            return JSONResponse({"id": self._ids_by_key[key]})
        if "blocked" in body["prompt"]:
            return JSONResponse({"error": "content"}, status_code=422)
        job_id = f"job-{len(self.bill.entries) + 1}"
        self.bill.charge(key=key, prompt=body["prompt"], count=body["count"], id=job_id)
        self._ids_by_key[key] = job_id
        self.jobs[job_id] = Job(body, time.monotonic() + self._delay_s)
        return JSONResponse({"id": job_id})

    async def _poll(self, request: Request) -> Response:
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return JSONResponse({"error": "no such job"}, status_code=404)
        await pass_time(request, min(job.left_s(), float(request.query_params.get("wait_s", 0))))
        if job.cancelled.is_set():
            return JSONResponse({"status": "cancelled"})
        if job.left_s() > 0:
            fraction = 1 - job.left_s() / self._delay_s
            return JSONResponse({"status": "running", "progress": fraction})
        return JSONResponse({"status": "done", **self._result(job.body)})

    async def _cancel(self, request: Request) -> Response:
        job = self.jobs.get(request.path_params["id"])
        if job is None or job.left_s() <= 0:
            return JSONResponse({"cancelled": False})
        job.cancelled.set()
        return JSONResponse({"cancelled": True})

    def _result(self, body: dict[str, Any]) -> dict[str, Any]:
        size = (body["width"], body["height"])
        return {
            "cost_microusd": PRICE_MICROUSD * body["count"],
            "images": [
                {
                    "seed": body["seed"] + index,
                    "b64": base64.b64encode(
                        encoded(painted(body["prompt"], size, body["seed"] + index))
                    ).decode(),
                }
                for index in range(body["count"])
            ],
        }


@asynccontextmanager
async def running(simulator: PollingSimulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives the base URL of its API."""
    async with serving(simulator.app) as url:
        yield f"{url}/v1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--delay-s", type=float, default=0.0)
    parser.add_argument("--idempotent", action="store_true")
    run_as_process(
        lambda given: (
            PollingSimulator(
                bill=Bill(given.bill), delay_s=given.delay_s, idempotent=given.idempotent
            ).app
        ),
        parser,
    )


if __name__ == "__main__":
    main()
