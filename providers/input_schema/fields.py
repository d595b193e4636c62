"""Which of a model's inputs carries what, told by the names that model makers use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Scalar = str | int | float | bool

MAX_FIELDS = 200
MAX_CHOICES = 200
MAX_DEPTH = 6


class Role(StrEnum):
    """What an input carries, whatever its maker calls it."""

    PROMPT = "prompt"
    NEGATIVE = "negative"
    SEED = "seed"
    COUNT = "count"
    STEPS = "steps"
    GUIDANCE = "guidance"
    SAMPLER = "sampler"
    STYLE = "style"
    STRENGTH = "strength"
    SOURCE = "source"
    MASK = "mask"
    CONTROL = "control"
    CONTROL_KIND = "control_kind"
    CONTROL_STRENGTH = "control_strength"
    WIDTH = "width"
    HEIGHT = "height"
    IMAGE_SIZE = "image_size"
    ASPECT = "aspect"
    SCALE = "scale"
    FACES = "faces"
    LORAS = "loras"
    LORA = "lora"
    LORA_SCALE = "lora_scale"
    EXTRA_LORA = "extra_lora"
    EXTRA_LORA_SCALE = "extra_lora_scale"
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    FORMAT = "format"


NAMES: Mapping[Role, tuple[str, ...]] = {
    Role.PROMPT: ("prompt", "text_prompt"),
    Role.NEGATIVE: ("negative_prompt",),
    Role.SEED: ("seed", "random_seed"),
    Role.COUNT: ("num_outputs", "num_images", "number_of_images", "batch_size"),
    Role.STEPS: ("num_inference_steps", "steps"),
    Role.GUIDANCE: ("guidance_scale", "guidance", "cfg_scale", "cfg"),
    Role.SAMPLER: ("scheduler", "sampler", "sampler_name"),
    Role.STYLE: ("style", "style_type", "style_preset"),
    Role.STRENGTH: ("strength", "prompt_strength", "image_strength"),
    Role.SOURCE: (
        "image",
        "image_url",
        "input_image",
        "input_image_url",
        "init_image",
        "image_urls",
        "input_images",
        "image_input",
    ),
    Role.MASK: ("mask", "mask_url", "mask_image", "mask_image_url"),
    Role.CONTROL: (
        "control_image",
        "control_image_url",
        "control_lora_image_url",
        "conditioning_image",
        "conditioning_image_url",
    ),
    Role.CONTROL_KIND: ("control_type", "control_mode", "image_control_type"),
    Role.CONTROL_STRENGTH: (
        "control_strength",
        "control_lora_strength",
        "controlnet_conditioning_scale",
        "conditioning_scale",
    ),
    Role.WIDTH: ("width",),
    Role.HEIGHT: ("height",),
    Role.IMAGE_SIZE: ("image_size",),
    Role.ASPECT: ("aspect_ratio",),
    Role.SCALE: ("scale", "upscale_factor", "scale_factor", "upscaling", "upscale"),
    Role.FACES: ("face_enhance", "face", "face_upscale"),
    Role.LORAS: ("loras",),
    Role.LORA: ("lora_weights", "hf_lora", "lora_url", "replicate_weights"),
    Role.LORA_SCALE: ("lora_scale", "lora_strength"),
    Role.EXTRA_LORA: ("extra_lora",),
    Role.EXTRA_LORA_SCALE: ("extra_lora_scale",),
    Role.LEFT: ("expand_left", "outpaint_left", "left"),
    Role.RIGHT: ("expand_right", "outpaint_right", "right"),
    Role.TOP: ("expand_top", "outpaint_up", "top"),
    Role.BOTTOM: ("expand_bottom", "outpaint_down", "bottom"),
    Role.FORMAT: ("output_format", "format"),
}
"""Read in the schemas of Stable Diffusion, FLUX and upscaling models at Replicate and fal, 2026-11-25. Not among them:
`image_prompt_strength` and the like, which run the other way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input: its JSON types, and bounds and choices where the schema has them."""

    name: str
    types: frozenset[str]
    choices: tuple[Scalar, ...] = ()
    low: float | None = None
    high: float | None = None
    multiple: float | None = None
    max_items: int | None = None
    default: object = None
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All inputs of a model by name, and those whose meaning is known by role."""

    by_name: Mapping[str, Input]
    by_role: Mapping[Role, Input] = field(default_factory=dict)

    def get(self, role: Role) -> Input | None:
        """The input that carries this."""
        return self.by_role.get(role)

    def requires(self, role: Role) -> bool:
        """Whether the model can't be called without this."""
        found = self.by_role.get(role)
        return found is not None and found.required

    def unmet(self) -> tuple[str, ...]:
        """Required inputs whose meaning nobody knows: with one of them the model can't be called."""
        known = {found.name for found in self.by_role.values()}
        return tuple(
            name
            for name, found in self.by_name.items()
            if found.required and name not in known and found.default is None
        )


