"""Pictures and files, good and hostile, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageChops

from bot.images.label import MachineLabel, SourceType

LABEL = MachineLabel(
    source_type=SourceType.TRAINED_ALGORITHMIC_MEDIA,
    software="Impasto 0.1.0",
    ai_system="a model & <friends>",
)


def photo(width_px: int, height_px: int, seed: int = 1) -> Image.Image:
    """Soft shapes with a little grain: compresses like a photograph."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (height_px // 64 + 2, width_px // 64 + 2, 3), dtype=np.uint8)
    soft = Image.fromarray(coarse).resize((width_px, height_px), Image.Resampling.BICUBIC)
    patch = Image.fromarray(dice.integers(0, 7, (256, 256), dtype=np.uint8)).convert("RGB")
    grain = Image.new("RGB", soft.size)
    for left_px in range(0, width_px, 256):
        for top_px in range(0, height_px, 256):
            grain.paste(patch, (left_px, top_px))
    return ImageChops.add(soft, grain, offset=-3)


def file_of(image: Image.Image, image_format: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()


def plain(width_px: int, height_px: int, colour: str | tuple[int, ...], mode: str = "RGB") -> bytes:
    return file_of(Image.new(mode, (width_px, height_px), colour))


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def ihdr(width_px: int, height_px: int, bits: int = 8, colour: int = 2) -> bytes:
    return chunk(b"IHDR", struct.pack("!IIBBBBB", width_px, height_px, bits, colour, 0, 0, 0))


def black_png(side_px: int) -> bytes:
    """A valid PNG of one bit a pixel and any side, a few kilobytes long."""
    rows = zlib.compressobj(9)
    row = bytes(1 + (side_px + 7) // 8)
    body = b"".join(rows.compress(row) for _ in range(side_px)) + rows.flush()
    return png(ihdr(side_px, side_px, bits=1, colour=0), chunk(b"IDAT", body))


def text_bomb(kind: bytes, count: int, each_bytes: int) -> bytes:
    """A small picture behind compressed texts that unfold to `count` times `each_bytes`."""
    packed = zlib.compress(bytes(each_bytes), 9)
    body = b"k\x00\x00" + packed if kind == b"zTXt" else b"k\x00\x01\x00\x00\x00" + packed
    rest = file_of(photo(32, 32))[33:-12]
    return png(ihdr(32, 32), *[chunk(kind, body)] * count, rest)


def profile_bomb(size_bytes: int) -> bytes:
    rest = file_of(photo(32, 32))[33:-12]
    return png(
        ihdr(32, 32), chunk(b"iCCP", b"p\x00\x00" + zlib.compress(bytes(size_bytes), 9)), rest
    )


def animation(count: int, image_format: str = "PNG") -> bytes:
    frames = [Image.new("L", (8, 8), index * 50 % 256) for index in range(count)]
    return file_of(frames[0], image_format, save_all=True, append_images=frames[1:])


def webp_header(width_px: int, height_px: int, flags: int = 0) -> bytes:
    body = bytes([flags, 0, 0, 0]) + (width_px - 1).to_bytes(3, "little")
    body += (height_px - 1).to_bytes(3, "little")
    riff = b"WEBPVP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(riff)) + riff


def jpeg_with_many_scans(count: int) -> bytes:
    """A progressive JPEG that repeats one scan: little to send, much to decode."""
    data = file_of(Image.new("RGB", (2048, 2048)), "JPEG", progressive=True)
    last_scan = data.rindex(b"\xff\xda")
    return data[:-2] + data[last_scan:-2] * count + b"\xff\xd9"


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each chunk, by the PNG specification, checksums checked."""
    at = 8
    while at < len(data):
        (size,) = struct.unpack_from("!I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack_from("!I", data, at + 8 + size) == (zlib.crc32(kind + body),)
        yield kind, body
        at += 12 + size


def xmp_of(data: bytes) -> bytes | None:
    """The XMP packet, found by walking the container ourselves."""
    if data.startswith(b"\x89PNG"):
        return next(
            (
                body.split(b"\x00", 5)[5]
                for kind, body in png_chunks(data)
                if kind == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\x00")
            ),
            None,
        )
    if data.startswith(b"\xff\xd8"):
        return _jpeg_xmp(data)
    at = 12
    while at < len(data):
        kind, (size,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        if kind == b"XMP ":
            return data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return None


def _jpeg_xmp(data: bytes) -> bytes | None:
    at, head = 2, b"http://ns.adobe.com/xap/1.0/\x00"
    while data[at + 1] != 0xDA:
        (size,) = struct.unpack_from("!H", data, at + 2)
        body = data[at + 4 : at + 2 + size]
        if data[at + 1] == 0xE1 and body.startswith(head):
            return body.removeprefix(head)
        at += 2 + size
    return None
