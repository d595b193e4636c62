"""Who may be asked, and in which turn: shares by weight among those that offer the same, then price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from random import Random

from bot.domain.routing import RoutingRules
from bot.pipeline.catalog import Catalog, Stall
from providers import Capabilities, Model, Operation

MOST_STAND_INS = 4
"""More would only be asked after three calls have failed, and three is the most a part gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model at one provider."""

    stall: Stall
    model: Model

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.stall.name

    @property
    def capabilities(self) -> Capabilities:
        """What the model can do there."""
        return self.model.capabilities

    @property
    def price_microusd(self) -> float:
        """What an image costs; an unknown price is dearer than any."""
        price = self.model.capabilities.price
        return inf if price is None else price.per_image_microusd


def offers_of(catalog: Catalog, routing: RoutingRules, operation: Operation) -> list[Offer]:
    """Everything that may be used and can do it, in the order of the configuration."""
    return [
        Offer(stall=stall, model=model)
        for stall in catalog.stalls
        for model in stall.models
        if operation in model.capabilities.operations and routing.allows(stall.name, model)
    ]


def in_turn(own: Sequence[Offer], *, chance: Random, shut: frozenset[str]) -> list[Offer]:
    """Those that offer the same model: the first by weight at random, then the others, shut ones last.

    One on trial comes first for its share of the requests and not at all for the rest, unless nobody else is there.
    """
    usual = [one for one in own if one.stall.canary is None]
    drawn = [one for one in own if one.stall.canary and chance.random() < one.stall.canary]
    turn = drawn + _by_weight(usual, chance)
    return sorted(turn or _by_weight(own, chance), key=lambda one: one.provider in shut)


def stand_ins_of(equal: Sequence[Offer], *, chance: Random, shut: frozenset[str]) -> list[Offer]:
    """Offers of equivalent models: the cheapest first, equals by weight at random, shut ones last."""
    steady = [one for one in equal if one.stall.canary is None]
    turn = sorted(
        _by_weight(steady, chance), key=lambda one: (one.provider in shut, one.price_microusd)
    )
    return turn[:MOST_STAND_INS]


def _by_weight(offers: Sequence[Offer], chance: Random) -> list[Offer]:
    """All of them, drawn one after another; a weight of 20 is drawn first twice as often as one of 10."""
    left, turn = list(offers), []
    while left:
        [one] = chance.choices(left, weights=[offer.stall.weight for offer in left])
        left.remove(one)
        turn.append(one)
    return turn
