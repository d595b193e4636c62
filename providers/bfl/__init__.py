"""Black Forest Labs: FLUX by its makers, over their job API."""

from providers.bfl.adapter import plugin

__all__ = ["plugin"]
