"""What a plan may cost at most, and the plan without whoever has no price."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.job import REPEAT, Plan
from bot.pipeline.catalog import Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A plan all of whose candidates have a price, and the dearest of them for all its pictures."""

    plan: Plan
    microusd: int


def priced(plan: Plan, catalog: Catalog) -> Priced | None:
    """None when no candidate has a price.

    A repeat of what is there costs nothing, and is held for all the same: its pictures may be deleted before it runs.
    """
    known = [
        (candidate, price)
        for candidate in plan.choices
        if (price := _price(catalog, candidate.provider, candidate.model)) is not None
    ]
    if not known:
        return None
    dearest = max(price for _, price in known)
    if len(known) == len(plan.choices):
        return Priced(plan=plan, microusd=dearest * plan.count)
    kept = tuple(candidate for candidate, _ in known)
    names = tuple(dict.fromkeys(candidate.provider for candidate in kept))
    repeat = (REPEAT,) if REPEAT in plan.providers else ()
    return Priced(
        plan=replace(plan, candidates=kept, providers=(*repeat, *names)),
        microusd=dearest * plan.count,
    )


def _price(catalog: Catalog, provider: str, model_id: str) -> int | None:
    stall = catalog.stall(provider)
    model = stall.model(model_id) if stall is not None else None
    if model is None or model.capabilities.price is None:
        return None
    return model.capabilities.price.per_image_microusd
