"""A keyless local renderer: prompt and seed become a sketch, painted on this machine without any model."""

from __future__ import annotations

from providers.protocol import Provider, ProviderConfig, Workshop
from providers.sketch.provider import Sketch

__all__ = ["plugin"]


def plugin(config: ProviderConfig, workshop: Workshop) -> Provider:
    """The sketch provider. ValueError when the table allows models that it doesn't have."""
    return Sketch(config, workshop)
