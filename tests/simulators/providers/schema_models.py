"""Input schemas as model makers write them, and the pictures such models paint.

Names, bounds and the two ways of writing an enumeration (allOf with a reference at Replicate, anyOf at fal) were read on model
pages and in quotations of their schemas, 2026-11-25; they are shortened to what matters here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jsonschema

from tests.simulators.providers.jobs import decoded, edited, enlarged, grown, size_of
from tests.simulators.providers.pictures import encoded, painted

TEXT = {"type": "string"}
LINK = {"type": "string", "format": "uri"}
SEED = {"anyOf": [{"type": "integer"}, {"type": "null"}]}

SIZES = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "9:16": (768, 1344),
    "square_hd": (1024, 1024),
    "landscape_16_9": (1024, 576),
}


def whole(low: int, high: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high, "default": default}


def real(low: float, high: float, default: float) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high, "default": default}


def words(*choices: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(choices)}


def check(schema: Mapping[str, Any], components: Mapping[str, Any], body: Any) -> list[str]:
    """What is wrong with an input by its schema, unknown inputs included."""
    if not isinstance(body, dict):
        return ["the input is no object"]
    strays = [f"unknown input {name!r}" for name in body if name not in schema["properties"]]
    whole_schema = {**schema, "components": {"schemas": components}}
    validator = jsonschema.Draft202012Validator(whole_schema)
    return strays + [error.message for error in validator.iter_errors(body)]


def first(body: Mapping[str, Any], *names: str) -> Any:
    """The first of these inputs that is there; of a list its first part."""
    found = next((body[name] for name in names if body.get(name)), None)
    return found[0] if isinstance(found, list) and found else found


def pictures_of(
    body: Mapping[str, Any], count: int, fetch: Callable[[str], bytes] = decoded
) -> list[bytes]:
    """The pictures a model paints from its inputs. `fetch` gives the bytes behind a link."""
    prompt = body.get("prompt") or ""
    source, mask = first(body, "image", "image_url", "input_image"), first(body, "mask", "mask_url")
    if source is None:
        size = wanted_size(body) or (1024, 1024)
        return [
            encoded(painted(prompt, size, body.get("seed", 0) + index)) for index in range(count)
        ]
    data = fetch(source)
    if first(body, "scale", "upscale_factor"):
        return [enlarged(data, first(body, "scale", "upscale_factor"))]
    if "expand_left" in body:
        sides = {side: body[f"expand_{side}"] for side in ("left", "right", "top", "bottom")}
        return [grown(prompt, data, **sides) for _ in range(count)]
    marks = fetch(mask) if mask else None
    size = wanted_size(body)
    if marks is None and size not in (None, size_of(data)):
        return [encoded(painted(prompt, size, index)) for index in range(count)]
    return [edited(prompt, data, marks, index) for index in range(count)]


def wanted_size(body: Mapping[str, Any]) -> tuple[int, int] | None:
    """The size an input asks for, None when it follows the source."""
    if "width" in body and "height" in body:
        return body["width"], body["height"]
    size = body.get("image_size")
    if isinstance(size, dict):
        return size["width"], size["height"]
    return SIZES.get(size or body.get("aspect_ratio", ""))
