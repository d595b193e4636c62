"""A request as the form of its service, checked first; what the service can't do is said in notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from providers.errors import InvalidRequest
from providers.nearest_size import nearest_fixed
from providers.precheck import check_request, unused_notes
from providers.request import GenerationRequest, Insets, Operation, OutputFormat
from providers.stability.catalog import Offer
from providers.wire.pictures import size_of

MAX_PROMPT_CHARS = 10_000
"""Longest prompt and negative prompt. Source: the published description, read 2026-11-22."""

MAX_SEED = 4_294_967_294
"""Source: the published description, read 2026-11-22. Zero means "any seed", so it is never sent."""

MAX_INSET_PX = 2000
"""Most that an outpaint adds on a side: the vendor's reference page, from memory."""

VARY_STRENGTH = 0.35
"""How far a variation moves when nobody says; a little more than a retouch."""

EDIT_STRENGTH = 0.7
"""How far an edit moves when nobody says: the published description's default for sd3."""

UPSCALE_WORDS = "a sharp, detailed picture"
"""What an upscale is told to paint when nobody says: two of the upscalers refuse an empty prompt."""

WORDLESS = frozenset(
    {Operation.OUTPAINT, Operation.INPAINT, Operation.REMOVE_BACKGROUND, Operation.UPSCALE}
)
"""Operations that go without words; an inpaint without them erases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCall:
    """One form as it goes out. `size` is what was asked for in pixels, None where nothing was."""

    path: str
    texts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, bytes], ...]
    seed: int | None = None
    size: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()


def check(request: GenerationRequest, offer: Offer) -> None:
    """InvalidRequest, naming the field, for what could only be refused after it was sent."""
    check_request(
        request,
        offer.model.capabilities,
        max_prompt_chars=MAX_PROMPT_CHARS,
        # A variation needs words too: the services have no field that means "the same again".
        wordless=WORDLESS,
    )
    if len(request.negative_prompt) > MAX_PROMPT_CHARS:
        raise InvalidRequest("the negative prompt is too long", param="negative_prompt")
    if request.seed is not None and not 0 <= request.seed <= MAX_SEED:
        raise InvalidRequest(f"a seed goes from 0 to {MAX_SEED}", param="seed")
    if request.operation is Operation.INPAINT:
        check_mask(request.source_image or b"", request.mask or b"")
    inset = request.expand or Insets()
    if max(inset.left_px, inset.right_px, inset.top_px, inset.bottom_px) > MAX_INSET_PX:
        raise InvalidRequest(f"at most {MAX_INSET_PX} px on a side", param="expand")
    for name, value in (
        ("strength", request.strength),
        ("control_strength", request.control_strength),
    ):
        if value is not None and not 0 <= value <= 1:
            raise InvalidRequest(f"{name} goes from 0 to 1", param=name)


def check_mask(source: bytes, mask: bytes) -> None:
    """InvalidRequest unless both are pictures of one size. The mask is sent as it is: white means "edit" here too."""
    source_size, mask_size = size_of(source), size_of(mask)
    if source_size is None:
        raise InvalidRequest("the source is no picture", param="source_image")
    if mask_size != source_size:
        raise InvalidRequest(f"the mask is {mask_size}, the source {source_size}", param="mask")


def wire_call(request: GenerationRequest, offer: Offer) -> WireCall:
    """The call for a checked request."""
    notes = list(unused_notes(request, offer.model.capabilities))
    seed = request.seed
    if seed == 0 and offer.model.capabilities.seed != "none":
        # Zero would ask for any seed, and the same words would never give the same picture again.
        seed = MAX_SEED
        notes.append(f"seed 0 painted as {seed}: this service takes 0 for any seed")
    texts = [*fields_of(request, offer)]
    if seed is not None and offer.model.capabilities.seed != "none":
        texts.append(("seed", str(seed)))
    texts.append(("output_format", output_format(request)))
    return WireCall(
        path="/stable-image/" + service_of(request, offer),
        texts=tuple(texts),
        files=tuple(files_of(request)),
        seed=seed,
        size=asked_size(request),
        notes=tuple(notes),
    )


def service_of(request: GenerationRequest, offer: Offer) -> str:
    """The path of the service that does it."""
    if request.operation is Operation.CONTROL:
        return f"control/{request.control_kind}"
    if request.operation is Operation.INPAINT and not request.prompt.strip():
        return "edit/erase"
    return offer.service


def fields_of(request: GenerationRequest, offer: Offer) -> Iterator[tuple[str, str]]:
    """The form's texts beside seed and format."""
    erases = service_of(request, offer) == "edit/erase"
    prompt = request.prompt.strip()
    if request.operation is Operation.UPSCALE and offer.service != "upscale/fast":
        prompt = prompt or UPSCALE_WORDS
    if prompt and offer.service != "upscale/fast" and "remove" not in offer.service:
        yield "prompt", prompt
    if request.negative_prompt and offer.model.capabilities.negative_prompt and not erases:
        yield "negative_prompt", request.negative_prompt
    if offer.service == "generate/sd3":
        yield "model", offer.model.id
    if request.style in offer.model.capabilities.styles:
        yield "style_preset", request.style or ""
    if request.guidance is not None and offer.model.capabilities.guidance:
        yield "cfg_scale", plain_number(request.guidance)
    more = OPERATION_FIELDS.get(request.operation)
    if more is not None:
        yield from more(request, offer)


