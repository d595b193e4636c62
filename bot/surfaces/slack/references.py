"""Pictures that people bring in Slack: read with the bot's token, judged by their bytes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.identity import BlobKey
from bot.ports import Unfit, Uploads
from bot.surfaces.slack.api import SlackApi
from bot.surfaces.slack.faults import SlackFault
from bot.surfaces.slack.payloads import SentFile

MAX_BYTES = 20 * 1024 * 1024
"""Ours, as on every surface; Slack's own limit is 1 GB."""

_TOO_LARGE = Unfit(sentence="That file is too large: 20 MB is the most.")
_UNREADABLE = Unfit(
    sentence="That file couldn't be read from Slack. Share it in a channel I am in, or send it to me."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Fetches what is attached to a message."""

    api: SlackApi
    uploads: Uploads

    async def fetch(self, workspace: str, file: SentFile) -> BlobKey | Unfit:
        """The picture, made safe and stored; Unfit says why it can't be used."""
        if file.size_bytes > MAX_BYTES:
            return _TOO_LARGE
        try:
            data = await self.api.download(workspace, file.url, most_bytes=MAX_BYTES)
        except SlackFault:
            return _UNREADABLE
        if data is None:
            return _TOO_LARGE
        return await self.uploads.reference(data)
