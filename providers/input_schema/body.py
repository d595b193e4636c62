"""A checked request written as the inputs of one model."""

from __future__ import annotations

from collections.abc import Iterator

from providers.capabilities import Capabilities, NumberRange
from providers.input_schema.abilities import Hints, factor_values
from providers.input_schema.fields import Input, Inputs, Role
from providers.input_schema.sizes import has_sizes, written_size
from providers.precheck import unused_notes
from providers.remote_jobs.preparing import VARY_STRENGTH, seed_of
from providers.remote_jobs.sizes import snapped
from providers.request import GenerationRequest, Insets, Operation, OutputFormat
from providers.wire.pictures import size_of

NOT_FROM_OUTSIDE = frozenset(
    {
        "disable_safety_checker",
        "enable_safety_checker",
        "safety_checker",
        "safety_tolerance",
        "safety_filter_level",
        "moderation",
        "sync_mode",
        "webhook",
        "webhook_url",
    }
)
"""Inputs that a request's `extra` may not set: weakening a judge is the operator's matter, and answers come as links."""

FORMATS: dict[OutputFormat, tuple[str, ...]] = {
    OutputFormat.PNG: ("png",),
    OutputFormat.JPEG: ("jpeg", "jpg"),
    OutputFormat.WEBP: ("webp",),
}


def body_of(
    request: GenerationRequest, inputs: Inputs, hints: Hints, pictures: dict[Role, str]
) -> dict[str, object]:
    """The inputs. `pictures` are links or data URLs for SOURCE, MASK and CONTROL."""
    body: dict[str, object] = dict(hints.defaults)
    body |= dict(extra_inputs(request, inputs))
    body |= dict(word_inputs(request, inputs))
    body |= dict(number_inputs(request, inputs))
    for role, link in pictures.items():
        found = inputs.get(role)
        if found is not None:
            body[found.name] = [link] if "array" in found.types else link
    body |= dict(operation_inputs(request, inputs))
    body |= dict(lora_inputs(request, inputs))
    if is_sized(request, inputs):
        wanted = (request.width_px, request.height_px)
        source = size_of(request.source_image) if request.source_image else None
        body |= dict(written_size(inputs, *wanted, like_source=source == wanted))
    return body


def is_sized(request: GenerationRequest, inputs: Inputs) -> bool:
    """Whether the size is said: not where it follows the source, or the pixels that are added to it."""
    if request.operation in (Operation.UPSCALE, Operation.REMOVE_BACKGROUND):
        return False
    grows_itself = request.operation is Operation.OUTPAINT and inputs.get(Role.LEFT) is not None
    return has_sizes(inputs) and not grows_itself


def extra_inputs(request: GenerationRequest, inputs: Inputs) -> Iterator[tuple[str, object]]:
    """What a request brings for this model alone."""
    for name, value in request.extra.items():
        if is_extra(name, inputs):
            yield name, value


def is_extra(name: str, inputs: Inputs) -> bool:
    """Whether an extra of that name is passed on: the model has it, and it means nothing we set ourselves."""
    roles = {found.name for found in inputs.by_role.values()}
    return name in inputs.by_name and name not in roles and name not in NOT_FROM_OUTSIDE


def word_inputs(request: GenerationRequest, inputs: Inputs) -> Iterator[tuple[str, object]]:
    """Prompt, negative prompt, sampler, style, file format."""
    prompt = inputs.get(Role.PROMPT)
    if prompt is not None and (request.prompt or prompt.required):
        yield prompt.name, request.prompt
    for role, word in (
        (Role.NEGATIVE, request.negative_prompt),
        (Role.SAMPLER, request.sampler),
        (Role.STYLE, request.style),
    ):
        found = inputs.get(role)
        if found is not None and word and (not found.choices or word in found.choices):
            yield found.name, word
    file_format = inputs.get(Role.FORMAT)
    if file_format is not None:
        word = next((w for w in FORMATS[request.output_format] if w in file_format.choices), None)
        if word is not None:
            yield file_format.name, word


