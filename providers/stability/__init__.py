"""Stability AI's image services, over its v2beta REST API."""

from providers.stability.adapter import plugin

__all__ = ["plugin"]
