"""Everything a provider or a person may send instead of a picture, against a worker process with capped memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import pytest
from PIL import Image

from bot.images.finishing import HEADROOM_BYTES, FinishOrder, finish_image, warm_codecs
from bot.images.formats import ImageFormat, sniff_format
from bot.images.processes import ImageProcesses
from bot.images.reference import sanitise_reference
from bot.images.safe_decode import Reason, Unreadable, check_bytes
from tests.images.pictures import (
    LABEL,
    animation,
    black_png,
    file_of,
    ihdr,
    jpeg_with_many_scans,
    photo,
    png,
    profile_bomb,
    text_bomb,
    webp_header,
)
from tests.images.work_in_processes import growth_and_reason, memory_bytes

T = TypeVar("T")

ORDER = FinishOrder(output_format=ImageFormat.PNG, label=LABEL)
GROWTH_BYTES = 150_000_000

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file\n"
PSD = (
    b"8BPS\x00\x01"
    + bytes(6)
    + b"\x00\x03\x00\x00\x01\x00\x00\x00\x01\x00\x00\x08\x00\x03"
    + bytes(12)
)

REFUSED: dict[str, tuple[Callable[[], bytes], set[Reason]]] = {
    "nothing": (lambda: b"", {Reason.EMPTY}),
    "33 MB of zeros": (lambda: bytes(34_000_000), {Reason.TOO_LARGE_BYTES}),
    "30 MB of zeros": (lambda: bytes(30_000_000), {Reason.NOT_AN_IMAGE}),
    "13000 px square": (lambda: black_png(13_000), {Reason.TOO_MANY_PIXELS}),
    "60000 px square": (lambda: png(ihdr(60_000, 60_000)), {Reason.TOO_MANY_PIXELS}),
    "a line of 20000 px": (lambda: file_of(Image.new("L", (20_000, 1))), {Reason.TOO_MANY_PIXELS}),
    "WebP of 16383 px": (lambda: webp_header(16_383, 16_383), {Reason.TOO_MANY_PIXELS}),
    "WebP of 4096 px": (lambda: webp_header(4096, 4096), {Reason.TOO_MUCH_MEMORY}),
    "text of 2 MB": (lambda: text_bomb(b"zTXt", 1, 2_000_000), {Reason.TRUNCATED}),
    "texts of 100 MB": (lambda: text_bomb(b"zTXt", 100, 1_000_000), {Reason.TRUNCATED}),
    "unicode texts of 100 MB": (lambda: text_bomb(b"iTXt", 100, 1_000_000), {Reason.TRUNCATED}),
    "a profile of 100 MB": (lambda: profile_bomb(100_000_000), {Reason.TRUNCATED}),
    "APNG of 10000 frames": (lambda: animation(10_000), {Reason.ANIMATED}),
    "animated WebP": (lambda: animation(5, "WEBP"), {Reason.ANIMATED}),
    "GIF": (lambda: file_of(photo(32, 32).convert("P"), "GIF"), {Reason.NOT_AN_IMAGE}),
    "TIFF": (lambda: file_of(photo(32, 32), "TIFF"), {Reason.NOT_AN_IMAGE}),
    "BMP": (lambda: file_of(photo(32, 32), "BMP"), {Reason.NOT_AN_IMAGE}),
    "AVIF": (lambda: file_of(photo(32, 32), "AVIF"), {Reason.NOT_AN_IMAGE}),
    "SVG": (lambda: SVG, {Reason.NOT_AN_IMAGE}),
    "EPS": (lambda: EPS, {Reason.NOT_AN_IMAGE}),
    "PSD": (lambda: PSD, {Reason.NOT_AN_IMAGE}),
    "HTML": (lambda: b"<!doctype html><h1>502</h1>", {Reason.NOT_AN_IMAGE}),
    "JSON": (lambda: b'{"error": "no"}', {Reason.NOT_AN_IMAGE}),
    "half a PNG": (lambda: _half(file_of(photo(256, 256))), {Reason.TRUNCATED}),
    "half a JPEG": (lambda: _half(file_of(photo(256, 256), "JPEG")), {Reason.TRUNCATED}),
    "half a WebP": (lambda: _half(file_of(photo(256, 256), "WEBP")), {Reason.TRUNCATED}),
    "a big progressive JPEG": (
        lambda: file_of(Image.new("RGB", (5000, 5000)), "JPEG", progressive=True),
        {Reason.TOO_MUCH_MEMORY},
    ),
}

HEAVIEST: dict[str, Callable[[], bytes]] = {
    "25 MP in one colour": lambda: file_of(Image.new("RGB", (5000, 5000)), compress_level=1),
    "25 MP with a palette": lambda: file_of(Image.new("P", (5000, 5000)), compress_level=1),
    "25 MP of 1 bit": lambda: black_png(5000),
    "14 MP progressive": lambda: file_of(
        Image.new("RGB", (3700, 3700)), "JPEG", progressive=True, subsampling="4:4:4"
    ),
    "8.7 MP WebP": lambda: file_of(Image.new("RGBA", (2950, 2950)), "WEBP", method=0),
    "a PNG with a page behind": lambda: file_of(photo(64, 64)) + b"<script>alert(1)</script>" * 9,
}

# What would need a second copy of 25 MP on the way.
TOO_HEAVY: dict[str, Callable[[], bytes]] = {
    "25 MP, transparent": lambda: file_of(Image.new("RGBA", (5000, 5000)), compress_level=1),
    "25 MP of grey and alpha": lambda: file_of(Image.new("LA", (5000, 5000)), compress_level=1),
    "25 MP of 16 bit": lambda: file_of(Image.new("I;16", (5000, 5000)), compress_level=1),
    "25 MP, lying on its side": lambda: file_of(
        Image.new("RGB", (5000, 5000)), "JPEG", exif=_turned()
    ),
    "25 MP of CMYK": lambda: file_of(Image.new("CMYK", (5000, 5000)), "JPEG"),
}


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


class Capped:
    """One worker with the headroom of the product, kept for all these tests."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._processes = ImageProcesses(
            workers=1, headroom_bytes=HEADROOM_BYTES, prepare=warm_codecs
        )

    def __call__(self, function: Callable[..., T], *args: object, timeout_s: float = 60) -> T:
        return self._runner.run(self._processes(function, *args, timeout_s=timeout_s))

    def finish_all(self, files: Sequence[bytes]) -> list[object]:
        async def together() -> list[object]:
            works = (self._processes(finish_image, file, ORDER, timeout_s=60) for file in files)
            return await asyncio.gather(*works, return_exceptions=True)

        return self._runner.run(together())

    def close(self) -> None:
        self._runner.run(self._processes.aclose())


