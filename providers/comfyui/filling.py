"""A request as a workflow: checked first, then each slot set in the tree."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from providers.capabilities import Capabilities, NumberRange
from providers.comfyui.graph import Graph, Value, filled, with_loras
from providers.comfyui.offers import Offer, Recipe
from providers.comfyui.slots import unset_marks
from providers.errors import InvalidRequest
from providers.precheck import NEEDS_SOURCE, check_request, unused_notes
from providers.request import GenerationRequest, Operation

MAX_PROMPT_CHARS = 20_000
"""Longer words are cut by every text encoder long before; this only bounds what is sent."""

VARY_STRENGTH = 0.5
"""How far a variation moves when nobody says."""

SIZED = frozenset(
    {Operation.TEXT_TO_IMAGE, Operation.IMAGE_TO_IMAGE, Operation.VARY, Operation.CONTROL}
)
"""Operations that paint the size asked for; the others keep or grow the source's."""

EXTRAS = ("vary_seed",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The uploaded pictures by slot, as nodes name them, and the size of what is painted from them."""

    names: Mapping[str, str] = field(default_factory=dict)
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The workflow to queue, the seed in it, and what the user should know."""

    graph: Graph
    seed: int | None
    notes: tuple[str, ...]


def recipe_for(request: GenerationRequest, offer: Offer) -> Recipe:
    """The recipe of a checked request. InvalidRequest, naming the field, for what would only be refused later."""
    capabilities = offer.model.capabilities
    recipe = offer.recipes.get(request.operation)
    if recipe is None:
        raise InvalidRequest(f"{request.model} can't {request.operation}", param="operation")
    check_request(
        request,
        capabilities,
        max_prompt_chars=MAX_PROMPT_CHARS,
        wordless=NEEDS_SOURCE if "prompt" in recipe.template.slots else frozenset(Operation),
    )
    check_choices(request, recipe.can)
    if request.operation is Operation.UPSCALE and request.scale not in (
        None,
        *recipe.can.upscale_factors,
    ):
        raise InvalidRequest(f"scale is one of {recipe.can.upscale_factors}", param="scale")
    return recipe


def check_choices(request: GenerationRequest, can: Capabilities) -> None:
    """InvalidRequest for a name the server doesn't have, or a number out of its range."""
    if request.sampler is not None and can.samplers and request.sampler not in can.samplers:
        raise InvalidRequest(f"no sampler {request.sampler!r}", param="sampler")
    if can.max_loras:
        check_loras(request, can)
    ranges: tuple[tuple[str, float | None, NumberRange | None], ...] = (
        ("steps", request.steps, can.steps),
        ("guidance", request.guidance, can.guidance),
        ("strength", request.strength, NumberRange(low=0, high=1, default=1)),
        ("control_strength", request.control_strength, NumberRange(low=0, high=2, default=1)),
    )
    for param, number, bounds in ranges:
        if number is not None and bounds is not None and not bounds.low <= number <= bounds.high:
            raise InvalidRequest(f"{param} is from {bounds.low:g} to {bounds.high:g}", param=param)


def check_loras(request: GenerationRequest, can: Capabilities) -> None:
    """InvalidRequest for too many LoRAs, or one the server doesn't have."""
    if len(request.loras) > can.max_loras:
        raise InvalidRequest(f"at most {can.max_loras} LoRAs", param="loras")
    for lora in request.loras:
        if lora.name not in can.loras:
            raise InvalidRequest(f"no LoRA {lora.name!r}", param="loras")
        if not -4 <= lora.weight <= 4:
            raise InvalidRequest("a LoRA's weight is from -4 to 4", param="loras")


def fill(request: GenerationRequest, recipe: Recipe, pictures: Pictures, *, key: str) -> Filled:
    """The workflow of a checked request. Its words become values of the tree and nothing else."""
    template = recipe.template
    size, notes = painted_size(request, recipe, pictures)
    seed = request.seed
    if seed is None and "seed" in template.slots:
        # A workflow whose seed never changes is answered from the server's cache with the picture it has.
        seed = zlib.crc32(f"{key} {request.prompt}".encode())
    if request.operation is Operation.VARY:
        moved = request.extra.get("vary_seed")
        seed_sent = moved if isinstance(moved, int) and not isinstance(moved, bool) else seed
    else:
        seed_sent = seed
    values: dict[str, Value | None] = {
        **unset_marks(recipe.graph, template.slots),
        **dict(asked(request)),
        **dict(sized(request, size)),
        **pictures.names,
        "seed": seed_sent,
        "model": recipe.file,
    }
    graph = filled(
        recipe.graph,
        {
            place: value
            for name, places in template.slots.items()
            for place in places
            if (value := values.get(name)) is not None
        },
    )
    if template.loras is not None:
        graph = with_loras(graph, template.loras, request.loras)
    return Filled(
        graph=graph,
        seed=seed_sent if "seed" in template.slots else None,
        notes=(*notes, *unused_notes(request, recipe.can, extras=EXTRAS)),
    )


def asked(request: GenerationRequest) -> Iterator[tuple[str, Value]]:
    """What the request says beside its size, seed and pictures; what it leaves open stays the workflow's."""
    yield "prompt", request.prompt
    yield "count", request.count
    if request.negative_prompt:
        yield "negative_prompt", request.negative_prompt
    strength = request.strength
    if strength is None and request.operation is Operation.VARY:
        strength = VARY_STRENGTH
    for name, value in (
        ("steps", request.steps),
        ("guidance", request.guidance),
        ("sampler", request.sampler),
        ("strength", strength),
        ("control_strength", request.control_strength),
    ):
        if value is not None:
            yield name, value
    if request.operation is Operation.UPSCALE:
        yield "scale", float(request.scale or 2)
    if request.expand is not None:
        yield "left", request.expand.left_px
        yield "top", request.expand.top_px
        yield "right", request.expand.right_px
        yield "bottom", request.expand.bottom_px


def sized(request: GenerationRequest, size: tuple[int, int]) -> Iterator[tuple[str, Value]]:
    """The size that goes into the workflow."""
    factor = (request.scale or 2) if request.operation is Operation.UPSCALE else 1
    yield "width", size[0] * factor
    yield "height", size[1] * factor


def painted_size(
    request: GenerationRequest, recipe: Recipe, pictures: Pictures
) -> tuple[tuple[int, int], tuple[str, ...]]:
    """The size that is painted, and a note where it isn't the one asked for."""
    wanted = (request.width_px, request.height_px)
    if request.operation not in SIZED:
        size = pictures.size or wanted
        differs = size != wanted and request.operation is Operation.INPAINT
        return size, (f"painted at the source's size, {size[0]}x{size[1]}",) if differs else ()
    if "width" not in recipe.template.slots or "height" not in recipe.template.slots:
        return wanted, ("size not used: this workflow has its own",)
    rule = recipe.can.sizes

    def side(length_px: int) -> int:
        step = rule.multiple_px
        low = -(-rule.min_px // step) * step
        return max(low, min(round(length_px / step) * step, rule.max_px // step * step))

    size = (side(wanted[0]), side(wanted[1]))
    if size == wanted:
        return size, ()
    return size, (f"size {wanted[0]}x{wanted[1]} painted as {size[0]}x{size[1]}",)
