"""Trains the semantic judge's head: `python -m moderation.training.train` rewrites moderation/data/head.npz.

Multinomial logistic regression over sentence embeddings, by accelerated gradient descent from zero: no randomness, so
the same prompts on the same machine give the same file, and on another one the same numbers to about 1e-3.
`--check` prints what ten-fold cross-validation says instead, which is how the thresholds were chosen.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from moderation.encoder import embed
from moderation.head import HARMLESS, Head, Matrix, save
from moderation.passages import plain
from moderation.rulebook import rulebook
from moderation.semantic import BLOCK_ABOVE, REVIEW_ABOVE
from moderation.verdict import Category

PROMPTS = Path(str(files("moderation.training"))) / "prompts.csv"
HEAD = Path(str(files("moderation"))) / "data" / "head.npz"
STRENGTH = 10.0
"""How freely the weights may grow (inverse of the ridge penalty); 3, 10, 30 and 100 did alike."""
_STEPS = 1500
_FOLDS = 10
_DIGITS = 3  # weights are rounded so that a machine's last bits don't show


def read_prompts(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels and the prompts of a CSV with those two columns."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return tuple(row["label"] for row in rows), tuple(row["prompt"] for row in rows)


def classes(labels: Sequence[str]) -> tuple[str, ...]:
    """The classes in a fixed order: harmless, then the categories that occur."""
    return (HARMLESS, *(one.value for one in Category if one.value in set(labels)))


def fit(embeddings: Matrix, targets: Matrix) -> tuple[Matrix, Matrix]:
    """Weights (dimensions, classes) and bias (classes,) that explain the one-hot targets (rows, classes)."""
    design = np.hstack([embeddings, np.ones((len(embeddings), 1))])
    ridge = np.full((design.shape[1], 1), 1 / STRENGTH)
    ridge[-1] = 0
    step = 1 / (0.5 * np.linalg.norm(design, 2) ** 2 + 1 / STRENGTH)
    weights = np.zeros((design.shape[1], targets.shape[1]))
    ahead, pace = weights, 1.0
    for _ in range(_STEPS):
        logits = design @ ahead
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = powers / powers.sum(axis=1, keepdims=True) - targets
        moved = ahead - step * (design.T @ error + ridge * ahead)
        next_pace = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = moved + (pace - 1) / next_pace * (moved - weights)
        weights, pace = moved, next_pace
    rounded = np.round(weights, _DIGITS)
    return rounded[:-1], rounded[-1]


def cross_validated(embeddings: Matrix, targets: Matrix) -> Matrix:
    """Each prompt's class probabilities from a head that hasn't seen it: every tenth row is left out in turn."""
    result = np.zeros(targets.shape)
    fold_of = np.arange(len(targets)) % _FOLDS
    for fold in range(_FOLDS):
        seen, unseen = fold_of != fold, fold_of == fold
        weights, bias = fit(embeddings[seen], targets[seen])
        head = Head(labels=(), weights=weights, bias=bias, version="")
        result[unseen] = head.probabilities(embeddings[unseen])
    return result


def report(labels: Sequence[str], probabilities: Matrix) -> str:
    """Per label: rows, the share above the thresholds, and for categories the share that is named rightly."""
    names = classes(labels)
    unsafe = 1 - probabilities[:, 0]
    guessed = probabilities[:, 1:].argmax(axis=1) + 1
    lines = [f"label            rows  blocked>{BLOCK_ABOVE}  stopped>{REVIEW_ABOVE}  named"]
    for place, name in enumerate(names):
        rows = np.array([label == name for label in labels])
        named = np.mean(guessed[rows] == place) if place else float("nan")
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
    labels, prompts = read_prompts(PROMPTS)
    names = classes(labels)
    book = rulebook()
    embeddings = embed([plain(prompt, book) or prompt for prompt in prompts]).astype(np.float64)
    targets = np.eye(len(names))[[names.index(label) for label in labels]]
    if chosen.check:
        sys.stdout.write(report(labels, cross_validated(embeddings, targets)) + "\n")
        return 0
    weights, bias = fit(embeddings, targets)
    save(chosen.output, labels=names, weights=weights, bias=bias)
    sys.stdout.write(f"{len(prompts)} prompts, {len(names)} classes -> {chosen.output}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
