"""What is counted, and who may ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from starlette.routing import BaseRoute

from bot.config import Settings
from bot.pipeline.catalog import Catalog
from bot.ports import Backlogs, Breakers
from bot.surfaces.web.metrics import Readers, metrics_route
from bot.telemetry.metrics import Metrics
from bot.telemetry.shared_figures import SharedFigures
from bot.wiring.part import Part

TOKEN = "METRICS_TOKEN"  # noqa: S105 - the name of a variable


def open_metrics(part: Part) -> Metrics:
    """Nothing counted yet."""
    return Metrics(version=version("impasto"), part=part.value)


def watch_shared(
    metrics: Metrics, part: Part, backlogs: Backlogs, breakers: Breakers, catalog: Catalog
) -> None:
    """Tells with each scrape what is waiting, and which providers are left alone where this process would ask them."""

    def asked() -> Sequence[str]:
        return [stall.name for stall in catalog.stalls] if part.paints else []

    metrics.ask(SharedFigures(backlogs=backlogs, breakers=breakers, providers=asked))


def metrics_routes(metrics: Metrics, settings: Settings) -> list[BaseRoute]:
    """`/metrics` for whom the settings let read it; nothing where they switch it off."""
    if settings.metrics == "off":
        return []
    readers = Readers(
        token=settings.secret(TOKEN),
        anybody=settings.metrics == "open",
        behind_proxy=settings.public_url is not None,
    )
    return [metrics_route(metrics, readers)]
