from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.blobs.disk import DiskBlobs
from bot.domain.identity import BlobKey
from bot.ports import BlobMissing, BlobsUnreadable, BlobsUnwritable

DATA = b"picture" * 10_000
KEY = hashlib.sha256(DATA).hexdigest()

PUT_THAT_IS_KILLED = """
import asyncio, os, pathlib, signal, sys
from bot.blobs.disk import DiskBlobs

flush, calls = os.fsync, 0

def killed_at(descriptor):
    global calls
    calls += 1
    if calls == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    flush(descriptor)

os.fsync = killed_at
asyncio.run(DiskBlobs(pathlib.Path(sys.argv[1])).put(b"picture" * 10_000))
"""


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """A disk that is full after so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.crash
@pytest.mark.parametrize(
    ("boundary", "stored"),
    [(1, False), (2, False), (3, True)],
    ids=["the folder is made", "the bytes are written", "the file is in place"],
)
async def test_a_kill_leaves_a_whole_picture_or_none(tmp_path: Path, boundary: int, stored: bool):
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", PUT_THAT_IS_KILLED, str(tmp_path), str(boundary)],
        check=False,
    )
    blobs = DiskBlobs(tmp_path)
    await blobs.prepare()

    assert killed.returncode == -9
    assert await blobs.exists(KEY) is stored
    assert files_below(tmp_path) == ([tmp_path / KEY[:2] / KEY] if stored else [])
    assert await blobs.get(await blobs.put(DATA)) == DATA


async def test_a_full_disk_is_said_and_leaves_nothing_half(tmp_path: Path):
    blobs = DiskBlobs(tmp_path)
    await blobs.prepare()

    with files_of_at_most(20_000), pytest.raises(BlobsUnwritable, match="File too large"):
        await blobs.put(DATA)

    assert files_below(tmp_path) == []
    assert await blobs.get(await blobs.put(DATA)) == DATA


async def test_a_root_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    blobs = DiskBlobs(tmp_path / "file")

    with pytest.raises(BlobsUnwritable, match=r"Not a directory|File exists"):
        await blobs.prepare()
    with pytest.raises(BlobsUnwritable, match="Not a directory"):
        await blobs.put(DATA)
    with pytest.raises(BlobsUnwritable, match="Not a directory"):
        await blobs.delete(KEY)


async def test_a_disk_that_will_not_read_is_not_a_missing_picture(tmp_path: Path):
    (tmp_path / KEY[:2] / KEY).mkdir(parents=True)

    with pytest.raises(BlobsUnreadable, match="Is a directory"):
        await DiskBlobs(tmp_path).get(KEY)
    with pytest.raises(BlobMissing):
        await DiskBlobs(tmp_path).get("0" * 64)


async def test_starting_leaves_the_files_of_living_writers_alone(tmp_path: Path):
    unfinished = tmp_path / "unfinished"
    unfinished.mkdir()
    (unfinished / "of the dead").write_bytes(b"half")
    with (unfinished / "of the living").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        await DiskBlobs(tmp_path).prepare()

        assert [path.name for path in unfinished.iterdir()] == ["of the living"]


async def test_putting_works_without_preparing(tmp_path: Path):
    blobs = DiskBlobs(tmp_path / "new" / "root")

    assert await blobs.get(await blobs.put(DATA)) == DATA


async def test_a_picture_is_not_written_a_second_time(tmp_path: Path):
    blobs = DiskBlobs(tmp_path)
    await blobs.put(DATA)
    before = os.stat(tmp_path / KEY[:2] / KEY).st_ino

    await blobs.put(DATA)

    assert os.stat(tmp_path / KEY[:2] / KEY).st_ino == before


@pytest.mark.parametrize("aside", [False, True])
async def test_touching_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aside: bool):
    blobs = DiskBlobs(tmp_path)
    await blobs.put(DATA)
    if aside:
        await blobs.set_aside([BlobKey(KEY)], before=datetime.max.replace(tzinfo=UTC))

    def unread(*_: object) -> bytes:
        raise AssertionError("the content was read")

    monkeypatch.setattr(Path, "read_bytes", unread)
    await blobs.touch(BlobKey(KEY))

    assert (tmp_path / KEY[:2] / KEY).is_file()


async def test_a_disk_that_cannot_be_looked_at_is_told_apart_from_one_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    blobs = DiskBlobs(tmp_path)
    await blobs.put(DATA)

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "utime", read_only)
    with pytest.raises(BlobsUnwritable, match="Read-only"):
        await blobs.touch(KEY)
    (tmp_path / KEY[:2] / KEY).unlink()
    (tmp_path / KEY[:2] / KEY).symlink_to(KEY)
    with pytest.raises(BlobsUnreadable, match="symbolic links"):
        await blobs.touch(KEY)
