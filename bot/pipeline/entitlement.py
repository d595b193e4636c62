"""What a person may have here and now: the workspace's rules and the house's, read by the clock of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from bot.domain.allowance import Allowance
from bot.domain.budget import INSTALLATION, Purse
from bot.domain.house import HouseRules
from bot.domain.identity import Person, Place
from bot.domain.quota import Counter
from bot.domain.workspace_rules import WorkspaceRules
from bot.pipeline.rulebook import Rulebook
from bot.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlements:
    """`person` is always the person with the role they have in their workspace."""

    rulebook: Rulebook
    house: HouseRules
    clock: Clock

    def zone(self, rules: WorkspaceRules) -> tzinfo:
        """The time zone in which the workspace's days begin."""
        return rules.zone(self.house.zone)

    def allowance(self, rules: WorkspaceRules, person: Person, place: Place) -> Allowance:
        """What applies by these rules."""
        return rules.quotas.allowance(person, place, self.house)

    def counters(
        self, rules: WorkspaceRules, allowance: Allowance, person: Person, place: Place
    ) -> tuple[Counter, ...]:
        """The quota counters that a request touches now."""
        return rules.quotas.counters(
            allowance, person, place, now=self.clock.now(), zone=self.zone(rules)
        )

    async def counters_of(self, person: Person, place: Place) -> tuple[Counter, ...]:
        """The same by the rules as last read here."""
        rules = await self.rulebook.at_hand(person.workspace_id)
        return self.counters(rules, self.allowance(rules, person, place), person, place)

    async def installation(self) -> WorkspaceRules:
        """The rules of all workspaces together, as last read here."""
        return await self.rulebook.at_hand(INSTALLATION)

    def purses(
        self, rules: WorkspaceRules, installation: WorkspaceRules, person: Person, place: Place
    ) -> tuple[Purse, ...]:
        """The budgets that a request is paid from now."""
        now = self.clock.now()
        return (
            *rules.budgets.purses(person, place, now=now, zone=self.zone(rules)),
            *installation.budgets.of_installation(now=now, zone=self.house.zone),
        )
