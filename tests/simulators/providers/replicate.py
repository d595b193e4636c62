"""A server of Replicate's HTTP API that paints real pictures, keeps a bill, rings, and fails on command.

Paths, bodies and states: Replicate's own description (tryAGI/Replicate @6c8ab8e). Uploads: replicate-python 1.0.7 `file.py`. Webhooks:
Standard Webhooks, signed with `standardwebhooks`. The throttled sentence: replicate.com/docs/topics/predictions/rate-limits. Read 2026-11-22.

As a process: `python -m tests.simulators.providers.replicate --port 0 --bill FILE --delay-s 0.5`.
"""

from __future__ import annotations

import argparse
import base64
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.providers.bill import Bill
from tests.simulators.providers.jobs import JobSimulator, SimulatedJob, decoded, json_bytes
from tests.simulators.providers.openai_body_check import specs_folder
from tests.simulators.providers.replicate_models import (
    MODELS,
    SHARED,
    input_schema,
    version_fields,
    version_of,
)
from tests.simulators.providers.schema_models import check, pictures_of
from tests.simulators.providers.serving import run_as_process, serving

WRONG_KEY = "r8_wrong"
FILE_NAME = "replicate.norm.json"
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes, ok").decode()
ENVELOPE = {"input", "version", "webhook", "webhook_events_filter", "stream"}
CREATED_AT = "2026-11-25T00:00:00Z"


def description_is_present() -> bool:
    return (specs_folder() / FILE_NAME).is_file()


@cache
def description() -> dict[str, Any]:
    return json.loads((specs_folder() / FILE_NAME).read_text(encoding="utf-8"))


def described(name: str, value: Mapping[str, Any]) -> list[str]:
    """What is wrong with a value by the published schema of that name."""
    if not description_is_present():
        return []
    validator = jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": description()["components"]}
    )
    return [error.message for error in validator.iter_errors(dict(value))]


def violations(model: str, body: Mapping[str, Any], *, by_version: bool) -> list[str]:
    """What is wrong with the body of a create."""
    found = [f"unknown field {name!r}" for name in body if name not in ENVELOPE]
    name = "schemas_version_prediction_request" if by_version else "schemas_prediction_request"
    found += described(name, body)
    return found + check(input_schema(model), SHARED, body.get("input"))


