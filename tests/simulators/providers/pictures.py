"""Real pictures for simulated answers: their colour tells the prompt, their marks the mask."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

from PIL import Image


def colour_of(prompt: str, index: int = 0) -> tuple[int, int, int]:
    """The colour a prompt is painted in."""
    digest = hashlib.sha256(f"{prompt}/{index}".encode()).digest()
    return digest[0], digest[1], digest[2]


def painted(prompt: str, size: tuple[int, int], index: int = 0) -> Image.Image:
    """A picture of one colour."""
    return Image.new("RGB", size, colour_of(prompt, index))


def edited(
    prompt: str, source: bytes, mask: bytes | None, size: tuple[int, int], index: int = 0
) -> Image.Image:
    """The source with the prompt's colour where the mask is clear; half and half without a mask."""
    picture = Image.open(io.BytesIO(source)).convert("RGB")
    colour = Image.new("RGB", picture.size, colour_of(prompt, index))
    if mask is None:
        return Image.blend(picture, colour, 0.5).resize(size)
    kept = Image.open(io.BytesIO(mask)).getchannel("A")
    return Image.composite(picture, colour, kept).resize(size)


def encoded(picture: Image.Image, file_format: str = "png") -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, file_format.upper())
    return out.getvalue()


def pixel_bomb(side_px: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes whose header promises billions of pixels."""
    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    pixels = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
