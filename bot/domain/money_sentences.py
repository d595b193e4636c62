"""What is said of budgets: what is set, how they stand, when they start anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.budget import Spending, percent_told
from bot.domain.json_values import Document
from bot.domain.quota_sentences import THIS_PERIOD
from bot.domain.sentences import money, until

_AMOUNTS = {
    "day": "{} a day",
    "month": "{} a month",
    "each_day": "{} a day each",
    "each_month": "{} a month each",
}


def budget_text(body: Document) -> str:
    """A budget in one line: `$5.00 a day, then an admin is asked`."""
    said = [
        words.format(money(amount))
        for name, words in _AMOUNTS.items()
        if isinstance(amount := body.get(name), int)
    ]
    if body.get("ask") is True:
        said.append("then an admin is asked")
    return ", ".join(said) or "nothing"


def spending_name(spending: Spending) -> str:
    """`Today, @Ana`: which budget it is."""
    purse = spending.purse
    whose = "the whole installation" if purse.is_the_houses else purse.because.shown
    if purse.scope.startswith("workspace:"):
        whose = "the whole workspace"
    elif purse.scope.startswith("user:"):
        whose = f"yours (set for {whose})"
    return f"{THIS_PERIOD[purse.period]}, {whose}"


def spending_line(spending: Spending, *, now: datetime) -> str:
    """`$3.20 left of $5.00, $0.16 held; starts anew in 3 h`."""
    held = f", {money(spending.held_microusd)} held" if spending.held_microusd else ""
    left, limit = money(spending.left_microusd), money(spending.purse.limit_microusd)
    return f"{left} left of {limit}{held}; starts anew {until(spending.purse.returns_at, now=now)}"


def standing_line(spending: Spending, *, now: datetime) -> str:
    """`Today: $1.64 spent, $0.16 held, $3.20 left of $5.00 (past 50 %); starts anew in 3 h`, for whoever looks after a budget."""
    purse = spending.purse
    spent, held = money(spending.spent_microusd), money(spending.held_microusd)
    left, limit = money(spending.left_microusd), money(purse.limit_microusd)
    mark = percent_told(spending.spent_microusd, purse.limit_microusd)
    past = f" (past {mark} %)" if mark else ""
    return (
        f"{THIS_PERIOD[purse.period]}: {spent} spent, {held} held, {left} left of {limit}{past}; "
        f"starts anew {until(purse.returns_at, now=now)}"
    )


def spending_lines(spendings: Sequence[Spending], *, now: datetime) -> list[str]:
    """Each budget in a line of its own."""
    return [f"{spending_name(one)}: {spending_line(one, now=now)}" for one in spendings]
