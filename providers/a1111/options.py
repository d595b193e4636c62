"""What an operator can write into a `[[providers]]` table of kind "a1111"."""

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

HOME_URL = "http://127.0.0.1:7860"

SETTINGS = {
    "auth": word_of("basic", "bearer"),
    "previews": switch(),
    "progress_every_s": seconds(0.01, 60),
    "restore_checkpoint": switch(),
    "upscaler": text(),
    "face_model": text(),
    "max_count": whole(1, 16),
    "max_px": whole(64, 8192),
    "multiple_px": whole(1, 256),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One table, checked.

    - `auth`: how the key travels. "basic" (`--api-auth user:password`) or "bearer" (a proxy in front).
    - `previews`: whether half-finished pictures are fetched beside the progress.
    - `progress_every_s`: how often the server is asked how far it is.
    - `restore_checkpoint`: whether the server goes back to its own checkpoint after a call with another; false saves
      loading it twice where only the bot uses the server.
    - `upscaler`: the upscaler's name; empty = the best of the server's own.
    - `face_model`: the detector ADetailer mends faces with.
    - `max_count`, `max_px`, `multiple_px`: how many images a call gives and how large; the protocol tells neither.
    """

    base_url: httpx.URL
    authorization: str | None = field(default=None, repr=False)
    auth: str = "basic"
    previews: bool = True
    progress_every_s: float = 1.0
    restore_checkpoint: bool = True
    upscaler: str = ""
    face_model: str = "face_yolov8n.pt"
    max_count: int = 4
    max_px: int = 2048
    multiple_px: int = 8


def options_of(config: ProviderConfig) -> Options:
    """The table's options. ValueError with a sentence that names the provider, the option and what is allowed."""
    values: dict[str, Any] = dict(checked_options(config, SETTINGS))
    return Options(
        base_url=own_base_url(config, example=HOME_URL),
        authorization=authorization(config, auth=str(values.get("auth", "basic"))),
        **values,
    )
