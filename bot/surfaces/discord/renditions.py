"""Which file of each picture is uploaded: the largest one that fits."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.card import Picture
from bot.domain.identity import BlobKey
from bot.ports import BlobMissing, Blobs
from bot.surfaces.discord.rest import Upload

IN_FULL = 4
"""More pictures than this are an overview: their smaller renditions do."""
ALL_BYTES = 24 * 1024 * 1024
"""All files of one message together. Ours: what an ordinary line uploads within the time a letter has."""
FULL, VIEW, THUMBNAIL = 0, 1, 2
LEVELS = (FULL, VIEW, THUMBNAIL)

_ENDINGS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"RIFF", "webp"), (b"GIF8", "gif"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture's file, or None where none of its files can be had or fits."""

    picture: Picture
    upload: Upload | None


async def shown(
    pictures: Sequence[Picture], blobs: Blobs, *, most_bytes: int, level: int = FULL
) -> list[Shown]:
    """Every picture with the best file that fits, none larger than its rendition `level`.

    BlobsUnreadable when the disk wouldn't give one that may be there.
    """
    begin = max(level, VIEW if len(pictures) > IN_FULL else FULL)
    each = min(most_bytes, ALL_BYTES // max(1, len(pictures)))
    return list(await asyncio.gather(*(_best(picture, blobs, each, begin) for picture in pictures)))


async def _best(picture: Picture, blobs: Blobs, most_bytes: int, begin: int) -> Shown:
    renditions = (picture.full, picture.view, picture.thumbnail)
    for key in dict.fromkeys(renditions[begin:]):
        data = await _read(blobs, key)
        if data is not None and len(data) <= most_bytes:
            return Shown(picture=picture, upload=_upload(picture, data))
    return Shown(picture=picture, upload=None)


async def _read(blobs: Blobs, key: BlobKey) -> bytes | None:
    try:
        return await blobs.get(key)
    except BlobMissing:
        return None


def _upload(picture: Picture, data: bytes) -> Upload:
    ending = next((end for magic, end in _ENDINGS if data.startswith(magic)), "bin")
    mark = hashlib.sha256(data).hexdigest()[:8]
    name = f"impasto-{picture.image}-{mark}.{ending}"
    return Upload(name=name, data=data, alt=picture.alt[:1024])
