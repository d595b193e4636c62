"""Smooth fields of numbers: noise, ridges, blurs and steps."""

from __future__ import annotations

import numpy as np
from PIL import Image

from providers.sketch.colour import Array
from providers.sketch.dice import Dice


def resized(field: Array, shape: tuple[int, int]) -> Array:
    """The field at another (rows, columns), bicubic, float32."""
    picture = Image.fromarray(np.ascontiguousarray(field, np.float32))
    return np.asarray(picture.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), np.float32)


def noise(
    dice: Dice,
    shape: tuple[int, int],
    *,
    cells: float,
    octaves: int = 5,
    roughness: float = 0.5,
    stretch: float = 1.0,
) -> Array:
    """Fractal noise around 0.5, mostly within 0 to 1, shaped like `shape`.

    `cells` is the number of blobs over the height; `stretch` above 1 makes them wide.
    """
    rows, columns = shape
    small = (max(rows // 2, 2), max(columns // 2, 2))
    total = np.zeros(small, np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        down = cells * 2**octave
        across = down * columns / rows / stretch
        lattice = dice.grid(int(min(down, 512)) + 3, int(min(across, 1024)) + 3)
        total += np.float32(weight) * resized(lattice, small)
        weights += weight
        weight *= roughness
    field = 0.5 + (total / np.float32(weights) - 0.5) * np.float32(1.7)
    return resized(field, shape)


def ridge(
    dice: Dice,
    width: int,
    *,
    cells: float,
    octaves: int = 5,
    roughness: float = 0.5,
    sharp: bool = False,
) -> Array:
    """A line of `width` heights from 0 to 1; sharp ones have pointed peaks."""
    along = np.linspace(0, 1, width, dtype=np.float32)
    total = np.zeros(width, np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        count = max(int(cells * 2**octave), 1)
        values = dice.many(count + 3)
        place = along * count + 0.5
        left = place.astype(np.int64)
        share = place - left
        if not sharp:
            share = share * share * (3 - 2 * share)
        total += np.float32(weight) * (values[left] * (1 - share) + values[left + 1] * share)
        weights += weight
        weight *= roughness
    heights: Array = np.clip(0.5 + (total / np.float32(weights) - 0.5) * np.float32(1.5), 0, 1)
    return heights


def smooth(field: Array, low: float, high: float) -> Array:
    """0 below `low`, 1 above `high`, an even curve between."""
    share = np.clip((field - np.float32(low)) / np.float32(high - low), 0, 1)
    curve: Array = share * share * (3 - 2 * share)
    return curve


def blurred(field: Array, radius: float) -> Array:
    """The 2-D field softened by two box blurs of about that radius in pixels."""
    reach = max(round(radius), 1)
    for _ in range(2):
        for axis in (0, 1):
            field = _boxed(field, reach, axis)
    return field


def _boxed(field: Array, reach: int, axis: int) -> Array:
    pad = [(0, 0), (0, 0)]
    pad[axis] = (reach + 1, reach)
    sums = np.cumsum(np.pad(field, pad, mode="edge"), axis=axis, dtype=np.float32)
    size = field.shape[axis]
    window = 2 * reach + 1
    sums = sums if axis == 0 else sums.T
    means: Array = (sums[window : window + size] - sums[:size]) / np.float32(window)
    return means if axis == 0 else means.T


def bell(size: int, centre: float, spread: float) -> Array:
    """A Gaussian over `size` pixels, 1 at `centre`."""
    offset = np.arange(size, dtype=np.float32) - np.float32(centre)
    curve: Array = np.exp(-(offset**2) / np.float32(2 * max(spread, 0.5) ** 2))
    return curve
