"""Perceptual hashes: pictures that look alike have hashes that differ in few bits."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# A 32 px thumbnail holds the shapes; its 8x8 lowest frequencies hold them without the detail.
_SAMPLE_PX = 32
_FREQUENCIES = 8

# Distance 0 for WebP, JPEG and resizing; about 14 of 64 for a 5 % crop, about 32 for unrelated pictures.
ALIKE_DISTANCE = 10


def phash(image: Image.Image) -> str:
    """64 bits as 16 hexadecimal digits: which low frequencies of the greys lie above their median."""
    sample = image.convert("L").resize((_SAMPLE_PX, _SAMPLE_PX), Image.Resampling.LANCZOS)
    cosines = _cosines()
    greys = np.asarray(sample, dtype=np.float32)
    frequencies = cosines @ greys @ cosines.T
    bits = (frequencies > np.median(frequencies)).ravel()
    return np.packbits(bits).tobytes().hex()


def hamming_distance(one: str, other: str) -> int:
    """How many of the 64 bits of two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


@cache
def _cosines() -> NDArray[np.float32]:
    """The first rows of the DCT-II matrix, shaped (frequencies, samples)."""
    frequency = np.arange(_FREQUENCIES)[:, None]
    position = np.arange(_SAMPLE_PX)[None, :]
    return np.cos(np.pi * frequency * (2 * position + 1) / (2 * _SAMPLE_PX)).astype(np.float32)
