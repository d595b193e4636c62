"""Pictures by their first bytes: what they are and how large they say they are. Nothing here decodes."""

from __future__ import annotations

import struct

PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8\xff"

TAIL_BYTES = 64
"""In how many last bytes the end of a PNG or JPEG stands; some writers pad behind it."""

JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of a JPEG frame header, which holds the size (ITU T.81, B.1.1.3)."""


def begins_like_a_picture(data: bytes | bytearray) -> bool:
    """Whether the first bytes are those of PNG, JPEG or WebP. Whether the rest follows, the decoder will see."""
    if data.startswith((PNG_START, JPEG_START)):
        return True
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def is_whole_picture(data: bytes | bytearray) -> bool:
    """Whether bytes begin like a picture and end like that one: a body cut without HTTP noticing doesn't."""
    if data.startswith(PNG_START):
        return b"IEND" in data[-TAIL_BYTES:]
    if data.startswith(JPEG_START):
        return b"\xff\xd9" in data[-TAIL_BYTES:]
    return begins_like_a_picture(data) and len(data) >= 8 + int.from_bytes(data[4:8], "little")


def mime_of(data: bytes) -> str:
    """The media type of a picture by its first bytes."""
    if data.startswith(JPEG_START):
        return "image/jpeg"
    return "image/webp" if data[:4] == b"RIFF" else "image/png"


def size_of(data: bytes | bytearray) -> tuple[int, int] | None:
    """The (width, height) in pixels that a PNG, JPEG or WebP header tells; None when it tells none."""
    try:
        if data.startswith(PNG_START):
            width, height = struct.unpack_from(">II", data, 16)
        elif data.startswith(JPEG_START):
            width, height = jpeg_size(data)
        elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            width, height = webp_size(data)
        else:
            return None
    except (struct.error, IndexError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def jpeg_size(data: bytes | bytearray) -> tuple[int, int]:
    """The size in a JPEG's frame header; (0, 0) when none comes before the pixels. IndexError when it is cut."""
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker in (0xDA, 0xD9):
            break
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return 0, 0


def webp_size(data: bytes | bytearray) -> tuple[int, int]:
    """The size in a WebP's first chunk (RFC 9649, 2.5 to 2.7); (0, 0) for a chunk that has none."""
    kind = bytes(data[12:16])
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return width, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int(struct.unpack_from("<I", data, 21)[0])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0
