"""Google's Gemini image models, over the Gemini API's generateContent."""

from providers.gemini.adapter import plugin

__all__ = ["plugin"]
