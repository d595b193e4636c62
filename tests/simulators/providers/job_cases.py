"""The simulated job APIs as cases of the contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

from providers import GenerationRequest, Insets, Lora, Operation, Provider
from providers.bfl import plugin as bfl_plugin
from providers.fal import plugin as fal_plugin
from providers.replicate import plugin as replicate_plugin
from providers.testing import ProviderCase
from tests.simulators.providers import bfl, fal, replicate
from tests.simulators.providers.cases import DEAD_URL, mask_png, provider_at
from tests.simulators.providers.jobs import JobSimulator
from tests.simulators.providers.pictures import encoded, painted

SIDE = 256

SOURCE = encoded(painted("a source", (SIDE, SIDE)))


def asked(model: str, operation: Operation = Operation.TEXT_TO_IMAGE, **fields: Any):
    """A request of that model, with a source picture for everything but words."""
    basis: dict[str, Any] = {
        "operation": operation,
        "model": model,
        "prompt": "a red fox",
        "seed": 7,
        "width_px": SIDE,
        "height_px": SIDE,
    }
    if operation not in (Operation.TEXT_TO_IMAGE, Operation.CONTROL):
        basis["source_image"] = SOURCE
    if operation is Operation.INPAINT:
        basis["mask"] = mask_png(SIDE)
    if operation is Operation.OUTPAINT:
        basis["expand"] = Insets(left_px=64, top_px=32)
    if operation is Operation.CONTROL:
        basis["control_image"] = SOURCE
    return GenerationRequest(**{**basis, **fields})


BFL_REQUESTS = (
    asked("flux-2-pro"),
    asked("flux-2-flex", steps=20, guidance=4.0),
    asked("flux-2-pro", Operation.IMAGE_TO_IMAGE),
    asked("flux-2-klein-4b", Operation.VARY),
    asked("flux-kontext-pro", Operation.IMAGE_TO_IMAGE, width_px=1024, height_px=1024),
    asked("flux-pro-1.1", Operation.VARY),
    asked("flux-pro-1.1-ultra", width_px=2048, height_px=2048),
    asked("flux-pro-1.1-ultra", width_px=2048, height_px=2048, loras=(Lora(name="fox-style"),)),
    asked("flux-pro-1.0-fill", Operation.INPAINT),
    asked("flux-pro-1.0-fill", Operation.OUTPAINT),
    asked("flux-pro-1.0-expand", Operation.OUTPAINT),
    asked("flux-tools/erase-v1", Operation.INPAINT, prompt=""),
)

REPLICATE_MODELS = (
    "black-forest-labs/flux-dev",
    "stability-ai/sdxl",
    "black-forest-labs/flux-dev-lora",
    "black-forest-labs/flux-canny-pro",
    "nightmareai/real-esrgan",
    "851-labs/background-remover",
)

REPLICATE_REQUESTS = (
    asked("black-forest-labs/flux-dev", width_px=1024, height_px=1024),
    asked("black-forest-labs/flux-dev", width_px=1344, height_px=768, count=4),
    asked("black-forest-labs/flux-dev", Operation.IMAGE_TO_IMAGE, strength=0.5),
    asked("stability-ai/sdxl", Operation.VARY),
    asked("stability-ai/sdxl", negative_prompt="text", sampler="DDIM", steps=30),
    asked("stability-ai/sdxl", Operation.INPAINT),
    asked("stability-ai/sdxl", Operation.OUTPAINT),
    asked(
        "black-forest-labs/flux-dev-lora",
        width_px=1024,
        height_px=1024,
        loras=(Lora(name="fox/style"), Lora(name="ink/style", weight=0.5)),
    ),
    asked("black-forest-labs/flux-canny-pro", Operation.CONTROL, control_kind="canny"),
    asked("nightmareai/real-esrgan", Operation.UPSCALE, scale=2, seed=None, repair=("faces",)),
    asked("851-labs/background-remover", Operation.REMOVE_BACKGROUND, seed=None),
)

FAL_MODELS = tuple(fal.MODELS)

FAL_REQUESTS = (
    asked("fal-ai/flux/dev"),
    asked("fal-ai/flux/dev", count=4),
    asked("fal-ai/flux/dev/image-to-image", Operation.IMAGE_TO_IMAGE, strength=0.5),
    asked("fal-ai/flux/dev/image-to-image", Operation.VARY),
    asked("fal-ai/flux-lora/inpainting", Operation.INPAINT),
    asked("fal-ai/flux-lora/inpainting", Operation.OUTPAINT),
    asked("fal-ai/fast-sdxl", negative_prompt="text", loras=(Lora(name="https://x.example/a"),)),
    asked(
        "fal-ai/flux-control-lora-canny",
        Operation.CONTROL,
        control_kind="canny",
        control_strength=0.5,
    ),
    asked("fal-ai/esrgan", Operation.UPSCALE, scale=4, seed=None, repair=("faces",)),
    asked("fal-ai/birefnet", Operation.REMOVE_BACKGROUND, seed=None),
    asked("fal-ai/image-apps-v2/outpaint", Operation.OUTPAINT, seed=None),
)


def bfl_at(base_url: str, **table: Any) -> AbstractAsyncContextManager[Provider]:
    """A bfl provider at a simulator."""
    return provider_at(base_url, bfl_plugin, api_key=table.pop("api_key", "bfl-test"), **table)


def replicate_at(base_url: str, **table: Any) -> AbstractAsyncContextManager[Provider]:
    """A replicate provider at a simulator, with the simulator's models."""
    table = {"models": REPLICATE_MODELS, "api_key": "r8_test", **table}
    return provider_at(base_url, replicate_plugin, **table)


