"""Is this a body the A1111 protocol takes? There is no published description apart from a live server's own.

So the fields are an allow-list, typed, made from AUTOMATIC1111 `modules/api/models.py` and the constructor arguments in
`modules/processing.py`, stable-diffusion.cpp `examples/server/routes_sdapi.cpp` (both read 2026-11-25), and the
reference page for the extensions. A field not listed is refused, though the servers would ignore it: a typo in one
would otherwise be silent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NUMBER = (int, float)

PAINTING: Mapping[str, Any] = {
    "prompt": str,
    "negative_prompt": str,
    "styles": list,
    "seed": int,
    "subseed": int,
    "subseed_strength": NUMBER,
    "sampler_name": str,
    "scheduler": str,
    "batch_size": int,
    "n_iter": int,
    "steps": int,
    "cfg_scale": NUMBER,
    "width": int,
    "height": int,
    "restore_faces": bool,
    "denoising_strength": NUMBER,
    "override_settings": dict,
    "override_settings_restore_afterwards": bool,
    "alwayson_scripts": dict,
    "send_images": bool,
    "save_images": bool,
    "force_task_id": str,
}

FIELDS: Mapping[str, Mapping[str, Any]] = {
    "txt2img": {**PAINTING, "enable_hr": bool, "hr_scale": NUMBER, "hr_upscaler": str},
    "img2img": {
        **PAINTING,
        "init_images": list,
        "mask": str,
        "mask_blur": int,
        "inpainting_fill": int,
        "inpaint_full_res": bool,
        "inpainting_mask_invert": int,
        "resize_mode": int,
    },
    "extra-single-image": {
        "image": str,
        "resize_mode": int,
        "upscaling_resize": NUMBER,
        "upscaler_1": str,
        "gfpgan_visibility": NUMBER,
        "codeformer_visibility": NUMBER,
    },
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "txt2img": ("prompt", "width", "height"),
    "img2img": ("prompt", "width", "height", "init_images"),
    "extra-single-image": ("image", "upscaler_1"),
}

MOST: Mapping[str, tuple[float, float]] = {
    "steps": (1, 150),
    "cfg_scale": (1, 30),
    "denoising_strength": (0, 1),
    "subseed_strength": (0, 1),
    "inpainting_fill": (0, 3),
    "resize_mode": (0, 3),
    "gfpgan_visibility": (0, 1),
    "codeformer_visibility": (0, 1),
}

UNIT = frozenset(
    [
        "enabled",
        "module",
        "model",
        "weight",
        "image",
        "resize_mode",
        "guidance_start",
        "guidance_end",
        "control_mode",
        "pixel_perfect",
    ]
)

TAG = re.compile(r"<[^>]*>")

LORA_TAG = re.compile(r"<lora:[^<>:]+:-?\d+(\.\d+)?>")


def violations(kind: str, body: Mapping[str, Any], *, server: str) -> list[str]:
    """What is wrong with a body, in sentences."""
    fields = dict(FIELDS[kind])
    if server == "forge":
        fields["distilled_cfg_scale"] = NUMBER
    if server == "sdcpp":
        fields["lora"] = list
    found = [f"unknown field {name}" for name in body if name not in fields]
    found += [f"{name} is missing" for name in REQUIRED[kind] if name not in body]
    for name, value in body.items():
        kinds = fields.get(name)
        if kinds is not None and not is_of(value, kinds):
            found.append(f"{name} has the type {type(value).__name__}")
        low, high = MOST.get(name, (float("-inf"), float("inf")))
        if isinstance(value, NUMBER) and not low <= value <= high:
            found.append(f"{name} is {value}")
    found += size_violations(body)
    found += script_violations(body.get("alwayson_scripts", {}))
    found += tag_violations(body, server)
    return found


def is_of(value: object, kinds: Any) -> bool:
    """Whether a value has one of the types; True is no number."""
    if isinstance(value, bool):
        return kinds is bool
    return isinstance(value, kinds)


def size_violations(body: Mapping[str, Any]) -> list[str]:
    """Sides must be multiples of 8 (`modules/processing.py`: latents are an eighth)."""
    return [
        f"{name} is no multiple of 8"
        for name in ("width", "height")
        if isinstance(body.get(name), int) and (body[name] % 8 or not 8 <= body[name] <= 2048)
    ]


def script_violations(scripts: Mapping[str, Any]) -> list[str]:
    """What is wrong with the arguments of extensions."""
    found = []
    for unit in scripts.get("controlnet", {}).get("args", ()):
        found += [f"unknown field {name} of a control unit" for name in set(unit) - UNIT]
        if not unit.get("model"):
            found.append("a control unit has no model")
    for name, script in scripts.items():
        if name not in ("controlnet", "ADetailer"):
            found.append(f"always on script {name} not found")
        elif not isinstance(script.get("args"), list):
            found.append(f"{name} has no args")
    return found


def tag_violations(body: Mapping[str, Any], server: str) -> list[str]:
    """Tags in the words that are no well-formed LoRA, or any tag at all where tags aren't read."""
    return [
        f"the tag {tag} in {name}"
        for name in ("prompt", "negative_prompt")
        for tag in TAG.findall(str(body.get(name, "")))
        if server == "sdcpp" or name == "negative_prompt" or not LORA_TAG.fullmatch(tag)
    ]
