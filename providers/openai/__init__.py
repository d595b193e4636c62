"""The OpenAI images protocol, as spoken by OpenAI, Azure and every compatible server."""

from providers.openai.adapter import plugin

__all__ = ["plugin"]