def fal_at(base_url: str, **table: Any) -> AbstractAsyncContextManager[Provider]:
    """A fal provider at a simulator, with the simulator's models; nothing goes to fal.ai."""
    options = {**fal.options_at(base_url), **table.pop("options", {})}
    table = {"models": FAL_MODELS, "api_key": "fal-test", **table}
    return provider_at(base_url, fal_plugin, options=options, **table)


def job_case(
    name: str,
    kind: type[JobSimulator],
    running: Callable[[Any], AbstractAsyncContextManager[str]],
    at: Callable[..., AbstractAsyncContextManager[Provider]],
    *,
    requests: tuple[GenerationRequest, ...],
    delay_s: float = 0.0,
) -> ProviderCase:
    """One vendor with its simulator."""
    simulators: list[JobSimulator] = []

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        simulators.append(kind(delay_s=delay_s))
        async with running(simulators[-1]) as base_url, at(base_url) as provider:
            yield provider
        assert simulators[-1].violations == []

    return ProviderCase(
        name=name,
        open=opened,
        requests=requests,
        calls_made=lambda: len(simulators[-1].creates),
        unreachable=lambda: at(DEAD_URL),
    )


def bfl_case(*, delay_s: float = 0.0) -> ProviderCase:
    """Black Forest Labs."""
    name = "bfl-slow" if delay_s else "bfl"
    requests = BFL_REQUESTS[:1] if delay_s else BFL_REQUESTS
    return job_case(name, bfl.BflSimulator, bfl.running, bfl_at, requests=requests, delay_s=delay_s)


def replicate_case(*, delay_s: float = 0.0) -> ProviderCase:
    """Replicate."""
    name = "replicate-slow" if delay_s else "replicate"
    requests = REPLICATE_REQUESTS[:1] if delay_s else REPLICATE_REQUESTS
    return job_case(
        name,
        replicate.ReplicateSimulator,
        replicate.running,
        replicate_at,
        requests=requests,
        delay_s=delay_s,
    )


def fal_case(*, delay_s: float = 0.0) -> ProviderCase:
    """fal."""
    name = "fal-slow" if delay_s else "fal"
    requests = FAL_REQUESTS[:1] if delay_s else FAL_REQUESTS
    return job_case(name, fal.FalSimulator, fal.running, fal_at, requests=requests, delay_s=delay_s)


VENDORS: tuple[tuple[str, type[JobSimulator], Any, Any, GenerationRequest], ...] = (
    ("bfl", bfl.BflSimulator, bfl.running, bfl_at, BFL_REQUESTS[0]),
    (
        "replicate",
        replicate.ReplicateSimulator,
        replicate.running,
        replicate_at,
        replace(REPLICATE_REQUESTS[0]),
    ),
    ("fal", fal.FalSimulator, fal.running, fal_at, FAL_REQUESTS[0]),
)
"""Each vendor: name, simulator, how it is served, its adapter there, and a request for one picture."""
