"""Which providers the fault matrix is run over. Another provider is another line in FAULT_CASES.

A provider with job ids gives two different exchanges: the one that is paid for, and the one that brings the picture.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from starlette.types import ASGIApp

from providers import GenerationRequest, Operation
from providers.a1111 import plugin as a1111_plugin
from providers.bfl import plugin as bfl_plugin
from providers.comfyui import plugin as comfyui_plugin
from providers.fal import plugin as fal_plugin
from providers.gemini import plugin as gemini_plugin
from providers.openai import plugin as openai_plugin
from providers.protocol import ProviderPlugin
from providers.replicate import plugin as replicate_plugin
from providers.stability import plugin as stability_plugin
from tests.simulators.providers.a1111 import A1111Simulator
from tests.simulators.providers.bfl import BflSimulator
from tests.simulators.providers.bill import Bill
from tests.simulators.providers.comfyui import ComfySimulator
from tests.simulators.providers.fal import FalSimulator
from tests.simulators.providers.gemini import GeminiSimulator
from tests.simulators.providers.openai import OpenAISimulator
from tests.simulators.providers.pictures import encoded, painted
from tests.simulators.providers.replicate import ReplicateSimulator
from tests.simulators.providers.spoiling import Picks
from tests.simulators.providers.stability import StabilitySimulator


class Simulated(Protocol):
    """A simulated provider: its app, and its bill, which has a line for each paid call."""

    app: ASGIApp
    bill: Bill


@dataclass(frozen=True, kw_only=True)
class FaultCase:
    """A provider to be ill-treated.

    `pays` picks the exchange that costs money, `brings` the one whose answer holds the picture, by method and path;
    they are one and the same where there are no job ids. `wrapped` builds the body and media type of a picture-bringing
    answer around any bytes. `request` is a cheap one. `has_job_ids`: once submitted, a lost answer can be asked for again,
    so that a garbled one may also be an unknown outcome, never another paid call. `is_free`: the operator's own server,
    where a lost answer has billed nobody: the call may be made elsewhere at once. `finds_lost_calls`: the call has an id of
    ours there, so a lost answer is looked up within the same call. `tells_cost`: the answer names its cost, or its tokens.
    """

    name: str
    simulator: Callable[[], Simulated]
    plugin: ProviderPlugin
    request: GenerationRequest
    pays: Picks
    brings: Picks
    wrapped: Callable[[bytes], tuple[bytes, str]]
    base_path: str = "/v1"
    table: Mapping[str, Any] = field(default_factory=dict)
    has_job_ids: bool = False
    is_free: bool = False
    finds_lost_calls: bool = False
    tells_cost: bool = False


def posts(part: str) -> Picks:
    """Picks POST exchanges whose path has that part."""
    return lambda method, path: method == "POST" and part in path


def gets(part: str) -> Picks:
    """Picks GET exchanges whose path has that part."""
    return lambda method, path: method == "GET" and part in path


OWN_SERVER = {"api_key": None}


def a1111_wrapped(data: bytes) -> tuple[bytes, str]:
    text = base64.b64encode(data).decode()
    return json.dumps({"images": [text], "info": "{}"}).encode(), "application/json"


A1111_CASE = FaultCase(
    name="a1111",
    simulator=A1111Simulator,
    plugin=a1111_plugin,
    request=GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model="sdxl-base",
        prompt="a red fox",
        width_px=512,
        height_px=512,
    ),
    pays=posts("/txt2img"),
    brings=posts("/txt2img"),
    wrapped=a1111_wrapped,
    base_path="",
    table=OWN_SERVER,
    is_free=True,
)

COMFYUI_CASE = FaultCase(
    name="comfyui",
    simulator=ComfySimulator,
    plugin=comfyui_plugin,
    request=GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model="sd_xl_base_1.0",
        prompt="a red fox",
        width_px=512,
        height_px=512,
    ),
    pays=posts("/prompt"),
    brings=gets("/view"),
    wrapped=lambda data: (data, "image/png"),
    base_path="",
    table={**OWN_SERVER, "options": {"look_every_s": 0.02}},
    has_job_ids=True,
    is_free=True,
    finds_lost_calls=True,
)


def openai_wrapped(data: bytes) -> tuple[bytes, str]:
    text = base64.b64encode(data).decode()
    return json.dumps({"data": [{"b64_json": text}]}).encode(), "application/json"


OPENAI_CASE = FaultCase(
    name="openai",
    simulator=OpenAISimulator,
    plugin=openai_plugin,
    request=GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model="gpt-image-2",
        prompt="a red fox",
        width_px=816,
        height_px=816,
    ),
    pays=posts("/images/"),
    brings=posts("/images/"),
    wrapped=openai_wrapped,
    table={"options": {"partial_images": 0}},
    tells_cost=True,
)

AZURE_CASE = replace(
    OPENAI_CASE,
    name="azure",
    simulator=lambda: OpenAISimulator(deployments={"prod-images": "gpt-image-2"}),
    base_path="",
    table={"options": {"azure": "deployments", "deployments": "gpt-image-2=prod-images"}},
)


def gemini_wrapped(data: bytes) -> tuple[bytes, str]:
    blob = {"mimeType": "image/png", "data": base64.b64encode(data).decode()}
    answer = {
        "candidates": [{"content": {"parts": [{"inlineData": blob}]}, "finishReason": "STOP"}]
    }
    return json.dumps(answer).encode(), "application/json"


GEMINI_CASE = FaultCase(
    name="gemini",
    simulator=GeminiSimulator,
    plugin=gemini_plugin,
    request=GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE, model="gemini-nano-banana-2.1", prompt="a red fox"
    ),
    pays=posts(":generateContent"),
    brings=posts(":generateContent"),
    wrapped=gemini_wrapped,
    base_path="/v1beta",
    tells_cost=True,
)


def stability_wrapped(data: bytes) -> tuple[bytes, str]:
    text = base64.b64encode(data).decode()
    told = {"image": text, "result": text, "finish_reason": "SUCCESS", "seed": 7}
    return json.dumps(told).encode(), "application/json"


STABILITY_CASE = FaultCase(
    name="stability",
    simulator=StabilitySimulator,
    plugin=stability_plugin,
    request=GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE, model="stable-image-core", prompt="a red fox", seed=7
    ),
    pays=posts("/stable-image/"),
    brings=posts("/stable-image/"),
    wrapped=stability_wrapped,
    base_path="/v2beta",
)

STABILITY_JOB_CASE = replace(
    STABILITY_CASE,
    name="stability-job",
    request=GenerationRequest(
        operation=Operation.UPSCALE,
        model="stable-image-upscale-creative",
        source_image=encoded(painted("a source", (64, 64))),
        scale=2,
    ),
    brings=gets("/results/"),
    table={"options": {"poll_every_s": 0.02}},
    has_job_ids=True,
)


def bare(data: bytes) -> tuple[bytes, str]:
    """A linked picture is its own body."""
    return data, "image/png"


def job_case(name: str, model: str, **parts: Any) -> FaultCase:
    """A vendor with job ids, whose picture lies behind a link."""
    request = GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model=model,
        prompt="a red fox",
        seed=7,
        width_px=1024,
        height_px=1024,
    )
    return FaultCase(
        name=name,
        request=request,
        brings=gets("/delivery/"),
        wrapped=bare,
        has_job_ids=True,
        **parts,
    )


BFL_CASE = job_case(
    "bfl",
    "flux-2-pro",
    simulator=BflSimulator,
    plugin=bfl_plugin,
    pays=posts("/flux-2-pro"),
    tells_cost=True,
)

REPLICATE_CASE = job_case(
    "replicate",
    "black-forest-labs/flux-dev",
    simulator=ReplicateSimulator,
    plugin=replicate_plugin,
    pays=posts("/predictions"),
    table={"models": ("black-forest-labs/flux-dev",)},
)

FAL_CASE = job_case(
    "fal",
    "fal-ai/flux/dev",
    simulator=FalSimulator,
    plugin=fal_plugin,
    pays=posts("/fal-ai/"),
    base_path="",
    # Nobody describes its models here, so it offers what its file has.
    table={"models": ("fal-ai/flux/dev",), "options": {"schema_url": "http://127.0.0.1:9/schema"}},
)

FAULT_CASES: tuple[FaultCase, ...] = (
    OPENAI_CASE,
    AZURE_CASE,
    GEMINI_CASE,
    STABILITY_CASE,
    STABILITY_JOB_CASE,
    BFL_CASE,
    REPLICATE_CASE,
    FAL_CASE,
    A1111_CASE,
    COMFYUI_CASE,
)
