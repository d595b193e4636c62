"""Outbound HTTP policy."""
