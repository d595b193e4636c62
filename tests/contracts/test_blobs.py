"""What every store of pictures must do, wherever it keeps them."""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.blobs.disk import DiskBlobs
from bot.domain.identity import BlobKey
from bot.ports import BlobMissing, Blobs
from tests.browser.stage.memory import MemoryBlobs

ABSENT = hashlib.sha256(b"never stored").hexdigest()


def hours_from_now(hours: int) -> datetime:
    """Files are dated by the machine."""
    return datetime.now(UTC) + timedelta(hours=hours)  # noqa: TID251 - the machine's time is what is tested


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
    key = await blobs.put(b"twice")

    assert await blobs.put(b"twice") == key
    assert await blobs.get(key) == b"twice"


async def test_what_was_put_again_is_left_to_whoever_collects(blobs: DiskBlobs):
    """Whoever put it the second time may not have written down yet that it is theirs too."""
    key = await blobs.put(b"two people's")
    await blobs.put(b"two people's")

    await blobs.delete(key)

    assert await blobs.get(key) == b"two people's"


async def test_what_is_aside_can_be_read_put_back_and_dropped(blobs: DiskBlobs):
    kept, dropped = [await blobs.put(data) for data in (b"kept", b"dropped")]
    later = hours_from_now(1)

    assert await blobs.set_aside([kept, dropped, ABSENT], before=later) == [kept, dropped]
    assert await blobs.get(kept) == b"kept"
    await blobs.put_back([kept])
    await blobs.drop([dropped])

    assert await blobs.get(kept) == b"kept"
    assert not await blobs.exists(dropped)


async def test_only_what_is_old_is_found_and_set_aside(blobs: DiskBlobs):
    key = await blobs.put(b"old")
    shard = int(key[:2], 16)
    long_ago, soon = (hours_from_now(hours) for hours in (-1, 1))

    assert await blobs.aged(shard, before=long_ago) == []
    assert await blobs.set_aside([key], before=long_ago) == []
    assert await blobs.aged(shard, before=soon) == [key]
    assert await blobs.aged((shard + 1) % 256, before=soon) == []


async def test_putting_makes_young_again(blobs: DiskBlobs, tmp_path: Path):
    key = await blobs.put(b"old")
    (file,) = (tmp_path / "blobs").rglob(key)
    os.utime(file, (1, 1))
    await blobs.put(b"old")

    assert await blobs.set_aside([key], before=datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert await blobs.get(key) == b"old"


async def test_touching_makes_young_again_and_leaves_it_to_whoever_collects(
    blobs: DiskBlobs, tmp_path: Path
):
    key = await blobs.put(b"old")
    os.utime(tmp_path / "blobs" / key[:2] / key, (1, 1))

    await blobs.touch(key)
    await blobs.delete(key)

    assert await blobs.set_aside([key], before=datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert await blobs.get(key) == b"old"


async def test_what_is_touched_while_it_is_aside_outlives_its_old_self(
    blobs: DiskBlobs, tmp_path: Path
):
    dropped, put_back = [await blobs.put(data) for data in (b"dropped", b"put back")]
    both = [dropped, put_back]
    for key in both:
        os.utime(tmp_path / "blobs" / key[:2] / key, (1, 1))
    await blobs.set_aside(both, before=hours_from_now(-1))

    for key in both:
        await blobs.touch(key)
    taken = await DiskBlobs(tmp_path / "blobs").set_aside(both, before=hours_from_now(-1))
    await blobs.drop([dropped])
    await blobs.put_back([put_back])

    assert taken == []
    assert [await blobs.get(key) for key in both] == [b"dropped", b"put back"]
    assert [await blobs.aged(int(key[:2], 16), before=hours_from_now(-1)) for key in both] == [
        [],
        [],
    ]


async def test_what_was_touched_while_it_was_aside_goes_when_it_is_old_again(
    blobs: DiskBlobs, tmp_path: Path
):
    key = await blobs.put(b"left aside by a dead collector")
    await blobs.set_aside([key], before=hours_from_now(1))
    await blobs.touch(key)

    # Under both names it is one file, and a move of one over the other is none.
    for _ in range(2):
        await blobs.drop(await blobs.set_aside([key], before=hours_from_now(1)))

    assert not await blobs.exists(key)


@pytest.mark.parametrize("kind", [DiskBlobs, MemoryBlobs])
async def test_touching_tells_whether_it_is_there(
    kind: type[DiskBlobs | MemoryBlobs], tmp_path: Path
):
    blobs: Blobs = DiskBlobs(tmp_path) if kind is DiskBlobs else MemoryBlobs()
    key = await blobs.put(b"there")

    await blobs.touch(key)

    assert await blobs.get(key) == b"there"
    with pytest.raises(BlobMissing):
        await blobs.touch(BlobKey(ABSENT))


async def test_what_is_put_while_it_is_aside_outlives_its_old_self(blobs: DiskBlobs):
    key = await blobs.put(b"coming and going")
    await blobs.set_aside([key], before=hours_from_now(1))
    await blobs.put(b"coming and going")

    await blobs.drop([key])

    assert await blobs.get(key) == b"coming and going"


async def test_a_second_collector_takes_nothing_that_was_put_while_the_first_had_it_aside(
    blobs: DiskBlobs, tmp_path: Path
):
    other = DiskBlobs(tmp_path / "blobs")
    key = await blobs.put(b"seen by both")
    before = hours_from_now(1)
    os.utime(tmp_path / "blobs" / key[:2] / key, (1, 1))
    await blobs.set_aside([key], before=before - timedelta(hours=2))
    await other.put(b"seen by both")

    taken = await other.set_aside([key], before=before - timedelta(hours=2))
    await blobs.drop([key])

    assert taken == []
    assert await blobs.get(key) == b"seen by both"


async def test_deleting_leaves_what_was_put_while_a_collector_had_it_aside(blobs: DiskBlobs):
    key = await blobs.put(b"deleted once, put twice")
    await blobs.set_aside([key], before=hours_from_now(1))
    await blobs.put(b"deleted once, put twice")

    await blobs.delete(key)
    await blobs.drop([key])

    assert await blobs.get(key) == b"deleted once, put twice"


async def test_putting_back_never_makes_a_younger_one_old(blobs: DiskBlobs, tmp_path: Path):
    key = await blobs.put(b"young")
    os.utime(tmp_path / "blobs" / key[:2] / key, (1, 1))
    await blobs.set_aside([key], before=hours_from_now(-1))
    await blobs.put(b"young")

    await blobs.put_back([key])

    assert await blobs.aged(int(key[:2], 16), before=hours_from_now(-1)) == []
    assert await blobs.get(key) == b"young"


async def test_what_a_dead_collector_left_aside_is_found_again(blobs: DiskBlobs):
    key = await blobs.put(b"left aside")
    soon = hours_from_now(1)
    await blobs.set_aside([key], before=soon)

    assert await blobs.aged(int(key[:2], 16), before=soon) == [key]
    assert await blobs.set_aside([key], before=soon) == [key]


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
    with pytest.raises(BlobMissing):
        await blobs.touch(BlobKey(key))
    await blobs.delete(key)
    assert not await blobs.exists(key)


async def test_nothing_may_stand_behind_a_key(blobs: DiskBlobs):
    key = await blobs.put(b"picture")

    with pytest.raises(BlobMissing):
        await blobs.get(f"{key}/../{key}")
