"""What every store of pictures must do, wherever it keeps them."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from bot.blobs.disk import DiskBlobs
from bot.ports import BlobMissing

ABSENT = hashlib.sha256(b"never stored").hexdigest()


@pytest.fixture
async def blobs(tmp_path: Path) -> DiskBlobs:
    store = DiskBlobs(tmp_path / "blobs")
    await store.prepare()
    return store


@pytest.mark.parametrize("data", [b"", b"a", bytes(range(256)) * 8192])
async def test_what_is_put_comes_back_under_the_hash_of_its_content(blobs: DiskBlobs, data: bytes):
    key = await blobs.put(data)

    assert key == hashlib.sha256(data).hexdigest()
    assert await blobs.get(key) == data
    assert await blobs.exists(key)


async def test_putting_twice_is_putting_once(blobs: DiskBlobs):
    assert await blobs.put(b"twice") == await blobs.put(b"twice")

    await blobs.delete(hashlib.sha256(b"twice").hexdigest())

    assert not await blobs.exists(hashlib.sha256(b"twice").hexdigest())


async def test_many_may_put_the_same_at_once(blobs: DiskBlobs):
    data = b"x" * 300_000

    keys = await asyncio.gather(*(blobs.put(data) for _ in range(20)))

    assert len(set(keys)) == 1
    assert await blobs.get(keys[0]) == data


async def test_what_is_not_there_is_missing(blobs: DiskBlobs):
    with pytest.raises(BlobMissing):
        await blobs.get(ABSENT)

    assert not await blobs.exists(ABSENT)


async def test_deleting_what_is_not_there_is_fine(blobs: DiskBlobs):
    key = await blobs.put(b"short-lived")

    for _ in range(2):
        await blobs.delete(key)
    await blobs.delete(ABSENT)

    with pytest.raises(BlobMissing):
        await blobs.get(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "..",
        "../" * 21 + "x",
        "..%2f" + ABSENT[5:],
        ABSENT.upper(),
        ABSENT + "\n",
        ABSENT[:-1],
        ABSENT + "0",
        "/etc/passwd",
        "con",
        "\x00" * 64,
        "٠" * 64,
        "unfinished",
    ],
)
async def test_no_foreign_word_becomes_a_path(blobs: DiskBlobs, key: str):
    with pytest.raises(BlobMissing):
        await blobs.get(key)
    await blobs.delete(key)
    assert not await blobs.exists(key)


async def test_nothing_may_stand_behind_a_key(blobs: DiskBlobs):
    key = await blobs.put(b"picture")

    with pytest.raises(BlobMissing):
        await blobs.get(f"{key}/../{key}")
