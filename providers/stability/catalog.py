"""Which services there are and what each can do."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from providers.capabilities import (
    Capabilities,
    Delivery,
    Model,
    NumberRange,
    Price,
    SeedSupport,
    SizeRule,
)
from providers.request import Operation

CREDIT_MICROUSD = 10_000
"""One credit is one US cent. Source: developer.puter.com on Stability's prices, June 2026."""

SOURCE_SIZED = SizeRule(min_px=64, max_px=4096, multiple_px=1, max_area_px=9_437_184)
"""Services that keep their source's size. Bounds of a source: the vendor's reference pages, from memory."""

IMAGE_STRENGTH = frozenset({Operation.IMAGE_TO_IMAGE, Operation.VARY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A service as it is offered. `ratios` names each of its sizes; empty where the source decides."""

    model: Model
    service: str
    ratios: Mapping[tuple[int, int], str]
    has_job_id: bool = False


def offers_of(names: tuple[str, ...]) -> tuple[Offer, ...]:
    """The offers for an allowlist, in its order; all of them for none.

    ValueError for a name there is no service for: an unknown one has no known path to call.
    """
    known = {entry["id"]: entry for entry in contents()["models"]}
    for name in names:
        if name not in known:
            raise ValueError(f"there is no model {name!r}; there are: {', '.join(known)}")
    return tuple(offer(known[name]) for name in dict.fromkeys(names or known))


@cache
def contents() -> Mapping[str, Any]:
    """The models file."""
    text = files("providers.stability").joinpath("models.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def offer(entry: Mapping[str, Any]) -> Offer:
    """One entry of the file as an offer."""
    operations = frozenset(Operation(name) for name in entry["operations"])
    ratios = ratios_of(entry) if Operation.TEXT_TO_IMAGE in operations else {}
    has_job_id = entry.get("has_job_id", False)
    guidance = entry.get("default_guidance")
    return Offer(
        model=Model(
            id=entry["id"],
            capabilities=Capabilities(
                operations=operations,
                sizes=fixed_rule(ratios) if ratios else SOURCE_SIZED,
                seed=SeedSupport.ECHOED if entry.get("has_seed", True) else SeedSupport.NONE,
                # cfg_scale 1 to 10: the vendor's reference page, from memory; 5 was taken in the live run.
                guidance=NumberRange(low=1, high=10, default=guidance) if guidance else None,
                styles=tuple(contents()["styles"]) if entry.get("has_styles") else (),
                negative_prompt=entry.get("has_negative", True),
                strength=bool(operations & IMAGE_STRENGTH),
                upscale_factors=tuple(entry.get("upscale_factors", ())),
                controls=tuple(entry.get("controls", ())),
                delivery=Delivery.POLL if has_job_id else Delivery.SYNC,
                price=Price(
                    per_image_microusd=round(entry["credits"] * CREDIT_MICROUSD),
                    source=contents()["source"],
                    read_on=contents()["read_on"],
                ),
            ),
        ),
        service=entry["service"],
        ratios=ratios,
        has_job_id=has_job_id,
    )


def ratios_of(entry: Mapping[str, Any]) -> Mapping[tuple[int, int], str]:
    """The sizes of a generating service and the ratio that asks for each."""
    scale = entry.get("side_scale", 1)
    return {
        (round(width * scale), round(height * scale)): ratio
        for ratio, (width, height) in contents()["ratios"].items()
    }


def fixed_rule(ratios: Mapping[tuple[int, int], str]) -> SizeRule:
    """The rule of a service with only these sizes."""
    sides = [side for size in ratios for side in size]
    return SizeRule(fixed=tuple(ratios), min_px=min(sides), max_px=max(sides), multiple_px=1)
