"""What an operator can write into a `[[providers]]` table of kind "comfyui"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from providers.protocol import ProviderConfig
from providers.table_values import (
    authorization,
    checked_options,
    own_base_url,
    seconds,
    switch,
    text,
    whole,
    word_of,
)

HOME_URL = "http://127.0.0.1:8188"

SETTINGS = {
    "auth": word_of("bearer", "basic"),
    "workflows": text(),
    "shipped": switch(),
    "look_every_s": seconds(0.01, 60),
    "max_px": whole(64, 8192),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One table, checked.

    - `auth`: how the key travels, where a proxy stands before the server: "bearer" or "basic" (user:password).
    - `workflows`: a folder with the operator's own templates.
    - `shipped`: whether the templates that come with the adapter are offered beside them.
    - `look_every_s`: how often the server is asked for the truth while its socket is silent.
    - `max_px`: the longest side painted.
    """

    base_url: httpx.URL
    authorization: str | None = field(default=None, repr=False)
    auth: str = "bearer"
    workflows: str = ""
    shipped: bool = True
    look_every_s: float = 2.0
    max_px: int = 2048


def options_of(config: ProviderConfig) -> Options:
    """The table's options. ValueError with a sentence that names the provider, the option and what is allowed."""
    values: dict[str, Any] = dict(checked_options(config, SETTINGS))
    return Options(
        base_url=own_base_url(config, example=HOME_URL),
        authorization=authorization(config, auth=str(values.get("auth", "bearer"))),
        **values,
    )
