"""The three file formats that come in and go out."""

from __future__ import annotations

from enum import StrEnum


class ImageFormat(StrEnum):
    """What a file's bytes are; the values are those of a request's output format."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"

    @property
    def mime(self) -> str:
        """The media type to serve it under."""
        return f"image/{self.value}"


def sniff_format(data: bytes) -> ImageFormat | None:
    """The format by the first bytes, None for everything else, whatever the name says."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageFormat.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return ImageFormat.JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ImageFormat.WEBP
    return None
