"""The small trained part of the semantic judge: a logistic head with one class per category, checked by neighbours.

A line drawn through all prompts ("this topic is bad") goes wrong where the few prompts most like this one say otherwise, so
the head's odds are multiplied by those of the nearest training prompts. In cross-validation this stopped a tenth more of the
unsafe ones at the same number of false alarms.
"""

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
DIMENSIONS = 512
"""Of an embedding; a text's first inputs."""
_NEIGHBOURS = 10
_NEARNESS = 8.0  # how much more a nearer neighbour counts: the exponent per unit of cosine
_MOST = 0.98  # neighbours alone never make certain


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What was learnt from the training prompts.

    The inputs are a text's embedding and then one place for each of `words`. `weights` are (inputs, classes), `bias` is
    (classes,); `labels` names the classes, harmless first. `memory` holds the training prompts' embeddings, (prompts,
    512), and `unsafe` which of them are not harmless; with none of them the logistic head stands alone.
    """

    labels: tuple[str, ...]
    words: tuple[str, ...]
    weights: Matrix
    bias: Matrix
    memory: Matrix
    unsafe: NDArray[np.bool_]
    version: str = ""

    def probabilities(self, inputs: Matrix) -> Matrix:
        """Each row's probabilities, (rows, classes), summing to 1."""
        logits = inputs @ self.weights + self.bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        alone: Matrix = powers / powers.sum(axis=1, keepdims=True)
        if len(self.memory) < _NEIGHBOURS:
            return alone
        near = self._unsafe_nearby(inputs[:, :DIMENSIONS])
        harmless = alone[:, 0] * (1 - near)
        unsafe = (1 - alone[:, 0]) * near
        together = alone.copy()
        together[:, 0] = harmless / (harmless + unsafe)
        spread = (1 - together[:, 0]) / np.maximum(alone[:, 1:].sum(axis=1), 1e-12)
        together[:, 1:] *= spread[:, None]
        return together

    def _unsafe_nearby(self, embeddings: Matrix) -> Matrix:
        """How many of the nearest training prompts are unsafe, nearer ones counting more; from 0.02 to 0.98."""
        cosines = embeddings @ self.memory.T
        nearest = np.argpartition(-cosines, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
        counts = np.exp(_NEARNESS * np.take_along_axis(cosines, nearest, axis=1))
        share: Matrix = (counts * self.unsafe[nearest]).sum(axis=1) / counts.sum(axis=1)
        return np.clip(share, 1 - _MOST, _MOST)


def save(path: Path, head: Head) -> None:
    """Writes the head; the same numbers give the same bytes. The memory is kept in 8 bits."""
    scale = np.float32(np.abs(head.memory).max() / 127)
    np.savez(
        path,
        labels=_bytes(head.labels),
        words=_bytes(head.words),
        weights=head.weights.astype(np.float32),
        bias=head.bias.astype(np.float32),
        memory=np.round(head.memory / scale).astype(np.int8),
        scale=scale,
        unsafe=head.unsafe,
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
            memory=arrays["memory"].astype(np.float32) * arrays["scale"],
            unsafe=arrays["unsafe"],
            version=_version(data),
        )


@cache
def head() -> Head:
    """The head that ships with this package, trained by `python -m moderation.training.train`. Takes 16 MB."""
    return parse(_shipped())


@cache
def facts() -> tuple[tuple[str, ...], str]:
    """The shipped head's labels and version, for a process that doesn't score anything itself."""
    data = _shipped()
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return _names(arrays["labels"]), _version(data)


def _shipped() -> bytes:
    return (files("moderation") / "data" / "head.npz").read_bytes()


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
