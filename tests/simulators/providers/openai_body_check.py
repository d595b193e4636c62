"""Is this a body the images protocol takes? Judged by the published description and a list of known fields.

The description accepts unknown fields and is older than the models (2026-08-21), so the list of fields is ours and a
small dated overlay brings the schema to 2026-11-22.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema

from tests.simulators.providers.descriptions import specs_folder

FILE_NAME = "openai-images.norm.json"

KNOWN_FIELDS = {
    "generations": frozenset(
        [
            "prompt",
            "model",
            "n",
            "size",
            "quality",
            "output_format",
            "output_compression",
            "background",
            "moderation",
            "complexity",
            "stream",
            "partial_images",
            "safety_identifier",
            "user",
        ]
    ),
    "edits": frozenset(
        [
            "prompt",
            "model",
            "n",
            "size",
            "quality",
            "output_format",
            "output_compression",
            "background",
            "input_fidelity",
            "complexity",
            "stream",
            "partial_images",
            "user",
            "image",
            "mask",
        ]
    ),
}

EXTENDED_FIELDS = frozenset(
    [
        "response_format",
        "seed",
        "negative_prompt",
        "num_inference_steps",
        "step",
        "guidance_scale",
        "strength",
    ]
)

SCHEMAS = {"generations": "CreateImageRequest", "edits": "CreateImageEditRequest"}

NEWER_QUALITIES = ("xhigh", "max")


def description_is_present() -> bool:
    return (specs_folder() / FILE_NAME).is_file()


@cache
def validator(kind: str) -> jsonschema.Draft202012Validator | None:
    """Checks bodies of generations or edits; None when the description isn't there."""
    if not description_is_present():
        return None
    description = json.loads((specs_folder() / FILE_NAME).read_text(encoding="utf-8"))
    components = copy.deepcopy(description["components"])
    quality = components["schemas"][SCHEMAS[kind]]["properties"]["quality"]
    quality["enum"] = [*quality["enum"], *NEWER_QUALITIES]
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{SCHEMAS[kind]}", "components": components}
    )


def violations(kind: str, body: Mapping[str, Any], *, extended: bool = False) -> list[str]:
    """What is wrong with a body, in sentences; files of a form stand in it as text."""
    allowed = KNOWN_FIELDS[kind] | (EXTENDED_FIELDS if extended else frozenset())
    found = [f"Unknown parameter: '{name}'." for name in body if name not in allowed]
    check = validator(kind)
    if check is not None:
        found += [error.message for error in check.iter_errors(dict(body))]
    found += size_violations(str(body.get("model", "")), str(body.get("size", "auto")))
    return found


def size_violations(model: str, size: str) -> list[str]:
    """What is wrong with a size for a gpt-image-2 model, which the schema only says in words."""
    if not model.startswith("gpt-image-2") or size == "auto":
        return []
    width, height = (int(side) for side in size.split("x"))
    wrong = []
    if width % 16 or height % 16:
        wrong.append("both sides must be divisible by 16")
    if max(width, height) > 3 * min(width, height):
        wrong.append("the ratio must be between 1:3 and 3:1")
    if max(width, height) > 3840 or not 655_360 <= width * height <= 8_294_400:
        wrong.append("the size is out of bounds")
    return wrong


def cast_form(fields: Mapping[str, str]) -> dict[str, Any]:
    """A form's texts as the types the schema wants, since forms have none."""
    whole = ("n", "partial_images", "output_compression", "seed", "num_inference_steps", "step")
    cast: dict[str, Any] = dict(fields)
    for name, text in fields.items():
        if name in whole:
            cast[name] = int(text)
        elif name in ("guidance_scale", "strength"):
            cast[name] = float(text)
        elif text in ("true", "false"):
            cast[name] = text == "true"
    return cast
