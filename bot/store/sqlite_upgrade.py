"""Brings a SQLite file to this version's tables, but never under another release that is running on it."""

from __future__ import annotations

import time
from pathlib import Path

from bot.store.errors import AlreadyRunning, OlderIsRunning
from bot.store.file_lock import FileLock
from bot.store.migrate import newest_version, settled_version, sqlite_url, upgrade

PATIENCE_S = 2.0
"""How long whoever has the lock may take to begin with the tables. Ours: between the two lie some milliseconds."""

_LOOK_AGAIN_S = 0.05


def upgrade_sqlite(path: Path, *, claim: FileLock | None) -> str:
    """The version the file is at now; with `claim`, that lock is ours from then on.

    Nothing was changed when it raises AlreadyRunning (with `claim`), OlderIsRunning (without) or NewerDatabase. Who claims
    nothing takes the lock too while the tables change, so that nobody starts on them meanwhile.
    """
    url = sqlite_url(path)
    if claim is None and settled_version(url) == newest_version():
        return newest_version()
    lock = claim or FileLock(path)
    try:
        running = _refused(lock, url)
        if running is None:
            return upgrade(url)
        return _beside(path, url, running, claims=claim is not None)
    finally:
        if claim is None:
            lock.release()


def _refused(lock: FileLock, url: str) -> AlreadyRunning | None:
    """None once the lock is taken. Who has older tables and the lock may be changing them just now: that is waited for."""
    until = time.monotonic() + PATIENCE_S
    waited = last = False
    while True:
        try:
            lock.acquire()
        except AlreadyRunning as running:
            current = settled_version(url) == newest_version()
            if last or (current and not waited):
                return running
        else:
            return None
        # Who has just brought them up to date may be about to let go: one more try.
        waited, last = True, current or time.monotonic() >= until
        time.sleep(_LOOK_AGAIN_S)


def _beside(path: Path, url: str, running: AlreadyRunning, *, claims: bool) -> str:
    stored = settled_version(url)
    if claims or stored is None:
        raise running
    if stored != newest_version():
        raise OlderIsRunning(path, running.pid, stored=stored, known=newest_version())
    return stored
