"""A server of the A1111 protocol that paints real pictures one at a time, tells its progress, and can be interrupted.

What it does is read from AUTOMATIC1111 `modules/api/api.py` and `models.py` (read 2026-11-25) and the reference page:
calls wait for one lock; `/progress` is about whatever runs; an interrupted call answers 200 with what it has; `info`
is JSON inside a text; a grid may come first and control maps last; 500 "Invalid encoded image" is the caller's fault.

Kinds: "a1111" (with ControlNet and ADetailer), "forge" (the same, and distilled_cfg_scale), "sdnext" (no task ids, 204
on interrupt), "sdcpp" (stable-diffusion.cpp: no progress, no interrupt, empty `info`, LoRAs as a list).

Beside the protocol: GET /_bill (accepted calls), GET /_calls.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.providers.a1111_body_check import violations
from tests.simulators.providers.bill import Bill
from tests.simulators.providers.pictures import colour_of, encoded, painted
from tests.simulators.providers.serving import run_as_process, serving

USER = "house:secret"

CHECKPOINTS = ("sdxl-base", "dreamshaper", "flux1-dev")
SAMPLERS = ("Euler", "DPM++ 2M", "DDIM")
UPSCALERS = ("None", "Lanczos", "R-ESRGAN 4x+")
LORAS = {
    "watercolour": "/models/Lora/watercolour.safetensors",
    "ink": "/models/Lora/ink.safetensors",
}
STYLES = ("Noir", "Anime")
CONTROL_MODELS = (
    "control_v11p_sd15_canny [d14c016b]",
    "control_v11f1p_sd15_depth [cfd03158]",
    "control_v11p_sd15_openpose [cab727d4]",
)
CONTROL_MODULES = ("none", "canny", "depth_midas", "openpose_full")

RANDOM_SEED = 4_242_424_242

STEPS_TOLD = 4
"""In how many steps a picture's progress is told."""


class Stopped(Exception):
    """The client has left, or somebody pressed stop."""


