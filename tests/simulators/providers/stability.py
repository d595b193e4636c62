"""Stability's v2beta services with real pictures, a bill, and refusals on command.

In a test's loop: `async with running(simulator) as base_url`. As a process:
`python -m tests.simulators.providers.stability --port 0 --bill FILE`, whose first line on stdout is `{"url": ...}`.

What it does and where that was read:

- POST /v2beta/stable-image/SERVICE takes a multipart form only; with Accept application/json it answers
  {image, finish_reason, seed}, with image/* the bytes and headers finish-reason and seed (published descriptions).
- A filtered picture is a 200 with finish_reason CONTENT_FILTERED and a blurred picture (the same); a refused prompt is
  403 {id, name: content_moderation, errors} (a client's documentation of the API, read 2026-11-25).
- The mask's white is painted (litellm `types/llms/stability.py`).
- upscale/creative answers {id}; GET /v2beta/results/ID is 202 until it is done, then the picture as `result`, for the
  key that made it (several integrators' code; the published description has another path).
- Sizes: a megapixel by ratio, core 1.5 times the side; fast is four times the side, the other upscalers twice here
  (an integrator's live battery of 2026-09-22; theirs went to 9.7 megapixels).

A scripted answer is a dict with its `kind`, taken by the next paid call:
  moderated  403 content_moderation; not billed
  filtered   200 CONTENT_FILTERED with a blurred picture
  error      `status`, `name`, `errors`; not billed
  wrapped    the same as an answer of status 200
  as_bytes   the picture's bytes though JSON was asked for
Broken HTTP is the business of `spoiling.Spoiler`. Beside the protocol: GET /_bill, GET /_calls, POST and DELETE /_faults.
"""

from __future__ import annotations

import argparse
import base64
import io
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter, ImageOps
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.providers.bill import Bill
from tests.simulators.providers.pictures import colour_of, encoded, painted
from tests.simulators.providers.serving import pass_time, run_as_process, serving
from tests.simulators.providers.stability_body_check import violations

WRONG_KEY = "sk-wrong"

KINDS = ("moderated", "filtered", "error", "wrapped", "as_bytes")

PICKED_SEED = 1234
"""The seed of a call that brings none or zero."""


@dataclass(kw_only=True)
class Job:
    """A creative upscale: whose it is, when it is done, and what it gives."""

    key: str
    done_at: float
    answer: dict[str, Any]


class StabilitySimulator:
    """The API's state. `delay_s` is how long a picture or a job takes."""

    def __init__(self, *, bill: Bill | None = None, delay_s: float = 0.0) -> None:
        self.bill = bill or Bill()
        self.calls: list[dict[str, Any]] = []
        self.jobs: dict[str, Job] = {}
        self.polls = 0
        self._script: list[dict[str, Any]] = []
        self._delay_s = delay_s
        self.app = Starlette(
            routes=[
                Route("/v2beta/stable-image/{service:path}", self._paint, methods=["POST"]),
                Route("/v2beta/results/{id}", self._result),
                Route("/v1/user/balance", self._balance),
                Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
                Route("/_calls", lambda request: JSONResponse(self.calls)),
                Route("/_faults", self._faults, methods=["POST", "DELETE"]),
            ]
        )

    @property
    def violations(self) -> list[str]:
        """Everything that was wrong with the forms that came in."""
        return [wrong for call in self.calls for wrong in call["violations"]]

    def play(self, *answers: dict[str, Any]) -> None:
        """Scripts the next calls' answers."""
        for answer in answers:
            if answer["kind"] not in KINDS:
                raise ValueError(f"no answer {answer['kind']!r}")
            self._script.append(answer)

    async def _paint(self, request: Request) -> Response:
        service = request.path_params["service"]
        texts, files, wrong = await form_of(request)
        wrong += violations(service, {**texts, **dict.fromkeys(files, "file")})
        self.calls.append(
            {
                "service": service,
                "fields": texts,
                "files": sorted(files),
                "headers": dict(request.headers),
                "violations": wrong,
            }
        )
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if key in ("", WRONG_KEY):
            return refusal(401, "unauthorized", "authorization: invalid or missing header value")
        if wrong:
            return refusal(400, "bad_request", wrong[0])
        played = self._script.pop(0) if self._script else {"kind": "painted"}
        if played["kind"] == "moderated":
            return refusal(403, "content_moderation", "Your request was flagged.")
        if played["kind"] == "error":
            return refusal(played["status"], played.get("name", ""), *played.get("errors", []))
        self.bill.charge(service=service, prompt=texts.get("prompt"), count=1)
        if played["kind"] == "wrapped":
            return JSONResponse(error_body(played.get("name", ""), *played.get("errors", [])))
        picture = picture_of(service, texts, files)
        if service == "upscale/creative":
            return self._taken(key, picture, texts, played)
        await pass_time(request, self._delay_s)
        told = answer_of(picture, texts, played)
        if played["kind"] == "as_bytes":
            headers = {"finish-reason": told["finish_reason"], "seed": str(told["seed"])}
            data = base64.b64decode(told["image"])
            return Response(data, media_type="image/png", headers=headers)
        return JSONResponse(told, headers={"x-request-id": f"req-{len(self.calls)}"})

    async def _balance(self, request: Request) -> Response:
        """The credit of a key (platform.stability.ai/docs/api-reference, v1 user), in its older error form."""
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if key in ("", WRONG_KEY):
            return JSONResponse(
                {"id": "9160aa70", "name": "unauthorized", "message": "missing authorization"},
                status_code=401,
            )
        return JSONResponse({"credits": 12.5})

    def _taken(
        self, key: str, picture: Image.Image, texts: dict[str, str], played: dict[str, Any]
    ) -> Response:
        job_id = f"{len(self.bill.entries):064x}"
        told = answer_of(picture, texts, played)
        told["result"] = told.pop("image")
        self.jobs[job_id] = Job(key=key, done_at=time.monotonic() + self._delay_s, answer=told)
        return JSONResponse({"id": job_id})

    async def _result(self, request: Request) -> Response:
        self.polls += 1
        job = self.jobs.get(request.path_params["id"])
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if job is None or job.key != key:
            return refusal(404, "not_found", "id: no generation found")
        if time.monotonic() < job.done_at:
            return JSONResponse(
                {"id": request.path_params["id"], "status": "in-progress"}, status_code=202
            )
        return JSONResponse(job.answer)

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._script.clear()
        else:
            self.play(*await request.json())
        return JSONResponse({"waiting": len(self._script)})


