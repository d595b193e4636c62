"""A request as the protocol's fields: checked first, and what the model can't do said in notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from providers.errors import InvalidRequest
from providers.openai import azure
from providers.openai.canvas import EditFiles
from providers.openai.catalog import Offer
from providers.openai.options import Dialect, Options
from providers.openai.sizes import snapped
from providers.precheck import check_request, unused_notes
from providers.request import GenerationRequest, Operation

MAX_PROMPT_CHARS = 32_000
"""Longest prompt of a gpt-image model. Source: openai-python `types/image_generate_params.py`, 2026-11-22."""

EXTRAS = ("quality", "background", "complexity", "input_fidelity")
"""What a request's `extra` may bring. Not `moderation`: that is the operator's to weaken."""

VARY_STRENGTH = 0.35
"""How far a variation moves when nobody says; a little more than a retouch."""

Field = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCall:
    """One call as it goes out: JSON for generations, a form with files for edits."""

    path: str
    model: str
    fields: dict[str, Field]
    files: tuple[tuple[str, bytes], ...] = ()
    streamed: bool = False
    notes: tuple[str, ...] = ()


def check(request: GenerationRequest, offer: Offer) -> None:
    """InvalidRequest, naming the field, for what could only be refused after it was sent."""
    check_request(
        request,
        offer.model.capabilities,
        max_prompt_chars=MAX_PROMPT_CHARS,
        wordless=frozenset({Operation.VARY, Operation.OUTPAINT}),
    )
    quality = request.extra.get("quality")
    if quality is not None and offer.qualities and quality not in ("auto", *offer.qualities):
        raise InvalidRequest(f"quality is one of {', '.join(offer.qualities)}", param="quality")


def wire_call(
    request: GenerationRequest, offer: Offer, options: Options, *, edit: EditFiles | None
) -> WireCall:
    """The call for a checked request. `edit` holds the prepared pictures of an inpaint or outpaint."""
    wanted = (request.width_px, request.height_px)
    if edit is not None:
        wanted = (edit.width_px, edit.height_px)
    size = snapped(*wanted, offer)
    notes = list(unused_notes(request, offer.model.capabilities, extras=EXTRAS))
    if size != wanted:
        notes.insert(0, f"size {wanted[0]}x{wanted[1]} painted as {size[0]}x{size[1]}")
    fields: dict[str, Field] = {
        **azure.model_fields(options, request.model),
        "prompt": prompt_of(request, offer, options),
        "n": request.count,
        "size": f"{size[0]}x{size[1]}",
    }
    # "Streaming is only supported with n=1": OpenAI refuses the rest (llmgateway issue 3963, 2026-09-06).
    streamed = offer.gpt_image and options.partial_images > 0 and request.count == 1
    if streamed:
        fields |= {"stream": True, "partial_images": options.partial_images}
    fields |= dict(model_fields(request, offer, options))
    if request.operation is Operation.TEXT_TO_IMAGE:
        return WireCall(
            path="/images/generations",
            model=request.model,
            fields=fields,
            streamed=streamed,
            notes=tuple(notes),
        )
    return WireCall(
        path="/images/edits",
        model=request.model,
        fields=fields,
        files=files_of(request, edit),
        streamed=streamed,
        notes=tuple(notes),
    )


def files_of(request: GenerationRequest, edit: EditFiles | None) -> tuple[tuple[str, bytes], ...]:
    """The files of an edit by field name."""
    if edit is not None:
        return (("image", edit.picture_png), ("mask", edit.mask_png))
    return (("image", request.source_image or b""),)


def prompt_of(request: GenerationRequest, offer: Offer, options: Options) -> str:
    """The prompt; for models that follow instructions, with what else is asked of them in words."""
    if options.dialect is Dialect.EXTENDED:
        return request.prompt
    parts = [request.prompt.strip()]
    if request.operation is Operation.VARY:
        strength = VARY_STRENGTH if request.strength is None else request.strength
        far = "a bold" if strength > 0.7 else "a clear" if strength > 0.4 else "a subtle"
        parts.append(f"Paint {far} variation of this picture: same subject, new details.")
    if request.operation is Operation.OUTPAINT:
        parts.append("Continue this picture beyond its edges, in the same style, without a seam.")
    if request.negative_prompt and offer.gpt_image:
        parts.append(f"Avoid: {request.negative_prompt}")
    return "\n\n".join(part for part in parts if part)


def model_fields(
    request: GenerationRequest, offer: Offer, options: Options
) -> Iterator[tuple[str, Field]]:
    """The fields that depend on who is asked."""
    for name in EXTRAS:
        if name in request.extra:
            yield name, request.extra[name]
    if offer.quality and "quality" not in request.extra:
        yield "quality", offer.quality
    if offer.gpt_image:
        yield from gpt_image_fields(request, options)
    elif options.response_format:
        yield "response_format", options.response_format
    if options.dialect is Dialect.EXTENDED:
        yield from extended_fields(request, options)


def gpt_image_fields(request: GenerationRequest, options: Options) -> Iterator[tuple[str, Field]]:
    """What gpt-image takes and compatible servers may refuse."""
    yield "output_format", request.output_format.value
    if options.moderation and request.operation is Operation.TEXT_TO_IMAGE:
        yield "moderation", options.moderation
    if request.user_hash:
        # The published description of edits still has the older name only, and so have Azure's versions.
        edits = request.operation is not Operation.TEXT_TO_IMAGE
        yield ("user" if edits or options.azure else "safety_identifier"), request.user_hash


def extended_fields(request: GenerationRequest, options: Options) -> Iterator[tuple[str, Field]]:
    """What servers of diffusion models take beside the protocol."""
    if request.seed is not None:
        yield "seed", request.seed
    if request.negative_prompt:
        yield "negative_prompt", request.negative_prompt
    if request.steps is not None:
        yield options.steps_field, request.steps
    if request.guidance is not None:
        yield options.guidance_field, request.guidance
    if request.operation is Operation.VARY:
        yield "strength", VARY_STRENGTH if request.strength is None else request.strength
    elif request.strength is not None and request.operation is Operation.IMAGE_TO_IMAGE:
        yield "strength", request.strength
