"""Which models there are and what they can do: the file's, and any other an operator names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from math import inf
from typing import Any

from providers.capabilities import (
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
from providers.openai.options import Dialect, Options
from providers.request import Operation

DEFAULT_QUALITY = "medium"
"""Written out, since "auto" can cost thirty-five times as much from one prompt to the next."""

OPENAI_HOST = "api.openai.com"

MAX_COUNT = 10
"""Most images of one call. Source: openai-python `types/image_generate_params.py`, 2026-11-22."""

EDITING = frozenset(
    {Operation.IMAGE_TO_IMAGE, Operation.INPAINT, Operation.OUTPAINT, Operation.VARY}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrices:
    """What one token costs, in millionths of a US dollar."""

    text_input_microusd: float
    image_input_microusd: float
    output_microusd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model as it is offered, with what only this protocol must know of it.

    `gpt_image` models take output_format, moderation and safety identifiers and refuse response_format.
    `qualities` are the words its `quality` takes beside "auto".
    """

    model: Model
    gpt_image: bool
    qualities: tuple[str, ...] = ()
    quality: str = ""
    min_area_px: int = 0
    max_ratio: float = inf
    token_prices: TokenPrices | None = None


def offers_of(options: Options, names: tuple[str, ...]) -> tuple[Offer, ...]:
    """The offers for an allowlist, in its order; for none, the listed models, best first.

    A name the file doesn't know is a compatible server's own model, and so is every name under the extended dialect.
    """
    known = {} if options.dialect is Dialect.EXTENDED else known_offers(options)
    wanted = dict.fromkeys(names) or {
        entry["id"]: None for entry in contents()["models"] if entry.get("listed", True)
    }
    return tuple(known.get(name) or own_offer(name, options) for name in wanted)


def live_offers(
    offers: tuple[Offer, ...],
    live: Mapping[str, date | None],
    *,
    are_allowed: bool,
    options: Options,
) -> tuple[Offer, ...]:
    """The offers as the server's own list corrects them: its shutdown days, and without an allowlist its choice.

    A list without any image model of the file is another kind of server's, and changes nothing.
    """
    known = known_offers(options)
    if not set(live) & set(known):
        return offers
    dated = tuple(with_shutdown(offer, live.get(offer.model.id)) for offer in offers)
    if are_allowed:
        return dated
    newest = contents()["models"][0]
    # What isn't in the file is taken for the newest kind; what it costs isn't known.
    entry = {**newest, "token_prices": "", "image_prices": ""}
    found = tuple(
        with_shutdown(file_offer(name, entry, options), day)
        for name, day in live.items()
        if name.startswith("gpt-image-") and name not in known
    )
    return (*(offer for offer in dated if offer.model.id in live), *found)


def with_shutdown(offer: Offer, day: date | None) -> Offer:
    """The offer with the day that was told; as it is without one."""
    if day is None:
        return offer
    capabilities = replace(offer.model.capabilities, shutdown=day)
    return replace(offer, model=replace(offer.model, capabilities=capabilities))


