"""Budgets in money: which purses a request is paid from, and what is left in each.

Money is counted in microdollars. Every purse that stands for a request must have room: the person's own, those their
roles share, the channel's, the workspace's, and the whole installation's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from bot.domain.identity import Person, Place, WorkspaceId
from bot.domain.json_values import Document
from bot.domain.quota import Period, span_of
from bot.domain.subject import EVERYONE, Subject, SubjectKind, of_key

INSTALLATION = WorkspaceId("installation")
"""The rules that hold for all workspaces together are kept under this name; no platform is called so."""
INSTALLATION_SCOPE = "installation"

PERIODS = (Period.DAY, Period.MONTH)
ALERTS_PERCENT = (50, 80, 100)
"""How far a budget is spent when the notices channel is told, each once a period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """One budget in one concrete period. With `asks`, an admin is asked when it is spent; else it is over.

    `alerts_to` is the workspace whose notices channel is told; None tells nobody.
    """

    scope: str
    period_key: str
    limit_microusd: int
    returns_at: datetime
    because: Subject
    asks: bool = False
    alerts_to: WorkspaceId | None = None

    @property
    def period(self) -> Period:
        """How long it runs."""
        return Period(self.period_key.partition(":")[0])

    @property
    def is_the_houses(self) -> bool:
        """Whether it pays for what nobody received, too."""
        return self.scope == INSTALLATION_SCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """How a purse stands."""

    purse: Purse
    spent_microusd: int = 0
    held_microusd: int = 0

    @property
    def left_microusd(self) -> int:
        """What may still be asked for; never below zero."""
        return max(0, self.purse.limit_microusd - self.spent_microusd - self.held_microusd)


def percent_told(spent_microusd: int, limit_microusd: int) -> int:
    """The highest of ALERTS_PERCENT that is reached; 0 when none is."""
    reached = [one for one in ALERTS_PERCENT if spent_microusd * 100 >= limit_microusd * one]
    return reached[-1] if reached and spent_microusd > 0 else 0


def share_microusd(cost_microusd: int, *, part: int, of: int) -> int:
    """What picture `part` (from 1) of `of` cost, so that all of them together cost exactly `cost_microusd`."""
    return cost_microusd * part // of - cost_microusd * (part - 1) // of


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a job cost, as far as anybody told. `price_microusd` is what was held for all `asked` images."""

    cost_microusd: int | None
    paid_images: int | None
    price_microusd: int | None
    asked: int

    def shares(self, delivered: Collection[int]) -> dict[int, int]:
        """What the picture at each of these positions cost, in microdollars; empty when it can't be known."""
        positions = sorted(set(delivered))
        if self.cost_microusd is not None:
            of = max(self.paid_images or 0, max(positions, default=0), 1)
            return {
                position: share_microusd(self.cost_microusd, part=position, of=of)
                for position in positions
            }
        if self.price_microusd is None:
            return {}
        # A service that doesn't say what it took is believed to have taken its price.
        unsaid = self.price_microusd * len(positions) // max(1, self.asked)
        return {
            position: share_microusd(unsaid, part=number, of=len(positions))
            for number, position in enumerate(positions, start=1)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRules:
    """A workspace's budgets by subject key: `day` and `month` are shared, `each_day` and `each_month` every person's.

    Of everyone, what is shared is the whole workspace's.
    """

    budgets: Mapping[str, Document] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def purses(
        self, person: Person, place: Place, *, now: datetime, zone: tzinfo
    ) -> tuple[Purse, ...]:
        """What a request of this person here is paid from."""
        if not self.budgets:
            return ()
        team = person.workspace_id
        own = Subject(kind=SubjectKind.PERSON, id=person.user)
        roles = [Subject(kind=SubjectKind.ROLE, id=id_) for id_ in person.groups or ()]
        channel = Subject(kind=SubjectKind.CHANNEL, id=place.channel)
        purses: list[Purse] = []
        for period in PERIODS:
            found = self._of_one(own, roles, period)
            if found is not None:
                purses.append(
                    self._purse(f"user:{person.lane}", found, period, team, now=now, zone=zone)
                )
            shared = [
                *((f"role:{team}:{role.id}", role) for role in roles),
                (f"channel:{team}:{channel.id}", channel),
                (f"workspace:{team}", EVERYONE),
            ]
            for scope, subject in shared:
                limit = self._limit(subject.key, period.value)
                if limit is not None:
                    purses.append(
                        self._purse(scope, (subject.key, limit), period, team, now=now, zone=zone)
                    )
        return tuple(purses)

    def of_installation(self, *, now: datetime, zone: tzinfo) -> tuple[Purse, ...]:
        """The purses of all workspaces together, where these are the installation's rules."""
        body = self.budgets.get(EVERYONE.key, {})
        told = body.get("told_in")
        alerts_to = WorkspaceId(told) if isinstance(told, str) else None
        return tuple(
            self._purse(
                INSTALLATION_SCOPE, (EVERYONE.key, limit), period, alerts_to, now=now, zone=zone
            )
            for period in PERIODS
            if (limit := self._limit(EVERYONE.key, period.value)) is not None
        )

    def _of_one(
        self, own: Subject, roles: Iterable[Subject], period: Period
    ) -> tuple[str, int] | None:
        """The person's own budget, else the most generous that a role gives each, else what everyone has."""
        limit = self._limit(own.key, period.value)
        if limit is not None:
            return own.key, limit
        name = f"each_{period}"
        told = [
            (role.key, each) for role in roles if (each := self._limit(role.key, name)) is not None
        ]
        if told:
            return max(told, key=lambda one: one[1])
        limit = self._limit(EVERYONE.key, name)
        return None if limit is None else (EVERYONE.key, limit)

    def _limit(self, key: str, name: str) -> int | None:
        value = self.budgets.get(key, {}).get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def _purse(
        self,
        scope: str,
        found: tuple[str, int],
        period: Period,
        alerts_to: WorkspaceId | None,
        *,
        now: datetime,
        zone: tzinfo,
    ) -> Purse:
        key, limit = found
        span = span_of(period, now=now, zone=zone)
        return Purse(
            scope=scope,
            period_key=span.key,
            limit_microusd=limit,
            returns_at=span.ends_at,
            because=of_key(key, name=self.names.get(key, "")),
            asks=self.budgets[key].get("ask") is True,
            alerts_to=alerts_to,
        )