def error_body(name: str, *errors: str) -> dict[str, Any]:
    return {"id": "a-request", "name": name, "errors": list(errors)}


def refusal(status: int, name: str, *errors: str) -> Response:
    return JSONResponse(error_body(name, *errors), status_code=status)


async def form_of(request: Request) -> tuple[dict[str, str], dict[str, bytes], list[str]]:
    """The form's texts and files, and what is wrong with it as a form."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        await request.body()
        return {}, {}, ["content-type: must be multipart/form-data"]
    async with request.form(max_part_size=64 << 20) as form:
        parts = form.multi_items()
        files = {name: await part.read() for name, part in parts if isinstance(part, UploadFile)}
        texts = {name: part for name, part in parts if isinstance(part, str)}
    wrong = [] if len(parts) == len(files) + len(texts) else ["a field came twice"]
    for name, data in files.items():
        try:
            Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")).load()
        except (OSError, ValueError):
            wrong.append(f"{name}: no picture")
    return texts, files, wrong


def answer_of(
    picture: Image.Image, texts: dict[str, str], played: dict[str, Any]
) -> dict[str, Any]:
    """The JSON of an answer, its picture blurred where it was filtered."""
    is_filtered = played["kind"] == "filtered"
    if is_filtered:
        picture = picture.convert("RGB").filter(ImageFilter.GaussianBlur(20))
    kind = texts.get("output_format", "png")
    if kind == "jpeg":
        picture = picture.convert("RGB")
    return {
        "image": base64.b64encode(encoded(picture, kind)).decode(),
        "finish_reason": "CONTENT_FILTERED" if is_filtered else "SUCCESS",
        "seed": int(texts.get("seed", 0)) or PICKED_SEED,
    }


def picture_of(service: str, texts: dict[str, str], files: dict[str, bytes]) -> Image.Image:
    """What the service makes of it; the prompt's colour tells where it painted."""
    prompt = texts.get("prompt", "nothing")
    if "image" not in files:
        scale = 1.5 if service == "generate/core" else 1
        return painted(prompt, size_of(texts.get("aspect_ratio", "1:1"), scale))
    source = Image.open(io.BytesIO(files["image"])).convert("RGB")
    colour = Image.new("RGB", source.size, colour_of(prompt))
    if service in ("edit/inpaint", "edit/erase"):
        mask = Image.open(io.BytesIO(files["mask"])).convert("L")
        return Image.composite(colour, source, mask)
    if service == "edit/outpaint":
        sides = [int(texts.get(side, 0)) for side in ("left", "up", "right", "down")]
        return ImageOps.expand(source, tuple(sides), fill=colour_of(prompt))
    if service == "edit/remove-background":
        source.putalpha(128)
        return source
    if service.startswith("upscale"):
        factor = 4 if service == "upscale/fast" else 2
        return source.resize((source.width * factor, source.height * factor))
    strength = float(texts.get("strength", 0.5))
    return Image.blend(source, colour, strength)


def size_of(ratio: str, scale: float) -> tuple[int, int]:
    """About a megapixel of that shape in steps of 64, times the scale."""
    wide, high = (int(part) for part in ratio.split(":"))
    width = round(math.sqrt(1024 * 1024 * wide / high) / 64) * 64
    height = round(math.sqrt(1024 * 1024 * high / wide) / 64) * 64
    return round(width * scale), round(height * scale)


@asynccontextmanager
async def running(simulator: StabilitySimulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives the base URL of its API."""
    async with serving(simulator.app) as url:
        yield f"{url}/v2beta"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--delay-s", type=float, default=0.0)
    run_as_process(
        lambda given: StabilitySimulator(bill=Bill(given.bill), delay_s=given.delay_s).app, parser
    )


if __name__ == "__main__":
    main()
