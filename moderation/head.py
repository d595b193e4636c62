"""The small trained part of the semantic judge: a logistic head over sentence embeddings, one class per category."""

from __future__ import annotations

import hashlib
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
    """`weights` are (dimensions, classes), `bias` is (classes,); `labels` names the classes, harmless first."""

    labels: tuple[str, ...]
    weights: Matrix
    bias: Matrix
    version: str

    def probabilities(self, embeddings: Matrix) -> Matrix:
        """Each row's probabilities, (rows, classes), summing to 1."""
        logits = embeddings @ self.weights + self.bias
        logits = logits - logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        result: Matrix = powers / powers.sum(axis=1, keepdims=True)
        return result


def save(path: Path, *, labels: tuple[str, ...], weights: Matrix, bias: Matrix) -> None:
    """Writes the head; the same numbers give the same bytes."""
    np.savez(
        path,
        labels=np.array(labels),
        weights=weights.astype(np.float32),
        bias=bias.astype(np.float32),
    )


def parse(data: bytes) -> Head:
    """The head in these bytes; its version is the hash of them. ValueError or KeyError when they hold none."""
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return Head(
            labels=tuple(str(label) for label in arrays["labels"]),
            weights=arrays["weights"],
            bias=arrays["bias"],
            version=hashlib.sha256(data).hexdigest()[:12],
        )


@cache
def head() -> Head:
    """The head that ships with this package, trained by `python -m moderation.training.train`."""
    return parse((files("moderation") / "data" / "head.npz").read_bytes())
