"""Which image models there are and what they can do: the file's, and those the API lists beside them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from providers.capabilities import (
    Capabilities,
    DataTerms,
    Model,
    Price,
    SeedSupport,
    SizeRule,
)
from providers.gemini.options import Options
from providers.request import Operation

OPERATIONS = frozenset({Operation.TEXT_TO_IMAGE, Operation.IMAGE_TO_IMAGE, Operation.VARY})
"""The API takes words and pictures. It has no mask, no upscaler and no background removal of its own."""

NEWEST_SIZES = "fourteen"
"""The table a model is given that the file doesn't know."""

IMAGE_NAMES = ("-image", "nano-banana")
"""Parts of the ids of models that paint; the API's list doesn't say what a model answers with."""

MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""An id that can stand in a path by itself: the list is the API's word, and the key goes where it leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A size as the API names it."""

    aspect_ratio: str
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrices:
    """What one token costs, in millionths of a US dollar."""

    input_microusd: float
    text_output_microusd: float
    image_output_microusd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model as it is offered. `frames` names each of its sizes; `sends_tier`: whether it takes `imageSize`."""

    model: Model
    frames: Mapping[tuple[int, int], Frame]
    sends_tier: bool = True
    token_prices: TokenPrices | None = None


def offers_of(options: Options, names: tuple[str, ...]) -> tuple[Offer, ...]:
    """The offers for an allowlist, in its order; for none, the file's listed models, best first."""
    known = {entry["id"]: entry for entry in contents()["models"]}
    wanted = dict.fromkeys(names) or {
        name: None for name, entry in known.items() if entry.get("listed", True)
    }
    return tuple(offer(name, known.get(name, {}), options) for name in wanted)


def newcomers(live: tuple[str, ...], options: Options) -> tuple[Offer, ...]:
    """Offers for models that paint, that the API lists and the file doesn't know."""
    known = {entry["id"] for entry in contents()["models"]}
    return tuple(
        offer(name, {}, options)
        for name in live
        if name not in known
        and MODEL_ID.fullmatch(name)
        and any(part in name for part in IMAGE_NAMES)
    )


@cache
def contents() -> Mapping[str, Any]:
    """The models file."""
    text = files("providers.gemini").joinpath("models.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def offer(name: str, entry: Mapping[str, Any], options: Options) -> Offer:
    """One model as an offer; an empty entry is a model the file doesn't know."""
    table = contents()["sizes"][entry.get("sizes", NEWEST_SIZES)]
    frames = {
        (width * scale, height * scale): Frame(aspect_ratio=ratio, tier=tier)
        for tier, scale in table["tiers"].items()
        for ratio, (width, height) in table["at_1k"].items()
    }
    sides = [side for size in frames for side in size]
    tokens = entry.get("tokens")
    return Offer(
        model=Model(
            id=name,
            capabilities=Capabilities(
                operations=OPERATIONS,
                sizes=SizeRule(
                    fixed=tuple(frames), min_px=min(sides), max_px=max(sides), multiple_px=1
                ),
                seed=SeedSupport.INPUT,
                price=price(entry),
                shutdown=entry.get("shutdown"),
                successor=entry.get("successor"),
                data_terms=data_terms(options),
            ),
        ),
        frames=frames,
        sends_tier=len(table["tiers"]) > 1,
        token_prices=TokenPrices(**tokens) if tokens else None,
    )


def price(entry: Mapping[str, Any]) -> Price | None:
    """What an image of the smallest tier costs; None when it isn't known."""
    if "per_image_microusd" not in entry:
        return None
    return Price(
        per_image_microusd=entry["per_image_microusd"],
        source=entry["source"],
        read_on=entry["read_on"],
    )


def data_terms(options: Options) -> DataTerms:
    """What Google keeps under the operator's plan. It names no region for this API."""
    terms = contents()["data_terms"][options.plan]
    return DataTerms(retention_days=terms["retention_days"], trains_on_data=terms["trains_on_data"])
