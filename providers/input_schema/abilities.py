"""What a model can do, read from its inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from providers.capabilities import Capabilities, NumberRange, SeedSupport
from providers.input_schema.fields import Input, Inputs, Role, Scalar
from providers.input_schema.sizes import size_rule
from providers.request import Operation

COUNT_WITHOUT_MAXIMUM = 4
FACTORS = (2, 3, 4, 6, 8)
FACTOR = re.compile(r"x?([2-9]|1[0-6])x?")

CONTROLS = ("canny", "depth", "pose", "sketch", "scribble", "softedge", "lineart", "hed", "tile")

LORAS_OF_A_LIST = 3
"""Most LoRAs that are laid over a model at once where its schema names no maximum: more spoil the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What we know of a model beside its schema: which operations it is for, and inputs that are always sent."""

    operations: tuple[Operation, ...] = ()
    defaults: Mapping[str, Scalar] = field(default_factory=dict)


def capabilities_of(model_id: str, inputs: Inputs, hints: Hints) -> Capabilities:
    """The capabilities; no operations when nothing in it is known to make pictures."""
    operations = frozenset(hints.operations or operations_of(model_id, inputs))
    upscales = Operation.UPSCALE in operations
    sampler, style = inputs.get(Role.SAMPLER), inputs.get(Role.STYLE)
    return Capabilities(
        operations=operations,
        sizes=size_rule(inputs),
        max_count=max_count(inputs.get(Role.COUNT)),
        seed=SeedSupport.INPUT if inputs.get(Role.SEED) else SeedSupport.NONE,
        steps=number_range(inputs.get(Role.STEPS), high=100),
        guidance=number_range(inputs.get(Role.GUIDANCE), high=30),
        samplers=words_of(sampler),
        styles=words_of(style),
        negative_prompt=inputs.get(Role.NEGATIVE) is not None,
        strength=inputs.get(Role.STRENGTH) is not None,
        upscale_factors=tuple(factor_values(inputs.get(Role.SCALE))) if upscales else (),
        controls=controls_of(model_id, inputs) if Operation.CONTROL in operations else (),
        max_loras=max_loras(inputs),
        repairs=("faces",) if inputs.get(Role.FACES) else (),
    )


def operations_of(model_id: str, inputs: Inputs) -> Iterator[Operation]:
    """What the inputs are for. Only what surely makes a picture of what was asked is named."""
    has = inputs.by_role.keys()
    speaks = Role.PROMPT in has
    if Role.SOURCE in has and Role.SCALE in has and factor_values(inputs.get(Role.SCALE)):
        yield Operation.UPSCALE
        return
    if speaks and not any(map(inputs.requires, (Role.SOURCE, Role.MASK, Role.CONTROL))):
        yield Operation.TEXT_TO_IMAGE
    if speaks and Role.CONTROL in has:
        yield Operation.CONTROL
    if Role.SOURCE not in has:
        return
    if {Role.LEFT, Role.RIGHT, Role.TOP, Role.BOTTOM} <= has:
        yield Operation.OUTPAINT
    elif Role.MASK in has:
        yield Operation.INPAINT
        yield Operation.OUTPAINT
    if speaks and not inputs.requires(Role.MASK) and not inputs.requires(Role.CONTROL):
        yield Operation.IMAGE_TO_IMAGE
        yield Operation.VARY
    elif not speaks:
        yield from wordless(model_id)


def wordless(model_id: str) -> Iterator[Operation]:
    """What a model without words does to a picture, which only its name can tell."""
    name = model_id.lower()
    if re.search(r"rembg|birefnet|remove-?b|background-rem|bg-rem", name):
        yield Operation.REMOVE_BACKGROUND
    elif re.search(r"redux|variation", name):
        yield Operation.VARY


def number_range(found: Input | None, *, high: float) -> NumberRange | None:
    """An input's range; from 0 (1 for steps, which are whole) to `high` where the schema has none."""
    if found is None:
        return None
    least = found.low if found.low is not None else (1.0 if "integer" in found.types else 0.0)
    most = found.high if found.high is not None else max(high, least)
    told = found.default
    default = float(told) if isinstance(told, int | float) else (least + most) / 2
    return NumberRange(low=least, high=max(least, most), default=min(max(default, least), most))


def max_count(found: Input | None) -> int:
    """Most pictures of one call."""
    if found is None:
        return 1
    counts = [int(choice) for choice in found.choices if isinstance(choice, int)]
    most = max(counts) if counts else int(found.high or COUNT_WITHOUT_MAXIMUM)
    return min(max(1, most), 10)


def words_of(found: Input | None) -> tuple[str, ...]:
    """An input's words."""
    if found is None:
        return ()
    return tuple(choice for choice in found.choices if isinstance(choice, str))


def factor_values(found: Input | None) -> dict[int, Scalar]:
    """Each whole factor by which it enlarges, with the value that asks for it."""
    if found is None:
        return {}
    if found.choices:
        told = ((FACTOR.fullmatch(str(choice).lower()), choice) for choice in found.choices)
        return {int(match[1]): choice for match, choice in told if match is not None}
    if not found.types & {"integer", "number"}:
        return {}
    low, high = found.low or 1, found.high or 4
    return {factor: factor for factor in FACTORS if low <= factor <= high}


def controls_of(model_id: str, inputs: Inputs) -> tuple[str, ...]:
    """Kinds of control image: the schema's own words, the one in the model's name, or "image" when neither tells."""
    told = words_of(inputs.get(Role.CONTROL_KIND))
    named = tuple(kind for kind in CONTROLS if kind in model_id.lower())
    return told or named or ("image",)


def max_loras(inputs: Inputs) -> int:
    """Most LoRAs at once."""
    listed = inputs.get(Role.LORAS)
    if listed is not None:
        return min(LORAS_OF_A_LIST, listed.max_items or LORAS_OF_A_LIST)
    return sum(inputs.get(role) is not None for role in (Role.LORA, Role.EXTRA_LORA))