class ReplicateSimulator(JobSimulator):
    """The server's state."""

    def __init__(self, *, bill: Bill | None = None, delay_s: float = 0.0) -> None:
        super().__init__(bill=bill, delay_s=delay_s)
        self.secret = SECRET
        self.secrets_asked = 0
        self.files: dict[str, bytes] = {}
        self.app = Starlette(
            routes=[
                Route("/v1/models/{owner}/{name}", self._model),
                Route("/v1/models/{owner}/{name}/versions/{version}", self._version),
                Route("/v1/models/{owner}/{name}/predictions", self._create, methods=["POST"]),
                Route("/v1/predictions", self._create, methods=["POST"]),
                Route("/v1/predictions/{id}", self._look),
                Route("/v1/predictions/{id}/cancel", self._cancel, methods=["POST"]),
                Route("/v1/webhooks/default/secret", self._secret),
                Route("/v1/account", self._account),
                Route("/v1/files", self._upload, methods=["POST"]),
                Route("/delivery/{name}", self.picture),
                Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
            ]
        )

    async def _model(self, request: Request) -> Response:
        name = f"{request.path_params['owner']}/{request.path_params['name']}"

        async def good() -> Response:
            if name not in MODELS:
                return JSONResponse({"detail": "Not found"}, status_code=404)
            owner, _, short = name.partition("/")
            return JSONResponse(
                {
                    "owner": owner,
                    "name": short,
                    "url": f"https://replicate.com/{name}",
                    "run_count": 1,
                    "description": None,
                    "github_url": None,
                    "paper_url": None,
                    "license_url": None,
                    "cover_image_url": None,
                    "default_example": None,
                    "visibility": "public",
                    "is_official": MODELS[name]["official"],
                    "latest_version": version_fields(name),
                }
            )

        return await self.answered(request, "schema", good)

    async def _version(self, request: Request) -> Response:
        name = f"{request.path_params['owner']}/{request.path_params['name']}"
        if name not in MODELS or request.path_params["version"] != version_of(name):
            return JSONResponse({"detail": "Not found"}, status_code=404)
        return JSONResponse(version_fields(name))

    async def _create(self, request: Request) -> Response:
        body = await request.json()
        by_version = "owner" not in request.path_params
        if by_version:
            model = str(body.get("version")).partition(":")[0]
        else:
            model = f"{request.path_params['owner']}/{request.path_params['name']}"
        if model not in MODELS or by_version == MODELS[model]["official"]:
            return JSONResponse({"detail": "Not found"}, status_code=404)
        wrong = violations(model, body, by_version=by_version)
        self.creates.append(
            {"model": model, "body": body, "headers": dict(request.headers), "violations": wrong}
        )
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if key in ("", WRONG_KEY):
            return JSONResponse({"title": "Unauthenticated", "detail": "no"}, status_code=401)
        if wrong:
            return JSONResponse(
                {"title": "Input validation failed", "detail": wrong[0], "status": 422},
                status_code=422,
            )

        async def good() -> Response:
            job_id = f"pr{len(self.bill.entries) + 1:024d}"
            count = body["input"].get("num_outputs", 1)
            job = self.made(job_id, model, body["input"], count=count)
            job.webhook = body.get("webhook")
            self.ring_when_over(job, lambda: self.signed_ring(job, str(request.base_url)))
            state = self.state_of(job, str(request.base_url), fresh=True)
            return JSONResponse(state, status_code=201)

        return await self.answered(request, "create", good)

    async def _look(self, request: Request) -> Response:
        async def good() -> Response:
            job = self.jobs.get(request.path_params["id"])
            if job is None:
                return JSONResponse({"detail": "Not found", "status": 404}, status_code=404)
            job.looks += 1
            return JSONResponse(self.state_of(job, str(request.base_url)))

        return await self.answered(request, "look", good)

    async def _cancel(self, request: Request) -> Response:
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return JSONResponse({"detail": "Not found", "status": 404}, status_code=404)
        if not job.is_over():
            job.cancelled.set()
        return JSONResponse(self.state_of(job, str(request.base_url)))

    def state_of(self, job: SimulatedJob, base_url: str, *, fresh: bool = False) -> dict[str, Any]:
        """A prediction as it is answered and as it is sent to a webhook."""
        urls = {
            "web": f"https://replicate.com/p/{job.id}",
            "get": f"{base_url}v1/predictions/{job.id}",
            "cancel": f"{base_url}v1/predictions/{job.id}/cancel",
        }
        state: dict[str, Any] = {
            "id": job.id,
            "model": job.model,
            "version": "hidden",
            "input": job.body,
            "output": None,
            "data_removed": False,
            "error": None,
            "status": "starting",
            "created_at": CREATED_AT,
            "logs": "",
            "urls": urls,
        }
        if fresh:
            return state
        if job.cancelled.is_set():
            return {**state, "status": "canceled"}
        if not job.is_over():
            percent = int(job.fraction() * 100)
            return {**state, "status": "processing", "logs": f"Using seed: 9\n {percent}%|##|"}
        if job.ending is not None:
            return {**state, **job.ending}
        seed = job.body.get("seed", 9)
        logs = f"Using seed: {seed}\n100%|##########|"
        return {**state, "status": "succeeded", "logs": logs, "output": self._output(job, base_url)}

    def _output(self, job: SimulatedJob, base_url: str) -> Any:
        count = job.body.get("num_outputs", 1)
        if f"{job.id}-0.png" not in self.pictures:
            for index, data in enumerate(pictures_of(job.body, count, self._fetched)):
                self.pictures[f"{job.id}-{index}.png"] = data
        links = [f"{base_url}delivery/{job.id}-{index}.png" for index in range(count)]
        return links if "num_outputs" in MODELS[job.model]["properties"] else links[0]

    def _fetched(self, link: str) -> bytes:
        """The bytes behind an input: a data URL of at most 256 kB, or a file that was uploaded."""
        if not link.startswith("data:"):
            return self.files[link.rpartition("/")[2]]
        if len(link) > 256 * 1024:
            raise ValueError("a data URL has at most 256 kB")
        return decoded(link)

    def signed_ring(
        self, job: SimulatedJob, base_url: str = "http://127.0.0.1/", *, at_s: float | None = None
    ) -> tuple[dict[str, str], bytes]:
        """A webhook as it is sent: headers and raw body."""
        stamp = int(time.time() if at_s is None else at_s)
        body = json_bytes(self.state_of(job, base_url))
        message_id = f"msg_{job.id}"
        moment = datetime.fromtimestamp(stamp, tz=UTC)
        signature = Webhook(self.secret).sign(message_id, moment, body.decode())
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature,
            "content-type": "application/json",
        }
        return headers, body

    async def _account(self, request: Request) -> Response:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if key in ("", WRONG_KEY):
            return JSONResponse({"title": "Unauthenticated", "detail": "no"}, status_code=401)
        return JSONResponse({"type": "organization", "username": "acme", "name": "Acme"})

    async def _secret(self, request: Request) -> Response:
        self.secrets_asked += 1

        async def good() -> Response:
            return JSONResponse({"key": self.secret})

        return await self.answered(request, "secret", good)

    async def _upload(self, request: Request) -> Response:
        async with request.form(max_part_size=64 << 20) as form:
            data = await form["content"].read()
        name = f"file{len(self.files) + 1}"
        self.files[name] = data
        return JSONResponse(
            {"id": name, "size": len(data), "urls": {"get": f"{request.base_url}v1/files/{name}"}},
            status_code=201,
        )


@asynccontextmanager
async def running(simulator: ReplicateSimulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives the base URL of its API."""
    async with serving(simulator.app) as url:
        yield f"{url}/v1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--delay-s", type=float, default=0.0)
    run_as_process(
        lambda given: ReplicateSimulator(bill=Bill(given.bill), delay_s=given.delay_s).app, parser
    )


if __name__ == "__main__":
    main()
