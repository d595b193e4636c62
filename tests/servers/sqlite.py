"""A SQLite file with this version's empty tables: made once in each process of the tests, then copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from bot.store.migrate import sqlite_url, upgrade


@cache
def fresh_database() -> bytes:
    """What such a file holds. All migrations together take 0.1 s, as long as many a test."""
    with tempfile.TemporaryDirectory(prefix="impasto-fresh-") as folder:
        path = Path(folder) / "fresh.db"
        upgrade(sqlite_url(path))
        return path.read_bytes()


def lay_fresh_database(path: Path) -> Path:
    """The path, where such a file lies now; one that lies there already stays as it is."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fresh_database())
    return path
