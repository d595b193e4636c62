"""Trains the semantic judge's head: `python -m moderation.training.train` rewrites moderation/data/head.npz.

Multinomial logistic regression over sentence embeddings and words, by accelerated gradient descent from zero: no randomness, so
the same prompts on the same machine give the same file, and on another one the same numbers to about 1e-3.
`--check` prints what five-fold cross-validation says instead, which is how the thresholds were chosen.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from moderation.encoder import distinct_words, features
from moderation.head import DIMENSIONS, HARMLESS, Head, Matrix, save
from moderation.passages import plain
from moderation.rulebook import rulebook
from moderation.semantic import BLOCK_ABOVE, REVIEW_ABOVE
from moderation.training.everyday import COUNT, everyday
from moderation.verdict import Category

PROMPTS = Path(str(files("moderation.training"))) / "prompts.csv"
HEAD = Path(str(files("moderation"))) / "data" / "head.npz"
EVERYDAY = "everyday"
"""The label of the combined prompts: harmless, but reported apart."""
STRENGTH = 20.0
"""How freely the weights may grow (inverse of the ridge penalty); 3, 10, 30 and 100 did alike."""
_STEPS = 250
_OCCURRENCES = 4  # prompts a word must occur in before it is worth a place
_FOLDS = 5
_DIGITS = 3  # weights are rounded so that a machine's last bits don't show


def read_prompts(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels and the prompts of a CSV with those two columns."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return tuple(row["label"] for row in rows), tuple(row["prompt"] for row in rows)


def training_set() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels and the texts to train on: the written prompts as the judge reads them, then everyday ones."""
    labels, prompts = read_prompts(PROMPTS)
    book = rulebook()
    texts = (*prompts, *everyday())
    return (*labels, *[EVERYDAY] * COUNT), tuple(plain(text, book) or text for text in texts)


def classes(labels: Sequence[str]) -> tuple[str, ...]:
    """The classes in a fixed order: harmless, then the categories that occur."""
    return (HARMLESS, *(one.value for one in Category if one.value in set(labels)))


def _class(label: str) -> str:
    return HARMLESS if label == EVERYDAY else label


def known_words(texts: Sequence[str]) -> tuple[str, ...]:
    """The words that occur in enough texts to be judged by, sorted."""
    counts = Counter(word for text in texts for word in distinct_words(text))
    return tuple(sorted(word for word, count in counts.items() if count >= _OCCURRENCES))


def fit(inputs: Matrix, targets: Matrix) -> tuple[Matrix, Matrix]:
    """Weights (inputs, classes) and bias (classes,) that explain the one-hot targets (rows, classes)."""
    design = np.hstack([inputs, np.ones((len(inputs), 1))]).astype(np.float32)
    ridge = np.full((design.shape[1], 1), 1 / STRENGTH, dtype=np.float32)
    ridge[-1] = 0
    curvature = float(np.linalg.eigvalsh(design.T @ design)[-1])
    step = np.float32(1 / (0.5 * curvature + 1 / STRENGTH))
    weights = np.zeros((design.shape[1], targets.shape[1]), dtype=np.float32)
    ahead, pace = weights, 1.0
    for _ in range(_STEPS):
        logits = design @ ahead
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = powers / powers.sum(axis=1, keepdims=True) - targets
        moved = ahead - step * (design.T @ error + ridge * ahead)
        next_pace = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = moved + np.float32((pace - 1) / next_pace) * (moved - weights)
        weights, pace = moved, next_pace
    rounded = np.round(weights, _DIGITS)
    return rounded[:-1], rounded[-1]


def train(inputs: Matrix, labels: Sequence[str], words: Sequence[str]) -> Head:
    """The head for these inputs: weights that explain the labels, and the inputs as neighbours."""
    names = classes(labels)
    targets = np.eye(len(names), dtype=np.float32)[[names.index(_class(label)) for label in labels]]
    weights, bias = fit(inputs, targets)
    return Head(
        labels=names,
        words=tuple(words),
        weights=weights,
        bias=bias,
        memory=inputs[:, :DIMENSIONS],
        unsafe=targets[:, 0] == 0,
    )


def cross_validated(inputs: Matrix, labels: Sequence[str], words: Sequence[str]) -> Matrix:
    """Each prompt's class probabilities from a head that hasn't seen it: every fifth row is left out in turn."""
    result = np.zeros((len(labels), len(classes(labels))))
    fold_of = np.arange(len(labels)) % _FOLDS
    for fold in range(_FOLDS):
        seen = fold_of != fold
        seen_labels = [label for label, kept in zip(labels, seen, strict=True) if kept]
        result[~seen] = train(inputs[seen], seen_labels, words).probabilities(inputs[~seen])
    return result


def report(labels: Sequence[str], probabilities: Matrix) -> str:
    """Per label: rows, the share above the thresholds, and for categories the share that is named rightly."""
    names = classes(labels)
    unsafe = 1 - probabilities[:, 0]
    guessed = probabilities[:, 1:].argmax(axis=1) + 1
    lines = [f"label            rows  blocked>{BLOCK_ABOVE}  stopped>{REVIEW_ABOVE}  named"]
    for place, name in enumerate((*names, EVERYDAY)):
        rows = np.array([label == name for label in labels])
        named = np.mean(guessed[rows] == place) if 0 < place < len(names) else float("nan")
        blocked, stopped = np.mean(unsafe[rows] > BLOCK_ABOVE), np.mean(unsafe[rows] > REVIEW_ABOVE)
        lines.append(f"{name:15} {rows.sum():5}  {blocked:10.3f}  {stopped:10.3f}  {named:5.2f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the head was written, or checked."""
    parser = argparse.ArgumentParser(
        prog="python -m moderation.training.train", description=__doc__
    )
    parser.add_argument("--check", action="store_true", help="cross-validate, write nothing")
    parser.add_argument("-o", "--output", type=Path, default=HEAD, help="where the head goes")
    chosen = parser.parse_args(arguments)
    labels, prompts = training_set()
    words = known_words(prompts)
    inputs = features(prompts, words)
    if chosen.check:
        sys.stdout.write(report(labels, cross_validated(inputs, labels, words)) + "\n")
        return 0
    save(chosen.output, train(inputs, labels, words))
    sys.stdout.write(f"{len(prompts)} prompts -> {chosen.output}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
