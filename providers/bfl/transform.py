"""A checked request as the body of one endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from providers.bfl.catalog import Offer
from providers.precheck import unused_notes
from providers.remote_jobs.canvas import base64_text
from providers.remote_jobs.preparing import VARY_STRENGTH, Pictures, seed_of
from providers.remote_jobs.sizes import snapped
from providers.request import GenerationRequest, Insets, Operation, OutputFormat
from providers.wire.pictures import size_of

EXTRAS = ("prompt_upsampling", "raw", "vary_seed")
"""What a request's `extra` may bring. Not `safety_tolerance`: that is the operator's to weaken."""

MAX_EXPAND_PX = 2048
"""Most pixels on one side of an expansion. Source: description of api.bfl.ai, read 2026-11-22."""

Field = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WireJob:
    """One job as it goes out: the endpoint below the base URL, and its JSON."""

    endpoint: str
    body: dict[str, Field]


def wire_job(
    request: GenerationRequest, offer: Offer, pictures: Pictures, *, safety_tolerance: int
) -> WireJob:
    """The job for a checked request."""
    body: dict[str, Field] = {
        "safety_tolerance": min(safety_tolerance, offer.max_tolerance),
        "output_format": output_format(request, offer),
    }
    if offer.takes_prompt:
        body["prompt"] = prompt_of(request, offer)
    body |= dict(picture_fields(request, offer, pictures))
    body |= dict(number_fields(request, offer))
    if offer.size != "source":
        body |= dict(size_fields(request, offer))
    endpoint = offer.model.id
    if request.loras and offer.finetuned:
        lora = request.loras[0]
        endpoint += "-finetuned"
        body |= {"finetune_id": lora.name, "finetune_strength": min(2.0, max(0.0, lora.weight))}
    elif offer.model.id == "flux-pro-1.1-ultra" and isinstance(request.extra.get("raw"), bool):
        body["raw"] = request.extra["raw"]
    return WireJob(endpoint=endpoint, body=body)


def output_format(request: GenerationRequest, offer: Offer) -> str:
    """The file format. The pages of Kontext name jpeg and png only; a WebP wish becomes PNG there."""
    if offer.model.id.startswith("flux-kontext") and request.output_format is OutputFormat.WEBP:
        return OutputFormat.PNG.value
    return request.output_format.value


def prompt_of(request: GenerationRequest, offer: Offer) -> str:
    """The prompt; a model that follows instructions is told in words how far to vary."""
    parts = [request.prompt.strip()]
    if request.operation is Operation.VARY and offer.source == "input_image":
        strength = VARY_STRENGTH if request.strength is None else request.strength
        far = "a bold" if strength > 0.7 else "a clear" if strength > 0.4 else "a subtle"
        parts.append(f"Paint {far} variation of this picture: same subject, new details.")
    return "\n\n".join(part for part in parts if part)


def picture_fields(
    request: GenerationRequest, offer: Offer, pictures: Pictures
) -> Iterator[tuple[str, Field]]:
    """The source, its mask, how much of it stays, and how far it grows."""
    if pictures.source is None:
        return
    yield offer.source, base64_text(pictures.source)
    if pictures.mask is not None:
        yield "mask", base64_text(pictures.mask)
    if offer.strength:
        strength = VARY_STRENGTH if request.strength is None else request.strength
        yield offer.strength, round(1.0 - min(1.0, max(0.0, strength)), 3)
    if offer.model.id == "flux-pro-1.0-expand":
        expand = request.expand or Insets()
        yield "top", expand.top_px
        yield "bottom", expand.bottom_px
        yield "left", expand.left_px
        yield "right", expand.right_px


def number_fields(request: GenerationRequest, offer: Offer) -> Iterator[tuple[str, Field]]:
    """Seed, steps and guidance, brought within the model's ranges."""
    capabilities = offer.model.capabilities
    seed = seed_of(request)
    if seed is not None:
        yield "seed", seed
    if request.steps is not None and capabilities.steps is not None:
        low, high = capabilities.steps.low, capabilities.steps.high
        yield "steps", int(min(high, max(low, request.steps)))
    if request.guidance is not None and capabilities.guidance is not None:
        low, high = capabilities.guidance.low, capabilities.guidance.high
        yield "guidance", min(high, max(low, request.guidance))
    upsampling = request.extra.get("prompt_upsampling")
    if isinstance(upsampling, bool) and offer.size != "pixels":
        yield "prompt_upsampling", upsampling


def size_fields(request: GenerationRequest, offer: Offer) -> Iterator[tuple[str, Field]]:
    """The size in pixels, or as a ratio."""
    width, height = snapped(request.width_px, request.height_px, offer.model.capabilities.sizes)
    if offer.size == "pixels":
        yield "width", width
        yield "height", height
    else:
        place = offer.model.capabilities.sizes.fixed.index((width, height))
        yield "aspect_ratio", offer.ratios[place]


def notes_of(request: GenerationRequest, offer: Offer) -> tuple[str, ...]:
    """What of a request this model doesn't do, or does otherwise; from the request alone, so a resume says it again."""
    capabilities = offer.model.capabilities
    notes = list(unused_notes(request, capabilities, extras=EXTRAS))
    wanted = (request.width_px, request.height_px)
    if offer.size != "source":
        painted = snapped(*wanted, capabilities.sizes)
        if painted != wanted:
            notes.append(f"size {wanted[0]}x{wanted[1]} painted as {painted[0]}x{painted[1]}")
    elif request.operation is not Operation.OUTPAINT and request.source_image:
        source = size_of(request.source_image)
        if source not in (None, wanted):
            notes.append("the size is the source's")
    if not offer.takes_prompt and request.prompt.strip():
        notes.append("the words are not used: this model erases what is marked")
    for name, value, allowed in (
        ("steps", request.steps, capabilities.steps),
        ("guidance", request.guidance, capabilities.guidance),
    ):
        if value is not None and allowed is not None and not allowed.low <= value <= allowed.high:
            notes.append(f"{name} brought within {allowed.low:g} to {allowed.high:g}")
    return tuple(notes)
