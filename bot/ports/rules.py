"""What admins and people set, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Protocol

from bot.domain.audit import AuditQuery, Breach, ChainEnd, Deed, Entry
from bot.domain.budget import Purse, Spending
from bot.domain.identity import Person, Place, WorkspaceId
from bot.domain.job import Order
from bot.domain.json_values import Document, Json
from bot.domain.preferences import Preferences
from bot.domain.quota import Counter, Usage
from bot.domain.statistics import Figures
from bot.domain.workspace_rules import WorkspaceRules


class PreferenceBook(Protocol):
    """What each person wants when they say nothing."""

    async def of(self, person: Person, *, at: int) -> Preferences:
        """The person's own defaults, no older than version `at` of their workspace's rules; read only if that is new here."""

    async def keep(self, person: Person, preferences: Preferences) -> None:
        """From now on, in every process: it is a new version of the workspace's rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One rule, changed part by part: `put` sets names in its document, `drop` takes them out.

    With `whole` the document is replaced. A rule that says nothing any more is gone. `label` is the subject's name.
    """

    topic: str
    subject: str
    label: str = ""
    put: Mapping[str, Json] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanged:
    """What the rule said before and says now; empty when there is none."""

    change: RuleChange
    before: Document
    after: Document


class Rules(Protocol):
    """What admins set for each workspace."""

    async def newer(self, workspace: WorkspaceId, *, than: int | None) -> WorkspaceRules | None:
        """The rules, unless they are still those of version `than`: then nothing but the version is read.

        With None they always come.
        """

    async def change(
        self, workspace: WorkspaceId, changes: Sequence[RuleChange], *, deed: Deed
    ) -> Sequence[RuleChanged]:
        """All changes or none, with their audit entry. The version moves on when something did change."""

    async def workspaces(self) -> Sequence[WorkspaceId]:
        """Every workspace in which something was ever set or asked for."""

    async def people(self, workspace: WorkspaceId) -> Mapping[str, str]:
        """Mentions of people who asked for something here, by what may be typed for them; the newest thousand."""


class Statistics(Protocol):
    """What happened, counted."""

    async def figures(
        self, workspace: WorkspaceId, *, since: datetime, until: datetime, zone: tzinfo
    ) -> Figures:
        """Everything that was asked for in the workspace from `since` on, days by the clock of `zone`."""


class Audit(Protocol):
    """The log of what admins and people did: append-only, chained by hash for each workspace."""

    async def note(self, deed: Deed) -> None:
        """Notes a deed that changed no rule."""

    async def entries(self, query: AuditQuery) -> Sequence[Entry]:
        """The entries that fit, newest first."""

    async def check(self) -> tuple[Sequence[ChainEnd], Sequence[Breach]]:
        """Where every workspace's chain ends, and what is wrong with any."""


class Quotas(Protocol):
    """What is used and held."""

    async def usage(self, counters: Sequence[Counter]) -> Sequence[Usage]:
        """Each counter as it stands, in the same order."""


class Budgets(Protocol):
    """What is spent and held of budgets."""

    async def spendings(self, purses: Sequence[Purse]) -> Sequence[Spending]:
        """Each purse as it stands, in the same order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A request that was over quota, as it would be asked for again. `key` is its event's."""

    key: str
    person: Person
    place: Place
    order: Order


class Offers(Protocol):
    """Requests that may still be asked for by a button; kept for a week, the newest of each person."""

    async def put(self, made: Offer) -> int:
        """Its number; the same request again keeps the one it has."""

    async def find(self, number: int) -> Offer | None:
        """The request of that number, while it is kept."""
