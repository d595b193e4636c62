"""Pictures that people bring: made safe in a worker process, then stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.identity import BlobKey
from bot.images.process_faults import ProcessFault
from bot.images.processes import ImageProcesses
from bot.images.reference import sanitise_painting, sanitise_reference
from bot.images.safe_decode import Reason, Unreadable, check_bytes
from bot.ports import Blobs, BlobsUnwritable, BlobUse, Unfit

UPLOAD_TIMEOUT_S = 30.0
HELD_FOR = timedelta(days=1)
"""How long a form may stand open with a picture in it, before anything refers to it. Slack and Discord name no end (2026-11)."""

_SENTENCES = {
    Reason.EMPTY: "That file is empty.",
    Reason.TOO_LARGE_BYTES: "That file is too large: 32 MB is the most.",
    Reason.NOT_AN_IMAGE: "That file is not a picture I can read. PNG, JPEG and WebP work.",
    Reason.TOO_MANY_PIXELS: "That picture has too many pixels: 25 megapixels, 8192 a side, is the most.",
    Reason.ANIMATED: "That picture moves. Bring a still one.",
    Reason.TRUNCATED: "That picture is damaged or was cut short. Try sending it again.",
    Reason.TOO_MUCH_MEMORY: "That picture would take too much memory to open. Bring a smaller one.",
    Reason.MASK_SHAPE: "The painted region belongs to a picture of another shape.",
    Reason.MASK_EMPTY: "Nothing was painted. Mark what is to change.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeUploads:
    """Takes references and painted regions."""

    blobs: Blobs
    use: BlobUse
    pixels: ImageProcesses

    async def reference(self, data: bytes) -> BlobKey | Unfit:
        """The picture to start from, without metadata, at most 2048 px a side."""
        return await self._keep(sanitise_reference, data)

    async def mask(self, data: bytes) -> BlobKey | Unfit:
        """A painted region, single-channel, 255 = edit."""
        return await self._keep(sanitise_painting, data)

    async def _keep(self, make_safe: Callable[[bytes], bytes], data: bytes) -> BlobKey | Unfit:
        try:
            check_bytes(data)
            safe = await self.pixels(make_safe, data, timeout_s=UPLOAD_TIMEOUT_S)
            key = await self.blobs.put(safe)
        except Unreadable as error:
            return Unfit(sentence=_SENTENCES[error.reason])
        except (TimeoutError, ProcessFault):
            return Unfit(sentence="That picture couldn't be opened safely, so it was thrown away.")
        except BlobsUnwritable:
            return Unfit(sentence="There is no room to keep pictures. Ask an admin to make some.")
        await self.use.shown(key, lasting=HELD_FOR)
        return key
