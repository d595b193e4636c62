"""Bytes by their hash, and which of them are in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.identity import BlobKey


class BlobFault(Exception):
    """The place for pictures could not do what was asked.

    BlobFault
    ├── BlobMissing       no such blob, or a key that can't be one
    ├── BlobsUnreadable   it may be there, but the disk wouldn't give it
    └── BlobsUnwritable   full, read-only, no rights: nothing was stored, nothing half
    """


class BlobMissing(BlobFault):
    """No blob lies under this key."""


class BlobsUnreadable(BlobFault):
    """Reading failed for a reason that lies in the disk; the message says which."""


class BlobsUnwritable(BlobFault):
    """Nothing was stored or removed; the message is the system's own reason, as "No space left on device"."""


class Blobs(Protocol):
    """Where pictures lie, by the SHA-256 of their bytes."""

    async def put(self, data: bytes) -> BlobKey:
        """The key; durable when this returns. BlobsUnwritable when it can't be."""

    async def touch(self, key: BlobKey) -> None:
        """From now on as if its bytes had been put again, without reading them. BlobMissing when there are none."""

    async def get(self, key: BlobKey) -> bytes:
        """The bytes. BlobMissing when there are none."""

    async def exists(self, key: BlobKey) -> bool:
        """Whether there are bytes under this key; cheaper than reading them."""

    async def delete(self, key: BlobKey) -> None:
        """Gone afterwards, unless it was put more than once: then it goes when nobody refers to it for a while."""


class BlobStock(Protocol):
    """All blobs there are, for whoever takes away what nobody refers to."""

    async def database_id(self) -> str | None:
        """Whose they are: only that database knows what they are for. None when nobody has said."""

    async def aged(self, shard: int, *, before: datetime) -> Sequence[BlobKey]:
        """Keys in one of 256 parts that nobody put since `before`."""

    async def set_aside(self, keys: Sequence[BlobKey], *, before: datetime) -> Sequence[BlobKey]:
        """Those of `keys` now aside: readable, not put since `before`, and put anew by whoever puts them from here on."""

    async def drop(self, keys: Sequence[BlobKey]) -> None:
        """Removes what was set aside."""

    async def put_back(self, keys: Sequence[BlobKey]) -> None:
        """Undoes `set_aside`."""


class BlobUse(Protocol):
    """Which blobs the rows refer to."""

    async def database_id(self) -> str:
        """Which database's rows these are."""

    async def shown(self, key: BlobKey, *, lasting: timedelta) -> None:
        """The blob, of a picture that belongs to no job (yet), is in use from now on for so long, at least."""

    async def unused(self, keys: Sequence[BlobKey]) -> Sequence[BlobKey]:
        """Those of `keys` that no picture, sheet, upload, unfinished call or chart that is still shown refers to."""
