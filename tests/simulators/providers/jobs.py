"""What simulated job APIs share: jobs that outlive their client, faults at every step, a bill, webhooks that ring twice.

A fault is a dict with `at` (create | look | result | picture | secret | job) and `kind`; `times` repeats it.
  status                          answers `status` with `headers` and `json` or the raw text `body`
  stall, reset, truncate, drip    breaks the transfer, see openai_faults.py; `after`, `framing`, `every_s`
  html, raw, large, gzip_bomb, json_bomb   a success that is no answer
  expired, page, pixel_bomb       (pictures) 403, a page, a PNG header of 60000x60000
  ends                            (job) the job ends as `ending` says, in its vendor's words
At create, every kind but `status` comes after the job was made and billed.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.simulators.providers import openai_faults
from tests.simulators.providers.bill import Bill
from tests.simulators.providers.openai_faults import PAGE, Played
from tests.simulators.providers.pictures import colour_of, encoded, painted, pixel_bomb

TRANSFER = (
    "stall",
    "reset",
    "truncate",
    "drip",
    "html",
    "raw",
    "large",
    "gzip_bomb",
    "json_bomb",
)


@dataclass
class SimulatedJob:
    """One job: it ends by itself at `ends_at`, unless it is cancelled before."""

    id: str
    model: str
    body: dict[str, Any]
    ends_at: float
    delay_s: float
    ending: dict[str, Any] | None = None
    webhook: str | None = None
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    looks: int = 0

    def is_over(self) -> bool:
        return time.monotonic() >= self.ends_at

    def fraction(self) -> float:
        left = max(0.0, self.ends_at - time.monotonic())
        return 1.0 - left / self.delay_s if self.delay_s else 1.0


class JobSimulator:
    """The state of one vendor; it lives as long as the server, longer than the bots it serves."""

    def __init__(self, *, bill: Bill | None = None, delay_s: float = 0.0) -> None:
        self.bill = bill or Bill()
        self.jobs: dict[str, SimulatedJob] = {}
        self.creates: list[dict[str, Any]] = []
        self.pictures: dict[str, bytes] = {}
        self.rings_sent = 0
        self._faults: list[dict[str, Any]] = []
        self._delay_s = delay_s
        self._ringing: set[asyncio.Task[None]] = set()

    @property
    def violations(self) -> list[str]:
        """Everything that was wrong with the bodies that came in."""
        return [wrong for create in self.creates for wrong in create["violations"]]

    def fail(self, at: str, kind: str, *, times: int = 1, **options: Any) -> None:
        """Scripts a fault."""
        self._faults.append({"at": at, "kind": kind, "times": times, **options})

    def took(self, at: str) -> dict[str, Any] | None:
        """The next fault at that step."""
        for fault in self._faults:
            if fault["at"] == at:
                fault["times"] -= 1
                if fault["times"] <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def made(self, job_id: str, model: str, body: dict[str, Any], *, count: int) -> SimulatedJob:
        """A new job, charged before it is answered."""
        self.bill.charge(id=job_id, model=model, prompt=body.get("prompt"), count=count)
        ending = self.took("job")
        job = SimulatedJob(
            id=job_id,
            model=model,
            body=body,
            ends_at=time.monotonic() + self._delay_s,
            delay_s=self._delay_s,
            ending=ending["ending"] if ending else None,
        )
        self.jobs[job_id] = job
        return job

    def ring_when_over(
        self, job: SimulatedJob, signed: Callable[[], tuple[dict[str, str], bytes]]
    ) -> None:
        """Rings twice when the job ends, as vendors do whose first ring was answered too slowly."""
        if job.webhook is None:
            return
        task = asyncio.get_running_loop().create_task(self._rung(job, signed))
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)

    async def _rung(
        self, job: SimulatedJob, signed: Callable[[], tuple[dict[str, str], bytes]]
    ) -> None:
        await asyncio.sleep(max(0.0, job.ends_at - time.monotonic()))
        headers, body = signed()
        async with httpx.AsyncClient(trust_env=False) as http:
            for _ in range(2):
                await http.post(str(job.webhook), content=body, headers=headers)
                self.rings_sent += 1

    async def all_rung(self) -> None:
        """Returns when every ring that is due has been answered."""
        await asyncio.gather(*self._ringing)

    async def answered(
        self, request: Request, at: str, good: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The good answer, or what a scripted fault makes of it."""
        fault = self.took(at)
        if fault is None:
            return await good()
        if fault["kind"] == "status":
            return status_answer(fault)
        return spoiled(request, fault, await good())

    async def picture(self, request: Request) -> Response:
        """A finished picture by its name."""
        data = self.pictures.get(request.path_params["name"])

        async def good() -> Response:
            return Response(data or b"", status_code=200 if data else 404, media_type="image/png")

        return await self.answered(request, "picture", good)


def status_answer(fault: Mapping[str, Any]) -> Response:
    """A bare status with what the fault says."""
    headers = fault.get("headers", {})
    if "json" in fault:
        return JSONResponse(fault["json"], status_code=fault["status"], headers=headers)
    return Response(fault.get("body", ""), status_code=fault["status"], headers=headers)


def spoiled(request: Request, fault: Mapping[str, Any], good: Response) -> Response:
    """A good answer broken on its way."""
    kind = fault["kind"]
    if kind == "expired":
        return Response("expired", status_code=403)
    if kind == "page":
        return Response(PAGE, media_type="text/html")
    if kind == "pixel_bomb":
        return Response(pixel_bomb(), media_type="image/png")
    if kind not in TRANSFER:
        raise ValueError(f"no fault {kind!r}")
    return openai_faults.PLAYED[kind](BytesPlayed(request, fault, bytes(good.body)))


class BytesPlayed(Played):
    """A spoiled answer whose good body is these bytes."""

    def __init__(self, request: Request, fault: Mapping[str, Any], body: bytes) -> None:
        super().__init__(request=request, fault=fault, answer={}, link=str)
        object.__setattr__(self, "_body", body)

    def body(self) -> bytes:
        return self._body


def decoded(text: str) -> bytes:
    """The bytes of a data URL or of bare base64."""
    return base64.b64decode(text.partition("base64,")[2] or text)


def size_of(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def edited(prompt: str, source: bytes, mask: bytes | None, index: int = 0) -> bytes:
    """The source with the prompt's colour where the mask is white; half and half without a mask."""
    picture = Image.open(io.BytesIO(source)).convert("RGB")
    colour = Image.new("RGB", picture.size, colour_of(prompt, index))
    if mask is None:
        return encoded(Image.blend(picture, colour, 0.5))
    marks = Image.open(io.BytesIO(mask)).convert("L")
    if marks.size != picture.size:
        raise ValueError("the mask must have the size of the image")
    return encoded(Image.composite(colour, picture, marks))


def grown(prompt: str, source: bytes, *, left: int, right: int, top: int, bottom: int) -> bytes:
    """The source with the prompt's colour added on its sides."""
    picture = Image.open(io.BytesIO(source)).convert("RGB")
    size = (picture.width + left + right, picture.height + top + bottom)
    canvas = painted(prompt, size)
    canvas.paste(picture, (left, top))
    return encoded(canvas)


def enlarged(source: bytes, factor: float) -> bytes:
    picture = Image.open(io.BytesIO(source)).convert("RGB")
    return encoded(picture.resize((round(picture.width * factor), round(picture.height * factor))))


def json_bytes(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields).encode()