@pytest.fixture(scope="module")
def capped() -> Iterator[Capped]:
    # A loop of its own: replacing the thread's current one would leak the plug-in's.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        worker = Capped(runner)
        yield worker
        worker.close()


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_with_its_reason_within_150_mb(capped: Capped, name: str):
    make, reasons = REFUSED[name]

    growth_bytes, reason = capped(growth_and_reason, finish_image, make(), ORDER)

    assert reason in reasons
    assert growth_bytes <= GROWTH_BYTES


def test_a_hundred_megabytes_are_refused_before_they_are_sent_anywhere():
    with pytest.raises(Unreadable) as refusal:
        check_bytes(bytes(100_000_000))

    assert refusal.value.reason is Reason.TOO_LARGE_BYTES


@pytest.mark.parametrize("name", HEAVIEST)
def test_the_heaviest_picture_is_taken_within_150_mb(capped: Capped, name: str):
    data = HEAVIEST[name]()

    finishing_bytes, unfinished = capped(growth_and_reason, finish_image, data, ORDER)
    sanitising_bytes, unsanitised = capped(growth_and_reason, sanitise_reference, data)

    assert (unfinished, unsanitised) == (None, None)
    assert max(finishing_bytes, sanitising_bytes) <= GROWTH_BYTES


@pytest.mark.parametrize("name", TOO_HEAVY)
def test_a_picture_that_needs_more_is_refused_within_150_mb(capped: Capped, name: str):
    growth_bytes, reason = capped(growth_and_reason, finish_image, TOO_HEAVY[name](), ORDER)

    assert reason is Reason.TOO_MUCH_MEMORY
    assert growth_bytes <= GROWTH_BYTES


def test_a_worker_gives_the_memory_of_large_pictures_back(capped: Capped):
    before = capped(memory_bytes, "VmRSS")

    kept = []
    for make in HEAVIEST.values():
        capped(finish_image, make(), ORDER)
        kept.append(capped(memory_bytes, "VmRSS") - before)

    assert max(kept) < 8_000_000


@pytest.mark.parametrize("wanted", [ImageFormat.PNG, ImageFormat.WEBP])
def test_an_upscale_of_4096_px_fits(capped: Capped, wanted: ImageFormat):
    upscaled = file_of(photo(4096, 4096), compress_level=1)
    order = FinishOrder(output_format=wanted, label=LABEL)

    finished = capped(finish_image, upscaled, order)

    assert (finished.width_px, finished.height_px) == (4096, 4096)
    assert finished.file_format is sniff_format(finished.file) is ImageFormat.PNG


def test_a_file_that_takes_too_long_costs_only_itself(capped: Capped):
    slow = jpeg_with_many_scans(1000)

    with pytest.raises(TimeoutError):
        capped(finish_image, slow, ORDER, timeout_s=0.5)

    good = capped(finish_image, file_of(photo(64, 64)), ORDER)
    assert good.width_px == 64


def test_a_hostile_file_among_good_ones_spoils_only_itself(capped: Capped):
    good = file_of(photo(256, 256))

    results = capped.finish_all([good, black_png(13_000), good, SVG, good])

    spoiled = [isinstance(result, Exception) for result in results]
    assert spoiled == [False, True, False, True, False]
