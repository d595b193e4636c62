"""Pictures as Slack files: sent in three steps, then awaited until Slack has looked at them.

Source: docs.slack.dev, files.getUploadURLExternal and files.completeUploadExternal; an answer comes before Slack has
processed the file, and a block that names it too early is refused (python-slack-sdk #1521, #1658), read 2026-11.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.domain.identity import BlobKey, WorkspaceId
from bot.ports import Blobs, ChatFiles
from bot.surfaces.slack.api import SlackApi
from bot.surfaces.slack.blocks import MAX_ALT_CHARS, ShownFile
from bot.surfaces.slack.faults import NoAccess, SaidNo, TooFast
from bot.surfaces.slack.payloads import PLATFORM
from bot.surfaces.slack.posting import Spot
from bot.surfaces.slack.text import Json, escape, shorten

SCAN_WAIT_S = 15.0
"""How long one attempt waits for Slack's scan; a longer one is awaited by the next attempt."""
FIRST_LOOK_S = 0.25
LONGEST_LOOK_S = 2.0
SCAN_RETRY_S = 5.0

_SHOWABLE = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif"}
"""What a block may show. Source: docs.slack.dev, slack file object: "only png, jpg, jpeg, and gif", read 2026-11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToShow:
    """A picture of ours that a message is to show."""

    blob: BlobKey
    alt: str
    name: str
    title: str = ""


@dataclass(slots=True, kw_only=True)
class SlackFiles:
    """Uploads each blob once per workspace. `as_jpeg` re-encodes what Slack's blocks don't show, its label kept."""

    api: SlackApi
    blobs: Blobs
    kept: ChatFiles
    as_jpeg: Callable[[bytes], Awaitable[bytes]]

    async def upload(self, workspace: str, pictures: Sequence[ToShow]) -> list[ShownFile]:
        """The pictures as files that only the bot has, ready for a block. Raises SlackFault, BlobFault."""
        return [await self._ready(workspace, one) for one in pictures]

    async def _ready(self, workspace: str, picture: ToShow) -> ShownFile:
        file = await self._known(workspace, picture)
        if file is None:
            file = await self._send(workspace, picture)
            await self._complete(workspace, file, picture)
        await self._await_scan(workspace, file)
        return ShownFile(file=file, alt=picture.alt, title=picture.title)

    async def _known(self, workspace: str, picture: ToShow) -> str | None:
        """The file from an earlier attempt, if Slack still has it whole."""
        file = await self.kept.file(_id(workspace), picture.blob)
        if file is None:
            return None
        try:
            await self.api.call(workspace, "files.info", query=True, file=file)
        except NoAccess:
            raise
        except SaidNo:
            # Deleted by somebody, or its upload was cut short: it is sent anew.
            await self.kept.forget(_id(workspace), picture.blob)
            return None
        return file

    async def _send(self, workspace: str, picture: ToShow) -> str:
        """The id of a file whose bytes Slack has, not completed yet."""
        data = await self.blobs.get(picture.blob)
        kind = showable(data)
        if kind is None:
            data, kind = await self.as_jpeg(data), "jpg"
        place = await self.api.call(
            workspace,
            "files.getUploadURLExternal",
            query=True,
            filename=f"{picture.name}.{kind}",
            length=len(data),
            alt_txt=shorten(picture.alt, MAX_ALT_CHARS),
        )
        await self.api.upload_bytes(str(place["upload_url"]), data)
        file = str(place["file_id"])
        await self.kept.keep(_id(workspace), picture.blob, file)
        return file

    async def _complete(
        self,
        workspace: str,
        file: str,
        picture: ToShow,
        *,
        spot: Spot | None = None,
        comment: str = "",
    ) -> None:
        title = shorten(picture.title or picture.name, MAX_ALT_CHARS)
        await self.api.call(
            workspace,
            "files.completeUploadExternal",
            files=[{"id": file, "title": title}],
            channel_id=spot.channel if spot else None,
            thread_ts=spot.thread if spot else None,
            initial_comment=escape(comment) if comment else None,
        )

    async def share(
        self,
        workspace: str,
        picture: ToShow,
        *,
        spot: Spot,
        comment: str,
    ) -> None:
        """Posts the picture as a file message, once: for workspaces whose blocks don't show unshared files."""
        file = await self._known(workspace, picture)
        if file is not None and await self._stands_in(workspace, file, spot.channel):
            return
        file = await self._send(workspace, picture)
        await self._complete(workspace, file, picture, spot=spot, comment=comment)
        await self._await_scan(workspace, file)

    async def _stands_in(self, workspace: str, file: str, channel: str) -> bool:
        shares = (await self._info(workspace, file)).get("shares") or {}
        return any(channel in places for places in shares.values())

    async def _await_scan(self, workspace: str, file: str) -> None:
        """Returns once Slack knows what the file is. TooFast when it takes longer than an attempt may."""
        look_s, waited_s = FIRST_LOOK_S, 0.0
        while not (await self._info(workspace, file)).get("mimetype"):
            if waited_s >= SCAN_WAIT_S:
                raise TooFast("files.info", SCAN_RETRY_S)
            await asyncio.sleep(look_s)
            waited_s += look_s
            look_s = min(LONGEST_LOOK_S, look_s * 2)

    async def _info(self, workspace: str, file: str) -> Json:
        answer = await self.api.call(workspace, "files.info", query=True, file=file)
        found: Json = answer.get("file") or {}
        return found

    async def remove(self, workspace: str, blob: BlobKey) -> None:
        """The file is gone from Slack, if there was one. Raises SlackFault."""
        file = await self.kept.forget(_id(workspace), blob)
        if file is None:
            return
        try:
            await self.api.call(workspace, "files.delete", file=file)
        except NoAccess:
            raise
        except SaidNo:
            return


def showable(data: bytes) -> str | None:
    """The file ending, when a block can show it."""
    return next((kind for magic, kind in _SHOWABLE.items() if data.startswith(magic)), None)


def _id(workspace: str) -> WorkspaceId:
    return WorkspaceId(f"{PLATFORM}:{workspace}")
