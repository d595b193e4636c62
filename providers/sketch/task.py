"""One image's work as plain values that cross into a worker process and back."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from providers.request import Insets, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one image needs. `vary_seed` is the seed a variation moves towards; `strength` is None for the usual one."""

    operation: Operation
    prompt: str
    width_px: int
    height_px: int
    seed: int
    vary_seed: int = 0
    style: str | None = None
    strength: float | None = None
    source_image: bytes | None = None
    mask: bytes | None = None
    expand: Insets | None = None
    scale: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """A finished image as PNG, a small JPEG of it, the words it doesn't show, and whether a style filter worked on it."""

    png: bytes
    preview: bytes
    not_drawn: tuple[str, ...]
    styled: bool


def paint(task: Task) -> Painting:
    """The painting of a task, pure and deterministic. InvalidRequest when source or mask are wrong.

    Runs in a worker process; the pixel code is loaded there on first use, so that a gateway stays small.
    """
    return _painter()(task)


@lru_cache(maxsize=1)
def _painter() -> Callable[[Task], Painting]:
    module = importlib.import_module("providers.sketch.workbench")
    return cast(Callable[[Task], Painting], module.painted)
