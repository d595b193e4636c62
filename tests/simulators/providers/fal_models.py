"""The models a simulated fal has."""

from __future__ import annotations

from typing import Any

from tests.simulators.providers.schema_models import TEXT, real, whole, words

IMAGE_SIZE = {
    "anyOf": [
        {"$ref": "#/components/schemas/ImageSize"},
        words("square_hd", "square", "landscape_16_9"),
    ]
}

SHARED: dict[str, Any] = {
    "ImageSize": {
        "type": "object",
        "properties": {"width": whole(1, 14142, 512), "height": whole(1, 14142, 512)},
    },
    "LoraWeight": {
        "type": "object",
        "required": ["path"],
        "properties": {"path": TEXT, "scale": real(0, 4, 1)},
    },
}

PAINTING: dict[str, Any] = {
    "prompt": TEXT,
    "image_size": IMAGE_SIZE,
    "num_inference_steps": whole(1, 50, 28),
    "seed": {"type": "integer"},
    "guidance_scale": real(0, 20, 3.5),
    "num_images": whole(1, 4, 1),
    "sync_mode": {"type": "boolean", "default": False},
    "enable_safety_checker": {"type": "boolean", "default": True},
    "output_format": words("jpeg", "png"),
}
LORAS = {"type": "array", "items": {"$ref": "#/components/schemas/LoraWeight"}, "default": []}

MODELS: dict[str, dict[str, Any]] = {
    "fal-ai/flux/dev": {"required": ["prompt"], "properties": PAINTING},
    "fal-ai/flux/dev/image-to-image": {
        "required": ["prompt", "image_url"],
        "properties": {
            **{name: part for name, part in PAINTING.items() if name != "image_size"},
            "image_url": TEXT,
            "strength": real(0.01, 1, 0.95),
        },
    },
    "fal-ai/flux-lora/inpainting": {
        "required": ["prompt", "image_url", "mask_url"],
        "properties": {**PAINTING, "image_url": TEXT, "mask_url": TEXT, "loras": LORAS},
    },
    "fal-ai/fast-sdxl": {
        "required": ["prompt"],
        "properties": {**PAINTING, "negative_prompt": TEXT, "loras": LORAS},
    },
    "fal-ai/flux-control-lora-canny": {
        "required": ["prompt", "control_lora_image_url"],
        "properties": {
            **PAINTING,
            "control_lora_image_url": TEXT,
            "control_lora_strength": real(0, 2, 1),
        },
    },
    "fal-ai/esrgan": {
        "required": ["image_url"],
        "properties": {
            "image_url": TEXT,
            "scale": real(1, 8, 2),
            "face": {"type": "boolean", "default": False},
            "output_format": words("png", "jpeg"),
        },
    },
    "fal-ai/birefnet": {
        "required": ["image_url"],
        "properties": {"image_url": TEXT, "output_format": words("webp", "png", "gif")},
    },
    "fal-ai/image-apps-v2/outpaint": {
        "required": ["image_url"],
        "properties": {
            "image_url": TEXT,
            "prompt": TEXT,
            **{f"expand_{side}": whole(0, 700, 0) for side in ("left", "right", "top", "bottom")},
            "output_format": words("png", "jpeg"),
        },
    },
}


def input_schema(name: str) -> dict[str, Any]:
    return {"type": "object", **MODELS[name]}


def description_of(name: str) -> dict[str, Any]:
    """The description of one model's queue, as fal.ai/api/openapi/queue/openapi.json has it."""
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/TheInput"}}}}
    return {
        "openapi": "3.0.4",
        "components": {"schemas": {"TheInput": input_schema(name), **SHARED}},
        "paths": {f"/{name}": {"post": {"requestBody": {"required": True, **body}}}},
    }
