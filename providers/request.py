"""What is asked of a provider, whoever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Operation(StrEnum):
    """What is to be done with words and pictures."""

    TEXT_TO_IMAGE = "text_to_image"
    IMAGE_TO_IMAGE = "image_to_image"
    INPAINT = "inpaint"
    OUTPAINT = "outpaint"
    UPSCALE = "upscale"
    VARY = "vary"
    REMOVE_BACKGROUND = "remove_background"
    CONTROL = "control"


class OutputFormat(StrEnum):
    """The file format asked for; a provider may answer in another, bytes decide."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Insets:
    """How many pixels an outpaint adds on each side."""

    left_px: int = 0
    right_px: int = 0
    top_px: int = 0
    bottom_px: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """A small weight file laid over a model, by the name its provider knows."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """All that a provider needs for one call; no chat object ever comes this far.

    Image bytes are PNG, JPEG or WebP already decoded safely once. `mask` is a single-channel PNG of the source's
    size in which 255 means "edit here"; each adapter converts to its vendor's convention.
    `strength` runs from 0 (keep the source) to 1 (ignore it), whatever the vendor calls it.
    """

    operation: Operation
    model: str
    prompt: str = ""
    negative_prompt: str = ""
    width_px: int = 1024
    height_px: int = 1024
    count: int = 1
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = None
    style: str | None = None
    source_image: bytes | None = None
    strength: float | None = None
    mask: bytes | None = None
    control_image: bytes | None = None
    control_kind: str | None = None
    """What the control image holds, by the model's own list: canny, depth, pose, sketch, structure, style."""
    control_strength: float | None = None
    expand: Insets | None = None
    scale: int | None = None
    loras: tuple[Lora, ...] = ()
    repair: tuple[str, ...] = ()
    """What a second pass mends, of the model's own list: faces, text."""
    output_format: OutputFormat = OutputFormat.PNG
    user_hash: str = ""
    extra: Mapping[str, str | int | float | bool] = field(default_factory=dict)
