"""Who is configured and what they offer: the models people may name, and who can paint with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from providers import Capabilities, Model, Operation, Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """One configured provider with the models it offers, best first."""

    provider: Provider
    models: tuple[Model, ...]
    weight: int = 10
    max_concurrent: int = 4
    timeout_s: float = 300.0

    def model(self, model_id: str) -> Model | None:
        """The model of that id, if it is offered here."""
        return next((model for model in self.models if model.id == model_id), None)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All stalls, in the order of the configuration."""

    stalls: tuple[Stall, ...]

    @property
    def capacity(self) -> Mapping[str, int]:
        """How many jobs each provider may run at once, by name."""
        return {stall.provider.name: stall.max_concurrent for stall in self.stalls}

    @property
    def model_ids(self) -> tuple[str, ...]:
        """Every model once, the default first."""
        return tuple(dict.fromkeys(model.id for stall in self.stalls for model in stall.models))

    @property
    def styles(self) -> tuple[str, ...]:
        """Every style that some model knows, sorted."""
        found = {
            style
            for stall in self.stalls
            for model in stall.models
            for style in model.capabilities.styles
        }
        return tuple(sorted(found))

    def stall(self, provider: str) -> Stall | None:
        """The stall of that provider."""
        return next((stall for stall in self.stalls if stall.provider.name == provider), None)

    def capabilities(self, model_id: str) -> Capabilities | None:
        """What the model can do, by the first who offers it."""
        for stall in self.stalls:
            if model := stall.model(model_id):
                return model.capabilities
        return None

    @property
    def operations(self) -> frozenset[Operation]:
        """What some model here can do."""
        return frozenset(
            operation
            for stall in self.stalls
            for model in stall.models
            for operation in model.capabilities.operations
        )

    def able(self, operation: Operation) -> tuple[str, ...]:
        """Models that can do `operation`, the default first."""
        return tuple(
            dict.fromkeys(
                model.id
                for stall in self.stalls
                for model in stall.models
                if operation in model.capabilities.operations
            )
        )

    def offering(self, model_id: str) -> Sequence[Stall]:
        """Who offers the model, the heaviest first; equals in the order of the configuration."""
        there = [stall for stall in self.stalls if stall.model(model_id)]
        return sorted(there, key=lambda stall: -stall.weight)
