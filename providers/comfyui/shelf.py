"""The templates there are: those that come with the adapter, and the operator's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from providers.comfyui.template import Template, template_in

MAX_TEMPLATES = 200


def shipped_templates() -> tuple[Template, ...]:
    """The templates that come with the adapter."""
    folder = files("providers.comfyui").joinpath("templates")
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".json")),
        key=lambda entry: entry.name,
    )
    return tuple(
        template_in(entry.read_bytes(), entry.name.removesuffix(".json")) for entry in found
    )


def own_templates(folder: str) -> tuple[Template, ...]:
    """The templates of a folder, by name. ValueError when it isn't there, or one of them is wrong."""
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise ValueError(f"workflows: {folder} is no folder")
    found = sorted(path.glob("*.json"))
    if not found:
        raise ValueError(f"workflows: {folder} holds no .json file")
    if len(found) > MAX_TEMPLATES:
        raise ValueError(f"workflows: {folder} holds over {MAX_TEMPLATES} files")
    return tuple(template_in(file.read_bytes(), file.stem) for file in found)
