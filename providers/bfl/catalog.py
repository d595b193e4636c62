"""Which models there are and what they can do, from the file beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import httpx

from providers.capabilities import (
    CancelKind,
    Capabilities,
    DataTerms,
    Delivery,
    Model,
    NumberRange,
    Price,
    ProgressKind,
    SeedSupport,
    SizeRule,
)
from providers.request import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model as it is offered, with what only this vendor must know of it.

    `size` says what travels: "pixels", "ratio" or nothing, because the size follows the "source". `source` names the
    field of the source picture, `strength` the field that says how much of it stays (the reverse of ours).
    `finetuned` models have a second endpoint that takes a finetune by its id.
    """

    model: Model
    size: str
    ratios: tuple[str, ...]
    source: str
    strength: str
    needs_prompt: bool
    takes_prompt: bool
    finetuned: bool
    max_tolerance: int


def offers_of(names: Sequence[str], base_url: httpx.URL) -> tuple[Offer, ...]:
    """The offers for an allowlist, in its order; for none, the listed models, best first.

    ValueError for a name that is no endpoint we know the fields of.
    """
    entries = {entry["id"]: entry for entry in contents()["models"]}
    listed = [name for name, entry in entries.items() if entry.get("listed", True)]
    unknown = [name for name in names if name not in entries]
    if unknown:
        raise ValueError(f"no model {unknown[0]!r} at bfl; there are: {', '.join(entries)}")
    return tuple(offer_of(entries[name], base_url) for name in dict.fromkeys(names or listed))


@cache
def contents() -> Mapping[str, Any]:
    """The models file."""
    text = files("providers.bfl").joinpath("models.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def offer_of(entry: Mapping[str, Any], base_url: httpx.URL) -> Offer:
    """One entry of the file as an offer."""
    family = contents()["families"][entry["family"]]
    finetuned = family.get("finetuned", False)
    capabilities = Capabilities(
        operations=frozenset(Operation(name) for name in family["operations"]),
        sizes=size_rule(family),
        seed=SeedSupport.ECHOED,
        steps=number_range(family.get("steps")),
        guidance=number_range(family.get("guidance")),
        strength=bool(family.get("strength")),
        max_loras=1 if finetuned else 0,
        progress=ProgressKind.PERCENT,
        cancel=CancelKind.NONE,
        delivery=Delivery.POLL,
        price=price_of(entry),
        shutdown=entry.get("shutdown"),
        successor=entry.get("successor"),
        data_terms=DataTerms(region=contents()["data_terms"]["regions"].get(base_url.host)),
    )
    return Offer(
        model=Model(id=entry["id"], capabilities=capabilities),
        size=family["size"],
        ratios=tuple(family.get("ratios", ())),
        source=family["source"],
        strength=family.get("strength", ""),
        needs_prompt=family.get("needs_prompt", False),
        takes_prompt=family.get("takes_prompt", True),
        finetuned=finetuned,
        max_tolerance=family["max_tolerance"],
    )


def with_finetunes(offer: Offer, names: tuple[str, ...]) -> Offer:
    """The offer with the account's finetunes as its LoRAs, where the model takes any."""
    if not offer.finetuned:
        return offer
    capabilities = replace(offer.model.capabilities, loras=names)
    return replace(offer, model=Model(id=offer.model.id, capabilities=capabilities))


def size_rule(family: Mapping[str, Any]) -> SizeRule:
    """A family's sizes."""
    fixed = tuple((width, height) for width, height in family.get("fixed", ()))
    if fixed:
        sides = [side for size in fixed for side in size]
        return SizeRule(fixed=fixed, min_px=min(sides), max_px=max(sides), multiple_px=1)
    if family["size"] == "source":
        return SizeRule(min_px=1, max_px=4096, multiple_px=1, max_area_px=4096 * 4096)
    return SizeRule(
        min_px=family["min_px"],
        max_px=family["max_px"],
        multiple_px=family["multiple_px"],
        max_area_px=family["max_area_px"],
    )


def number_range(numbers: Sequence[float] | None) -> NumberRange | None:
    """A range of the file, written as [low, high, default]."""
    return NumberRange(low=numbers[0], high=numbers[1], default=numbers[2]) if numbers else None


def price_of(entry: Mapping[str, Any]) -> Price | None:
    """What one megapixel costs, None when not known."""
    prices = contents()["prices"]
    if "microusd" not in entry:
        return None
    return Price(
        per_image_microusd=entry["microusd"], source=prices["source"], read_on=prices["read_on"]
    )
