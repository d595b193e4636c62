from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.images.formats import ImageFormat, sniff_format
from bot.images.grid import GAP_PX, SHEET_PX, Layout, contact_sheet, plan
from bot.images.label import read_label
from bot.images.safe_decode import Unreadable
from tests.images.pictures import LABEL, plain

COLOURS = ["red", "lime", "blue", "yellow", "cyan", "magenta", "white", "orange", "purple", "gray"]
GROUND = (24, 24, 27)


def sheet_of(*pictures: bytes, image_format: ImageFormat = ImageFormat.PNG) -> Image.Image:
    return Image.open(io.BytesIO(contact_sheet(pictures, label=LABEL, image_format=image_format)))


def rows_of(layout: Layout) -> list[int]:
    tops = [box.top_px for box in layout.boxes]
    return [tops.count(top) for top in dict.fromkeys(tops)]


def test_four_squares_lie_two_by_two_with_every_pixel():
    sheet = sheet_of(*(plain(1024, 1024, colour) for colour in COLOURS[:4]))

    assert sheet.size == (2056, 2056)
    assert sheet.getpixel((1023, 1023)) == (255, 0, 0)
    assert sheet.getpixel((1032, 0)) == (0, 255, 0)
    assert sheet.getpixel((0, 1032)) == (0, 0, 255)
    assert sheet.getpixel((1032, 1032)) == (255, 255, 0)
    assert sheet.getpixel((1027, 1027)) == GROUND


@pytest.mark.parametrize(
    ("count", "size_px", "rows"),
    [
        (1, (1024, 1024), [1]),
        (2, (1024, 1024), [2]),
        (2, (1344, 768), [1, 1]),
        (2, (768, 1344), [2]),
        (3, (1024, 1024), [2, 1]),
        (3, (768, 1344), [3]),
        (4, (1344, 768), [2, 2]),
        (4, (768, 1344), [2, 2]),
        (5, (1024, 1024), [3, 2]),
        (6, (1024, 1024), [3, 3]),
        (7, (1024, 1024), [3, 3, 1]),
        (9, (1024, 1024), [3, 3, 3]),
        (10, (1024, 1024), [4, 4, 2]),
        (10, (768, 1344), [5, 5]),
    ],
)
def test_pictures_lie_in_rows_that_suit_their_shape(count, size_px, rows):
    assert rows_of(plan([size_px] * count)) == rows


@pytest.mark.parametrize("count", range(1, 11))
def test_pictures_come_in_the_order_of_their_buttons(count: int):
    pictures = [plain(128, 128, colour) for colour in COLOURS[:count]]

    sheet = sheet_of(*pictures)

    for box, colour in zip(plan([(128, 128)] * count).boxes, COLOURS, strict=False):
        centre = (box.left_px + box.width_px // 2, box.top_px + box.height_px // 2)
        assert sheet.getpixel(centre) == Image.new("RGB", (1, 1), colour).getpixel((0, 0))


SIZES = st.lists(
    st.tuples(st.integers(1, 3000), st.integers(1, 3000)).filter(
        lambda size: 1 / 20 < size[0] / size[1] < 20
    ),
    min_size=1,
    max_size=10,
)


@given(SIZES)
def test_no_picture_overlaps_another_leaves_the_sheet_or_is_cropped(sizes_px):
    layout = plan(sizes_px)

    taken = np.zeros((layout.height_px, layout.width_px), bool)
    for (width_px, height_px), box in zip(sizes_px, layout.boxes, strict=True):
        area = taken[
            box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px
        ]
        assert area.shape == (box.height_px, box.width_px)
        assert not area.any()
        area[:] = True
        assert box.width_px <= width_px
        assert box.height_px <= height_px
        scale = box.width_px / width_px
        assert abs(box.height_px - height_px * scale) <= 1 + height_px / width_px
    assert max(layout.width_px, layout.height_px) <= SHEET_PX + 9 * GAP_PX + 10


def test_a_picture_of_another_shape_lies_in_the_middle_of_its_cell():
    square, wide = plain(512, 512, "white"), plain(512, 128, "red")

    sheet = sheet_of(square, square, square, wide)

    assert sheet.size == (1032, 1032)
    assert sheet.getpixel((520 + 256, 520 + 256)) == (255, 0, 0)
    assert sheet.getpixel((520 + 256, 520 + 100)) == GROUND


def test_what_is_transparent_is_white_on_the_sheet():
    clear = plain(64, 64, (255, 0, 0, 0), mode="RGBA")

    assert sheet_of(clear, clear).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("image_format", ImageFormat)
def test_the_sheet_is_labelled_in_every_format(image_format: ImageFormat):
    pictures = [plain(64, 64, colour) for colour in COLOURS[:2]]

    sheet = contact_sheet(pictures, label=LABEL, image_format=image_format)

    assert sniff_format(sheet) is image_format
    assert read_label(sheet) == LABEL


def test_a_sheet_of_nothing_or_of_eleven_is_a_mistake():
    for count in (0, 11):
        with pytest.raises(ValueError, match="1 to 10"):
            contact_sheet([plain(8, 8, "red")] * count, label=LABEL)


def test_one_unreadable_picture_is_said():
    with pytest.raises(Unreadable):
        contact_sheet([plain(8, 8, "red"), b"nothing"], label=LABEL)
