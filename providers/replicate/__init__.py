"""Replicate: any image model there, told by its own input schema."""

from providers.replicate.adapter import plugin

__all__ = ["plugin"]
