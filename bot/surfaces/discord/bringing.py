"""Pictures people bring: fetched at once, since Discord's addresses for them die, and made safe before anything else."""

from __future__ import annotations

from bot.domain.identity import BlobKey
from bot.ports import Unfit, Uploads
from bot.surfaces.discord.faults import DiscordFault
from bot.surfaces.discord.reading import Attached
from bot.surfaces.discord.rest import Rest

MOST_BYTES = 32 * 1024 * 1024
"""The largest file looked at; the same as everywhere in the house."""
FETCH_TIMEOUT_S = 15.0

NOT_FETCHED = Unfit(sentence="That picture couldn't be fetched from Discord. Try sending it again.")
TOO_LARGE = Unfit(sentence="That file is too large: 32 MB is the most.")


async def bring(
    attached: Attached, *, rest: Rest, uploads: Uploads, as_mask: bool = False
) -> BlobKey | Unfit:
    """The stored picture, or why it can't be used."""
    if attached.size_bytes > MOST_BYTES:
        return TOO_LARGE
    try:
        data = await rest.download(attached.url, timeout_s=FETCH_TIMEOUT_S)
    except DiscordFault:
        return NOT_FETCHED
    return await (uploads.mask(data) if as_mask else uploads.reference(data))
