"""What one person may ask for in one place: the workspace's rules, the most specific first, then the house's.

Each thing a quota says is looked for by itself: in the person's own rule, else in those of their roles, else in
everyone's, else with the house. Of several roles the most generous counts. A channel's rule binds everyone in it as
well: its pictures are counted together, and what it allows less of is less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from math import inf

from bot.domain.house import SHELL, HouseRules
from bot.domain.identity import LaneId, Person, Place, WorkspaceId
from bot.domain.json_values import Document, Json
from bot.domain.quota import Counter, Limit, Period, counter, lies_within
from bot.domain.subject import EVERYONE, EVERYWHERE, Subject, SubjectKind, of_key

UNLIMITED = "unlimited"
"""In the place of a number of images: no such limit, whatever is more general says."""

NUMBERS = ("at_once", "queued", "largest_px", "count")
"""What a rule may say beside images by period, weight and models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What applies. `because` says whose rule each thing comes from, by its name; the house's own are not in it."""

    limits: tuple[Limit, ...]
    at_once: int
    queued: int
    weight: float
    largest_px: int | None = None
    """Longest side; None means no such limit."""
    count: int | None = None
    """Most images of one request."""
    models: frozenset[str] | None = None
    because: Mapping[str, Subject] = field(default_factory=dict)


def user_scope(lane: LaneId) -> str:
    """Whose images a person's counter counts."""
    return f"user:{lane}"


