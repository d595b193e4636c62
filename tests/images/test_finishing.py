from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from bot.images.finishing import FinishedImage, FinishOrder, finish_image
from bot.images.formats import ImageFormat, sniff_format
from bot.images.label import read_label
from bot.images.safe_decode import DecodeLimits, Reason, Unreadable
from tests.images.pictures import LABEL, file_of, photo, pixels, xmp_of


def finish(raw: bytes, image_format: ImageFormat = ImageFormat.PNG) -> FinishedImage:
    return finish_image(raw, FinishOrder(output_format=image_format, label=LABEL))


def size_of(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


@pytest.mark.parametrize("image_format", ImageFormat)
def test_every_file_that_leaves_is_labelled_and_the_judges_preview_is_not(
    image_format: ImageFormat,
):
    finished = finish(file_of(photo(1400, 900)), image_format)

    for file in (finished.file, finished.rendition_webp, finished.thumbnail_webp):
        assert read_label(file) == LABEL
        assert b"trainedAlgorithmicMedia" in (xmp_of(file) or b"")
    assert xmp_of(finished.preview_jpeg) is None


def test_the_full_png_has_exactly_the_providers_pixels():
    picture = photo(300, 200)

    finished = finish(file_of(picture))

    assert np.array_equal(pixels(finished.file), np.asarray(picture))
    assert (finished.width_px, finished.height_px) == (300, 200)
    assert finished.sha256 == hashlib.sha256(finished.file).hexdigest()


@pytest.mark.parametrize(
    ("full_px", "rendition_px", "preview_px", "thumbnail_px"),
    [
        ((2048, 1024), (1024, 512), (512, 256), (320, 160)),
        ((1024, 1024), (1024, 1024), (512, 512), (320, 320)),
        ((300, 200), (300, 200), (300, 200), (300, 200)),
        ((1, 2000), (1, 1024), (1, 512), (1, 320)),
        ((1, 1), (1, 1), (1, 1), (1, 1)),
    ],
)
def test_renditions_keep_the_shape_and_are_never_enlarged(
    full_px, rendition_px, preview_px, thumbnail_px
):
    finished = finish(file_of(photo(*full_px)))

    assert size_of(finished.file) == full_px
    assert size_of(finished.rendition_webp) == rendition_px
    assert size_of(finished.preview_jpeg) == preview_px
    assert size_of(finished.thumbnail_webp) == thumbnail_px


@pytest.mark.parametrize("image_format", ImageFormat)
def test_the_full_file_has_the_ordered_format_whatever_came(image_format: ImageFormat):
    for source in ("PNG", "JPEG", "WEBP"):
        finished = finish(file_of(photo(64, 64), source), image_format)

        assert finished.file_format is image_format
        assert sniff_format(finished.file) is image_format


def test_transparency_is_kept_where_it_can_be_and_white_where_not():
    raw = file_of(Image.new("RGBA", (64, 64), (255, 0, 0, 0)))

    png, jpeg = finish(raw), finish(raw, ImageFormat.JPEG)

    assert pixels(png.file)[0, 0, 3] == 0
    assert pixels(png.thumbnail_webp)[0, 0, 3] == 0
    assert pixels(jpeg.file)[0, 0].tolist() == [255, 255, 255]
    assert pixels(png.preview_jpeg)[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("image_format", ImageFormat)
def test_what_came_along_with_the_pixels_stays_behind(image_format: ImageFormat):
    exif = Image.Exif()
    exif[0x010E] = "canary of a camera"
    with_exif = file_of(photo(64, 64), "JPEG", exif=exif, comment=b"canary comment")
    with_tail = file_of(photo(64, 64)) + b"<script>canary</script>"

    for raw in (with_exif, with_tail):
        finished = finish(raw, image_format)

        for file in (finished.file, finished.rendition_webp, finished.preview_jpeg):
            assert b"canary" not in file


def test_the_same_bytes_finish_the_same_way():
    raw = file_of(photo(200, 200))

    assert finish(raw) == finish(raw)


def test_limits_of_the_order_are_kept():
    order = FinishOrder(
        output_format=ImageFormat.PNG, label=LABEL, limits=DecodeLimits(max_pixels=100)
    )

    with pytest.raises(Unreadable) as refusal:
        finish_image(file_of(photo(11, 10)), order)

    assert refusal.value.reason is Reason.TOO_MANY_PIXELS
