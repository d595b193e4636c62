"""What can be said of a request before any of it is sent: what is wrong, and what will not be used."""

from __future__ import annotations

from collections.abc import Iterator

from providers.capabilities import Capabilities, SeedSupport
from providers.errors import InvalidRequest
from providers.request import GenerationRequest, Insets, Operation

NEEDS_SOURCE = frozenset(Operation) - {Operation.TEXT_TO_IMAGE, Operation.CONTROL}


def check_request(
    request: GenerationRequest,
    capabilities: Capabilities,
    *,
    max_prompt_chars: int,
    wordless: frozenset[Operation] = frozenset(),
) -> None:
    """InvalidRequest, naming the field, for what could only be refused after it was sent.

    `wordless` operations need no prompt.
    """
    if request.operation not in capabilities.operations:
        raise InvalidRequest(f"{request.model} can't {request.operation}", param="operation")
    if not 1 <= request.count <= capabilities.max_count:
        raise InvalidRequest(f"1 to {capabilities.max_count} images a call", param="count")
    if min(request.width_px, request.height_px) < 1:
        raise InvalidRequest("a side must have a pixel", param="width_px")
    check_prompt(request, max_prompt_chars, wordless)
    check_pictures(request, capabilities)


def check_prompt(
    request: GenerationRequest, max_prompt_chars: int, wordless: frozenset[Operation]
) -> None:
    """InvalidRequest for words that can't be sent."""
    if not is_unicode(request.prompt + request.negative_prompt):
        raise InvalidRequest("the prompt has half a character in it", param="prompt")
    if len(request.prompt) > max_prompt_chars:
        raise InvalidRequest(f"a prompt has at most {max_prompt_chars} characters", param="prompt")
    if not request.prompt.strip() and request.operation not in wordless:
        raise InvalidRequest("a prompt is needed", param="prompt")


def check_pictures(request: GenerationRequest, capabilities: Capabilities) -> None:
    """InvalidRequest for a picture that is missing, or an edge that doesn't grow."""
    if request.operation in NEEDS_SOURCE and not request.source_image:
        raise InvalidRequest("a source image is needed", param="source_image")
    if request.operation is Operation.INPAINT and not request.mask:
        raise InvalidRequest("a mask is needed", param="mask")
    if request.operation is Operation.OUTPAINT and not grows(request.expand):
        raise InvalidRequest("how far to expand is needed", param="expand")
    if request.operation is Operation.CONTROL:
        if not request.control_image:
            raise InvalidRequest("a control image is needed", param="control_image")
        if request.control_kind not in capabilities.controls:
            kinds = ", ".join(capabilities.controls)
            raise InvalidRequest(f"the kinds of control are {kinds}", param="control_kind")


def is_unicode(text: str) -> bool:
    """Whether a text can be sent: a lone surrogate, half of an emoji cut in two, can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def grows(expand: Insets | None) -> bool:
    """Whether an expansion adds something and takes nothing away."""
    if expand is None:
        return False
    sides = (expand.left_px, expand.right_px, expand.top_px, expand.bottom_px)
    return min(sides) >= 0 and max(sides) > 0


def unused_notes(
    request: GenerationRequest, capabilities: Capabilities, *, extras: tuple[str, ...] = ()
) -> Iterator[str]:
    """A note for everything asked that this model doesn't do. `extras` are the names in `extra` that it knows."""
    operation = request.operation
    given = {
        "seed": request.seed is not None and capabilities.seed is SeedSupport.NONE,
        "negative prompt": bool(request.negative_prompt) and not capabilities.negative_prompt,
        "steps": request.steps is not None and capabilities.steps is None,
        "guidance": request.guidance is not None and capabilities.guidance is None,
        "sampler": request.sampler is not None and request.sampler not in capabilities.samplers,
        "style": request.style is not None and request.style not in capabilities.styles,
        "strength": (
            request.strength is not None
            and not capabilities.strength
            and operation is not Operation.VARY
        ),
        "control image": request.control_image is not None and operation is not Operation.CONTROL,
        "LoRA": bool(request.loras) and not capabilities.max_loras,
        "repair": bool(set(request.repair) - set(capabilities.repairs)),
    }
    for name, is_unused in given.items():
        if is_unused:
            yield f"{name} not used: this model has none"
    for name in request.extra:
        if name not in extras:
            yield f"{name} not used: this model has none"
