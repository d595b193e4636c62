"""What an admins' channel is told without having asked: each thing once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain.budget import INSTALLATION_SCOPE
from bot.domain.card import Card, Tone
from bot.domain.quota import Period
from bot.domain.sentences import money


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetNotice:
    """A budget is spent so far. `percent` is the mark it passed; `asked_for` a request that now waits for an admin."""

    scope: str
    period_key: str
    percent: int
    spent_microusd: int
    limit_microusd: int
    label: str = ""

    @property
    def name(self) -> str:
        """Names this one thing to tell: the same budget at another limit is another."""
        return f"budget {self.scope} {self.period_key} {self.limit_microusd} {self.percent}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEndNotice:
    """A model that may be asked for in a workspace is shut down soon."""

    workspace: str
    provider: str
    model: str
    ends_on: date
    successor: str | None

    @property
    def name(self) -> str:
        """Names this one thing to tell: the same model with another last day is another."""
        return f"model {self.workspace} {self.provider} {self.model} {self.ends_on.isoformat()}"


Told = BudgetNotice | ModelEndNotice


_WHEN = {Period.HOUR: "this hour", Period.DAY: "today", Period.MONTH: "this month"}


def budget_card(notice: BudgetNotice) -> Card:
    """The notice as it is posted."""
    when = _WHEN[Period(notice.period_key.partition(":")[0])]
    whose = notice.label or _whose(notice.scope)
    spent, limit = money(notice.spent_microusd), money(notice.limit_microusd)
    if notice.percent >= 100:
        headline = f"The budget of {whose} is spent for {when}"
        next_step = "Nothing more is painted from it until it starts anew or is raised."
    else:
        headline = f"{notice.percent}% of the budget of {whose} is spent {when}"
        next_step = "Type /admin budget show to see all budgets."
    return Card(
        tone=Tone.NOTICE,
        headline=headline,
        lines=(f"{spent} of {limit} for pictures that were received.", next_step),
    )


def model_end_card(notice: ModelEndNotice) -> Card:
    """The notice as it is posted."""
    then = (
        f"Requests that name it go to {notice.successor} from then on, and their answers say so."
        if notice.successor
        else "Nobody takes its place: requests that name it are refused from then on."
    )
    return Card(
        tone=Tone.NOTICE,
        headline=f"{notice.model} ends on {notice.ends_on.isoformat()}",
        lines=(f"{notice.provider} shuts it down.", then),
    )


def _whose(scope: str) -> str:
    kind, _, rest = scope.partition(":")
    if scope == INSTALLATION_SCOPE:
        return "the whole installation"
    number = rest.rpartition(":")[2]
    return {
        "user": f"@{number}",
        "role": f"role:{number}",
        "channel": f"#{number}",
        "workspace": "this workspace",
    }.get(kind, scope)
