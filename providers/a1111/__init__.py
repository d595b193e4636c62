"""The A1111 protocol, as spoken by AUTOMATIC1111, Forge, SD.Next and stable-diffusion.cpp's server."""

from providers.a1111.adapter import plugin

__all__ = ["plugin"]
