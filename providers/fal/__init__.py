"""fal: any image model there, over its queue."""

from providers.fal.adapter import plugin

__all__ = ["plugin"]
