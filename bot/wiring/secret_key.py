"""The key that signs links and sessions: made at the first start, kept beside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.wiring.faults import CannotStart

FILE_NAME = "secret.key"


def read_secret_key(data_dir: Path) -> str:
    """The key, made on first use and readable by this user only. CannotStart when it can't be kept."""
    path = data_dir / FILE_NAME
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise CannotStart(f"{path} can't be written: {error.strerror}.") from None
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise CannotStart(f"{path} is empty. Delete it and start again; links made before it end.")
    return key
