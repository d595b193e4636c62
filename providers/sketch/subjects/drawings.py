"""Every subject's drawing by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from providers.sketch.pen import Pen
from providers.sketch.subjects import (
    buildings,
    creatures,
    farm_animals,
    figures,
    goods,
    household,
    plants,
    sea_animals,
    vehicles,
    wild_animals,
)

DRAWINGS: Mapping[str, Callable[[Pen], None]] = {
    **farm_animals.DRAWINGS,
    **wild_animals.DRAWINGS,
    **creatures.DRAWINGS,
    **sea_animals.DRAWINGS,
    **figures.DRAWINGS,
    **buildings.DRAWINGS,
    **vehicles.DRAWINGS,
    **plants.DRAWINGS,
    **household.DRAWINGS,
    **goods.DRAWINGS,
}
