"""The picture of `admin stats`: figures of a period, drawn for a phone's width. The one place that loads matplotlib."""

from __future__ import annotations

import importlib
import io
import os
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_PX = 1080
"""What a phone shows without turning it; about four to five when both lists are full."""
TOP_PX, ROW_PX, TITLE_PX, GAP_PX = 780, 40, 46, 44
"""Head and columns together; a line of a list, its title, and the room around it."""
DPI = 150
INK, QUIET, GRID, PAPER = "#22252b", "#6b7280", "#e7e9ee", "#ffffff"
IMAGES, REFUSED, FAILED, MODELS = "#3b6fd4", "#e0952f", "#c8453b", "#2f9e83"
FONT = "DejaVu Sans"
"""Comes with matplotlib, so the picture looks the same everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A name and how much; `note` stands behind the bar."""

    name: str
    value: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsPicture:
    """Everything on the picture, as it is written there. `labels` stand under the columns, empty where none fits."""

    title: str
    period: str
    tiles: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    images: tuple[int, ...]
    refused: tuple[int, ...]
    failed: tuple[int, ...]
    people: tuple[Bar, ...]
    models: tuple[Bar, ...]


def height_px(picture: StatsPicture) -> int:
    """How tall it is: lists with fewer names take less room."""
    return TOP_PX + _list_px(picture.people) + _list_px(picture.models) + GAP_PX // 2


def _list_px(bars: Sequence[Bar]) -> int:
    return GAP_PX + TITLE_PX + ROW_PX * max(1, len(bars))


def draw(picture: StatsPicture, cache_dir: str) -> bytes:
    """A PNG. ModuleNotFoundError where matplotlib isn't installed; it keeps its list of fonts in `cache_dir`."""
    # Read at import: a worker process has no home, and finding fonts anew takes seconds.
    os.environ["MPLCONFIGDIR"] = cache_dir
    figures: Any = importlib.import_module("matplotlib.figure")
    backend: Any = importlib.import_module("matplotlib.backends.backend_agg")
    matplotlib: Any = importlib.import_module("matplotlib")
    fonts: Any = importlib.import_module("matplotlib.font_manager")
    picture = _in_letters_of(fonts.get_font(fonts.findfont(FONT)).get_charmap(), picture)
    tall = height_px(picture)

    def box(top_px: int, high_px: int) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of a part that begins so far from the top."""
        return (0.06, 1 - (top_px + high_px) / tall, 0.88, high_px / tall)

    with matplotlib.rc_context({"font.family": [FONT], "font.size": 11, "text.parse_math": False}):
        figure = figures.Figure(figsize=(WIDTH_PX / DPI, tall / DPI), dpi=DPI, facecolor=PAPER)
        backend.FigureCanvasAgg(figure)
        _head(figure, picture, tall)
        left, bottom, width, height = box(450, 280)
        _columns(figure.add_axes((left + 0.03, bottom, width - 0.02, height)), picture)
        top = TOP_PX
        for title, bars, colour in (
            ("Who asked most", picture.people, IMAGES),
            ("Which models", picture.models, MODELS),
        ):
            rows_px = ROW_PX * max(1, len(bars))
            _bars(figure.add_axes(box(top + GAP_PX + TITLE_PX, rows_px)), title, bars, colour)
            top += _list_px(bars)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=DPI, facecolor=PAPER)
    return out.getvalue()


def _in_letters_of(known: Container[int], picture: StatsPicture) -> StatsPicture:
    """The picture with a dot for each letter of a name that the font doesn't have."""

    def readable(bars: Sequence[Bar]) -> tuple[Bar, ...]:
        return tuple(
            replace(bar, name="".join(one if ord(one) in known else "·" for one in bar.name))
            for bar in bars
        )

    return replace(picture, people=readable(picture.people), models=readable(picture.models))


def _head(figure: Figure, picture: StatsPicture, tall: int) -> None:
    """Title, period and six figures; text stands on lines counted from the top."""

    def write(
        left: float, top_px: int, text: str, *, size: float, color: str, weight: str = "normal"
    ) -> None:
        bottom = 1 - top_px / tall
        figure.text(left, bottom, text, va="center", size=size, color=color, weight=weight)

    write(0.06, 62, _short(picture.title, 34), size=21, weight="bold", color=INK)
    write(0.06, 106, picture.period, size=12, color=QUIET)
    for number, (name, value) in enumerate(picture.tiles):
        left, top_px = 0.06 + number % 3 * 0.30, 178 + number // 3 * 114
        write(left, top_px, value, size=19, weight="bold", color=INK)
        write(left, top_px + 44, name, size=10.5, color=QUIET)


def _columns(axes: Axes, picture: StatsPicture) -> None:
    """Images, refusals and failures of each hour or day, one on the other."""
    at = range(len(picture.images))
    bottom = [0] * len(picture.images)
    for values, colour, label in (
        (picture.images, IMAGES, "images"),
        (picture.refused, REFUSED, "refused"),
        (picture.failed, FAILED, "failed"),
    ):
        axes.bar(at, values, bottom=bottom, color=colour, width=0.72, label=label)
        bottom = [below + value for below, value in zip(bottom, values, strict=True)]
    axes.set_ylim(0, max([*bottom, 4]) * 1.08)
    axes.set_xlim(-0.7, len(picture.images) - 0.3)
    ticks = [index for index, label in enumerate(picture.labels) if label]
    axes.set_xticks(ticks, [picture.labels[index] for index in ticks])
    axes.locator_params(axis="y", integer=True, nbins=4)
    axes.grid(axis="y", color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=10, colors=QUIET)
    _frameless(axes)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.046, 1.0),
        ncols=3,
        frameon=False,
        fontsize=10.5,
        labelcolor=INK,
        handlelength=0.9,
        handleheight=0.9,
        columnspacing=1.4,
        handletextpad=0.5,
    )


def _bars(axes: Axes, title: str, bars: Sequence[Bar], colour: str) -> None:
    axes.set_title(title, loc="left", size=13, weight="bold", color=INK, pad=9)
    _frameless(axes)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_ylim(max(1, len(bars)) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    if not bars:
        axes.text(0, 0.2, "nobody yet", size=11, color=QUIET, va="center")
        return
    most = max(bar.value for bar in bars) or 1
    for number, bar in enumerate(bars):
        axes.text(0, number, _short(bar.name, 22), size=11, color=INK, va="center")
        axes.barh(number, 0.4 * bar.value / most, left=0.36, height=0.56, color=colour)
        axes.text(
            0.375 + 0.4 * bar.value / most, number, bar.note, size=10.5, color=QUIET, va="center"
        )


def _frameless(axes: Axes) -> None:
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_facecolor(PAPER)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
