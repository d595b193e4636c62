from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from bot.images.reference import REFERENCE_PX, sanitise_mask, sanitise_reference
from bot.images.safe_decode import Reason, Unreadable
from tests.images.pictures import file_of, photo, pixels, plain


def mask_of(image: Image.Image, width_px: int, height_px: int) -> np.ndarray:
    return pixels(sanitise_mask(file_of(image), width_px, height_px))


def refused(image: Image.Image, width_px: int, height_px: int) -> Reason:
    with pytest.raises(Unreadable) as refusal:
        sanitise_mask(file_of(image), width_px, height_px)
    return refusal.value.reason


def test_a_reference_keeps_no_place_no_camera_and_no_tail():
    exif = Image.Exif()
    exif[0x0110] = "canary camera"
    exif.get_ifd(0x8825)[1] = "N"
    data = file_of(photo(64, 64), "JPEG", exif=exif, comment=b"canary") + b"canary"

    clean = sanitise_reference(data)

    assert b"canary" not in clean
    assert not Image.open(io.BytesIO(clean)).info
    assert dict(Image.open(io.BytesIO(clean)).getexif()) == {}


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("before_px", "after_px"),
    [
        ((4000, 1000), (2048, 512)),
        ((2049, 100), (2048, 100)),
        ((2048, 2048), (2048, 2048)),
        ((10, 7), (10, 7)),
    ],
)
def test_a_large_reference_is_scaled_down_in_its_shape(image_format, before_px, after_px):
    clean = sanitise_reference(file_of(Image.new("RGB", before_px), image_format))

    assert Image.open(io.BytesIO(clean)).size == after_px
    assert max(after_px) <= REFERENCE_PX


def test_a_small_reference_keeps_its_pixels():
    picture = photo(100, 80)

    assert np.array_equal(pixels(sanitise_reference(file_of(picture))), np.asarray(picture))


def test_white_means_edit_and_greys_stay():
    image = Image.new("L", (30, 20), 0)
    image.paste(255, (0, 0, 10, 20))
    image.paste(90, (10, 0, 20, 20))

    mask = mask_of(image, 30, 20)

    assert mask.shape == (20, 30)
    assert [mask[5, 5], mask[5, 15], mask[5, 25]] == [255, 90, 0]


def test_what_is_transparent_is_not_edited():
    image = Image.new("RGBA", (20, 20), (255, 255, 255, 0))
    image.paste((255, 255, 255, 255), (0, 0, 10, 20))

    mask = mask_of(image, 20, 20)

    assert [mask[5, 5], mask[5, 15]] == [255, 0]


def test_a_mask_of_a_scaled_copy_is_scaled():
    image = Image.new("1", (512, 384), 0)
    image.paste(1, (0, 0, 256, 384))

    mask = mask_of(image, 1024, 768)

    assert mask.shape == (768, 1024)
    assert [mask[300, 100], mask[300, 900]] == [255, 0]


def test_a_mask_of_another_shape_is_refused():
    assert refused(Image.new("L", (100, 100), 255), 100, 120) is Reason.MASK_SHAPE


def test_a_mask_that_marks_nothing_is_refused():
    assert refused(Image.new("L", (100, 100), 0), 100, 100) is Reason.MASK_EMPTY


def test_something_else_than_a_picture_is_refused():
    for work in (lambda: sanitise_reference(b"text"), lambda: sanitise_mask(b"text", 9, 9)):
        with pytest.raises(Unreadable) as refusal:
            work()
        assert refusal.value.reason is Reason.NOT_AN_IMAGE


def test_a_sanitised_reference_can_be_sanitised_again():
    clean = sanitise_reference(plain(50, 50, "red"))

    assert sanitise_reference(clean) == clean
