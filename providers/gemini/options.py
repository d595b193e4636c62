"""What an operator can write into a `[[providers]]` table of kind "gemini"."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from providers.protocol import ProviderConfig
from providers.table import checked_base_url, checked_key, refuse_unknown, word

HOME_URL = "https://generativelanguage.googleapis.com/v1beta"

PLANS = ("paid", "free")

THRESHOLDS = (
    "",
    "BLOCK_LOW_AND_ABOVE",
    "BLOCK_MEDIUM_AND_ABOVE",
    "BLOCK_ONLY_HIGH",
    "BLOCK_NONE",
    "OFF",
)
"""Source: the published description's SafetySetting, 2026-11-22. Empty: not sent, Google's own default holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One table, checked.

    - `plan`: "paid" or "free", which decides what Google may do with what is sent.
    - `safety_threshold`: from which likelihood Google's filters block; its own default when empty.
    """

    base_url: httpx.URL
    api_key: str
    plan: str = "paid"
    safety_threshold: str = ""


def options_of(config: ProviderConfig) -> Options:
    """The table's options. ValueError with a sentence that names the provider, the option and what is allowed."""
    refuse_unknown(config, ("plan", "safety_threshold"))
    return Options(
        base_url=checked_base_url(config, HOME_URL),
        api_key=checked_key(config) or "",
        plan=word(config, "plan", PLANS),
        safety_threshold=word(config, "safety_threshold", THRESHOLDS),
    )
