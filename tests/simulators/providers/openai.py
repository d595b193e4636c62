"""A server of the OpenAI images protocol that paints real pictures, keeps a bill, and fails on command.

In a test's loop: `async with running(simulator) as base_url`. As a process:
`python -m tests.simulators.providers.openai --port 0 --bill FILE`, whose first line on stdout is `{"url": ...}`.

Beside the protocol, under the URL itself: GET /_bill (accepted paid calls), GET /_calls (every call that came in, and
what was wrong with its body), POST /_faults (a list of faults, see openai_faults.py), DELETE /_faults.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.simulators.providers.bill import Bill
from tests.simulators.providers.openai_body_check import cast_form, violations
from tests.simulators.providers.openai_faults import (
    PAGE,
    PLAYED,
    REFUSALS,
    Fault,
    FaultScript,
    Played,
    refused,
)
from tests.simulators.providers.pictures import edited, encoded, painted
from tests.simulators.providers.serving import pass_time, run_as_process, serving

WRONG_KEY = "sk-wrong"

OLD = "/openai/deployments/{deployment}/images"
"""Azure's older paths."""

NOT_AT_AZURE = ("safety_identifier",)

DEAD_MODELS = ("dall-e-2", "dall-e-3", "gpt-image-1")

MEDIUM_TOKENS = 1767
"""Output tokens of a 1024x1024 picture of medium quality: $0.053 at $30 for a million."""


