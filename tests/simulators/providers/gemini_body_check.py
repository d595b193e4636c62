"""Is this a body that generateContent takes? Judged by the published description and a list of known fields.

The description accepts unknown fields and takes any words as sizes, so both lists are ours: ratios and tiers from the AI
SDK's Google provider (@ai-sdk/google 4.0.121, read 2026-11-22), fields as far as image models use them.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
from PIL import Image

from tests.simulators.providers.descriptions import specs_folder

FILE_NAME = "gemini.norm.json"

KNOWN_FIELDS: Mapping[str, frozenset[str]] = {
    "": frozenset(["contents", "generationConfig", "safetySettings"]),
    "contents": frozenset(["role", "parts"]),
    "contents.parts": frozenset(["text", "inlineData"]),
    "contents.parts.inlineData": frozenset(["mimeType", "data"]),
    "generationConfig": frozenset(["responseModalities", "imageConfig", "seed"]),
    "generationConfig.imageConfig": frozenset(["aspectRatio", "imageSize"]),
    "safetySettings": frozenset(["category", "threshold"]),
}

RATIOS = [
    "1:1",
    "1:4",
    "4:1",
    "1:8",
    "8:1",
    "2:3",
    "3:2",
    "3:4",
    "4:3",
    "4:5",
    "5:4",
    "9:16",
    "16:9",
    "21:9",
]

TIERS = ("1K", "2K", "4K")
"""Without "512", which gemini-nano-banana-2.1 refuses (tanstack/ai release of 2026-10-07)."""


@cache
def validator() -> jsonschema.Draft202012Validator | None:
    """Checks bodies; None when the description isn't there."""
    path = specs_folder() / FILE_NAME
    if not path.is_file():
        return None
    components = json.loads(path.read_text(encoding="utf-8"))["components"]
    return jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/GenerateContentRequest", "components": components}
    )


def violations(body: Mapping[str, Any]) -> list[str]:
    """What is wrong with a body, in sentences."""
    found = [*strays(body, "")]
    check = validator()
    if check is not None:
        found += [error.message for error in check.iter_errors(dict(body))]
    return found or [*wrong_values(body)]


def strays(value: object, path: str) -> Iterator[str]:
    """Fields that the API doesn't have there."""
    if isinstance(value, list):
        for entry in value:
            yield from strays(entry, path)
    if not isinstance(value, dict) or path not in KNOWN_FIELDS:
        return
    for name, inner in value.items():
        if name not in KNOWN_FIELDS[path]:
            yield f'Invalid JSON payload received. Unknown name "{name}" at "{path}".'
        yield from strays(inner, f"{path}.{name}" if path else name)


def wrong_values(body: Mapping[str, Any]) -> Iterator[str]:
    """What the description doesn't say."""
    if not body.get("contents"):
        yield "contents is not specified"
        return
    config = body.get("generationConfig", {})
    image = config.get("imageConfig", {})
    if "IMAGE" not in config.get("responseModalities", []):
        yield "responseModalities must have IMAGE"
    if image.get("aspectRatio", "1:1") not in RATIOS:
        yield f"aspect ratio {image['aspectRatio']} is not one of {RATIOS}"
    if image.get("imageSize", "1K") not in TIERS:
        yield f"image size {image['imageSize']} is not one of {TIERS}"
    if not -(2**31) <= config.get("seed", 0) < 2**31:
        yield "the seed is no int32"
    parts = [part for content in body["contents"] for part in content.get("parts", [])]
    if not any(part.get("text", "").strip() for part in parts):
        yield "there are no words"
    for part in parts:
        if "inlineData" in part:
            yield from wrong_picture(part["inlineData"])


def wrong_picture(blob: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a picture sent inline: its label must tell what it is."""
    try:
        data = base64.b64decode(blob["data"], validate=True)
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            picture.load()
            kind = f"image/{picture.format.lower()}"
    except (binascii.Error, OSError, ValueError) as error:
        yield f"Unable to process input image: {error}"
        return
    if kind != blob["mimeType"]:
        yield f"a picture of {kind} says it is {blob['mimeType']}"
