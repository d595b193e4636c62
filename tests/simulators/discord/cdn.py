"""Uploaded files and the addresses under which they can be fetched for a while.

Source: docs, reference, Signed Attachment CDN URLs and Uploading Files; resources/message, Attachment Structure.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from tests.simulators.clock import Clock
from tests.simulators.discord.limits import Limits

Json = dict[str, Any]
SECRET = b"this simulator's signature"
SPOILER_FLAG = 1 << 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One `files[n]` of a request, or a file that a person chose."""

    index: str
    filename: str
    content_type: str
    data: bytes


@dataclass(slots=True, kw_only=True)
class Attachment:
    id: str
    channel_id: str
    filename: str
    content_type: str
    data: bytes
    description: str | None = None
    spoiler: bool = False
    ephemeral: bool = False
    size_px: tuple[int, int] | None = None
    removed: bool = False


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, None when it is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError):
        return None


class Cdn:
    """Every file by its id. `base_url` is set once the server knows its port."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self._limits = limits
        self.base_url = ""
        self.files: dict[str, Attachment] = {}
        self.downloads: list[str] = []
        """Ids of the files fetched, in order."""

    def keep(
        self, attachment_id: str, channel_id: str, upload: Upload, *, ephemeral: bool = False
    ) -> Attachment:
        attachment = Attachment(
            id=attachment_id,
            channel_id=channel_id,
            filename=upload.filename,
            content_type=upload.content_type,
            data=upload.data,
            ephemeral=ephemeral,
            size_px=picture_size(upload.data),
            spoiler=upload.filename.startswith("SPOILER_"),
        )
        self.files[attachment.id] = attachment
        return attachment

    def url(self, attachment: Attachment) -> str:
        """Signed now: each payload carries fresh addresses."""
        path = self._path(attachment)
        issued = int(self._clock.now())
        expires = issued + int(self._limits.cdn_url_life_s)
        signature = self._sign(path, f"{expires:x}", f"{issued:x}")
        return f"{self.base_url}{path}?ex={expires:x}&is={issued:x}&hm={signature}&"

    def _path(self, attachment: Attachment) -> str:
        folder = "ephemeral-attachments" if attachment.ephemeral else "attachments"
        return f"/{folder}/{attachment.channel_id}/{attachment.id}/{attachment.filename}"

    def _sign(self, path: str, expires: str, issued: str) -> str:
        return hmac.new(SECRET, f"{path}?{expires}&{issued}".encode(), hashlib.sha256).hexdigest()

    def as_json(self, attachment: Attachment) -> Json:
        url = self.url(attachment)
        value: Json = {
            "id": attachment.id,
            "filename": attachment.filename,
            "size": len(attachment.data),
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
            "flags": SPOILER_FLAG if attachment.spoiler else 0,
        }
        if attachment.size_px:
            value |= {"width": attachment.size_px[0], "height": attachment.size_px[1]}
        if attachment.description is not None:
            value["description"] = attachment.description
        if attachment.ephemeral:
            value["ephemeral"] = True
        return value

    async def download(self, request: web.Request) -> web.Response:
        """The bytes; 404 with an expired or wrong signature, as the CDN answers."""
        attachment = self.files.get(request.match_info["attachment_id"])
        query = request.query
        expires, issued = query.get("ex", ""), query.get("is", "")
        if attachment is None or attachment.removed:
            return web.Response(status=404, text="This content is no longer available.")
        signed = self._sign(self._path(attachment), expires, issued)
        if not hmac.compare_digest(signed, query.get("hm", "")):
            return web.Response(status=404, text="This content is no longer available.")
        if int(expires, 16) < self._clock.now():
            return web.Response(status=404, text="This content is no longer available.")
        self.downloads.append(attachment.id)
        return web.Response(body=attachment.data, content_type=attachment.content_type)
