"""Pictures as files on a disk, each under the hash of its content."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.domain.identity import BlobKey
from bot.ports import BlobMissing, BlobsUnreadable, BlobsUnwritable

_KEY = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = "unfinished"


class DiskBlobs:
    """Blobs below one folder: `root/ab/abcdef…`, sharded by the first two digits.

    A key is the SHA-256 of the content in hexadecimal, so a blob never changes and storing it twice is storing
    it once. A blob is there whole or not at all, through a kill, a power cut and a full disk. Several processes
    may share one root.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    async def prepare(self) -> None:
        """Nothing; makes the folder and removes what writers left that died. BlobsUnwritable when it can't."""
        await asyncio.to_thread(self._prepare)

    async def put(self, data: bytes) -> BlobKey:
        """The key, once the bytes would survive a power cut. BlobsUnwritable when they can't be kept."""
        return BlobKey(await asyncio.to_thread(self._put, data))

    async def get(self, key: BlobKey) -> bytes:
        """The content. BlobMissing, BlobsUnreadable."""
        return await asyncio.to_thread(self._get, key)

    async def exists(self, key: BlobKey) -> bool:
        """Whether there is a blob under this key."""
        return await asyncio.to_thread(self._exists, key)

    async def delete(self, key: BlobKey) -> None:
        """Nothing; afterwards there is no blob under this key, whether there was one or not. BlobsUnwritable."""
        await asyncio.to_thread(self._delete, key)

    def _prepare(self) -> None:
        unfinished = self._root / _UNFINISHED
        with _writing():
            unfinished.mkdir(parents=True, exist_ok=True)
            for leftover in unfinished.iterdir():
                _remove_unless_written(leftover)

    def _put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        target = self._path(key)
        with _writing():
            if target.exists():
                # The one who wrote it may not have come to this line yet.
                _sync_folder(target.parent)
                return key
            try:
                self._write(data, target)
            except FileNotFoundError:
                # Swept away between creation and lock, by a process that was just starting.
                self._write(data, target)
        return key

    def _write(self, data: bytes, target: Path) -> None:
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync_folder(self._root)
        unfinished = self._root / _UNFINISHED
        unfinished.mkdir(exist_ok=True)
        _write_then_move(data, unfinished / secrets.token_hex(16), target)

    def _get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(key) from None
        except OSError as error:
            raise BlobsUnreadable(os.strerror(error.errno or 0)) from error

    def _exists(self, key: str) -> bool:
        return _KEY.fullmatch(key) is not None and self._path(key).is_file()

    def _delete(self, key: str) -> None:
        if _KEY.fullmatch(key) is None:
            return
        with _writing(), suppress(FileNotFoundError):
            self._path(key).unlink()

    def _path(self, key: str) -> Path:
        """Where a blob lies. BlobMissing for anything but 64 hexadecimal digits: no path is made of foreign words."""
        if _KEY.fullmatch(key) is None:
            raise BlobMissing(key[:80])
        return self._root / key[:2] / key


def _write_then_move(data: bytes, unfinished: Path, target: Path) -> None:
    """Write beside, flush to the disk, move into place, flush the folder: at every line there is all or nothing."""
    try:
        with unfinished.open("xb") as file:
            # A sweeper of another process leaves a locked file alone.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _remove_unless_written(leftover: Path) -> None:
    """Remove the file of a writer that died; its lock ended with it."""
    with suppress(FileNotFoundError, BlockingIOError), leftover.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        leftover.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make names in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BlobsUnwritable(os.strerror(error.errno or 0)) from error