def inputs_of(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Inputs:
    """The inputs of an object schema; `components` are what its references name. Strange parts are left out."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return Inputs(by_name={})
    needed = schema.get("required")
    required = {str(name) for name in needed} if isinstance(needed, list) else set()
    by_name = {
        str(name): input_of(str(name), resolved(part, components), required=str(name) in required)
        for name, part in list(properties.items())[:MAX_FIELDS]
        if isinstance(part, Mapping)
    }
    by_role: dict[Role, Input] = {}
    for role, names in NAMES.items():
        found = next((by_name[name] for name in names if name in by_name), None)
        if found is not None and fits(role, found):
            by_role[role] = found
    return Inputs(by_name=by_name, by_role=by_role)


def resolved(
    part: Mapping[str, Any], components: Mapping[str, Any], depth: int = 0
) -> dict[str, Any]:
    """A schema with its reference followed and its alternatives laid together, null left out."""
    whole = {key: value for key, value in part.items() if key not in ("$ref", "allOf")}
    others: list[object] = list(listed(part.get("allOf")))
    reference = part.get("$ref")
    if isinstance(reference, str):
        others.append(components.get(reference.rsplit("/", 1)[-1]))
    if depth < MAX_DEPTH:
        for other in others:
            if isinstance(other, Mapping):
                whole = {**resolved(other, components, depth + 1), **whole}
    return whole if depth else with_alternatives(whole, components)


def with_alternatives(whole: dict[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with what its anyOf or oneOf allow: types and choices of all of them."""
    alternatives = [*listed(whole.pop("anyOf", None)), *listed(whole.pop("oneOf", None))]
    types: set[str] = set(types_of(whole))
    choices = list(listed(whole.get("enum")))
    for alternative in alternatives:
        if isinstance(alternative, Mapping):
            one = resolved(alternative, components, 1)
            types |= types_of(one)
            choices += listed(one.get("enum"))
            for key, value in one.items():
                whole.setdefault(key, value)
    return {**whole, "type": sorted(types - {"null"}), "enum": choices}


def types_of(part: Mapping[str, Any]) -> set[str]:
    """The JSON types a schema names; an object or an enum may leave them out."""
    told = part.get("type")
    if isinstance(told, str):
        return {told}
    if isinstance(told, list):
        return {str(name) for name in told}
    return {"object"} if "properties" in part else set()


def listed(value: object) -> list[Any]:
    """The value if it is a list, else nothing."""
    return value if isinstance(value, list) else []


def input_of(name: str, part: Mapping[str, Any], *, required: bool) -> Input:
    """One input from its resolved schema."""
    choices = tuple(
        choice for choice in listed(part.get("enum"))[:MAX_CHOICES] if isinstance(choice, Scalar)
    )
    types = set(listed(part.get("type")))
    if not types and choices:
        types = {"string" if isinstance(choices[0], str) else "number"}
    return Input(
        name=name,
        types=frozenset(str(kind) for kind in types),
        choices=choices,
        low=bound(part.get("minimum")),
        high=bound(part.get("maximum")),
        multiple=bound(part.get("multipleOf")),
        max_items=whole_number(part.get("maxItems")),
        default=part.get("default"),
        required=required,
    )


def bound(value: object) -> float | None:
    """A number of the schema, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e12 else None


def whole_number(value: object) -> int | None:
    """A count of the schema, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


TEXTS = frozenset(
    {Role.PROMPT, Role.NEGATIVE, Role.MASK, Role.CONTROL, Role.LORA, Role.EXTRA_LORA, Role.FORMAT}
)
NUMBERS = frozenset(
    {
        Role.SEED,
        Role.COUNT,
        Role.STEPS,
        Role.GUIDANCE,
        Role.STRENGTH,
        Role.CONTROL_STRENGTH,
        Role.WIDTH,
        Role.HEIGHT,
        Role.LORA_SCALE,
        Role.EXTRA_LORA_SCALE,
        Role.LEFT,
        Role.RIGHT,
        Role.TOP,
        Role.BOTTOM,
    }
)


def fits(role: Role, found: Input) -> bool:
    """Whether an input of that name has the type its role needs; `style` may be a number, `image` a flag."""
    if role in TEXTS:
        return "string" in found.types
    if role in NUMBERS:
        return bool(found.types & {"integer", "number"})
    if role is Role.SOURCE:
        return bool(found.types & {"string", "array"})
    if role is Role.LORAS:
        return "array" in found.types
    if role is Role.FACES:
        return "boolean" in found.types
    if role in (Role.SAMPLER, Role.STYLE, Role.ASPECT, Role.CONTROL_KIND):
        return any(isinstance(choice, str) for choice in found.choices)
    return True
