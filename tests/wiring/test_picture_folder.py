"""A folder of pictures belongs to one database: no other one may take its pictures for forgotten."""

import asyncio
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bot.blobs.disk import DiskBlobs
from bot.blobs.mark import MARK
from bot.config import Settings, load_settings
from bot.store.opening import Store
from bot.wiring.faults import CannotStart
from bot.wiring.fittings import SystemClock
from bot.wiring.house import open_house
from bot.wiring.pictures import open_pictures
from bot.wiring.store import open_store
from moderation import Gate
from tests.contracts.store_kit import allowed, picture, running

KNOWN, FOREIGN = b"a picture that its database knows", b"somebody else's picture"


def settings_in(folder: Path, **environment: str) -> Settings:
    return load_settings(
        {"IMPASTO_DATA_DIR": str(folder), "IMPASTO_CONFIG": "", **environment},
        moderators=[],
        image_processes=1,
    )


@pytest.fixture
async def opened():
    """Opens the store of some settings, closed with the test."""
    async with AsyncExitStack() as stack:

        async def store_of(settings: Settings) -> Store:
            return await open_store(settings, clock=SystemClock(), claim=False, stack=stack)

        yield store_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "data")


@pytest.fixture
async def store(opened, settings: Settings) -> Store:
    return await opened(settings)


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.data_dir / "pictures"


def marked_for(folder: Path) -> str:
    return (folder / MARK).read_text().splitlines()[0]


async def of_an_earlier_release(folder: Path, *contents: bytes) -> None:
    """A folder with pictures and no mark."""
    blobs = DiskBlobs(folder)
    await blobs.prepare()
    for content in contents:
        await blobs.put(content)


async def knows(store: Store, content: bytes) -> None:
    """The database's newest picture is this one."""
    key = hashlib.sha256(content).hexdigest()
    claimed = await running(store, f"job of {key}")
    call = await store.journal.plan(claimed.fence, part=0, provider="house", key=f"call of {key}")
    await store.journal.sent(claimed.fence, call.id)
    await store.queue.finish(
        claimed.fence,
        images=[replace(picture(1, content=key), key=key)],
        decisions=[allowed(Gate.IMAGE)],
        cost_microusd=1,
        notes=(),
        grid=None,
    )


async def test_an_empty_folder_is_marked_and_known_again(
    store: Store, settings: Settings, folder: Path
) -> None:
    await open_pictures(settings, store)
    blobs = await open_pictures(settings, store)
    await blobs.put(FOREIGN)

    await open_pictures(settings, store)

    assert marked_for(folder) == await store.blob_use.database_id()


async def test_another_database_is_refused_with_the_cure_and_touches_nothing(
    opened, store: Store, settings: Settings, folder: Path, tmp_path: Path
) -> None:
    await (await open_pictures(settings, store)).put(FOREIGN)
    other = await opened(settings_in(tmp_path / "other"))
    mark = (folder / MARK).read_bytes()

    with pytest.raises(CannotStart) as refused:
        await open_pictures(settings, other)

    sentence = str(refused.value)
    assert "belong to another database" in sentence
    for cure in ("DATABASE_URL", "IMPASTO_DATA_DIR", str(folder / MARK)):
        assert cure in sentence
    assert await other.blob_use.database_id() in sentence
    assert (folder / MARK).read_bytes() == mark


async def test_the_cure_that_the_sentence_names_works(
    opened, store: Store, settings: Settings, folder: Path, tmp_path: Path
) -> None:
    await (await open_pictures(settings, store)).put(FOREIGN)
    other = await opened(settings_in(tmp_path / "other"))

    (folder / MARK).write_text(await other.blob_use.database_id())

    await open_pictures(settings, other)
    with pytest.raises(CannotStart):
        await open_pictures(settings, store)


async def test_a_folder_of_an_earlier_release_is_adopted_with_its_newest_picture_in_it(
    store: Store, settings: Settings, folder: Path
) -> None:
    await of_an_earlier_release(folder, KNOWN, FOREIGN)
    await knows(store, KNOWN)

    await open_pictures(settings, store)

    assert marked_for(folder) == await store.blob_use.database_id()


async def test_an_unmarked_folder_with_leftovers_only_counts_as_empty(
    store: Store, settings: Settings, folder: Path
) -> None:
    """A writer that died in the middle, and what a collector was about to drop: nobody's pictures."""
    await of_an_earlier_release(folder)
    (folder / "unfinished" / "0123abcd").write_bytes(b"half a pict")
    aside = folder / "leaving" / hashlib.sha256(FOREIGN).hexdigest()
    aside.write_bytes(FOREIGN)
    (folder / "ab").mkdir()

    await open_pictures(settings, store)

    assert marked_for(folder) == await store.blob_use.database_id()
    assert aside.read_bytes() == FOREIGN


async def test_pictures_that_the_database_does_not_know_are_left_alone(
    store: Store, settings: Settings, folder: Path
) -> None:
    await of_an_earlier_release(folder, FOREIGN)
    await knows(store, KNOWN)

    with pytest.raises(CannotStart, match=r"newest picture .* isn't among them.*DATABASE_URL"):
        await open_pictures(settings, store)

    assert not (folder / MARK).exists()


