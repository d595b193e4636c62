"""What no finishing can avoid: the bare codecs, the classifier and the label, with nothing around them."""

from __future__ import annotations

import hashlib
import io
import time

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.images.fingerprint import phash
from bot.images.label import MachineLabel, SourceType, xmp_packet
from moderation.image import sexual_probability

PACKET = xmp_packet(MachineLabel(source_type=SourceType.ALGORITHMIC_MEDIA, software="floor"))
LANCZOS = Image.Resampling.LANCZOS


def bare_codecs(raw: bytes) -> tuple[bytes, bytes]:
    """The 1024 px rendition and the judge's preview of one PNG, made by naked library calls."""
    with Image.open(io.BytesIO(raw), formats=("PNG",)) as opened:
        image = opened.convert("RGB")
    chunks = PngInfo()
    chunks.add_itxt("XML:com.adobe.xmp", PACKET.decode())
    full = io.BytesIO()
    image.save(full, "PNG", compress_level=1, pnginfo=chunks)
    hashlib.sha256(full.getvalue()).hexdigest()
    rendition, thumbnail, preview = io.BytesIO(), io.BytesIO(), io.BytesIO()
    image.save(rendition, "WEBP", quality=80, method=2, xmp=PACKET)
    middle = image.resize((512, 512), LANCZOS)
    middle.save(preview, "JPEG", quality=80)
    small = middle.resize((320, 320), LANCZOS)
    small.save(thumbnail, "WEBP", quality=80, method=2, xmp=PACKET)
    phash(small)
    return rendition.getvalue(), preview.getvalue()


def bare_sheet(renditions: list[bytes]) -> bytes:
    """Four pictures on one WebP, by naked library calls."""
    sheet = Image.new("RGB", (2048, 2048), "white")
    for place, data in enumerate(renditions):
        with Image.open(io.BytesIO(data)) as opened:
            sheet.paste(opened.convert("RGB"), (place % 2 * 1024, place // 2 * 1024))
    file = io.BytesIO()
    sheet.save(file, "WEBP", quality=80, method=2, xmp=PACKET)
    return file.getvalue()


def floor_cpu_s(raws: list[bytes]) -> float:
    """Seconds of processor that the bare work on one job's pictures takes in this process."""
    begun_s = time.process_time()
    made = [bare_codecs(raw) for raw in raws]
    bare_sheet([rendition for rendition, _ in made])
    for _, preview in made:
        sexual_probability(preview)
    return time.process_time() - begun_s


def used_cpu_s() -> float:
    """Seconds of processor this process has used since it began."""
    return time.process_time()
