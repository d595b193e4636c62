"""Which providers the fault matrix is run over. Another provider is another line in FAULT_CASES.

A provider with job ids gives two different exchanges: the one that is paid for, and the one that brings the picture.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.types import ASGIApp

from providers import GenerationRequest, Operation
from providers.gemini import plugin as gemini_plugin
from providers.openai import plugin as openai_plugin
from providers.protocol import ProviderPlugin
from tests.simulators.providers.bill import Bill
from tests.simulators.providers.gemini import GeminiSimulator
from tests.simulators.providers.openai import OpenAISimulator
from tests.simulators.providers.spoiling import Picks


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
    so that a garbled one may also be an unknown outcome, never another paid call.
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


def posts(part: str) -> Picks:
    """Picks POST exchanges whose path has that part."""
    return lambda method, path: method == "POST" and part in path


def gets(part: str) -> Picks:
    """Picks GET exchanges whose path has that part."""
    return lambda method, path: method == "GET" and part in path


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
)

FAULT_CASES: tuple[FaultCase, ...] = (OPENAI_CASE, GEMINI_CASE)