def number_inputs(request: GenerationRequest, inputs: Inputs) -> Iterator[tuple[str, object]]:
    """Seed, count, steps, guidance and strength, within the model's bounds."""
    strength = request.strength
    if request.operation is Operation.VARY and strength is None:
        strength = VARY_STRENGTH
    if request.operation is Operation.TEXT_TO_IMAGE:
        strength = None
    for role, value in (
        (Role.SEED, seed_of(request)),
        (Role.COUNT, request.count),
        (Role.STEPS, request.steps),
        (Role.GUIDANCE, request.guidance),
        (Role.STRENGTH, strength),
    ):
        found = inputs.get(role)
        if found is not None and value is not None:
            yield found.name, within(value, found)


def within(value: float, found: Input) -> float:
    """The number brought within an input's bounds, whole where it must be."""
    if found.low is not None:
        value = max(value, found.low)
    if found.high is not None:
        value = min(value, found.high)
    return value if "number" in found.types and not float(value).is_integer() else int(value)


def operation_inputs(request: GenerationRequest, inputs: Inputs) -> Iterator[tuple[str, object]]:
    """How far it grows or is enlarged, what the control image holds, what is mended."""
    scale = inputs.get(Role.SCALE)
    if request.operation is Operation.UPSCALE and scale is not None:
        values = factor_values(scale)
        yield scale.name, values[request.scale or min(values)]
    if request.operation is Operation.OUTPAINT and inputs.get(Role.LEFT) is not None:
        grow = request.expand or Insets()
        for role, pixels in (
            (Role.LEFT, grow.left_px),
            (Role.RIGHT, grow.right_px),
            (Role.TOP, grow.top_px),
            (Role.BOTTOM, grow.bottom_px),
        ):
            yield inputs.by_role[role].name, within(pixels, inputs.by_role[role])
    if request.operation is Operation.CONTROL:
        kind, strength = inputs.get(Role.CONTROL_KIND), inputs.get(Role.CONTROL_STRENGTH)
        if kind is not None and request.control_kind:
            yield kind.name, request.control_kind
        if strength is not None and request.control_strength is not None:
            yield strength.name, within(request.control_strength, strength)
    faces = inputs.get(Role.FACES)
    if faces is not None and "faces" in request.repair:
        yield faces.name, True


def lora_inputs(request: GenerationRequest, inputs: Inputs) -> Iterator[tuple[str, object]]:
    """The LoRAs as a list, or one after the other."""
    listed = inputs.get(Role.LORAS)
    if listed is not None:
        if request.loras:
            yield listed.name, [{"path": lora.name, "scale": lora.weight} for lora in request.loras]
        return
    places = ((Role.LORA, Role.LORA_SCALE), (Role.EXTRA_LORA, Role.EXTRA_LORA_SCALE))
    for lora, (name, scale) in zip(request.loras, places, strict=False):
        weights, weight = inputs.get(name), inputs.get(scale)
        if weights is not None:
            yield weights.name, lora.name
            if weight is not None:
                yield weight.name, within(lora.weight, weight)


def notes_of(
    request: GenerationRequest, inputs: Inputs, capabilities: Capabilities
) -> tuple[str, ...]:
    """What of a request the model doesn't do, or does otherwise."""
    extras = tuple(name for name in request.extra if is_extra(name, inputs))
    notes = list(unused_notes(request, capabilities, extras=(*extras, "vary_seed")))
    for name, value, allowed in (
        ("steps", request.steps, capabilities.steps),
        ("guidance", request.guidance, capabilities.guidance),
    ):
        if value is not None and allowed is not None and not is_within(value, allowed):
            notes.append(f"{name} brought within {allowed.low:g} to {allowed.high:g}")
    notes += size_notes(request, inputs, capabilities)
    return tuple(notes)


def is_within(value: float, allowed: NumberRange) -> bool:
    """Whether a number lies in a range."""
    return allowed.low <= value <= allowed.high


def size_notes(
    request: GenerationRequest, inputs: Inputs, capabilities: Capabilities
) -> Iterator[str]:
    """A note when the picture comes in another size than asked."""
    wanted = (request.width_px, request.height_px)
    if request.operation in (Operation.OUTPAINT, Operation.UPSCALE):
        return
    if has_sizes(inputs) and request.operation is not Operation.REMOVE_BACKGROUND:
        painted = snapped(*wanted, capabilities.sizes)
        if painted != wanted:
            yield f"size {wanted[0]}x{wanted[1]} painted as {painted[0]}x{painted[1]}"
        return
    source = size_of(request.source_image) if request.source_image else None
    if source is None:
        yield "the model picks the size"
    elif source != wanted:
        yield "the size is the source's"
