"""Opening the folder for pictures: only by the database it belongs to, since whoever tidies up asks the database."""

from __future__ import annotations

from pathlib import Path

from bot.blobs.disk import DiskBlobs
from bot.blobs.mark import MARK
from bot.config import Settings
from bot.ports import BlobsUnreadable, BlobsUnwritable
from bot.store.opening import Store
from bot.wiring.faults import CannotStart
from bot.wiring.store import database_name

_NEWS = "No picture was touched: with the wrong database, all of them would be taken for forgotten and deleted. "


async def open_pictures(settings: Settings, store: Store) -> DiskBlobs:
    """The folder, made and marked for this database. CannotStart when it is another's, or can't be used.

    Unmarked folders are those of earlier releases, or copied without their mark: they are this database's when its
    newest picture lies in them.
    """
    folder = settings.data_dir / "pictures"
    blobs = DiskBlobs(folder)
    try:
        await blobs.prepare()
        database = await store.blob_use.database_id()
        marked = await blobs.database_id()
        if marked is None and (await blobs.is_empty() or await _holds_newest(blobs, store)):
            marked = await blobs.mark_for(database)
        if marked is None:
            # Another process of this house may have marked it and put its first picture since.
            marked = await blobs.database_id()
    except BlobsUnreadable as error:
        raise CannotStart(
            f"The folder for pictures {folder} can't be read ({error}). Give this user the right to read it and {MARK} "
            "in it, or choose another with IMPASTO_DATA_DIR."
        ) from None
    except BlobsUnwritable as error:
        raise CannotStart(
            f"The folder for pictures {folder} can't be written ({error}). Make room or give this user the right, "
            "or choose another with IMPASTO_DATA_DIR."
        ) from None
    if marked == database:
        return blobs
    name = database_name(settings)
    if marked is not None:
        what = f"The pictures in {folder} belong to another database: they are marked for {marked}, and {name} is {database}. "
    elif await store.blob_use.newest() is None:
        what = f"{folder} holds pictures, and {name} has no picture. "
    else:
        what = f"{folder} holds pictures, and the newest picture of {name} isn't among them. "
    raise CannotStart(what + _NEWS + _cure(folder, database))


async def _holds_newest(blobs: DiskBlobs, store: Store) -> bool:
    newest = await store.blob_use.newest()
    return newest is not None and await blobs.exists(newest)


def _cure(folder: Path, database: str) -> str:
    return (
        "Set DATABASE_URL to the database that these pictures belong to (without it the file impasto.db in the data "
        "folder is used), or give this database a folder of its own with IMPASTO_DATA_DIR. Only if the pictures do "
        f"belong to it, make {database} the first line of {folder / MARK}."
    )
