"""What an admins' channel is told without having asked: posted until it stands there, each thing once where that can be."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.budget import INSTALLATION_SCOPE
from bot.domain.card import Card
from bot.domain.notice import BudgetNotice, Told, budget_card, model_end_card
from bot.domain.subject import SubjectKind, of_key
from bot.domain.workspace_rules import WorkspaceRules
from bot.pipeline.loop import pause
from bot.pipeline.post_by import posting_until
from bot.pipeline.rulebook import Rulebook
from bot.ports import (
    Clock,
    Notice,
    Notices,
    NotPosted,
    Posted,
    Postman,
    Saying,
    Undeliverable,
    since_boot_s,
)

log = logging.getLogger("impasto.notices")

LOOK_S = 2.0
AT_ONCE = 1
"""One after another: what is leased longer than it takes to post would be posted by others too."""
POST_TIMEOUT_S = 30.0
LEASE_S = POST_TIMEOUT_S + 15.0
"""Longer than a post may take, so that nobody else posts the same notice meanwhile."""
MOST_ATTEMPTS = 12
LONGEST_WAIT_S = 600.0
OTHER_PLATFORM_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcements:
    """Posts notices through the postman of their workspace's platform."""

    notices: Notices
    rulebook: Rulebook
    postmen: Mapping[str, Postman]
    clock: Clock
    owner: str

    async def look(self) -> int:
        """Posts what is due. How many notices that were."""
        post_by_s = since_boot_s() + POST_TIMEOUT_S
        due = await self.notices.due(owner=self.owner, limit=AT_ONCE, lease_s=LEASE_S)
        for notice in due:
            await self.announce(notice, post_by_s=post_by_s)
        return len(due)

    async def announce(self, notice: Notice, *, post_by_s: float) -> None:
        """Posts one by then; where no channel is named, nobody is told."""
        rules = await self.rulebook.current(notice.workspace)
        channel = rules.notices
        if channel is None:
            await self.notices.give_up(notice, detail="no channel is named for notices")
            return
        platform = notice.workspace.partition(":")[0]
        postman = self.postmen.get(platform)
        if postman is None:
            run_at = self.clock.now() + timedelta(seconds=OTHER_PLATFORM_S)
            await self.notices.postpone(notice, run_at=run_at, detail="nobody here posts there")
            return
        saying = Saying(
            workspace=notice.workspace,
            channel=channel.id,
            card=card_of(notice.told, rules),
            nonce=f"notice-{notice.id}",
            again=notice.attempt > 1,
            since_s=notice.written_at_s,
        )
        try:
            async with posting_until(post_by_s):
                outcome = await postman.say(saying)
        except NotPosted as error:
            await self._again(notice, str(error), error.retry_after_s)
            return
        except TimeoutError:
            await self._again(notice, "posting took too long", None)
            return
        match outcome:
            case Posted(message=message):
                await self.notices.posted(notice, message=message)
            case Undeliverable(detail=detail):
                log.warning("a notice to %s can't be posted: %s", notice.workspace, detail)
                await self.notices.give_up(notice, detail=detail)

    async def _again(self, notice: Notice, detail: str, retry_after_s: float | None) -> None:
        if notice.attempt >= MOST_ATTEMPTS:
            await self.notices.give_up(notice, detail=detail)
            return
        wait_s = retry_after_s if retry_after_s is not None else 2.0**notice.attempt
        run_at = self.clock.now() + timedelta(seconds=min(LONGEST_WAIT_S, max(0.5, wait_s)))
        await self.notices.postpone(notice, run_at=run_at, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcer:
    """Looks again and again."""

    announcements: Announcements
    stop: asyncio.Event

    async def step(self) -> None:
        """Everything that is due, then a pause."""
        while await self.announcements.look() and not self.stop.is_set():
            pass
        await pause(LOOK_S, stop=self.stop)


def card_of(told: Told, rules: WorkspaceRules) -> Card:
    """The notice as it is posted in that workspace."""
    if isinstance(told, BudgetNotice):
        return budget_card(named(told, rules))
    return model_end_card(told)


def named(told: BudgetNotice, rules: WorkspaceRules) -> BudgetNotice:
    """The notice with the name of whoever the budget was set for."""
    kind, _, rest = told.scope.partition(":")
    kinds = {"user": SubjectKind.PERSON, "role": SubjectKind.ROLE, "channel": SubjectKind.CHANNEL}
    if told.scope == INSTALLATION_SCOPE or kind not in kinds:
        return told
    key = f"{kinds[kind]}:{rest.split(':', 2)[-1]}"
    name = rules.budgets.names.get(key, "")
    return replace(told, label=of_key(key, name=name).shown) if name else told
