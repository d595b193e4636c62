"""Who is configured and what they offer: the models people may name, and who can paint with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.flags import Completion, Flag
from bot.domain.style import names_of
from bot.domain.wordings import Wordings
from bot.ports import Rate
from providers import Capabilities, Model, Operation, Provider

WARNED_DAYS = 30
"""How long before a model is shut down admins are warned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """One configured provider with the models it offers, best first."""

    provider: Provider
    models: tuple[Model, ...]
    retired: tuple[Model, ...] = ()
    """Models whose shutdown has passed: nobody is given one, but a successor may be named there."""
    weight: int = 10
    canary: float | None = None
    """Share of the requests a provider on trial gets; None: it is not on trial."""
    max_concurrent: int = 4
    rate: Rate | None = None
    account: str = ""
    """Whose rate limit its calls use up, shared by tables with the same key; empty: its own."""
    timeout_s: float = 300.0
    fault: str | None = None
    """Why it is not known what it offers now."""

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def bucket(self) -> str:
        """The key of its rate limit."""
        return self.account or self.provider.name

    def model(self, model_id: str) -> Model | None:
        """The model of that id, if it is offered here."""
        return next((model for model in self.models if model.id == model_id), None)

    def offering(self, models: Sequence[Model], *, today: date) -> Stall:
        """The same stall with what its provider says it offers, sorted by what is shut down."""
        gone = [model for model in models if _is_shut_down(model, today)]
        return replace(
            self,
            models=tuple(model for model in models if model not in gone),
            retired=tuple(gone),
            fault=None,
        )

    def unreachable(self, fault: str) -> Stall:
        """The same stall after its provider could not tell; what was known of it stays."""
        return replace(self, fault=fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutdownNotice:
    """A model that will be shut down soon."""

    provider: str
    model: str
    shutdown: date
    successor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What may be named, gathered once for a set of stalls: every request looks at it."""

    models: tuple[str, ...]
    styles: tuple[str, ...]
    samplers: tuple[str, ...]
    controls: tuple[str, ...]
    loras: tuple[str, ...]

    @classmethod
    def of(cls, stalls: Sequence[Stall]) -> _Names:
        able = [model.capabilities for stall in stalls for model in stall.models]
        return cls(
            models=tuple(dict.fromkeys(model.id for stall in stalls for model in stall.models)),
            styles=tuple(sorted({name for can in able for name in can.styles})),
            samplers=tuple(sorted({name for can in able for name in can.samplers})),
            controls=tuple(sorted({name for can in able for name in can.controls})),
            loras=tuple(sorted({name for can in able for name in can.loras})),
        )


class Catalog:
    """All stalls, in the order of the configuration. One stall at a time is renewed; whoever reads sees the newest."""

    def __init__(self, stalls: tuple[Stall, ...]) -> None:
        self._stalls = stalls
        self._names = _Names.of(stalls)

    @property
    def stalls(self) -> tuple[Stall, ...]:
        """Every provider's."""
        return self._stalls

    def renew(self, stall: Stall) -> None:
        """Takes the place of the stall of the same provider."""
        self._stalls = tuple(stall if old.name == stall.name else old for old in self._stalls)
        self._names = _Names.of(self._stalls)

    @property
    def capacity(self) -> Mapping[str, int]:
        """How many jobs each provider may run at once, by name."""
        return {stall.name: stall.max_concurrent for stall in self.stalls}

    @property
    def model_ids(self) -> tuple[str, ...]:
        """Every model once, the default first."""
        return self._names.models

    @property
    def known_ids(self) -> tuple[str, ...]:
        """As `model_ids`, and after them retired ones whose successor is offered: people go on typing their names."""
        retired = (model.id for stall in self.stalls for model in stall.retired)
        return (
            *self.model_ids,
            *dict.fromkeys(one for one in retired if self.successor(one) is not None),
        )

    @property
    def styles(self) -> tuple[str, ...]:
        """Every style that some model knows, sorted."""
        return self._names.styles

    @property
    def samplers(self) -> tuple[str, ...]:
        """Every sampler that some model has, sorted."""
        return self._names.samplers

    @property
    def controls(self) -> tuple[str, ...]:
        """Every kind of picture that some model can follow, sorted."""
        return self._names.controls

    @property
    def loras(self) -> tuple[str, ...]:
        """Every LoRA that some model is known to have, sorted."""
        return self._names.loras

    def suggestions(self, flag: Flag, words: Wordings) -> Sequence[str]:
        """What may be typed as the value of a flag in a workspace of those wordings, where that is known."""
        return {
            Completion.STYLES: names_of(words.styles, self.styles),
            Completion.MODELS: self.model_ids,
            Completion.SAMPLERS: self.samplers,
            Completion.LORAS: self.loras,
            Completion.CONTROLS: self.controls,
        }.get(flag.completion, flag.suggestions)

    def stall(self, provider: str) -> Stall | None:
        """The stall of that provider."""
        return next((stall for stall in self.stalls if stall.name == provider), None)

    def capabilities(self, model_id: str) -> Capabilities | None:
        """What the model can do, by the first who offers it; a retired one still says what it could."""
        for stall in self.stalls:
            if model := stall.model(model_id):
                return model.capabilities
        for stall in self.stalls:
            for model in stall.retired:
                if model.id == model_id:
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

    def successor(self, model_id: str) -> str | None:
        """The model that takes the place of this one, if one is named and offered; successors of successors count."""
        seen = {model_id}
        current = self.capabilities(model_id)
        while current is not None and current.successor is not None:
            named = current.successor
            if named in seen:
                return None
            if named in self.model_ids:
                return named
            seen.add(named)
            current = self.capabilities(named)
        return None

    def notices(self, today: date) -> tuple[ShutdownNotice, ...]:
        """Models that are shut down within WARNED_DAYS, or were already, the most urgent first."""
        last = today + timedelta(days=WARNED_DAYS)
        return tuple(
            sorted(
                (
                    ShutdownNotice(
                        provider=stall.name,
                        model=model.id,
                        shutdown=model.capabilities.shutdown,
                        successor=model.capabilities.successor,
                    )
                    for stall in self.stalls
                    for model in (*stall.models, *stall.retired)
                    if model.capabilities.shutdown is not None
                    and model.capabilities.shutdown <= last
                ),
                key=lambda notice: (notice.shutdown, notice.provider, notice.model),
            )
        )


def _is_shut_down(model: Model, today: date) -> bool:
    return model.capabilities.shutdown is not None and model.capabilities.shutdown <= today
