"""What a workspace allows: which models and providers, on which terms for its data, and shares for those on trial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.json_values import Document, Json
from providers import DataTerms, Model

THIS_MACHINE = "this machine"
"""The region of whoever paints without sending anything away: it fits every region."""
NOWHERE = frozenset({"nowhere"})
"""Regions that nobody is in: only this machine fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPolicy:
    """Terms a provider must offer. What is not known of a provider doesn't fit."""

    regions: frozenset[str] = frozenset()
    """Where prompts and pictures may go, in lower case, as `eu`; empty means anywhere."""
    no_training: bool = False
    max_retention_days: int | None = None

    def fits(self, terms: DataTerms) -> bool:
        """Whether a provider with those terms may be asked."""
        region = (terms.region or "").lower()
        if self.regions and region != THIS_MACHINE and not _within(region, self.regions):
            return False
        if self.no_training and terms.trains_on_data is not False:
            return False
        most = self.max_retention_days
        return most is None or (terms.retention_days is not None and terms.retention_days <= most)

    def stricter(self, other: DataPolicy) -> DataPolicy:
        """What fits both."""
        both = self.regions & other.regions if self.regions and other.regions else None
        days = [
            one for one in (self.max_retention_days, other.max_retention_days) if one is not None
        ]
        if both is not None and not both:
            both = NOWHERE
        return DataPolicy(
            regions=self.regions | other.regions if both is None else both,
            no_training=self.no_training or other.no_training,
            max_retention_days=min(days, default=None),
        )


def _within(region: str, allowed: frozenset[str]) -> bool:
    """`eu-west-1` lies within `eu`; an unknown region lies within none."""
    return bool(region) and any(region == one or region.startswith(f"{one}-") for one in allowed)


def regions_of(names: Iterable[str]) -> frozenset[str]:
    """The regions as a policy names them, blank ones left out; none for no names at all, which is anywhere.

    Names of which nothing is left are NOWHERE: a slip of the hand must not open every region.
    """
    given = [name.strip().lower() for name in names]
    return frozenset(filter(None, given)) or (NOWHERE if given else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRules:
    """Rules of one workspace, or of the whole house. The empty ones allow everything."""

    models: frozenset[str] | None = None
    """The only models there are; None means all."""
    denied_models: frozenset[str] = frozenset()
    providers_off: frozenset[str] = frozenset()
    canary: Mapping[str, float] = field(default_factory=dict)
    """Share, 0 to 1, of the requests that name no model which a model on trial gets."""
    terms: DataPolicy = DataPolicy()
    cache: bool = True
    """Whether an exact repeat is answered with the pictures there are."""
    stand_ins: bool = True
    """Whether an equivalent model may do it when nobody who offers the chosen one can."""

    def allows(self, provider: str, model: Model) -> bool:
        """Whether this provider may be asked for this model."""
        return (
            provider not in self.providers_off
            and model.id not in self.denied_models
            and (self.models is None or model.id in self.models)
            and self.terms.fits(model.capabilities.data_terms)
        )

    def within(self, house: RoutingRules) -> RoutingRules:
        """These rules where the house's hold too: a workspace can only be stricter."""
        models = self.models
        if house.models is not None:
            models = house.models if models is None else models & house.models
        return replace(
            self,
            models=models,
            denied_models=self.denied_models | house.denied_models,
            providers_off=self.providers_off | house.providers_off,
            terms=self.terms.stricter(house.terms),
            cache=self.cache and house.cache,
            stand_ins=self.stand_ins and house.stand_ins,
        )


DENIED, OFF, CANARY = "denied ", "off ", "canary "
"""What names in a workspace's document begin with; a model's or provider's follows."""
REGIONS, NO_TRAINING, KEPT_DAYS = "regions", "no_training", "kept_days"


def read_routing(document: Document) -> RoutingRules:
    """The rules that a workspace's document says; what it says of anything else is left out."""
    regions = document.get(REGIONS)
    return RoutingRules(
        denied_models=_after(DENIED, document),
        providers_off=_after(OFF, document),
        canary={
            name.removeprefix(CANARY): min(100, max(0, percent)) / 100
            for name, percent in document.items()
            if name.startswith(CANARY) and isinstance(percent, int)
        },
        terms=DataPolicy(
            regions=regions_of(regions.split(",") if isinstance(regions, str) else ()),
            no_training=bool(document.get(NO_TRAINING)),
            max_retention_days=_whole(document.get(KEPT_DAYS)),
        ),
    )


def _after(beginning: str, document: Document) -> frozenset[str]:
    return frozenset(
        name.removeprefix(beginning) for name in document if name.startswith(beginning)
    )


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
