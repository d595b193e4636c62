"""Which database a folder of pictures belongs to, in a file beside them: no other one may take them for forgotten."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

MARK = "database-id"
"""Name of the file. Its first line is the id; the rest is for whoever finds it."""

_FOR_PEOPLE = """
The pictures in this folder belong to the database with the id above. No other database may use the folder:
it would take every picture for forgotten and delete it. Keep this file with the pictures. deploy/README.md says more.
"""
_MOST_BYTES = 4_096


def read_mark(folder: Path) -> str | None:
    """The id of the database; None where nobody marked the folder, or died before the first word. OSError."""
    try:
        with (folder / MARK).open("rb") as file:
            return _id_in(file.read(_MOST_BYTES))
    except FileNotFoundError:
        return None


def write_mark(folder: Path, database: str) -> str:
    """The id that the folder is marked with: `database`, unless another came first. Durable. OSError.

    Of processes that mark it at the same moment the first one counts, and all are told the same.
    """
    descriptor = os.open(folder / MARK, os.O_RDWR | os.O_CREAT, mode=0o644)
    with open(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before = _id_in(file.read(_MOST_BYTES))
        if before is not None:
            return before
        file.seek(0)
        file.write(f"{database}\n{_FOR_PEOPLE}".encode())
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    return database


def _id_in(content: bytes) -> str | None:
    return content.partition(b"\n")[0].decode(errors="replace").strip() or None
