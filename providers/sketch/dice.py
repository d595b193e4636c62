"""The only source of chance in a picture."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from providers.sketch.colour import Array

T = TypeVar("T")

_CDF = math.sqrt(2 / math.pi)


class Dice:
    """Seeded numbers that can drift towards a second seed.

    Every number is a normal variate turned by `drift` (0 to 1) from the first seed's to the second's and then
    made uniform: at any drift the numbers are distributed alike, and a small drift moves each of them a little. Named
    streams keep one part of a picture from shifting the numbers of another.
    """

    def __init__(self, key: int, seed: int, *, other_seed: int = 0, drift: float = 0.0) -> None:
        self._key = key
        self._seed = seed
        self._other_seed = other_seed
        self._drift = drift
        self._first = np.random.default_rng([key, seed])
        self._second = np.random.default_rng([key, other_seed])

    def stream(self, name: str) -> Dice:
        """Fresh dice for the part of the picture with that name."""
        key = zlib.crc32(name.encode(), self._key)
        return Dice(key, self._seed, other_seed=self._other_seed, drift=self._drift)

    def still(self) -> Dice:
        """The same dice without drift, for what a variation must not change."""
        return Dice(self._key, self._seed)

    def grid(self, rows: int, columns: int) -> Array:
        """Numbers from 0 to 1, shaped (rows, columns), float32."""
        normal = self._first.standard_normal((rows, columns), np.float32)
        if self._drift:
            angle = self._drift * math.pi / 2
            other = self._second.standard_normal((rows, columns), np.float32)
            normal = normal * np.float32(math.cos(angle)) + other * np.float32(math.sin(angle))
        even: Array = 0.5 + 0.5 * np.tanh(_CDF * (normal + 0.044715 * normal**3))
        return even

    def many(self, count: int, low: float = 0.0, high: float = 1.0) -> Array:
        """`count` numbers from low to high, float32."""
        numbers: Array = low + (high - low) * self.grid(1, count)[0]
        return numbers

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """One number from low to high."""
        return float(self.many(1, low, high)[0])

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[min(int(self.uniform() * len(options)), len(options) - 1)]

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self.uniform() < probability