@cache
def contents() -> Mapping[str, Any]:
    """The models file."""
    text = files("providers.openai").joinpath("models.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def known_offers(options: Options) -> dict[str, Offer]:
    """Every model of the file by each of its ids."""
    return {
        name: file_offer(name, entry, options)
        for entry in contents()["models"]
        for name in (entry["id"], *entry.get("snapshots", ()))
    }


def file_offer(name: str, entry: Mapping[str, Any], options: Options) -> Offer:
    """One entry of the file as an offer."""
    rule = contents()["size_rules"][entry["size_rule"]]
    quality = options.quality or DEFAULT_QUALITY
    capabilities = Capabilities(
        operations=frozenset({Operation.TEXT_TO_IMAGE}) | EDITING,
        sizes=size_rule(rule),
        max_count=MAX_COUNT,
        negative_prompt=True,
        progress=ProgressKind.PREVIEW if options.partial_images else ProgressKind.NONE,
        delivery=Delivery.STREAM if options.partial_images else Delivery.SYNC,
        price=file_price(entry, quality, options),
        shutdown=entry.get("shutdown"),
        successor=entry.get("successor"),
        data_terms=data_terms(options),
    )
    tokens = contents()["token_prices"].get(entry.get("token_prices", ""))
    return Offer(
        model=Model(id=name, capabilities=capabilities),
        gpt_image=True,
        qualities=tuple(entry["qualities"]),
        quality=quality,
        min_area_px=rule.get("min_area_px", 0),
        max_ratio=rule.get("max_ratio", inf),
        token_prices=token_prices(tokens) if tokens else None,
    )


def data_terms(options: Options) -> DataTerms:
    """What OpenAI keeps, of its own hosts; of any other server only the region, where the operator wrote it."""
    host = options.base_url.host
    region = options.region or None
    if host != OPENAI_HOST and not host.endswith(f".{OPENAI_HOST}"):
        return DataTerms(region=region)
    terms = contents()["data_terms"]
    told = host.removesuffix(OPENAI_HOST).rstrip(".") or None
    return DataTerms(
        retention_days=terms["retention_days"],
        region=region or told,
        trains_on_data=terms["trains_on_data"],
    )


def size_rule(rule: Mapping[str, Any]) -> SizeRule:
    """A size rule of the file."""
    fixed = tuple((width, height) for width, height in rule.get("fixed", ()))
    if fixed:
        sides = [side for size in fixed for side in size]
        return SizeRule(fixed=fixed, min_px=min(sides), max_px=max(sides), multiple_px=1)
    return SizeRule(
        min_px=rule["min_px"],
        max_px=rule["max_px"],
        multiple_px=rule["multiple_px"],
        max_area_px=rule["max_area_px"],
    )


def token_prices(entry: Mapping[str, Any]) -> TokenPrices:
    """Token prices of the file."""
    return TokenPrices(
        text_input_microusd=entry["text_input_microusd"],
        image_input_microusd=entry["image_input_microusd"],
        output_microusd=entry["output_microusd"],
    )


def file_price(entry: Mapping[str, Any], quality: str, options: Options) -> Price | None:
    """What an image of 1024x1024 costs at that quality; the dearest known for "auto"; None when not known."""
    own = own_price(options)
    prices = contents()["image_prices"].get(entry.get("image_prices", ""))
    if own or not prices:
        return own
    microusd = prices["high"] if quality == "auto" else prices.get(quality)
    if microusd is None:
        return None
    return Price(per_image_microusd=microusd, source=prices["source"], read_on=prices["read_on"])


def own_price(options: Options) -> Price | None:
    """The price the operator wrote."""
    if options.price_per_image_microusd < 0:
        return None
    return Price(
        per_image_microusd=options.price_per_image_microusd,
        source="the operator's price_per_image_microusd",
        read_on=date.min,
    )


def own_offer(name: str, options: Options) -> Offer:
    """A compatible server's model: what the protocol has, and with the extended dialect what such servers add."""
    extended = options.dialect is Dialect.EXTENDED
    operations = frozenset({Operation.TEXT_TO_IMAGE})
    return Offer(
        model=Model(
            id=name,
            capabilities=Capabilities(
                operations=operations | EDITING if options.edits else operations,
                sizes=SizeRule(
                    max_px=options.max_px,
                    multiple_px=options.multiple_px,
                    max_area_px=options.max_px**2,
                ),
                max_count=options.max_count,
                seed=SeedSupport.INPUT if extended else SeedSupport.NONE,
                # Ranges of vLLM-Omni's image API (source of 2025-12).
                steps=NumberRange(low=1, high=200, default=30) if extended else None,
                guidance=NumberRange(low=0, high=20, default=7.5) if extended else None,
                negative_prompt=extended,
                strength=extended and options.edits,
                price=own_price(options),
                data_terms=data_terms(options),
            ),
        ),
        gpt_image=False,
        quality=options.quality,
    )
