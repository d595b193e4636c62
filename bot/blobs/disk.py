"""Pictures as files on a disk, each under the hash of its content."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import math
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from bot.blobs.mark import read_mark, write_mark
from bot.domain.identity import BlobKey
from bot.ports import BlobMissing, BlobsUnreadable, BlobsUnwritable

_KEY = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = "unfinished"
_LEAVING = "leaving"
SHARDS = 256
"""Folders that blobs are spread over, by the first two digits of their keys."""

_PUT_AGAIN = stat.S_IXUSR
"""Set on a file whose content was put more than once: somebody else may be about to refer to it."""


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

    async def database_id(self) -> str | None:
        """Which database the folder belongs to; None when it isn't marked. BlobsUnreadable."""
        try:
            return await asyncio.to_thread(read_mark, self._root)
        except OSError as error:
            raise BlobsUnreadable(os.strerror(error.errno or 0)) from error

    async def mark_for(self, database: str) -> str:
        """The database it is marked for from here on: this one, unless another came first. BlobsUnwritable."""
        return await asyncio.to_thread(self._mark_for, database)

    async def is_empty(self) -> bool:
        """Whether no blob lies in its place. What a writer or a collector left that died is nobody's."""
        return await asyncio.to_thread(self._is_empty)

    async def put(self, data: bytes) -> BlobKey:
        """The key, once the bytes would survive a power cut. BlobsUnwritable when they can't be kept."""
        return BlobKey(await asyncio.to_thread(self._put, data))

    async def touch(self, key: BlobKey) -> None:
        """Nothing; from now on as if the content had been put again. BlobMissing, BlobsUnreadable, BlobsUnwritable."""
        await asyncio.to_thread(self._touch, key)

    async def get(self, key: BlobKey) -> bytes:
        """The content. BlobMissing, BlobsUnreadable."""
        return await asyncio.to_thread(self._get, key)

    async def exists(self, key: BlobKey) -> bool:
        """Whether there is a blob under this key."""
        return await asyncio.to_thread(self._exists, key)

    async def delete(self, key: BlobKey) -> None:
        """Gone afterwards, whether or not it was there; but what was put more than once stays. BlobsUnwritable.

        Another may have put it a moment ago and not written down yet that it uses it. Whoever collects what nobody
        refers to takes it in time.
        """
        await asyncio.to_thread(self._delete, key)

    async def aged(self, shard: int, *, before: datetime) -> Sequence[BlobKey]:
        """Keys in one of SHARDS parts that nobody put since `before`; also what a collector left aside that died."""
        return await asyncio.to_thread(self._aged, f"{shard:02x}", before.timestamp())

    async def set_aside(self, keys: Sequence[BlobKey], *, before: datetime) -> Sequence[BlobKey]:
        """Those of `keys` that are now aside: still readable, and put anew by whoever puts them from here on."""
        return await asyncio.to_thread(self._set_aside, keys, before.timestamp())

    async def drop(self, keys: Sequence[BlobKey]) -> None:
        """Removes what was set aside."""
        await asyncio.to_thread(self._drop, keys)

    async def put_back(self, keys: Sequence[BlobKey]) -> None:
        """Undoes `set_aside`."""
        await asyncio.to_thread(self._put_back, keys)

    def _prepare(self) -> None:
        unfinished = self._root / _UNFINISHED
        with _writing():
            unfinished.mkdir(parents=True, exist_ok=True)
            (self._root / _LEAVING).mkdir(exist_ok=True)
            for leftover in unfinished.iterdir():
                _remove_unless_written(leftover)

    def _mark_for(self, database: str) -> str:
        with _writing():
            marked = write_mark(self._root, database)
            _sync_folder(self._root)
        return marked

    def _is_empty(self) -> bool:
        return not any(
            _KEY.fullmatch(file.name)
            for shard in range(SHARDS)
            for file in _files(self._root / f"{shard:02x}")
        )

    def _put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        target = self._path(key)
        with _writing():
            if _kept_anew(target):
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

    def _touch(self, key: str) -> None:
        place, aside = self._path(key), self._aside(key)
        if _touched(place):
            return
        if _touched(aside):
            # Under both names: whoever has it aside drops one. Gone from there, it was laid back or dropped a moment ago.
            with _writing(), suppress(FileExistsError, FileNotFoundError):
                os.link(aside, place)
                _sync_folder(place.parent)
        if not _touched(place):
            raise BlobMissing(key)

    def _get(self, key: str) -> bytes:
        # Set aside and back again: between one look and the next it may change places once.
        for path in (self._path(key), self._aside(key), self._path(key)):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise BlobsUnreadable(os.strerror(error.errno or 0)) from error
        raise BlobMissing(key)

    def _exists(self, key: str) -> bool:
        return _KEY.fullmatch(key) is not None and (
            self._path(key).is_file() or self._aside(key).is_file()
        )

    def _delete(self, key: str) -> None:
        if _KEY.fullmatch(key) is None:
            return
        with _writing(), self._moving(), suppress(FileNotFoundError):
            if self._aside(key).exists():
                # Somebody collects it just now: what lies in its place was put since.
                return
            # Moved first: from here on whoever puts it writes it anew, so what is seen now stays true.
            self._path(key).replace(self._aside(key))
            if self._aside(key).stat().st_mode & _PUT_AGAIN:
                self._lay_back(key)
            else:
                self._aside(key).unlink()

    def _aged(self, shard: str, before: float) -> list[BlobKey]:
        found = [*_files(self._root / shard), *_files(self._root / _LEAVING)]
        return [
            BlobKey(file.name)
            for file in found
            if file.name.startswith(shard) and _KEY.fullmatch(file.name) and _put_at(file) < before
        ]

    def _set_aside(self, keys: Sequence[BlobKey], before: float) -> list[BlobKey]:
        aside = []
        with _writing(), self._moving():
            for key in keys:
                if self._aside(key).exists() and before <= _put_at(self._path(key)) < math.inf:
                    # Another collector has it aside. What was put since then is not to go with it.
                    continue
                with suppress(FileNotFoundError):
                    self._path(key).replace(self._aside(key))
                # Whoever put it again before it was moved finds it where it was.
                if _put_at(self._aside(key)) < before:
                    aside.append(key)
                else:
                    self._lay_back(key)
        return aside

    def _drop(self, keys: Sequence[BlobKey]) -> None:
        with _writing(), self._moving():
            for key in keys:
                self._aside(key).unlink(missing_ok=True)

    def _put_back(self, keys: Sequence[BlobKey]) -> None:
        with _writing(), self._moving():
            for key in keys:
                self._lay_back(key)

    def _lay_back(self, key: str) -> None:
        """Into its place, unless it was put there anew: that one is younger."""
        with suppress(FileNotFoundError):
            with suppress(FileExistsError):
                os.link(self._aside(key), self._path(key))
            self._aside(key).unlink()

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """Alone among all who move blobs aside and back; those who put them wait for nobody."""
        leaving = self._root / _LEAVING
        leaving.mkdir(parents=True, exist_ok=True)
        with (leaving / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _aside(self, key: str) -> Path:
        return self._root / _LEAVING / key

    def _path(self, key: str) -> Path:
        """Where a blob lies. BlobMissing for anything but 64 hexadecimal digits: no path is made of foreign words."""
        if _KEY.fullmatch(key) is None:
            raise BlobMissing(key[:80])
        return self._root / key[:2] / key


def _kept_anew(file: Path) -> bool:
    """Whether it was there; then it is as good as new, so that nobody takes it for forgotten."""
    try:
        file.chmod(file.stat().st_mode | _PUT_AGAIN)
        os.utime(file)
    except FileNotFoundError:
        return False
    return True


def _touched(file: Path) -> bool:
    """As `_kept_anew`. A file that can't be looked at is told apart from one that can't be dated."""
    try:
        file.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise BlobsUnreadable(os.strerror(error.errno or 0)) from error
    with _writing():
        return _kept_anew(file)


def _files(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def _put_at(file: Path) -> float:
    """When it was put last, in seconds since 1970; never, if it is gone."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return math.inf


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
