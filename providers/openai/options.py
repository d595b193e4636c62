"""What an operator can write into a `[[providers]]` table of kind "openai"."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx

from providers.protocol import ProviderConfig
from providers.table import checked_base_url, checked_key

HOME_URL = "https://api.openai.com/v1"

Scalar = str | int | float | bool


class Dialect(StrEnum):
    """Which fields a server takes.

    OPENAI is the published protocol. EXTENDED adds what vLLM-Omni, LocalAI, SGLang and stable-diffusion.cpp understand
    beside it: seed, negative prompt, steps, guidance, strength.
    """

    OPENAI = "openai"
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One table, checked. Empty text means "not sent".

    `base_url` and `api_key` are the table's own; the rest stands in its `options`:

    - `dialect`: "openai" or "extended".
    - `auth`: "bearer" (Authorization: Bearer) or "api-key" (the header Azure reads, and its default there).
    - `azure`: "deployments" for Azure's older paths, "v1" for its newer ones; `base_url` is then the resource's address.
    - `api_version`: Azure's; needed for its older paths.
    - `deployments`: "gpt-image-2=my-images, ...": which deployment serves which model; a model that isn't named is
      served by a deployment of its own name.
    - `quality`: sent unless a request brings its own; it also picks the price shown.
    - `moderation`: "auto" or "low" at OpenAI.
    - `partial_images`: previews while one image is made, 0 to 3, each billed as 100 output tokens by OpenAI.
    - `response_format`: "b64_json", "url" or "base64", for servers that need it; gpt-image refuses the field.
    - `steps_field`, `guidance_field`: what the extended dialect calls them; LocalAI says "step".
    - `region`: where the server is, as "eu", for allowlists by region; OpenAI's regional hosts tell it themselves.
    - `edits`: whether an unknown model has /images/edits.
    - `max_count`, `max_px`, `multiple_px`, `price_per_image_microusd`: what an unknown model can do and costs.
    """

    base_url: httpx.URL
    api_key: str | None
    dialect: Dialect = Dialect.OPENAI
    auth: str = "bearer"
    azure: str = ""
    api_version: str = ""
    deployments: Mapping[str, str] = field(default_factory=dict)
    quality: str = ""
    moderation: str = ""
    partial_images: int = 1
    response_format: str = ""
    steps_field: str = "num_inference_steps"
    guidance_field: str = "guidance_scale"
    region: str = ""
    edits: bool = True
    max_count: int = 4
    max_px: int = 2048
    multiple_px: int = 8
    price_per_image_microusd: int = -1


CHOICES: Mapping[str, tuple[str, ...]] = {
    "auth": ("bearer", "api-key"),
    "azure": ("deployments", "v1"),
    "moderation": ("auto", "low"),
    "quality": ("auto", "low", "medium", "high", "xhigh", "max", "standard", "hd"),
    "response_format": ("b64_json", "url", "base64"),
}

BOUNDS: Mapping[str, tuple[int, int]] = {
    "partial_images": (0, 3),
    "max_count": (1, 10),
    "max_px": (64, 8192),
    "multiple_px": (1, 256),
    "price_per_image_microusd": (0, 100_000_000),
}

TEXTS = ("steps_field", "guidance_field")

PATTERNS: Mapping[str, str] = {
    "api_version": r"[0-9A-Za-z.-]{1,40}",
    "region": r"[0-9A-Za-z-]{2,30}",
    "deployments": r"[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*",
}

AZURE_API_VERSION = "2025-04-01-preview"
"""The first with gpt-image models on the older paths; in LibreChat's documentation of Azure, read 2026-11-25."""

NAMES = ("dialect", "edits", *CHOICES, *BOUNDS, *TEXTS, *PATTERNS)


def options_of(config: ProviderConfig) -> Options:
    """The table's options. ValueError with a sentence that names the provider, the option and what is allowed."""
    table = f"provider {config.name!r}"
    values: dict[str, Any] = {
        name: checked(table, name, value) for name, value in config.options.items()
    }
    base_url = checked_base_url(config, HOME_URL)
    if "azure" in values:
        values = azure_values(config, values)
    key = checked_key(config, is_needed=config.base_url in (None, HOME_URL))
    dialect = values.pop("dialect", Dialect.OPENAI)
    return Options(
        base_url=base_url,
        api_key=key,
        dialect=Dialect(str(dialect)),
        **values,
    )


def azure_values(config: ProviderConfig, values: Mapping[str, Scalar]) -> dict[str, Any]:
    """The options of an Azure resource, with what is usual there where the table says nothing."""
    found: dict[str, Any] = {"auth": "api-key", "partial_images": 0, **values}
    if config.base_url is None:
        raise ValueError(
            f"provider {config.name!r} needs base_url: the address of the Azure resource"
        )
    if found["azure"] == "deployments":
        found.setdefault("api_version", AZURE_API_VERSION)
    pairs = (pair.partition("=") for pair in str(found.get("deployments", "")).split(",") if pair)
    found["deployments"] = {model.strip(): name.strip() for model, _, name in pairs}
    if not config.models and not found["deployments"]:
        raise ValueError(
            f"provider {config.name!r} needs deployments or models: Azure has only what was deployed"
        )
    return found


def checked(table: str, name: str, value: Scalar) -> Scalar:
    """The value if that option takes it."""
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(NAMES)}"
        raise ValueError(f"{table} has no option {name!r}{hint}")
    allowed = allowed_values(name)
    fits = {
        "a choice": isinstance(value, str) and value in allowed,
        "a number": name in BOUNDS and is_within(value, BOUNDS.get(name, (0, 0))),
        "a switch": name == "edits" and isinstance(value, bool),
        "a text": name in PATTERNS
        and isinstance(value, str)
        and re.fullmatch(PATTERNS[name], value) is not None,
        "a field": name in TEXTS and isinstance(value, str) and value.isidentifier(),
    }
    if not any(fits.values()):
        raise ValueError(f"{table}: {name} = {value!r} is not {said(name)}")
    return value


def allowed_values(name: str) -> tuple[str, ...]:
    """The words an option may be set to; empty when it takes no words from a list."""
    return tuple(Dialect) if name == "dialect" else CHOICES.get(name, ())


def is_within(value: Scalar, bounds: tuple[int, int]) -> bool:
    """Whether the value is a whole number from the first bound to the last."""
    return (
        isinstance(value, int) and not isinstance(value, bool) and (bounds[0] <= value <= bounds[1])
    )


def said(name: str) -> str:
    """What an option takes, in words."""
    if name in BOUNDS:
        low, high = BOUNDS[name]
        return f"a whole number from {low} to {high}"
    if name == "edits":
        return "true or false"
    if name in PATTERNS:
        return "model=deployment, ..." if name == "deployments" else "a name without spaces"
    return f"one of {', '.join(allowed_values(name))}" if allowed_values(name) else "a field's name"
