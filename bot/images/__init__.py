"""Pixels, as pure functions."""