class OpenAISimulator:
    """The server's state. `extended` takes the fields of compatible servers, `delay_s` is how long a picture takes.

    With `deployments`, deployment to model, it is an Azure resource: it reads the header api-key only, wants an
    api-version on the older paths, and has what was deployed and nothing else (learn.microsoft.com, read 2026-11-22).
    """

    def __init__(
        self,
        *,
        bill: Bill | None = None,
        extended: bool = False,
        delay_s: float = 0.0,
        deployments: Mapping[str, str] | None = None,
    ) -> None:
        self.bill = bill or Bill()
        self.faults = FaultScript()
        self.calls: list[dict[str, Any]] = []
        self._extended = extended
        self._deployments = deployments
        self.live: dict[str, str | None] | None = None
        self._delay_s = delay_s
        self.app = Starlette(
            routes=[
                Route(f"{OLD}/generations", self._generations, methods=["POST"]),
                Route(f"{OLD}/edits", self._edits, methods=["POST"]),
                Route("/openai/v1/images/generations", self._generations, methods=["POST"]),
                Route("/openai/v1/images/edits", self._edits, methods=["POST"]),
                Route("/v1/images/generations", self._generations, methods=["POST"]),
                Route("/v1/images/edits", self._edits, methods=["POST"]),
                Route("/v1/models", self._models),
                Route("/_files/{name}", self._file),
                Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
                Route("/_calls", lambda request: JSONResponse(self.calls)),
                Route("/_faults", self._script, methods=["POST", "DELETE"]),
            ]
        )

    @property
    def violations(self) -> list[str]:
        """Everything that was wrong with the bodies that came in."""
        return [wrong for call in self.calls for wrong in call["violations"]]

    async def _models(self, request: Request) -> Response:
        """The list with shutdown dates (developers.openai.com/api/docs/deprecations); 404 while `live` is None."""
        if self.live is None:
            return denial(404, "Not found")
        if request.headers.get("authorization", "") == f"Bearer {WRONG_KEY}":
            return denial(401, "Incorrect API key provided", code="invalid_api_key")
        entries = [
            {"id": name, "object": "model", "shutdown_date": day} for name, day in self.live.items()
        ]
        return JSONResponse({"object": "list", "data": entries})

    async def _generations(self, request: Request) -> Response:
        return await self._answer(request, "generations", await request.json(), {})

    async def _edits(self, request: Request) -> Response:
        async with request.form(max_part_size=64 << 20) as form:
            files = {
                name: await part.read()
                for name, part in form.items()
                if isinstance(part, UploadFile)
            }
            texts = {name: part for name, part in form.items() if isinstance(part, str)}
        return await self._answer(request, "edits", cast_form(texts), files)

    async def _answer(
        self, request: Request, kind: str, body: dict[str, Any], files: dict[str, bytes]
    ) -> Response:
        if self._deployments is not None:
            return await self._azure_answer(request, kind, body, files)
        return await self._checked_answer(request, kind, body, files)

    async def _azure_answer(
        self, request: Request, kind: str, body: dict[str, Any], files: dict[str, bytes]
    ) -> Response:
        deployments = self._deployments or {}
        name = request.path_params.get("deployment", body.get("model", ""))
        if "deployment" in request.path_params and "api-version" not in request.query_params:
            return denial(404, "Resource not found", code="404")
        if request.headers.get("api-key", WRONG_KEY) == WRONG_KEY:
            return denial(401, "Access denied due to invalid subscription key.", code="401")
        if name not in deployments or request.url.path.startswith("/v1"):
            return denial(404, "The API deployment does not exist.", code="DeploymentNotFound")
        # What it is, the deployment decides: a size or field is checked against that model.
        return await self._checked_answer(
            request, kind, {**body, "model": deployments[name]}, files
        )

    async def _checked_answer(
        self, request: Request, kind: str, body: dict[str, Any], files: dict[str, bytes]
    ) -> Response:
        wrong = violations(kind, {**body, **dict.fromkeys(files, "file")}, extended=self._extended)
        if self._deployments is not None:
            wrong += [f"Unknown parameter: '{name}'." for name in NOT_AT_AZURE if name in body]
        call = {
            "kind": kind,
            "body": body,
            "path": request.url.path,
            "query": dict(request.query_params),
            "files": sorted(files),
            "headers": dict(request.headers),
            "violations": wrong,
        }
        self.calls.append(call)
        fault = self.faults.take(str(body.get("prompt", "")))
        if fault and fault["kind"] in REFUSALS:
            if fault.get("billed", False):
                self._charge(request, kind, body)
            return refused(fault)
        denied = self._denied(request, body, wrong)
        if denied is not None:
            return denied
        if fault is None or fault.get("billed", True):
            self._charge(request, kind, body)
        await pass_time(request, self._delay_s)
        answer = self._painted(kind, body, files)
        if fault:
            return PLAYED[fault["kind"]](self._played(request, fault, answer))
        headers = {"x-request-id": f"req_{len(self.calls)}"}
        if body.get("stream"):
            return StreamingResponse(
                streamed(kind, body, answer), media_type="text/event-stream", headers=headers
            )
        return JSONResponse(answer, headers=headers)

    def _denied(self, request: Request, body: dict[str, Any], wrong: list[str]) -> Response | None:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        key = key or request.headers.get("api-key", "")
        if key == WRONG_KEY or not (key or self._extended):
            return denial(401, "Incorrect API key provided", code="invalid_api_key")
        if body.get("model") in DEAD_MODELS:
            return denial(404, "The model does not exist", code="model_not_found")
        if body.get("stream") and body.get("n", 1) > 1:
            return denial(400, "Streaming is only supported with n=1.", param="stream")
        if wrong:
            return denial(400, wrong[0], code="unknown_parameter", param="body")
        return None

    def _charge(self, request: Request, kind: str, body: dict[str, Any]) -> None:
        self.bill.charge(
            kind=kind,
            key=request.headers.get("x-client-request-id"),
            prompt=body.get("prompt"),
            model=body.get("model"),
            count=body.get("n", 1),
        )

    def _painted(self, kind: str, body: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
        size = body.get("size", "auto")
        width, height = (int(side) for side in size.split("x")) if "x" in size else (1024, 1024)
        count, prompt = body.get("n", 1), body["prompt"]
        data = []
        for index in range(count):
            if kind == "edits":
                picture = edited(prompt, files["image"], files.get("mask"), (width, height), index)
            else:
                picture = painted(prompt, (width, height), index)
            text = base64.b64encode(encoded(picture, body.get("output_format", "png"))).decode()
            data.append({"b64_json": text})
        pictures = 1000 if kind == "edits" else 0
        spoken = len(prompt) // 4 + 1
        return {
            "created": 1_790_000_000,
            "data": data,
            "size": f"{width}x{height}",
            "usage": {
                "input_tokens": spoken + pictures,
                "input_tokens_details": {"text_tokens": spoken, "image_tokens": pictures},
                "output_tokens": MEDIUM_TOKENS * count + 100 * body.get("partial_images", 0),
                "total_tokens": 0,
            },
        }

    def _played(self, request: Request, fault: Fault, answer: dict[str, Any]) -> Played:
        base = str(request.base_url)
        other = fault.get("url", "")
        targets = {
            "good": f"{base}_files/good",
            "expired": f"{base}_files/expired",
            "page": f"{base}_files/page",
            "private": "http://169.254.169.254/latest/meta-data/",
            "other": other,
        }
        return Played(request=request, fault=fault, answer=answer, link=targets.__getitem__)

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name == "expired":
            return Response("expired", status_code=403)
        if name == "page":
            return Response(PAGE, media_type="text/html")
        return Response(encoded(painted("linked", (64, 64))), media_type="image/png")

    async def _script(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.faults.clear()
        else:
            self.faults.add(*(await request.json()))
        return JSONResponse({})


def denial(
    status: int, message: str, *, code: str | None = None, param: str | None = None
) -> Response:
    error = {"message": message, "type": "invalid_request_error", "code": code, "param": param}
    return JSONResponse({"error": error}, status_code=status)


async def streamed(kind: str, body: dict[str, Any], answer: dict[str, Any]) -> AsyncIterator[str]:
    """Partial pictures, then the whole one, as server-sent events."""
    event = "image_edit" if kind == "edits" else "image_generation"
    small = base64.b64encode(encoded(painted(body["prompt"], (32, 32)))).decode()
    for index in range(body.get("partial_images", 0)):
        partial = {
            "type": f"{event}.partial_image",
            "b64_json": small,
            "partial_image_index": index,
        }
        yield f"event: {event}.partial_image\ndata: {json.dumps(partial)}\n\n"
    whole = {
        "type": f"{event}.completed",
        "b64_json": answer["data"][0]["b64_json"],
        "usage": answer["usage"],
    }
    yield f"event: {event}.completed\ndata: {json.dumps(whole)}\n\n"


@asynccontextmanager
async def running(simulator: OpenAISimulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives the base URL of its API."""
    async with serving(simulator.app) as url:
        yield f"{url}/v1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--extended", action="store_true")
    parser.add_argument("--delay-s", type=float, default=0.0)
    run_as_process(
        lambda given: (
            OpenAISimulator(
                bill=Bill(given.bill), extended=given.extended, delay_s=given.delay_s
            ).app
        ),
        parser,
    )


if __name__ == "__main__":
    main()
