from __future__ import annotations

import io
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from bot.images.safe_decode import DecodeLimits, Reason, Unreadable, open_safely
from tests.images.pictures import file_of, photo, pixels

SMALL = {
    "PNG": file_of(photo(40, 30)),
    "interlaced PNG": file_of(photo(40, 30).convert("P")),
    "JPEG": file_of(photo(40, 30), "JPEG"),
    "progressive JPEG": file_of(photo(40, 30), "JPEG", progressive=True),
    "WebP": file_of(photo(40, 30), "WEBP"),
    "lossless WebP": file_of(photo(40, 30).convert("RGBA"), "WEBP", lossless=True),
}


def reason_of(data: bytes, **limits: int) -> Reason:
    with pytest.raises(Unreadable) as refusal:
        open_safely(data, DecodeLimits(**limits))
    return refusal.value.reason


@pytest.mark.parametrize("name", SMALL)
def test_a_file_cut_anywhere_is_refused_or_whole(name: str):
    data = SMALL[name]
    whole = np.asarray(open_safely(data))

    for end in range(len(data)):
        try:
            image = open_safely(data[:end])
        except Unreadable:
            continue
        assert np.array_equal(np.asarray(image), whole), f"half a picture at {end} of {len(data)}"


@pytest.mark.parametrize("name", SMALL)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_a_picture_or_refused(name: str, data: st.DataObject):
    damaged = bytearray(SMALL[name])
    spots = st.lists(st.integers(8, len(damaged) - 1), min_size=1, max_size=8)
    for spot in data.draw(spots):
        damaged[spot] = data.draw(st.integers(0, 255))

    try:
        image = open_safely(bytes(damaged))
    except Unreadable:
        return
    assert image.mode in {"RGB", "RGBA"}
    assert image.info == {}


@given(
    data=st.binary(max_size=300),
    head=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF    WEBPVP8X"]),
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_behind_a_right_beginning_are_refused(data: bytes, head: bytes):
    with pytest.raises(Unreadable):
        open_safely(head + data)


def test_limits_are_inclusive():
    data = file_of(photo(64, 32))

    assert open_safely(data, DecodeLimits(max_side_px=64, max_pixels=64 * 32)).size == (64, 32)
    assert reason_of(data, max_side_px=63) is Reason.TOO_MANY_PIXELS
    assert reason_of(data, max_pixels=64 * 32 - 1) is Reason.TOO_MANY_PIXELS
    assert reason_of(data, max_bytes=len(data) - 1) is Reason.TOO_LARGE_BYTES
    assert reason_of(data, max_memory_bytes=64 * 32 * 4 - 1) is Reason.TOO_MUCH_MEMORY


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_png_mode_becomes_rgb_or_rgba(mode: str):
    image = photo(16, 16).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)

    opened = open_safely(file_of(image))

    expected = image.convert("L") if mode != "I;16" else Image.fromarray(np.asarray(image) // 257)
    assert opened.mode == ("RGBA" if "A" in mode else "RGB")
    assert np.abs(
        pixels(file_of(opened.convert("L"))).astype(int) - np.asarray(expected.convert("L"))
    ).max() <= (255 if mode == "1" else 1)


def test_sixteen_bits_of_grey_keep_their_middle():
    grey = Image.fromarray(np.full((4, 4), 32_896, dtype=np.uint16))

    assert open_safely(file_of(grey)).getpixel((0, 0)) == (128, 128, 128)


def test_a_transparent_colour_of_a_palette_is_kept():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])

    opened = open_safely(file_of(image, transparency=1))

    assert opened.mode == "RGBA"
    assert opened.getpixel((0, 0)) == (255, 0, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_lies_as_the_camera_was_held(orientation: int):
    upright = Image.new("RGB", (32, 16), "black")
    upright.paste("white", (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))

    opened = open_safely(file_of(stored, "JPEG", quality=100, exif=exif))

    assert opened.size == (32, 16)
    assert opened.getpixel((3, 3))[0] > 200
    assert opened.getpixel((28, 12))[0] < 50


def test_a_phone_photo_with_a_second_picture_is_its_first():
    data = file_of(photo(32, 32), "MPO", save_all=True, append_images=[photo(16, 16)])

    assert open_safely(data).size == (32, 32)


def test_colours_of_another_profile_are_translated():
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    wide = _wide_gamut_profile()
    image = Image.new("RGB", (4, 4), (200, 100, 50))

    translated = open_safely(file_of(image, icc_profile=wide)).getpixel((0, 0))
    kept = open_safely(file_of(image, icc_profile=linear.tobytes())).getpixel((0, 0))

    assert translated != (200, 100, 50)
    assert kept == (200, 100, 50)


def _wide_gamut_profile() -> bytes:
    """sRGB with its name changed and its red and green colourants swapped: surely not sRGB any more."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(
        profile.replace("sRGB built-in".encode("utf-16-be"), "swapped-model".encode("utf-16-be"))
    )


def test_shrinking_keeps_the_shape_and_never_enlarges():
    data = file_of(photo(300, 150), "JPEG")

    assert open_safely(data, shrink_to_px=100).size == (100, 50)
    assert open_safely(data, shrink_to_px=1000).size == (300, 150)


def test_a_refusal_travels_between_processes():
    refusal = pickle.loads(pickle.dumps(Unreadable(Reason.ANIMATED, "12 frames")))

    assert (refusal.reason, refusal.detail) == (Reason.ANIMATED, "12 frames")


def test_pillows_own_limit_is_left_alone():
    before = Image.MAX_IMAGE_PIXELS
    open_safely(SMALL["PNG"])

    assert before == Image.MAX_IMAGE_PIXELS


def test_nothing_of_the_file_but_pixels_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "canary"
    data = file_of(photo(16, 16), "JPEG", exif=exif, comment=b"canary", dpi=(7, 7))
    saved = io.BytesIO()

    open_safely(data).save(saved, "JPEG")

    assert b"canary" in data
    assert b"canary" not in saved.getvalue()
