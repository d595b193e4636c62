"""Control images through the ControlNet extension: which kinds a server has, and what to ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.a1111.discovery import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Words a fitting model has in its name, and preprocessors in order of liking."""

    models: tuple[str, ...]
    modules: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "canny": Kind(models=("canny",), modules=("canny",)),
    "depth": Kind(
        models=("depth",), modules=("depth_midas", "depth_anything_v2", "depth_anything", "depth")
    ),
    "pose": Kind(models=("openpose",), modules=("openpose_full", "dw_openpose_full", "openpose")),
    "sketch": Kind(
        models=("scribble", "sketch"),
        modules=("scribble_pidinet", "scribble_hed", "t2ia_sketch_pidi"),
    ),
    "structure": Kind(models=("lineart", "softedge"), modules=("lineart_standard", "lineart")),
}
"""Names of the extension's models and preprocessors. Source: Mikubill/sd-webui-controlnet wiki "API", 2026-11-25 [M]."""

UNION = ("union", "promax")
"""Words in the name of a model that takes every kind."""


def kinds_at(found: Found) -> tuple[str, ...]:
    """The kinds of control image this server has a model for."""
    return tuple(name for name, kind in KINDS.items() if model_for(kind, found) is not None)


def model_for(kind: Kind, found: Found) -> str | None:
    """The server's model for a kind; one of its own before one that takes everything."""
    for words in (kind.models, UNION):
        for model in found.control_models:
            if any(word in model.lower() for word in words):
                return model
    return None


def module_for(kind: Kind, found: Found) -> str:
    """The server's preprocessor for a kind; "none" takes the picture as it is."""
    if not found.control_modules:
        return kind.modules[0]
    return next((name for name in kind.modules if name in found.control_modules), "none")


def control_unit(
    kind_name: str, picture: str, *, strength: float | None, found: Found
) -> Mapping[str, Any]:
    """The extension's arguments for one control image, base64 in `picture`."""
    kind = KINDS[kind_name]
    unit = {
        "enabled": True,
        "module": module_for(kind, found),
        "model": model_for(kind, found),
        "weight": 1.0 if strength is None else strength,
        "image": picture,
        "resize_mode": "Crop and Resize",
        "guidance_start": 0.0,
        "guidance_end": 1.0,
        "control_mode": "Balanced",
        "pixel_perfect": True,
    }
    return {"args": [unit]}
