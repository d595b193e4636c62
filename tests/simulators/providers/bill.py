"""What a simulated provider charged: the witness that outlives a killed bot."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Bill:
    """Accepted paid calls in order, each on disk before it is answered when a file was given.

    A simulator started again on the same file goes on with the same bill.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.entries: list[dict[str, Any]] = []
        if path is not None and path.exists():
            self.entries = [json.loads(line) for line in path.read_text().splitlines()]

    def charge(self, **entry: Any) -> None:
        """Adds a line and, with a file, waits until the disk has it."""
        entry = {"number": len(self.entries) + 1, **entry}
        self.entries.append(entry)
        if self._path is None:
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())

    @property
    def images(self) -> int:
        """How many images were charged."""
        return sum(entry["count"] for entry in self.entries)