def channel_scope(workspace: WorkspaceId, channel: str) -> str:
    """All of a channel together."""
    return f"channel:{workspace}:{channel}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a rule says of one thing, and whose rule it is."""

    value: Json
    because: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRules:
    """A workspace's quotas, by subject key: what was set, what was given on top, and what was forgiven."""

    quotas: Mapping[str, Document] = field(default_factory=dict)
    grants: Mapping[str, Document] = field(default_factory=dict)
    """Images by `PERIOD_KEY ID`: each counts in every period that its own lies within."""
    forgiven: Mapping[str, Document] = field(default_factory=dict)
    """Images by period key that no longer count in exactly that period."""
    names: Mapping[str, str] = field(default_factory=dict)

    def allowance(self, person: Person, place: Place, house: HouseRules) -> Allowance:
        """What applies to the person here. Whoever operates the shell may lift limits anyway, so none hold there."""
        plain = Allowance(
            limits=house.limits(person),
            at_once=house.jobs_at_once,
            queued=house.jobs_queued,
            weight=house.weight,
        )
        if not self.quotas or person.platform == SHELL:
            return plain
        because: dict[str, Subject] = {}
        numbers: dict[str, int | None] = {"at_once": plain.at_once, "queued": plain.queued}
        for name in NUMBERS:
            found = [self._of_person(name, person), self._of_channel(name, place)]
            # A channel's rule only ever takes away; a person's may give more than the house.
            own, there = found
            if own is not None:
                numbers[name] = _whole(own.value)
                because[name] = own.because
            if there is not None and _less(_whole(there.value), numbers.get(name)):
                numbers[name] = _whole(there.value)
                because[name] = there.because
        weight = self._of_person("weight", person)
        if weight is not None:
            because["weight"] = weight.because
        return Allowance(
            limits=(
                *self._limits_of_person(person, plain.limits),
                *self._limits_of_channel(person, place),
            ),
            at_once=numbers["at_once"] or 1,
            queued=numbers["queued"] or 0,
            weight=plain.weight if weight is None else _weight(weight.value) or plain.weight,
            largest_px=numbers.get("largest_px"),
            count=numbers.get("count"),
            models=self._models(person, place, because),
            because=because,
        )

    def counters(
        self,
        allowance: Allowance,
        person: Person,
        place: Place,
        *,
        now: datetime,
        zone: tzinfo,
    ) -> tuple[Counter, ...]:
        """The counters of those limits at `now`, with what was given on top and forgiven."""
        if not self.grants and not self.forgiven:
            return tuple(counter(limit, now=now, zone=zone) for limit in allowance.limits)
        own = [*_keys_of(person), EVERYONE.key]
        there = [Subject(kind=SubjectKind.CHANNEL, id=place.channel).key, EVERYWHERE.key]
        counters = []
        for limit in allowance.limits:
            bare = counter(limit, now=now, zone=zone)
            keys = there if limit.scope.startswith("channel:") else own
            more = self._granted(keys, bare.period_key) + self._forgiven(keys[0], bare.period_key)
            counters.append(counter(limit, now=now, zone=zone, more=more))
        return tuple(counters)

    def _granted(self, keys: Iterable[str], period_key: str) -> int:
        return sum(
            images
            for key in keys
            for named, images in self.grants.get(key, {}).items()
            if isinstance(images, int) and lies_within(named.partition(" ")[0], period_key)
        )

    def _forgiven(self, key: str, period_key: str) -> int:
        return _whole(self.forgiven.get(key, {}).get(period_key)) or 0

    def _limits_of_person(self, person: Person, house: tuple[Limit, ...]) -> Iterable[Limit]:
        for period in Period:
            said = self._of_person(period.value, person)
            if said is None:
                yield from (limit for limit in house if limit.period is period)
            elif (images := _whole(said.value)) is not None:
                yield Limit(
                    scope=user_scope(person.lane),
                    period=period,
                    images=images,
                    because=said.because,
                )

    def _limits_of_channel(self, person: Person, place: Place) -> Iterable[Limit]:
        for period in Period:
            said = self._of_channel(period.value, place)
            if said is not None and (images := _whole(said.value)) is not None:
                yield Limit(
                    scope=channel_scope(person.workspace_id, place.channel),
                    period=period,
                    images=images,
                    because=said.because,
                )

    def _models(
        self, person: Person, place: Place, because: dict[str, Subject]
    ) -> frozenset[str] | None:
        own, there = self._of_person("models", person), self._of_channel("models", place)
        models: frozenset[str] | None = None
        for said in (own, there):
            if said is not None:
                named = _names(said.value)
                models = named if models is None else models & named
                because.setdefault("models", said.because)
        return models

    def _of_person(self, name: str, person: Person) -> _Said | None:
        """The person's own word, else the most generous of their roles', else everyone's."""
        own, *roles = _keys_of(person)
        if (said := self._said(name, own)) is not None:
            return said
        told = [said for key in roles if (said := self._said(name, key)) is not None]
        if not told:
            return self._said(name, EVERYONE.key)
        best = max(told, key=lambda one: _generosity(one.value))
        if name != "models":
            return best
        united: list[Json] = [*sorted({model for one in told for model in _names(one.value)})]
        return _Said(value=united, because=best.because)

    def _of_channel(self, name: str, place: Place) -> _Said | None:
        own = Subject(kind=SubjectKind.CHANNEL, id=place.channel).key
        return self._said(name, own) or self._said(name, EVERYWHERE.key)

    def _said(self, name: str, key: str) -> _Said | None:
        value = self.quotas.get(key, {}).get(name)
        if value is None:
            return None
        return _Said(value=value, because=of_key(key, name=self.names.get(key, "")))


def _keys_of(person: Person) -> list[str]:
    """The person's key, then those of their roles. Roles the platform couldn't tell give nothing."""
    own = Subject(kind=SubjectKind.PERSON, id=person.user).key
    return [own, *(Subject(kind=SubjectKind.ROLE, id=id_).key for id_ in person.groups or ())]


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _weight(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _names(value: Json) -> frozenset[str]:
    return frozenset(str(one) for one in value) if isinstance(value, list) else frozenset()


def _generosity(value: Json) -> float:
    number = _weight(value)
    return (inf if value == UNLIMITED else len(_names(value))) if number is None else number


def _less(one: int | None, other: int | None) -> bool:
    return one is not None and (other is None or one < other)