def text_fields(request: GenerationRequest, offer: Offer) -> Iterator[tuple[str, str]]:
    """Fields of a picture from words alone."""
    size = nearest_fixed(request.width_px, request.height_px, tuple(offer.ratios))
    yield "aspect_ratio", offer.ratios[size]
    if offer.service == "generate/sd3":
        yield "mode", "text-to-image"


def image_fields(request: GenerationRequest, offer: Offer) -> Iterator[tuple[str, str]]:
    """Fields of a picture from another."""
    usual = VARY_STRENGTH if request.operation is Operation.VARY else EDIT_STRENGTH
    yield "strength", plain_number(usual if request.strength is None else request.strength)
    if offer.service == "generate/sd3":
        yield "mode", "image-to-image"


def outpaint_fields(request: GenerationRequest, offer: Offer) -> Iterator[tuple[str, str]]:
    """How far each side grows; sides that don't are left out."""
    del offer
    inset = request.expand or Insets()
    sides = (
        ("left", inset.left_px),
        ("right", inset.right_px),
        ("up", inset.top_px),
        ("down", inset.bottom_px),
    )
    for name, size_px in sides:
        if size_px:
            yield name, str(size_px)


def control_fields(request: GenerationRequest, offer: Offer) -> Iterator[tuple[str, str]]:
    """How closely the control image is followed."""
    del offer
    if request.control_strength is not None:
        name = "fidelity" if request.control_kind == "style" else "control_strength"
        yield name, plain_number(request.control_strength)


OPERATION_FIELDS: Mapping[
    Operation, Callable[[GenerationRequest, Offer], Iterator[tuple[str, str]]]
] = {
    Operation.TEXT_TO_IMAGE: text_fields,
    Operation.IMAGE_TO_IMAGE: image_fields,
    Operation.VARY: image_fields,
    Operation.OUTPAINT: outpaint_fields,
    Operation.CONTROL: control_fields,
}


def plain_number(value: float) -> str:
    """A number as a form writes it, without an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def output_format(request: GenerationRequest) -> str:
    """The file format; a cut-out needs one with transparency."""
    if request.operation is Operation.REMOVE_BACKGROUND and request.output_format == "jpeg":
        return OutputFormat.PNG.value
    return request.output_format.value


def files_of(request: GenerationRequest) -> Iterator[tuple[str, bytes]]:
    """The form's pictures by field name."""
    if request.operation is Operation.CONTROL:
        yield "image", request.control_image or b""
    elif request.operation is not Operation.TEXT_TO_IMAGE:
        yield "image", request.source_image or b""
    if request.operation is Operation.INPAINT:
        yield "mask", request.mask or b""


def asked_size(request: GenerationRequest) -> tuple[int, int] | None:
    """The size in pixels that the answer should have; None where nothing was asked for or the source tells none."""
    source = size_of(request.source_image or b"")
    if request.operation in (Operation.INPAINT, Operation.REMOVE_BACKGROUND):
        return source
    if request.operation is Operation.OUTPAINT:
        inset = request.expand or Insets()
        return source and (
            source[0] + inset.left_px + inset.right_px,
            source[1] + inset.top_px + inset.bottom_px,
        )
    if request.operation is Operation.UPSCALE:
        return source and (source[0] * (request.scale or 0), source[1] * (request.scale or 0))
    return (request.width_px, request.height_px)
