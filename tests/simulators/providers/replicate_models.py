"""The models a simulated Replicate has."""

from __future__ import annotations

from typing import Any

from tests.simulators.providers.schema_models import LINK, SEED, TEXT, real, whole, words

RATIOS = ("1:1", "16:9", "9:16")

SHARED: dict[str, Any] = {
    "output_format": words("webp", "jpg", "png"),
    "aspect_ratio": words(*RATIOS),
    "scheduler": words("DDIM", "K_EULER"),
}


def reference(name: str, default: str) -> dict[str, Any]:
    """An enumeration as Replicate writes it."""
    return {"allOf": [{"$ref": f"#/components/schemas/{name}"}], "default": default}


FORMAT = reference("output_format", "webp")

MODELS: dict[str, dict[str, Any]] = {
    "black-forest-labs/flux-dev": {
        "official": True,
        "required": ["prompt"],
        "properties": {
            "prompt": TEXT,
            "image": LINK,
            "prompt_strength": real(0, 1, 0.8),
            "aspect_ratio": reference("aspect_ratio", "1:1"),
            "num_outputs": whole(1, 4, 1),
            "num_inference_steps": whole(1, 50, 28),
            "guidance": real(0, 10, 3),
            "seed": SEED,
            "output_format": FORMAT,
            "go_fast": {"type": "boolean", "default": True},
            "disable_safety_checker": {"type": "boolean", "default": False},
        },
    },
    "stability-ai/sdxl": {
        "official": False,
        "properties": {
            "prompt": TEXT,
            "negative_prompt": TEXT,
            "image": LINK,
            "mask": LINK,
            "width": {"type": "integer", "default": 1024},
            "height": {"type": "integer", "default": 1024},
            "num_outputs": whole(1, 4, 1),
            "scheduler": reference("scheduler", "K_EULER"),
            "num_inference_steps": whole(1, 500, 50),
            "guidance_scale": real(1, 50, 7.5),
            "prompt_strength": real(0, 1, 0.8),
            "seed": {"type": "integer"},
        },
    },
    "black-forest-labs/flux-dev-lora": {
        "official": True,
        "required": ["prompt"],
        "properties": {
            "prompt": TEXT,
            "aspect_ratio": reference("aspect_ratio", "1:1"),
            "lora_weights": TEXT,
            "lora_scale": real(-1, 3, 1),
            "extra_lora": TEXT,
            "extra_lora_scale": real(-1, 3, 1),
            "seed": SEED,
            "output_format": FORMAT,
        },
    },
    "black-forest-labs/flux-canny-pro": {
        "official": True,
        "required": ["prompt", "control_image"],
        "properties": {
            "prompt": TEXT,
            "control_image": LINK,
            "steps": whole(15, 50, 50),
            "guidance": real(1, 100, 30),
            "seed": SEED,
            "output_format": words("jpg", "png"),
            "safety_tolerance": whole(1, 6, 2),
        },
    },
    "nightmareai/real-esrgan": {
        "official": False,
        "required": ["image"],
        "properties": {
            "image": LINK,
            "scale": real(0, 10, 4),
            "face_enhance": {"type": "boolean", "default": False},
        },
    },
    "851-labs/background-remover": {
        "official": False,
        "required": ["image"],
        "properties": {"image": LINK, "format": words("png", "jpeg")},
    },
    "meta/llama": {
        "official": True,
        "required": ["prompt", "top_k"],
        "properties": {"prompt": TEXT, "top_k": whole(1, 9, 1) | {"default": None}},
    },
}


def version_of(name: str) -> str:
    """A version id as long as theirs."""
    return (name.encode().hex() * 8)[:64]


def version_fields(name: str) -> dict[str, Any]:
    """What a model's newest version tells."""
    return {
        "id": version_of(name),
        "cog_version": "0.16.0",
        "created_at": "2026-10-01T00:00:00Z",
        "openapi_schema": {"components": {"schemas": {"Input": input_schema(name), **SHARED}}},
    }


def input_schema(name: str) -> dict[str, Any]:
    model = MODELS[name]
    return {
        "type": "object",
        "title": "Input",
        "required": model.get("required", []),
        "properties": model["properties"],
    }
