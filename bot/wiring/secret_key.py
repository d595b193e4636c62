"""The key that signs links and sessions: made at the first start, kept beside the database."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from bot.wiring.faults import CannotStart

FILE_NAME = "secret.key"
WRITTEN_WITHIN_S = 2.0
"""Several processes may start at once on a new folder: one makes the file, and for a moment the others find it empty."""
LOOK_S = 0.01


def read_secret_key(data_dir: Path) -> str:
    """The key, made on first use and readable by this user only; the same for all who share the folder. Blocks.

    CannotStart when it can't be kept or read.
    """
    path = data_dir / FILE_NAME
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    except OSError as error:
        raise CannotStart(f"{path} can't be written: {error.strerror}.") from None
    return _read(path)


def _read(path: Path) -> str:
    deadline = time.monotonic() + WRITTEN_WITHIN_S
    while True:
        try:
            key = path.read_text(encoding="ascii").strip()
        except OSError as error:
            raise CannotStart(
                f"{path} can't be read: {error.strerror}. All processes of a house run as one user, or as users "
                "who may read it."
            ) from None
        if key:
            return key
        if time.monotonic() >= deadline:
            raise CannotStart(
                f"{path} is empty. Delete it and start again; links made before it end."
            )
        time.sleep(LOOK_S)
