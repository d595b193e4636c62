"""A Gemini API that paints real pictures, keeps a bill, and refuses and fails on command.

In a test's loop: `async with running(simulator) as base_url`. As a process:
`python -m tests.simulators.providers.gemini --port 0 --bill FILE`, whose first line on stdout is `{"url": ...}`.

What it does and where that was read:

- POST /v1beta/models/MODEL:generateContent answers `candidates[].content.parts[].inlineData`, JPEG by default (papi-ai
  google v0.15.6), one picture a call, with usageMetadata (published description; 1120 tokens at 1K and 2K, 2000 at 4K:
  ai.google.dev/gemini-api/docs/image-generation).
- A block is a 200 without a picture: promptFeedback.blockReason or finishReason (google-genai 3.6 types).
- A wrong key is 400 INVALID_ARGUMENT with reason API_KEY_INVALID; a retired model 404 NOT_FOUND; a full one 429
  RESOURCE_EXHAUSTED with RetryInfo (google.rpc; from memory).
- GET /v1beta/models lists models with supportedGenerationMethods, in pages (published description).

A scripted answer is a dict with its `kind`, taken by the next call:
  blocked_prompt  `reason`: promptFeedback without candidates; not billed
  stopped         `reason`, `ratings`: a candidate with that finishReason and no picture
  words           a candidate that only talks
  drafts          a thought picture before the real one
  error           `code`, `status`, `message`, `details`; not billed
  wrapped_error   the same as an answer of status 200
Broken HTTP is the business of `spoiling.Spoiler`. Beside the protocol: GET /_bill, GET /_calls, POST and DELETE /_faults.
"""

from __future__ import annotations

import argparse
import base64
import io
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.providers.bill import Bill
from tests.simulators.providers.gemini_body_check import violations
from tests.simulators.providers.pictures import colour_of, encoded, painted
from tests.simulators.providers.serving import pass_time, run_as_process, serving

WRONG_KEY = "AIza-wrong"

LIVE = ("gemini-nano-banana-2.1", "gemini-3-pro-image", "gemini-4-flash-image", "gemini-3-flash")

PAGE_SIZE = 3
"""Fewer than the API's, so that there are pages."""

KINDS = ("blocked_prompt", "stopped", "words", "drafts", "error", "wrapped_error")


class GeminiSimulator:
    """The API's state. `live` are the models it has, `delay_s` is how long a picture takes."""

    def __init__(
        self,
        *,
        bill: Bill | None = None,
        live: tuple[str, ...] = LIVE,
        delay_s: float = 0.0,
    ) -> None:
        self.bill = bill or Bill()
        self.calls: list[dict[str, Any]] = []
        self.live = live
        self._script: list[dict[str, Any]] = []
        self._delay_s = delay_s
        self.app = Starlette(
            routes=[
                Route("/v1beta/models", self._models),
                Route("/v1beta/models/{call}", self._generate, methods=["POST"]),
                Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
                Route("/_calls", lambda request: JSONResponse(self.calls)),
                Route("/_faults", self._faults, methods=["POST", "DELETE"]),
            ]
        )

    @property
    def violations(self) -> list[str]:
        """Everything that was wrong with the bodies that came in."""
        return [wrong for call in self.calls for wrong in call["violations"]]

    def play(self, *answers: dict[str, Any]) -> None:
        """Scripts the next calls' answers."""
        for answer in answers:
            if answer["kind"] not in KINDS:
                raise ValueError(f"no answer {answer['kind']!r}")
            self._script.append(answer)

    async def _generate(self, request: Request) -> Response:
        model, _, method = request.path_params["call"].partition(":")
        body = await request.json()
        wrong = violations(body)
        self.calls.append(
            {
                "model": model,
                "body": body,
                "headers": dict(request.headers),
                "violations": wrong,
            }
        )
        denied = self._denied(request, model, method, wrong)
        if denied is not None:
            return denied
        played = self._script.pop(0) if self._script else {"kind": "painted"}
        if played["kind"] == "error":
            return refusal(**{name: played[name] for name in played if name != "kind"})
        if played["kind"] == "blocked_prompt":
            feedback = {"blockReason": played.get("reason", "SAFETY")}
            return JSONResponse({"promptFeedback": feedback, "usageMetadata": {}})
        self.bill.charge(prompt=words_of(body), model=model, count=1)
        await pass_time(request, self._delay_s)
        if played["kind"] == "wrapped_error":
            return JSONResponse({"error": error_object(**without_kind(played))})
        return JSONResponse(answer(model, body, played, number=len(self.calls)))

    def _denied(
        self, request: Request, model: str, method: str, wrong: list[str]
    ) -> Response | None:
        if request.headers.get("x-goog-api-key", WRONG_KEY) == WRONG_KEY:
            reason = {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
            }
            return refusal(
                code=400,
                status="INVALID_ARGUMENT",
                message="API key not valid. Please pass a valid API key.",
                details=[reason],
            )
        if model not in self.live or method != "generateContent":
            return refusal(
                code=404,
                status="NOT_FOUND",
                message=f"models/{model} is not found for API version v1beta.",
            )
        if wrong:
            return refusal(code=400, status="INVALID_ARGUMENT", message=wrong[0])
        return None

    async def _models(self, request: Request) -> Response:
        if request.headers.get("x-goog-api-key", WRONG_KEY) == WRONG_KEY:
            return refusal(code=403, status="PERMISSION_DENIED", message="no")
        start = int(request.query_params.get("pageToken", 0))
        rest = self.live[start : start + PAGE_SIZE]
        page: dict[str, Any] = {
            "models": [
                {"name": f"models/{name}", "supportedGenerationMethods": ["generateContent"]}
                for name in rest
            ]
        }
        if start + PAGE_SIZE < len(self.live):
            page["nextPageToken"] = str(start + PAGE_SIZE)
        return JSONResponse(page)

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._script.clear()
        else:
            self.play(*await request.json())
        return JSONResponse({"waiting": len(self._script)})


