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

WIDTH_PX, HEIGHT_PX = 1080, 1350
"""Four to five: as large as a phone shows a picture without turning it."""
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


def draw(picture: StatsPicture, cache_dir: str) -> bytes:
    """A PNG. ModuleNotFoundError where matplotlib isn't installed; it keeps its list of fonts in `cache_dir`."""
    # Read at import: a worker process has no home, and finding fonts anew takes seconds.
    os.environ["MPLCONFIGDIR"] = cache_dir
    figures: Any = importlib.import_module("matplotlib.figure")
    backend: Any = importlib.import_module("matplotlib.backends.backend_agg")
    matplotlib: Any = importlib.import_module("matplotlib")
    fonts: Any = importlib.import_module("matplotlib.font_manager")
    picture = _in_letters_of(fonts.get_font(fonts.findfont(FONT)).get_charmap(), picture)
    with matplotlib.rc_context({"font.family": [FONT], "font.size": 11, "text.parse_math": False}):
        figure = figures.Figure(figsize=(WIDTH_PX / DPI, HEIGHT_PX / DPI), dpi=DPI, facecolor=PAPER)
        backend.FigureCanvasAgg(figure)
        _head(figure, picture)
        _columns(figure.add_axes((0.085, 0.455, 0.865, 0.215)), picture)
        _bars(figure.add_axes((0.06, 0.262, 0.88, 0.142)), "Who asked most", picture.people, IMAGES)
        _bars(figure.add_axes((0.06, 0.045, 0.88, 0.142)), "Which models", picture.models, MODELS)
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


def _head(figure: Figure, picture: StatsPicture) -> None:
    figure.text(
        0.06, 0.955, _short(picture.title, 34), size=21, weight="bold", color=INK, va="center"
    )
    figure.text(0.06, 0.922, picture.period, size=12, color=QUIET, va="center")
    for number, (name, value) in enumerate(picture.tiles):
        column, row = number % 3, number // 3
        left, top = 0.06 + column * 0.30, 0.868 - row * 0.085
        figure.text(left, top, value, size=19, weight="bold", color=INK, va="center")
        figure.text(left, top - 0.032, name, size=10.5, color=QUIET, va="center")


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
    # Five lines' room always: a lone bar must not fill the panel.
    axes.set_ylim(4.6, -0.6)
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
