"""Is this a form that one of Stability's services takes? Judged by the published descriptions and lists of known fields.

The descriptions are hand-written and incomplete (2026-08-22) and accept unknown fields, so the lists of fields are ours,
and an overlay adds what an integrator's live battery of 2026-09-22 showed to be taken: image, strength and style_preset
at ultra, style_preset and cfg_scale at sd3, a prompt of the upscalers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
import yaml

from tests.simulators.providers.descriptions import specs_folder

FILE_NAMES = tuple(f"stability-{part}.yml" for part in ("generate", "edit", "upscale", "control"))

PAINTED = frozenset(["prompt", "negative_prompt", "seed", "output_format"])

KNOWN_FIELDS: Mapping[str, frozenset[str]] = {
    "generate/core": PAINTED | {"aspect_ratio", "style_preset"},
    "generate/ultra": PAINTED | {"aspect_ratio", "style_preset", "image", "strength"},
    "generate/sd3": PAINTED
    | {"aspect_ratio", "style_preset", "image", "strength", "model", "mode", "cfg_scale"},
    "edit/inpaint": PAINTED | {"image", "mask"},
    "edit/erase": frozenset(["image", "mask", "seed", "output_format"]),
    "edit/outpaint": frozenset(["image", "prompt", "left", "right", "up", "down"])
    | {"seed", "output_format"},
    "edit/remove-background": frozenset(["image", "output_format"]),
    "upscale/fast": frozenset(["image", "output_format"]),
    "upscale/conservative": PAINTED | {"image"},
    "upscale/creative": PAINTED | {"image"},
    "control/sketch": PAINTED | {"image", "control_strength"},
    "control/structure": PAINTED | {"image", "control_strength"},
    "control/style": PAINTED | {"image", "fidelity"},
}

OVERLAY: Mapping[str, Mapping[str, Any]] = {
    "generate/ultra": {
        "image": {"type": "string"},
        "strength": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "generate/sd3": {"cfg_scale": {"type": "number", "minimum": 1, "maximum": 10}},
}

STYLES = [
    "enhance",
    "anime",
    "photographic",
    "digital-art",
    "comic-book",
    "fantasy-art",
    "line-art",
    "analog-film",
    "neon-punk",
    "isometric",
    "low-poly",
    "origami",
    "modeling-compound",
    "cinematic",
    "3d-model",
    "pixel-art",
    "tile-texture",
]

WHOLE = ("seed", "left", "right", "up", "down")
BROKEN = ("strength", "control_strength", "fidelity", "cfg_scale")


@cache
def schemas() -> Mapping[str, Any] | None:
    """The schema of each service's form; None when the descriptions aren't there."""
    found: dict[str, Any] = {}
    for name in FILE_NAMES:
        path = specs_folder() / name
        if not path.is_file():
            return None
        description = yaml.safe_load(path.read_text(encoding="utf-8"))
        for place, methods in description["paths"].items():
            body = methods.get("post", {}).get("requestBody")
            if body is None:
                continue
            schema = body["content"]["multipart/form-data"]["schema"]
            service = place.removeprefix("/v2beta/stable-image/")
            schema = copy.deepcopy(
                description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            )
            schema["properties"] |= OVERLAY.get(service, {})
            found[service] = schema
    return found


def violations(service: str, fields: Mapping[str, str]) -> list[str]:
    """What is wrong with a form, in sentences; a file stands in it as any text."""
    if service not in KNOWN_FIELDS:
        return [f"there is no service {service}"]
    found = [
        f"{name}: unknown field of {service}"
        for name in fields
        if name not in KNOWN_FIELDS[service]
    ]
    try:
        body = cast_form(fields)
    except ValueError as error:
        return [*found, str(error)]
    known = schemas()
    if known is not None:
        check = jsonschema.Draft202012Validator(known[service])
        found += [error.message for error in check.iter_errors(body)]
    return found or [*wrong_values(service, body)]


def cast_form(fields: Mapping[str, str]) -> dict[str, Any]:
    """A form's texts as the types the schema wants, since forms have none."""
    cast: dict[str, Any] = dict(fields)
    for name in fields:
        if name in WHOLE:
            cast[name] = int(fields[name])
        elif name in BROKEN:
            cast[name] = float(fields[name])
    return cast


def wrong_values(service: str, body: Mapping[str, Any]) -> Iterator[str]:
    """What the descriptions only say in words."""
    if service != "generate/core" and not service.startswith("generate") and "image" not in body:
        yield "image: required"
    if body.get("style_preset", STYLES[0]) not in STYLES:
        yield f"style_preset: must be one of {STYLES}"
    if service == "edit/remove-background" and body.get("output_format") == "jpeg":
        yield "output_format: must be png or webp"
    if service == "edit/outpaint" and not any(
        body.get(side) for side in ("left", "right", "up", "down")
    ):
        yield "left: one side must grow"
    if "image" in body and service.startswith("generate"):
        if "aspect_ratio" in body:
            yield "aspect_ratio: not with an image"
        if "strength" not in body:
            yield "strength: required with an image"
        if service == "generate/sd3" and body.get("mode") != "image-to-image":
            yield "mode: must be image-to-image with an image"
