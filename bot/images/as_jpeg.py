"""A picture of ours in a format that every chat shows, its label kept."""

from __future__ import annotations

from bot.images.encode import encode_jpeg
from bot.images.label import read_label
from bot.images.safe_decode import open_safely

_QUALITY = 90


def as_jpeg(data: bytes) -> bytes:
    """The same picture as a JPEG with the same machine-readable label. Raises Unreadable."""
    return encode_jpeg(open_safely(data), quality=_QUALITY, label=read_label(data))
