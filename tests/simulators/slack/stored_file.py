"""A file as Slack keeps it: empty of facts until scanned, then known by its bytes, not by its name."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

SHOWABLE = frozenset({"png", "jpg", "gif"})
"""What an image block takes: png, jpg, jpeg, gif; WebP is not among them.
Source: docs.slack.dev/reference/block-kit/composition-objects/slack-file-object, read 2026-11."""


@dataclass(kw_only=True)
class StoredFile:
    id: str
    name: str
    owner: str
    declared_bytes: int
    base_url: str
    team: str
    title: str = ""
    alt_text: str = ""
    data: bytes | None = None
    completed: bool = False
    scanned_at: float = float("inf")
    channels: set[str] = field(default_factory=set)
    given: bool = False
    """Handed to the app in a form's file_input, so the app may read it wherever it is not shared.
    Source: docs.slack.dev/reference/block-kit/block-elements/file-input-element, read 2026-11."""
    deleted: bool = False
    created: int = 0

    def is_scanned(self, now: float) -> bool:
        return self.completed and now >= self.scanned_at

    @property
    def kind(self) -> str:
        return sniffed(self.data or b"")[0]

    @property
    def url_private(self) -> str:
        return f"{self.base_url}/files-pri/{self.team}-{self.id}/{self.name}"

    @property
    def permalink(self) -> str:
        return f"{self.base_url}/files/{self.owner}/{self.id}/{self.name}"

    def as_json(self, *, now: float | None = None) -> Json:
        """The file object. `mimetype` is "" until the scan is done: node-slack-sdk #2040, python-slack-sdk #1575."""
        found: Json = {
            "id": self.id,
            "created": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "alt_txt": self.alt_text,
            "mimetype": "",
            "filetype": "",
            "user": self.owner,
            "size": 0,
            "mode": "hosted",
            "is_public": bool(self.channels),
            "channels": sorted(c for c in self.channels if c.startswith("C")),
            "groups": sorted(c for c in self.channels if c.startswith("G")),
            "ims": sorted(c for c in self.channels if c.startswith("D")),
            "shares": {},
            "url_private": self.url_private,
            "url_private_download": self.url_private + "?download",
            "permalink": self.permalink,
            "file_access": "visible",
        }
        if now is not None and not self.is_scanned(now):
            return found
        kind, mimetype, width_px, height_px = sniffed(self.data or b"")
        found |= {"mimetype": mimetype, "filetype": kind, "size": len(self.data or b"")}
        if width_px:
            found |= {
                "original_w": width_px,
                "original_h": height_px,
                "thumb_360": self.url_private,
            }
        return found


def sniffed(data: bytes) -> tuple[str, str, int, int]:
    """Slack's filetype, the mimetype, width and height in pixels (0 when it is no image), from the bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return "png", "image/png", *struct.unpack(">II", data[16:24])
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        return "gif", "image/gif", *struct.unpack("<HH", data[6:10])
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg", "image/jpeg", *_jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp", "image/webp", 1, 1
    if b"\0" not in data[:1024]:
        return "text", "text/plain", 0, 0
    return "binary", "application/octet-stream", 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from the first frame header; (0, 0) when there is none."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height_px, width_px = struct.unpack(">HH", data[at + 5 : at + 9])
            return width_px, height_px
        at += 2 + length
    return 0, 0
