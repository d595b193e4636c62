"""What a benchmark ran on, printed with every result."""

from __future__ import annotations

import os
import platform
import sqlite3
from statistics import median
from typing import Any


def machine() -> dict[str, Any]:
    """Processors, system, Python and SQLite."""
    return {
        "cpus": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def median_ratio(measured: list[dict[str, float]], over: str, under: str) -> float:
    """The median over all rounds of one figure divided by another of the same round."""
    return round(median(one[over] / one[under] for one in measured), 3)
