"""What any store operation may raise."""

from __future__ import annotations

from enum import StrEnum


class Unavailable(StrEnum):
    """Why the database took nothing."""

    FULL = "full"
    READ_ONLY = "read_only"
    LOCKED = "locked"
    """Another process has been writing for longer than we wait."""
    BROKEN = "broken"
    """An I/O error, or a file that is no sound database."""
    UNREACHABLE = "unreachable"
    """No connection to its server, or none any more."""
    CLOSED = "closed"


class StoreUnavailable(Exception):
    """Any store operation may raise this: it is not stored, or whether it is can't be known; asking again is safe."""

    def __init__(self, why: Unavailable, detail: str) -> None:
        super().__init__(f"the database is {why.replace('_', ' ')}: {detail}")
        self.why = why
