"""In which order several workers get the files: those that start processes early, and never all at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest

HEAVY = ("crash", "processes", "browser", "cli")
"""Folders whose tests start whole bots or a browser. Side by side they would only keep each other waiting."""
HEAVIER = "tests/scenarios/"
"""Where most of the remaining time goes; what is quick comes last and fills up the end."""


def dealt(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The same tests, each file's together and in their order: after every few light files one heavy one."""
    files = [list(file) for _, file in groupby(items, key=lambda item: item.path)]
    heavy = [file for file in files if is_heavy(file[0].path)]
    light = [file for file in files if not is_heavy(file[0].path)]
    light.sort(key=lambda file: (HEAVIER not in file[0].path.as_posix(), -len(file)))
    # All heavy ones are out when half of the light ones are.
    between = max(1, len(light) // (2 * len(heavy))) if heavy else 1
    mixed: list[list[pytest.Item]] = []
    for number, file in enumerate(light):
        if number % between == 0 and heavy:
            mixed.append(heavy.pop(0))
        mixed.append(file)
    return [item for file in [*mixed, *heavy] for item in file]


def is_heavy(path: Path) -> bool:
    return any(f"/tests/{folder}/" in path.as_posix() for folder in HEAVY)