def without_kind(played: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in played.items() if name != "kind"}


def error_object(
    *, code: int, status: str = "", message: str = "no", details: list[Any] | None = None
) -> dict[str, Any]:
    return {"code": code, "message": message, "status": status, "details": details or []}


def refusal(**told: Any) -> Response:
    return JSONResponse({"error": error_object(**told)}, status_code=told["code"])


def words_of(body: dict[str, Any]) -> str:
    parts = [part for content in body["contents"] for part in content["parts"]]
    return " ".join(part["text"] for part in parts if "text" in part)


def answer(
    model: str, body: dict[str, Any], played: dict[str, Any], *, number: int
) -> dict[str, Any]:
    """A whole answer of status 200, painted or spoilt as played."""
    parts: list[dict[str, Any]] = [picture_part(body)]
    candidate: dict[str, Any] = {"finishReason": "STOP", "index": 0}
    if played["kind"] == "stopped":
        parts = []
        candidate |= {"finishReason": played["reason"], "safetyRatings": played.get("ratings", [])}
    elif played["kind"] == "words":
        parts = [{"text": "I would rather talk about it."}]
    elif played["kind"] == "drafts":
        draft = base64.b64encode(encoded(painted("a draft", (32, 32)))).decode()
        parts = [
            {"inlineData": {"mimeType": "image/png", "data": draft}, "thought": True},
            {"text": "Here you are."},
            *parts,
        ]
    tier = body["generationConfig"].get("imageConfig", {}).get("imageSize", "1K")
    made = 2000 if tier == "4K" else 1120
    given = len(words_of(body)) // 4 + 1
    return {
        "candidates": [{"content": {"role": "model", "parts": parts}, **candidate}],
        "usageMetadata": {
            "promptTokenCount": given,
            "candidatesTokenCount": made if parts else 0,
            "totalTokenCount": given + made,
            "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": made if parts else 0}],
        },
        "modelVersion": model,
        "responseId": f"resp-{number}",
    }


def picture_part(body: dict[str, Any]) -> dict[str, Any]:
    """The picture as the API sends it: JPEG, of the prompt's colour, half the source where there is one."""
    image = body["generationConfig"].get("imageConfig", {})
    size = size_of(image.get("aspectRatio", "1:1"), image.get("imageSize", "1K"))
    prompt = words_of(body)
    picture = painted(prompt, size)
    for content in body["contents"]:
        for part in content["parts"]:
            if "inlineData" in part:
                source = Image.open(io.BytesIO(base64.b64decode(part["inlineData"]["data"])))
                colour = Image.new("RGB", size, colour_of(prompt))
                picture = Image.blend(source.convert("RGB").resize(size), colour, 0.5)
    data = base64.b64encode(encoded(picture, "jpeg")).decode()
    return {"inlineData": {"mimeType": "image/jpeg", "data": data}}


def size_of(ratio: str, tier: str) -> tuple[int, int]:
    """About a megapixel of that shape in steps of 16, times the tier."""
    wide, high = (int(part) for part in ratio.split(":"))
    scale = {"1K": 1, "2K": 2, "4K": 4}[tier]
    width = round(math.sqrt(1024 * 1024 * wide / high) / 16) * 16
    height = round(math.sqrt(1024 * 1024 * high / wide) / 16) * 16
    return width * scale, height * scale


@asynccontextmanager
async def running(simulator: GeminiSimulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives the base URL of its API."""
    async with serving(simulator.app) as url:
        yield f"{url}/v1beta"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--delay-s", type=float, default=0.0)
    run_as_process(
        lambda given: GeminiSimulator(bill=Bill(given.bill), delay_s=given.delay_s).app, parser
    )


if __name__ == "__main__":
    main()
