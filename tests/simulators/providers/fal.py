"""A server of fal's queue that paints real pictures, keeps a bill, rings with real signatures, and fails on command.

Submit, status, response and cancel: fal.ai/docs/api-reference/inference-api and fal-client 1.0.3 (the status path drops a model's sub-path,
202 while pending). Errors: fal-client's reading of `detail`, `error_type` and headers. Webhooks: docs.fal.ai/model-endpoints/webhooks
and public verifiers. Read 2026-11-22. There is no published description of inference to validate bodies against; each model's own
input schema, served as fal serves it, is.

As a process: `python -m tests.simulators.providers.fal --port 0 --bill FILE --delay-s 0.5`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.providers.bill import Bill
from tests.simulators.providers.fal_models import MODELS, SHARED, description_of, input_schema
from tests.simulators.providers.jobs import JobSimulator, SimulatedJob, json_bytes
from tests.simulators.providers.schema_models import check, pictures_of
from tests.simulators.providers.serving import run_as_process, serving

WRONG_KEY = "fal-wrong"


class FalSimulator(JobSimulator):
    """The server's state."""

    def __init__(self, *, bill: Bill | None = None, delay_s: float = 0.0) -> None:
        super().__init__(bill=bill, delay_s=delay_s)
        self.signing_key = SigningKey(hashlib.sha256(b"fal").digest())
        self.keys_asked = 0
        self.app = Starlette(
            routes=[
                Route("/schema", self._description),
                Route("/jwks.json", self._jwks),
                Route("/delivery/{name}", self.picture),
                Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
                Route("/{owner}/{alias}/requests/{id}/status", self._look),
                Route("/{owner}/{alias}/requests/{id}/cancel", self._cancel, methods=["PUT"]),
                Route("/{owner}/{alias}/requests/{id}", self._response),
                Route("/{model:path}", self._submit, methods=["POST"]),
            ]
        )

    async def _description(self, request: Request) -> Response:
        name = request.query_params["endpoint_id"]

        async def good() -> Response:
            if name not in MODELS:
                return JSONResponse({"detail": "Not found"}, status_code=404)
            return JSONResponse(description_of(name))

        return await self.answered(request, "schema", good)

    async def _submit(self, request: Request) -> Response:
        model = request.path_params["model"]
        if model not in MODELS:
            return JSONResponse({"detail": "Application not found"}, status_code=404)
        body = await request.json()
        wrong = check(input_schema(model), SHARED, body)
        self.creates.append(
            {"model": model, "body": body, "headers": dict(request.headers), "violations": wrong}
        )
        if request.headers.get("authorization", "") in ("", f"Key {WRONG_KEY}"):
            return JSONResponse({"detail": "Cannot access application"}, status_code=401)

        async def good() -> Response:
            job_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"fal {len(self.bill.entries)}"))
            job = self.made(job_id, model, body, count=body.get("num_images", 1))
            if wrong:
                detail = [{"loc": ["body"], "msg": wrong[0], "type": "value_error"}]
                job.ending = {"status": 422, "json": {"detail": detail}}
            job.webhook = request.query_params.get("fal_webhook")
            self.ring_when_over(job, lambda: self.signed_ring(job))
            owner, alias = model.split("/")[:2]
            url = f"{request.base_url}{owner}/{alias}/requests/{job.id}"
            return JSONResponse(
                {
                    "status": "IN_QUEUE",
                    "request_id": job.id,
                    "response_url": url,
                    "status_url": f"{url}/status",
                    "cancel_url": f"{url}/cancel",
                    "queue_position": 0,
                }
            )

        return await self.answered(request, "create", good)

    async def _look(self, request: Request) -> Response:
        async def good() -> Response:
            job = self.jobs.get(request.path_params["id"])
            if job is None:
                return JSONResponse({"detail": "Request not found"}, status_code=404)
            job.looks += 1
            if job.cancelled.is_set():
                error = {"error": "cancelled", "error_type": "client_cancelled"}
                return JSONResponse({"status": "COMPLETED", "logs": [], **error})
            if job.is_over():
                metrics = {"inference_time": job.delay_s}
                return JSONResponse({"status": "COMPLETED", "logs": [], "metrics": metrics})
            if job.fraction() < 0.2:
                return JSONResponse({"status": "IN_QUEUE", "queue_position": 0}, status_code=202)
            logs = [{"message": f"{int(job.fraction() * 100)}%|###", "timestamp": "x"}]
            return JSONResponse({"status": "IN_PROGRESS", "logs": logs}, status_code=202)

        return await self.answered(request, "look", good)

    async def _response(self, request: Request) -> Response:
        async def good() -> Response:
            job = self.jobs.get(request.path_params["id"])
            if job is None:
                return JSONResponse({"detail": "Request not found"}, status_code=404)
            if not job.is_over():
                return JSONResponse({"detail": "Request is still in progress"}, status_code=400)
            headers = {"x-fal-request-id": job.id}
            if job.ending is not None and "status" in job.ending:
                headers |= job.ending.get("headers", {})
                return JSONResponse(
                    job.ending["json"], status_code=job.ending["status"], headers=headers
                )
            return JSONResponse(self.result_of(job, str(request.base_url)), headers=headers)

        return await self.answered(request, "result", good)

    def result_of(self, job: SimulatedJob, base_url: str) -> dict[str, Any]:
        """The result of a job that is done."""
        count = job.body.get("num_images", 1)
        if f"{job.id}-0.png" not in self.pictures:
            for index, data in enumerate(pictures_of(job.body, count)):
                self.pictures[f"{job.id}-{index}.png"] = data
        images = [
            {"url": f"{base_url}delivery/{job.id}-{index}.png", "content_type": "image/png"}
            for index in range(count)
        ]
        properties = MODELS[job.model]["properties"]
        result: dict[str, Any] = (
            {"images": images} if "num_images" in properties else {"image": images[0]}
        )
        if "seed" in properties:
            result |= {"seed": job.body.get("seed", 5), "has_nsfw_concepts": [False] * count}
        return {**result, **(job.ending or {})}

    async def _cancel(self, request: Request) -> Response:
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return JSONResponse({"status": "NOT_FOUND"}, status_code=404)
        if job.is_over():
            return JSONResponse({"status": "ALREADY_COMPLETED"}, status_code=400)
        job.cancelled.set()
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, status_code=202)

    def signed_ring(
        self, job: SimulatedJob, *, at_s: float | None = None
    ) -> tuple[dict[str, str], bytes]:
        """A webhook as it is sent: headers and raw body."""
        stamp = str(int(time.time() if at_s is None else at_s))
        body = json_bytes(
            {"request_id": job.id, "gateway_request_id": job.id, "status": "OK", "payload": {}}
        )
        message = "\n".join([job.id, "user-1", stamp, hashlib.sha256(body).hexdigest()])
        headers = {
            "x-fal-webhook-request-id": job.id,
            "x-fal-webhook-user-id": "user-1",
            "x-fal-webhook-timestamp": stamp,
            "x-fal-webhook-signature": self.signing_key.sign(message.encode()).signature.hex(),
            "content-type": "application/json",
        }
        return headers, body

    async def _jwks(self, request: Request) -> Response:
        self.keys_asked += 1
        public = base64.urlsafe_b64encode(bytes(self.signing_key.verify_key)).decode().rstrip("=")

        async def good() -> Response:
            return JSONResponse({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": public}]})

        return await self.answered(request, "secret", good)


@asynccontextmanager
async def running(simulator: FalSimulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives the base URL of its API."""
    async with serving(simulator.app) as url:
        yield url


def options_at(base_url: str) -> dict[str, str]:
    """The options that send an adapter's questions here instead of to fal.ai."""
    return {"schema_url": f"{base_url}/schema", "jwks_url": f"{base_url}/jwks.json"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--delay-s", type=float, default=0.0)
    run_as_process(
        lambda given: FalSimulator(bill=Bill(given.bill), delay_s=given.delay_s).app, parser
    )


if __name__ == "__main__":
    main()
