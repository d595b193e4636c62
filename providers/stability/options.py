"""What an operator can write into a `[[providers]]` table of kind "stability"."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from providers.protocol import ProviderConfig
from providers.table import called, checked_base_url, checked_key, refuse_unknown

HOME_URL = "https://api.stability.ai/v2beta"

POLL_EVERY_S = 10.0
"""The pace the vendor's own examples ask at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One table, checked. `poll_every_s`: how often a creative upscale is asked for, 0.01 to 60 seconds."""

    base_url: httpx.URL
    api_key: str
    poll_every_s: float = POLL_EVERY_S


def options_of(config: ProviderConfig) -> Options:
    """The table's options. ValueError with a sentence that names the provider, the option and what is allowed."""
    refuse_unknown(config, ("poll_every_s",))
    pace = config.options.get("poll_every_s", POLL_EVERY_S)
    if isinstance(pace, bool | str) or not 0.01 <= pace <= 60:
        raise ValueError(f"{called(config)}: poll_every_s = {pace!r} is not from 0.01 to 60")
    return Options(
        base_url=checked_base_url(config, HOME_URL),
        api_key=checked_key(config) or "",
        poll_every_s=float(pace),
    )
