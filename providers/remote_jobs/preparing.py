"""What is looked at before a call is paid: can the model do it, and are its pictures fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from providers.capabilities import Capabilities, SizeRule
from providers.errors import InvalidRequest
from providers.protocol import OffLoop
from providers.remote_jobs.canvas import Pair, Unusable, inpaint_pair, outpaint_pair
from providers.remote_jobs.exchange import Deadline
from providers.request import GenerationRequest, Insets, Operation

MAX_PROMPT_CHARS = 10_000
"""No vendor here names a limit; this is ours, so that a mistake isn't paid for."""

FROM_A_PICTURE = frozenset(Operation) - {Operation.TEXT_TO_IMAGE, Operation.CONTROL}

VARY_STRENGTH = 0.35
"""How far a variation moves when nobody says; a little more than a retouch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The pictures of a request as they go out. White in `mask` is to be painted."""

    source: bytes | None = None
    mask: bytes | None = None
    control: bytes | None = None


def check(request: GenerationRequest, capabilities: Capabilities, *, needs_prompt: bool) -> None:
    """InvalidRequest, naming the field, for what could only be refused after it was sent."""
    if request.operation not in capabilities.operations:
        raise InvalidRequest(f"{request.model} can't {request.operation}", param="operation")
    if not 1 <= request.count <= capabilities.max_count:
        raise InvalidRequest(f"1 to {capabilities.max_count} images a call", param="count")
    if min(request.width_px, request.height_px) < 1:
        raise InvalidRequest("a side must have a pixel", param="width_px")
    check_words(request, needs_prompt=needs_prompt)
    check_pictures(request)
    if request.operation is Operation.UPSCALE and request.scale not in (
        None,
        *capabilities.upscale_factors,
    ):
        factors = ", ".join(str(factor) for factor in capabilities.upscale_factors)
        raise InvalidRequest(f"it enlarges by {factors}", param="scale")
    if capabilities.max_loras and len(request.loras) > capabilities.max_loras:
        raise InvalidRequest(f"at most {capabilities.max_loras} LoRAs", param="loras")
    if request.control_kind and request.control_kind not in (
        *capabilities.controls,
        *(() if capabilities.controls else (request.control_kind,)),
    ):
        raise InvalidRequest(
            f"control is one of {', '.join(capabilities.controls)}", param="control_kind"
        )


def check_words(request: GenerationRequest, *, needs_prompt: bool) -> None:
    """InvalidRequest for words that can't be sent."""
    try:
        (request.prompt + request.negative_prompt).encode()
    except UnicodeEncodeError:
        # A lone surrogate, half of an emoji cut in two.
        raise InvalidRequest("the prompt has half a character in it", param="prompt") from None
    if len(request.prompt) > MAX_PROMPT_CHARS:
        raise InvalidRequest(f"a prompt has at most {MAX_PROMPT_CHARS} characters", param="prompt")
    wordless = (Operation.VARY, Operation.OUTPAINT, Operation.UPSCALE, Operation.REMOVE_BACKGROUND)
    if needs_prompt and not request.prompt.strip() and request.operation not in wordless:
        raise InvalidRequest("a prompt is needed", param="prompt")


def check_pictures(request: GenerationRequest) -> None:
    """InvalidRequest for a picture or measure that the operation lacks."""
    if request.operation in FROM_A_PICTURE and not request.source_image:
        raise InvalidRequest("a source image is needed", param="source_image")
    if request.operation is Operation.INPAINT and not request.mask:
        raise InvalidRequest("a mask is needed", param="mask")
    if request.operation is Operation.OUTPAINT and not grows(request.expand):
        raise InvalidRequest("how far to expand is needed", param="expand")
    if request.operation is Operation.CONTROL and not request.control_image:
        raise InvalidRequest("a control image is needed", param="control_image")


def grows(expand: Insets | None) -> bool:
    """Whether an expansion adds something and takes nothing away."""
    if expand is None:
        return False
    sides = (expand.left_px, expand.right_px, expand.top_px, expand.bottom_px)
    return min(sides) >= 0 and max(sides) > 0


async def pictures_of(
    request: GenerationRequest, off_loop: OffLoop, deadline: Deadline, *, canvas: SizeRule | None
) -> Pictures:
    """The pictures of a checked request. With `canvas`, an outpaint becomes an inpaint of a canvas within that rule."""
    control = request.control_image if request.operation is Operation.CONTROL else None
    found: Pair | Unusable
    source, expand = request.source_image or b"", request.expand or Insets()
    try:
        if request.operation is Operation.INPAINT:
            found = await off_loop(
                inpaint_pair, source, request.mask or b"", timeout_s=deadline.left_s()
            )
        elif request.operation is Operation.OUTPAINT and canvas is not None:
            found = await off_loop(
                outpaint_pair, source, expand, canvas, timeout_s=deadline.left_s()
            )
        else:
            return Pictures(source=request.source_image, control=control)
    except TimeoutError as error:
        raise InvalidRequest("the source took too long to prepare", param="source_image") from error
    if isinstance(found, Unusable):
        raise InvalidRequest(found.reason, param=found.param)
    return Pictures(source=found.picture_png, mask=found.mask_png)


def unused(
    request: GenerationRequest, capabilities: Capabilities, *, extras: tuple[str, ...]
) -> Iterator[str]:
    """A note for everything asked that this model doesn't do."""
    given: Mapping[str, bool] = {
        "seed": request.seed is not None and capabilities.seed == "none",
        "negative prompt": bool(request.negative_prompt) and not capabilities.negative_prompt,
        "steps": request.steps is not None and capabilities.steps is None,
        "guidance": request.guidance is not None and capabilities.guidance is None,
        "sampler": request.sampler is not None and request.sampler not in capabilities.samplers,
        "style": request.style is not None and request.style not in capabilities.styles,
        "strength": request.strength is not None
        and request.operation is not Operation.VARY
        and not capabilities.strength,
        "control image": request.control_image is not None
        and request.operation is not Operation.CONTROL,
        "LoRA": bool(request.loras) and not capabilities.max_loras,
        "repair": any(kind not in capabilities.repairs for kind in request.repair),
    }
    for name, is_unused in given.items():
        if is_unused:
            yield f"{name} not used: this model has none"
    for name in request.extra:
        if name not in extras:
            yield f"{name} not used: this model has none"


def seed_of(request: GenerationRequest) -> int | None:
    """The seed that goes out: a variation's own one where it has two, since its picture already lies in the source."""
    varied = request.extra.get("vary_seed")
    if request.operation is Operation.VARY and isinstance(varied, int):
        return varied
    return request.seed
