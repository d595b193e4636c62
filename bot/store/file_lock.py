"""The lock beside a SQLite file: only one process at a time claims jobs from it."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from bot.store.errors import AlreadyRunning, NotWritable

_held: set[Path] = set()
"""Locks this process holds: the kernel would give the same process the same lock twice."""

_taking = threading.Lock()
"""Of two threads that take the same lock at once, one would end the other's by closing the file."""


class FileLock:
    """Held until `release`, or until the process ends however it ends.

    A POSIX record lock: unlike flock it is not inherited by forked children, so a worker process that outlives a
    killed parent for a moment doesn't keep the next start out.
    """

    def __init__(self, database: Path) -> None:
        self._database = database.resolve()
        self._path = self._database.with_name(self._database.name + ".lock")
        self._file: int | None = None

    def acquire(self) -> None:
        """Takes the lock. AlreadyRunning names the process that has it."""
        with _taking:
            self._acquire()

    def _acquire(self) -> None:
        if self._file is not None:
            return
        if self._path in _held:
            raise AlreadyRunning(self._database, os.getpid())
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise NotWritable(self._path, error.strerror or str(error)) from error
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = _written_pid(file)
            os.close(file)
            raise AlreadyRunning(self._database, pid) from error
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._file = file
        _held.add(self._path)

    def release(self) -> None:
        """Gives it back; nothing when it isn't held."""
        with _taking:
            if self._file is not None:
                os.close(self._file)
                self._file = None
                _held.discard(self._path)


def _written_pid(file: int) -> int | None:
    written = os.pread(file, 32, 0)
    return int(written) if written.isdigit() else None