class A1111Simulator:
    """The server's state. `step` is awaited between the steps of a picture: the test's clock."""

    def __init__(
        self,
        *,
        kind: str = "a1111",
        bill: Bill | None = None,
        auth: str | None = None,
        step: Callable[[], Any] | None = None,
        return_grid: bool = False,
        faces: tuple[str, ...] = ("GFPGAN", "CodeFormer"),
    ) -> None:
        self.kind = kind
        self.bill = bill or Bill()
        self.calls: list[dict[str, Any]] = []
        self.refuses: tuple[int, dict[str, Any]] | None = None
        self.interrupts = 0
        self.checkpoint = CHECKPOINTS[0]
        self.second = asyncio.Event()
        self.spoils: Callable[[list[str]], list[str]] = lambda images: images
        self._auth = auth
        self._step = step or (lambda: asyncio.sleep(0))
        self._grid = return_grid
        self._faces = faces
        self._lock = asyncio.Lock()
        self._job: dict[str, Any] | None = None
        self._interrupted = False
        api = "/sdapi/v1"
        routes = [
            Route(f"{api}/sd-models", self._models),
            Route(f"{api}/samplers", listed(SAMPLERS)),
            Route(f"{api}/upscalers", listed(UPSCALERS)),
            Route(f"{api}/loras", self._loras),
            Route(f"{api}/txt2img", self._paint, methods=["POST"]),
            Route(f"{api}/img2img", self._paint, methods=["POST"]),
            Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
            Route("/_calls", lambda request: JSONResponse(self.calls)),
        ]
        if kind != "sdcpp":
            routes += [
                Route(f"{api}/prompt-styles", listed(STYLES)),
                Route(f"{api}/face-restorers", listed(faces)),
                Route(f"{api}/progress", self._progress),
                Route(f"{api}/interrupt", self._interrupt, methods=["POST"]),
                Route(f"{api}/extra-single-image", self._upscale, methods=["POST"]),
                Route(f"{api}/scripts", self._scripts),
            ]
        if kind in ("a1111", "forge"):
            routes += [
                Route("/controlnet/model_list", lambda r: self._told(r, model_list=CONTROL_MODELS)),
                Route(
                    "/controlnet/module_list", lambda r: self._told(r, module_list=CONTROL_MODULES)
                ),
            ]
        if kind == "forge":
            routes.append(Route(f"{api}/sd-modules", listed(("ae.safetensors",))))
        self.app = Starlette(routes=routes)

    @property
    def violations(self) -> list[str]:
        """Everything that was wrong with the bodies that came in."""
        return [wrong for call in self.calls for wrong in call["violations"]]

    @property
    def running(self) -> str | None:
        """The task that is being painted."""
        return self._job["task"] if self._job else None

    def _models(self, request: Request) -> Response:
        if not self._let_in(request):
            return refused(401, "HTTPException", "Incorrect username or password")
        return JSONResponse(
            [
                {
                    "title": f"{name}.safetensors [{index}1f4e03f26]",
                    "model_name": name,
                    "hash": f"{index}1f4e03f26",
                    "sha256": f"{index}" * 64,
                    "filename": f"/models/{name}.safetensors",
                    "config": None,
                }
                for index, name in enumerate(CHECKPOINTS)
            ]
        )

    def _loras(self, request: Request) -> Response:
        return JSONResponse(
            [{"name": n, "alias": n, "path": p, "metadata": {}} for n, p in LORAS.items()]
        )

    def _scripts(self, request: Request) -> Response:
        titles = ["adetailer", "controlnet"] if self.kind in ("a1111", "forge") else []
        return JSONResponse({"txt2img": ["prompt matrix", *titles], "img2img": titles})

    def _told(self, request: Request, **fields: Any) -> Response:
        return JSONResponse({name: list(value) for name, value in fields.items()})

    def _progress(self, request: Request) -> Response:
        job, preview = self._job, None
        if job and request.query_params.get("skip_current_image") != "true":
            preview = base64.b64encode(encoded(painted(job["prompt"], (16, 16)))).decode()
        answer = {
            "progress": job["done"] if job else 0.0,
            "eta_relative": 0.0,
            "state": {
                "job": "scripts_txt2img" if job else "",
                "job_count": 1 if job else 0,
                "interrupted": self._interrupted,
            },
            "current_image": preview,
            "textinfo": None,
        }
        if self.kind != "sdnext":
            answer["current_task"] = job["task"] if job else None
        return JSONResponse(answer)

    def _interrupt(self, request: Request) -> Response:
        self.interrupts += 1
        self._interrupted = True
        return Response(status_code=204) if self.kind == "sdnext" else JSONResponse({})

    async def _paint(self, request: Request) -> Response:
        kind = request.url.path.rpartition("/")[2]
        body = await request.json()
        call = self._noted(request, kind, body)
        denied = self._denied(request, kind, body, call)
        if denied is not None:
            return denied
        self.bill.charge(key=body.get("force_task_id"), prompt=body["prompt"], count=images(body))
        async with self._lock:
            self._interrupted = False
            title = body.get("override_settings", {}).get("sd_model_checkpoint", "")
            own, self.checkpoint = self.checkpoint, title.split(".")[0] or self.checkpoint
            self._job = {"task": body.get("force_task_id"), "prompt": body["prompt"], "done": 0.0}
            call["checkpoint"] = self.checkpoint
            try:
                for step in range(STEPS_TOLD):
                    self._job["done"] = step / STEPS_TOLD
                    await self._step()
                    if self._interrupted:
                        break
            finally:
                self._job = None
                if body.get("override_settings_restore_afterwards", True):
                    self.checkpoint = own
        return JSONResponse(self._answer(kind, body))

    async def _upscale(self, request: Request) -> Response:
        body = await request.json()
        call = self._noted(request, "extra-single-image", body)
        denied = self._denied(request, "extra-single-image", body, call)
        if denied is not None:
            return denied
        self.bill.charge(key=None, prompt="", count=1)
        picture = decoded(body["image"])
        factor = body.get("upscaling_resize", 2)
        large = picture.resize((int(picture.width * factor), int(picture.height * factor)))
        (image,) = self.spoils([base64.b64encode(encoded(large)).decode()])
        return JSONResponse({"html_info": "<p></p>", "image": image})

    def _noted(self, request: Request, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        call = {
            "kind": kind,
            "body": body,
            "headers": dict(request.headers),
            "violations": violations(kind, body, server=self.kind),
        }
        self.calls.append(call)
        if len(self.calls) == 2:
            self.second.set()
        return call

    def _denied(
        self, request: Request, kind: str, body: dict[str, Any], call: dict[str, Any]
    ) -> Response | None:
        if not self._let_in(request):
            return refused(401, "HTTPException", "Incorrect username or password")
        if self.refuses is not None:
            status, answer = self.refuses
            return JSONResponse(answer, status_code=status)
        if call["violations"]:
            return refused(422, "RequestValidationError", call["violations"][0])
        if self.kind == "sdcpp":
            return None if body["prompt"] else JSONResponse({"error": "prompt required"}, 400)
        title = body.get("override_settings", {}).get("sd_model_checkpoint")
        known = [f"{name}.safetensors [{i}1f4e03f26]" for i, name in enumerate(CHECKPOINTS)]
        if title is not None and title not in known:
            return refused(404, "HTTPException", "Model not found")
        if body.get("sampler_name", "Euler") not in SAMPLERS:
            return refused(404, "HTTPException", "Sampler not found")
        pictures = body.get("init_images", [body["image"]] if "image" in body else [])
        if any(decoded(text) is None for text in [*pictures, body.get("mask") or PIXEL]):
            return refused(500, "HTTPException", "Invalid encoded image")
        return None

    def _let_in(self, request: Request) -> bool:
        if self._auth is None:
            return True
        basic = "Basic " + base64.b64encode(self._auth.encode()).decode()
        return request.headers.get("authorization") == basic

    def _answer(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        count, size = images(body), (body["width"], body["height"])
        seed = body.get("seed", -1)
        first = RANDOM_SEED if seed == -1 else seed
        moved = body.get("subseed_strength", 0) > 0
        # With a variation strength every picture keeps the seed; only the subseed counts on.
        seeds = [first if moved else first + index for index in range(count)]
        pictures = [self._picture(kind, body, size, seeds[index], index) for index in range(count)]
        texts = [base64.b64encode(encoded(picture)).decode() for picture in pictures]
        index_of_first = 0
        if self._grid and count > 1:
            grid = painted("grid", size)
            texts, index_of_first = [base64.b64encode(encoded(grid)).decode(), *texts], 1
        if "controlnet" in body.get("alwayson_scripts", {}):
            texts.append(base64.b64encode(encoded(painted("control map", size))).decode())
        info = {"all_seeds": seeds, "seed": first, "index_of_first_image": index_of_first}
        return {
            "images": self.spoils(texts),
            "parameters": body,
            "info": "" if self.kind == "sdcpp" else json.dumps(info),
        }

    def _picture(
        self, kind: str, body: dict[str, Any], size: tuple[int, int], seed: int, index: int
    ) -> Image.Image:
        key = f"{body['prompt']}/{seed}/{body.get('subseed', -1)}"
        colour = Image.new("RGB", size, colour_of(key, index))
        if kind == "txt2img":
            return colour
        source = decoded(body["init_images"][0]).convert("RGB").resize(size)
        if "mask" not in body:
            return Image.blend(source, colour, float(body.get("denoising_strength", 0.75)))
        mask = decoded(body["mask"]).convert("L").resize(size)
        return Image.composite(colour, source, mask)


PIXEL = base64.b64encode(encoded(Image.new("L", (1, 1)))).decode()


def images(body: dict[str, Any]) -> int:
    """How many pictures a call paints."""
    return int(body.get("batch_size", 1)) * int(body.get("n_iter", 1))


def decoded(text: str) -> Image.Image | None:
    """A base64 picture, None when it is none."""
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(text.rpartition(",")[2])))
        picture.load()
    except (OSError, ValueError):
        return None
    return picture


def listed(names: tuple[str, ...]) -> Callable[[Request], Response]:
    """A list of objects with names."""
    return lambda request: JSONResponse([{"name": name, "aliases": []} for name in names])


def refused(status: int, error: str, detail: str) -> Response:
    """What the server's exception handler writes."""
    return JSONResponse(
        {"error": error, "detail": detail, "body": "", "errors": ""}, status_code=status
    )


@asynccontextmanager
async def running(simulator: A1111Simulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives its base URL."""
    async with serving(simulator.app) as url:
        yield url


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--kind", default="a1111")
    parser.add_argument("--step-s", type=float, default=0.0)
    run_as_process(
        lambda given: (
            A1111Simulator(
                kind=given.kind,
                bill=Bill(given.bill),
                step=lambda: asyncio.sleep(given.step_s),
            ).app
        ),
        parser,
    )


if __name__ == "__main__":
    main()
