"""Drawings of the things the sketch knows, each a function that takes the pen."""
