"""A request as the API's JSON, checked first; what the model can't do is said in notes."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from providers.errors import InvalidRequest
from providers.gemini.catalog import Offer
from providers.gemini.options import Options
from providers.nearest_size import nearest_fixed
from providers.precheck import check_request, unused_notes
from providers.request import GenerationRequest, Operation
from providers.wire.pictures import mime_of

MAX_PROMPT_CHARS = 32_000
"""Ours: well below the models' 65,536 input tokens (model pages, from memory) in any script."""

MAX_SEED = 2**31 - 1
"""`seed` is an int32. Source: the published description's GenerationConfig, 2026-11-22."""

VARY_STRENGTH = 0.35
"""How far a variation moves when nobody says; a little more than a retouch."""

HARMS = (
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
)
"""The filters an operator may set. Source: the published description's SafetySetting, 2026-11-22."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCall:
    """One call as it goes out. `size` is what will be painted, as (width, height) in pixels."""

    path: str
    body: dict[str, Any]
    size: tuple[int, int]
    notes: tuple[str, ...] = ()


def check(request: GenerationRequest, offer: Offer) -> None:
    """InvalidRequest, naming the field, for what could only be refused after it was sent."""
    check_request(
        request,
        offer.model.capabilities,
        max_prompt_chars=MAX_PROMPT_CHARS,
        wordless=frozenset({Operation.VARY}),
    )
    if request.seed is not None and not 0 <= request.seed <= MAX_SEED:
        raise InvalidRequest(f"a seed goes from 0 to {MAX_SEED}", param="seed")


def wire_call(request: GenerationRequest, offer: Offer, options: Options) -> WireCall:
    """The call for a checked request."""
    size = nearest_fixed(request.width_px, request.height_px, tuple(offer.frames))
    frame = offer.frames[size]
    image_config = {"aspectRatio": frame.aspect_ratio}
    if offer.sends_tier:
        image_config["imageSize"] = frame.tier
    settings: dict[str, Any] = {"responseModalities": ["IMAGE"], "imageConfig": image_config}
    if request.seed is not None:
        settings["seed"] = request.seed
    body: dict[str, Any] = {
        "contents": [{"role": "user", "parts": parts_of(request)}],
        "generationConfig": settings,
    }
    if options.safety_threshold:
        body["safetySettings"] = [
            {"category": harm, "threshold": options.safety_threshold} for harm in HARMS
        ]
    return WireCall(
        path=f"/models/{request.model}:generateContent",
        body=body,
        size=size,
        notes=tuple(unused_notes(request, offer.model.capabilities)),
    )


def parts_of(request: GenerationRequest) -> list[dict[str, Any]]:
    """The pictures, then the words about them."""
    parts: list[dict[str, Any]] = []
    if request.operation is not Operation.TEXT_TO_IMAGE and request.source_image:
        data = base64.b64encode(request.source_image).decode()
        parts.append({"inlineData": {"mimeType": mime_of(request.source_image), "data": data}})
    return [*parts, {"text": words_of(request)}]


def words_of(request: GenerationRequest) -> str:
    """The prompt, with what a variation is said in words: the API has no field for it."""
    words = [request.prompt.strip()]
    if request.operation is Operation.VARY:
        strength = VARY_STRENGTH if request.strength is None else request.strength
        far = "a bold" if strength > 0.7 else "a clear" if strength > 0.4 else "a subtle"
        words.append(f"Paint {far} variation of this picture: same subject, new details.")
    return "\n\n".join(part for part in words if part)
