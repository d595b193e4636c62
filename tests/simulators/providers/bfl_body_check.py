"""Is this a body api.bfl.ai takes? Judged by the published description and lists of known fields.

The description (tryAGI/BlackForestLabs @dfc296a) accepts unknown fields, so the lists are ours; it has no flux-tools.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema

from tests.simulators.providers.openai_body_check import specs_folder

FILE_NAME = "bfl.norm.json"

EVERYWHERE = {
    "prompt",
    "seed",
    "safety_tolerance",
    "output_format",
    "webhook_url",
    "webhook_secret",
}
FLUX_2 = EVERYWHERE | {"input_image", "width", "height"}
FILL = EVERYWHERE | {"image", "mask", "steps", "guidance", "prompt_upsampling"}
ULTRA = EVERYWHERE | {"aspect_ratio", "image_prompt", "image_prompt_strength", "prompt_upsampling"}
FINETUNE = {"finetune_id", "finetune_strength"}

KNOWN_FIELDS: Mapping[str, set[str]] = {
    "flux-2-pro": FLUX_2,
    "flux-2-max": FLUX_2,
    "flux-2-pro-preview": FLUX_2,
    "flux-2-klein-4b": FLUX_2,
    "flux-2-klein-9b": FLUX_2,
    "flux-2-klein-9b-preview": FLUX_2,
    "flux-2-flex": FLUX_2 | {"steps", "guidance", "prompt_upsampling"},
    "flux-kontext-pro": EVERYWHERE | {"input_image", "aspect_ratio", "prompt_upsampling"},
    "flux-kontext-max": EVERYWHERE | {"input_image", "aspect_ratio", "prompt_upsampling"},
    "flux-pro-1.1": EVERYWHERE | {"image_prompt", "width", "height", "prompt_upsampling"},
    "flux-dev": EVERYWHERE
    | {"image_prompt", "width", "height", "prompt_upsampling", "steps", "guidance"},
    "flux-pro-1.1-ultra": ULTRA | {"raw"},
    "flux-pro-1.1-ultra-finetuned": ULTRA | FINETUNE,
    "flux-pro-1.0-fill": FILL,
    "flux-pro-1.0-fill-finetuned": FILL | FINETUNE,
    "flux-pro-1.0-expand": (FILL - {"mask"}) | {"top", "bottom", "left", "right"},
    "flux-tools/erase-v1": (EVERYWHERE - {"prompt"}) | {"image", "mask", "dilate_pixels"},
}


def description_is_present() -> bool:
    return (specs_folder() / FILE_NAME).is_file()


@cache
def description() -> dict[str, Any]:
    return json.loads((specs_folder() / FILE_NAME).read_text(encoding="utf-8"))


@cache
def validator(endpoint: str) -> jsonschema.Draft202012Validator | None:
    """Checks bodies of an endpoint; None when the description isn't there or hasn't got it."""
    if not description_is_present():
        return None
    path = description()["paths"].get(f"/v1/{endpoint}")
    if path is None:
        return None
    schema = path["post"]["requestBody"]["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator(
        {**schema, "components": description()["components"]},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def violations(endpoint: str, body: Mapping[str, Any]) -> list[str]:
    """What is wrong with a body, in sentences."""
    if endpoint not in KNOWN_FIELDS:
        return [f"no endpoint {endpoint!r}"]
    found = [f"unknown field {name!r}" for name in body if name not in KNOWN_FIELDS[endpoint]]
    check = validator(endpoint)
    if check is not None:
        found += [error.message for error in check.iter_errors(dict(body))]
    if endpoint.startswith("flux-2"):
        # The schema says it in words only: multiples of 16, up to 4 megapixels (docs.bfl.ai, read 2026-11-22).
        width, height = body.get("width", 1024), body.get("height", 1024)
        if width % 16 or height % 16 or width * height > 4 * 1024 * 1024:
            found.append(f"{width}x{height} is no size of FLUX.2")
    if endpoint == "flux-tools/erase-v1" and not (body.get("image") and body.get("mask")):
        found.append("image and mask are required")
    return found


def answer_violations(name: str, answer: Mapping[str, Any]) -> list[str]:
    """What is wrong with an answer of the simulator itself, by the description's schema of that name."""
    if not description_is_present():
        return []
    check = jsonschema.Draft202012Validator(
        {
            "$ref": f"#/components/schemas/{name}",
            "components": description()["components"],
        }
    )
    return [error.message for error in check.iter_errors(dict(answer))]
