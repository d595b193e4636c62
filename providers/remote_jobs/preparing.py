"""What is looked at before a call is paid: can the model do it, and are its pictures fit."""

from __future__ import annotations

from dataclasses import dataclass

from providers.canvas import Unusable
from providers.capabilities import Capabilities, SizeRule
from providers.errors import InvalidRequest
from providers.precheck import check_request
from providers.protocol import OffLoop
from providers.remote_jobs.canvas import Pair, inpaint_pair, outpaint_pair
from providers.request import GenerationRequest, Insets, Operation
from providers.wire.deadline import Deadline

MAX_PROMPT_CHARS = 10_000
"""No vendor here names a limit; this is ours, so that a mistake isn't paid for."""

WORDLESS = frozenset(
    {Operation.VARY, Operation.OUTPAINT, Operation.UPSCALE, Operation.REMOVE_BACKGROUND}
)

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
    check_request(
        request,
        capabilities,
        max_prompt_chars=MAX_PROMPT_CHARS,
        wordless=WORDLESS if needs_prompt else frozenset(Operation),
    )
    factors = capabilities.upscale_factors
    if request.operation is Operation.UPSCALE and request.scale not in (None, *factors):
        words = ", ".join(str(factor) for factor in factors)
        raise InvalidRequest(f"it enlarges by {words}", param="scale")
    if capabilities.max_loras and len(request.loras) > capabilities.max_loras:
        raise InvalidRequest(f"at most {capabilities.max_loras} LoRAs", param="loras")


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


def seed_of(request: GenerationRequest) -> int | None:
    """The seed that goes out: a variation's own one where it has two, since its picture already lies in the source."""
    varied = request.extra.get("vary_seed")
    if request.operation is Operation.VARY and isinstance(varied, int):
        return varied
    return request.seed
