"""Colours as three floats from 0 to 1 in sRGB, and the words for them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of red, green and blue in brightness. Source: ITU-R BT.709."""


@lru_cache(maxsize=512)
def rgb(hexadecimal: str) -> Array:
    """The colour written as six hexadecimal digits; the array is shared and read-only."""
    number = int(hexadecimal, 16)
    parts = [(number >> 16) & 255, (number >> 8) & 255, number & 255]
    colour = np.array(parts, np.float32) / 255
    colour.setflags(write=False)
    return colour


def mix(one: Array, other: Array, share: float) -> Array:
    """`one` moved towards `other` by `share` (0 to 1)."""
    return one + (other - one) * np.float32(share)


def recoloured(colour: Array, target: Array) -> Array:
    """`target` as bright as `colour` was, so that a blue fox keeps its light and dark parts."""
    own = float(colour @ LUMINANCE)
    goal = max(float(target @ LUMINANCE), 0.02)
    share = 0.55 + 0.45 * min(own / 0.45, 1.6)
    return np.clip(target * share * (0.85 + 0.15 * own / goal), 0, 1)
