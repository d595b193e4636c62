"""Every subject's drawing by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from providers.sketch.pen import Pen
from providers.sketch.subjects import (
    buildings,
    creatures,
    figures,
    goods,
    household,
    mammals,
    plants,
    sea_animals,
    vehicles,
)

DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    **mammals.DRAWINGS,
    **creatures.DRAWINGS,
    **sea_animals.DRAWINGS,
    **figures.DRAWINGS,
    **buildings.DRAWINGS,
    **vehicles.DRAWINGS,
    **plants.DRAWINGS,
    **household.DRAWINGS,
    **goods.DRAWINGS,
}
