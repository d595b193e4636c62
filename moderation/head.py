"""The small trained part of the semantic judge: a logistic head with one class per category, and the words it knows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating[Any]]

HARMLESS = "harmless"
"""The first class; all others are categories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`weights` are (inputs, classes), `bias` is (classes,); `labels` names the classes, harmless first.

    The inputs are a text's embedding and then one place for each of `words`.
    """

    labels: tuple[str, ...]
    words: tuple[str, ...]
    weights: Matrix
    bias: Matrix
    version: str

    def probabilities(self, inputs: Matrix) -> Matrix:
        """Each row's probabilities, (rows, classes), summing to 1."""
        logits = inputs @ self.weights + self.bias
        logits = logits - logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        result: Matrix = powers / powers.sum(axis=1, keepdims=True)
        return result


def save(path: Path, head: Head) -> None:
    """Writes the head; the same numbers give the same bytes."""
    np.savez(
        path,
        labels=_bytes(head.labels),
        words=_bytes(head.words),
        weights=head.weights.astype(np.float32),
        bias=head.bias.astype(np.float32),
    )


def _bytes(names: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _names(array: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(array.tobytes().decode().split("\n"))


def parse(data: bytes) -> Head:
    """The head in these bytes; its version is the hash of them. ValueError or KeyError when they hold none."""
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return Head(
            labels=_names(arrays["labels"]),
            words=_names(arrays["words"]),
            weights=arrays["weights"],
            bias=arrays["bias"],
            version=hashlib.sha256(data).hexdigest()[:12],
        )


@cache
def head() -> Head:
    """The head that ships with this package, trained by `python -m moderation.training.train`."""
    return parse((files("moderation") / "data" / "head.npz").read_bytes())