async def test_a_database_without_pictures_adopts_none(
    store: Store, settings: Settings, folder: Path
) -> None:
    await of_an_earlier_release(folder, FOREIGN)

    with pytest.raises(CannotStart, match=r"no picture.*DATABASE_URL.*IMPASTO_DATA_DIR"):
        await open_pictures(settings, store)

    assert not (folder / MARK).exists()


async def test_a_copied_folder_and_a_restored_one_are_still_the_databases(
    store: Store, settings: Settings, folder: Path, tmp_path: Path
) -> None:
    await (await open_pictures(settings, store)).put(KNOWN)
    await knows(store, KNOWN)
    copied = settings_in(tmp_path / "copy")
    shutil.copytree(folder, copied.data_dir / "pictures")
    await open_pictures(copied, store)

    (folder / MARK).unlink()
    await open_pictures(settings, store)

    assert marked_for(copied.data_dir / "pictures") == marked_for(folder)


async def test_a_restored_database_is_the_same_one(
    opened, store: Store, settings: Settings, folder: Path, tmp_path: Path
) -> None:
    await (await open_pictures(settings, store)).put(FOREIGN)
    restored = settings_in(tmp_path / "restored")
    restored.data_dir.mkdir()
    with (
        sqlite3.connect(settings.database_path) as now,
        sqlite3.connect(restored.database_path) as backup,
    ):
        now.backup(backup)
    shutil.copytree(folder, restored.data_dir / "pictures")

    blobs = await open_pictures(restored, await opened(restored))

    assert await blobs.exists(hashlib.sha256(FOREIGN).hexdigest())


async def test_processes_that_start_together_agree_while_one_already_puts(
    opened, settings: Settings, folder: Path
) -> None:
    stores = [await opened(settings) for _ in range(8)]

    async def starts(store: Store) -> str:
        blobs = await open_pictures(settings, store)
        await blobs.put(FOREIGN)
        return await store.blob_use.database_id()

    ids = await asyncio.gather(*(starts(store) for store in stores))

    assert set(ids) == {marked_for(folder)}


async def test_a_folder_that_another_process_of_the_house_marks_and_fills_meanwhile_is_ours(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = DiskBlobs.is_empty

    async def after_another_came_first(self: DiskBlobs) -> bool:
        await self.mark_for(await store.blob_use.database_id())
        await self.put(FOREIGN)
        return await look(self)

    monkeypatch.setattr(DiskBlobs, "is_empty", after_another_came_first)

    await open_pictures(settings, store)


async def test_of_two_databases_that_start_together_one_gets_the_folder(
    opened, settings: Settings, folder: Path, tmp_path: Path
) -> None:
    stores = [await opened(settings), await opened(settings_in(tmp_path / "other"))]

    came = await asyncio.gather(
        *(open_pictures(settings, store) for store in stores), return_exceptions=True
    )

    assert sorted(isinstance(one, CannotStart) for one in came) == [False, True]


async def test_a_mark_whose_writer_died_before_its_first_word_counts_as_none(
    store: Store, settings: Settings, folder: Path
) -> None:
    await of_an_earlier_release(folder)
    (folder / MARK).touch()

    await open_pictures(settings, store)

    assert marked_for(folder) == await store.blob_use.database_id()


def lock(folder: Path) -> None:
    """Nothing can be written in it any more, by root neither."""
    folder.chmod(0o500)
    if os.access(folder, os.W_OK) and not (folder / MARK).exists():
        (folder / MARK).mkdir()


@pytest.fixture
def unlocked_afterwards(folder: Path) -> Iterator[None]:
    yield
    folder.chmod(0o700)


@pytest.mark.usefixtures("unlocked_afterwards")
async def test_a_folder_that_cant_be_marked_is_said(
    store: Store, settings: Settings, folder: Path
) -> None:
    await of_an_earlier_release(folder)
    lock(folder)

    with pytest.raises(CannotStart, match=rf"{folder} can't be.*IMPASTO_DATA_DIR"):
        await open_pictures(settings, store)


@pytest.mark.usefixtures("unlocked_afterwards")
async def test_a_marked_folder_needs_no_writing(
    store: Store, settings: Settings, folder: Path
) -> None:
    await open_pictures(settings, store)
    mark = (folder / MARK).stat()
    lock(folder)

    await open_pictures(settings, store)

    assert (folder / MARK).stat() == mark


@pytest.mark.parametrize("work", [True, False], ids=["the bot", "a client beside it"])
async def test_a_house_opens_with_its_own_folder_only(tmp_path: Path, work: bool) -> None:
    await of_an_earlier_release(tmp_path / "pictures", FOREIGN)

    with pytest.raises(CannotStart, match="DATABASE_URL"):
        async with open_house(settings_in(tmp_path), work=work):
            pass

    assert await DiskBlobs(tmp_path / "pictures").exists(hashlib.sha256(FOREIGN).hexdigest())


async def test_a_mistyped_address_beside_an_old_folder_starts_nothing(
    opened, tmp_path: Path, postgres_url: str
) -> None:
    usual = settings_in(tmp_path)
    await (await open_pictures(usual, await opened(usual))).put(FOREIGN)

    with pytest.raises(CannotStart, match="belong to another database"):
        async with open_house(settings_in(tmp_path, DATABASE_URL=postgres_url), work=True):
            pass
