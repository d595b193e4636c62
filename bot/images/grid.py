"""The contact sheet: a job's pictures side by side in one file, in the order of their buttons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from PIL import Image

from bot.images.encode import encode, on_white
from bot.images.finishing import fit
from bot.images.formats import ImageFormat
from bot.images.label import MachineLabel
from bot.images.safe_decode import DEFAULT_LIMITS, DecodeLimits, Reason, Unreadable, open_safely

# The pictures of a sheet together are at most this wide and high, so four of 1024 px keep every pixel.
SHEET_PX = 2048
GAP_PX = 8
MAX_PICTURES = 10

_QUALITY = 80
# Between the pictures, and beside those of another shape: dark, as both chats' image viewers are.
_GROUND_RGB = (24, 24, 27)
# What a chat shows best: a little wider than high.
_BEST_SHEET_RATIO = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a picture lies on the sheet, in pixels from the upper left corner."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A sheet's size and one box per picture, row by row."""

    width_px: int
    height_px: int
    boxes: tuple[Box, ...]


def contact_sheet(
    pictures: Sequence[bytes],
    *,
    label: MachineLabel,
    image_format: ImageFormat = ImageFormat.WEBP,
    limits: DecodeLimits = DEFAULT_LIMITS,
) -> bytes:
    """One labelled file with 1 to 10 pictures; 4 always lie two by two.

    Pictures are scaled down to their cell, never up and never cropped. Raises Unreadable when one can't be read,
    ValueError when there are none or more than 10.
    """
    if not 1 <= len(pictures) <= MAX_PICTURES:
        raise ValueError(f"a contact sheet holds 1 to {MAX_PICTURES} pictures")
    try:
        # No cell of several is larger than half the sheet.
        side_px = SHEET_PX if len(pictures) == 1 else SHEET_PX // 2
        images = [fit(open_safely(data, limits), side_px) for data in pictures]
        sheet = _paint(images, plan([image.size for image in images]))
        return encode(sheet, image_format, quality=_QUALITY, label=label)
    except MemoryError:
        raise Unreadable(Reason.TOO_MUCH_MEMORY) from None


def plan(sizes_px: Sequence[tuple[int, int]]) -> Layout:
    """Where pictures of these (width, height) go: equal cells in rows, a short last row in the middle."""
    count = len(sizes_px)
    cell_ratio = median(width / height for width, height in sizes_px)
    columns = _columns(count, cell_ratio)
    rows = math.ceil(count / columns)
    cell_width, cell_height = _cell(sizes_px, columns, rows, cell_ratio)
    sheet_width = columns * cell_width + (columns - 1) * GAP_PX
    boxes = []
    for index, size_px in enumerate(sizes_px):
        row, column = divmod(index, columns)
        in_row = min(columns, count - row * columns)
        row_width = in_row * cell_width + (in_row - 1) * GAP_PX
        left = (sheet_width - row_width) // 2 + column * (cell_width + GAP_PX)
        top = row * (cell_height + GAP_PX)
        boxes.append(
            _centred(
                size_px, Box(left_px=left, top_px=top, width_px=cell_width, height_px=cell_height)
            )
        )
    return Layout(
        width_px=sheet_width,
        height_px=rows * cell_height + (rows - 1) * GAP_PX,
        boxes=tuple(boxes),
    )


def _columns(count: int, cell_ratio: float) -> int:
    """How many columns bring the sheet nearest to a chat's best shape with few empty cells."""
    if count == 4:
        return 2

    def cost(columns: int) -> float:
        rows = math.ceil(count / columns)
        shape = abs(math.log(columns * cell_ratio / rows / _BEST_SHEET_RATIO))
        return shape + (rows * columns - count) / count

    return min(range(1, count + 1), key=cost)


def _cell(
    sizes_px: Sequence[tuple[int, int]], columns: int, rows: int, ratio: float
) -> tuple[int, int]:
    """The largest cell of this ratio that the sheet has room for and some picture fills."""
    room = min(SHEET_PX / columns, SHEET_PX / rows * ratio)
    wanted = max(max(width, height * ratio) for width, height in sizes_px)
    width = min(room, wanted)
    return max(1, round(width)), max(1, round(width / ratio))


def _centred(size_px: tuple[int, int], cell: Box) -> Box:
    scale = min(1.0, cell.width_px / size_px[0], cell.height_px / size_px[1])
    width = max(1, round(size_px[0] * scale))
    height = max(1, round(size_px[1] * scale))
    return Box(
        left_px=cell.left_px + (cell.width_px - width) // 2,
        top_px=cell.top_px + (cell.height_px - height) // 2,
        width_px=width,
        height_px=height,
    )


def _paint(images: Sequence[Image.Image], layout: Layout) -> Image.Image:
    sheet = Image.new("RGB", (layout.width_px, layout.height_px), _GROUND_RGB)
    for image, box in zip(images, layout.boxes, strict=True):
        size_px = (box.width_px, box.height_px)
        tile = image
        if image.size != size_px:
            tile = image.resize(size_px, Image.Resampling.LANCZOS, reducing_gap=2.0)
        sheet.paste(on_white(tile), (box.left_px, box.top_px))
    return sheet
