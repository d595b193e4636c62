"""What is said of quotas: what a rule says, what applies to somebody, and because of whose rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.allowance import UNLIMITED, Allowance
from bot.domain.json_values import Document
from bot.domain.quota import Period, Usage
from bot.domain.sentences import images, until
from bot.domain.subject import Subject

A_PERIOD = {Period.HOUR: "an hour", Period.DAY: "a day", Period.MONTH: "a month"}
THIS_PERIOD = {Period.HOUR: "This hour", Period.DAY: "Today", Period.MONTH: "This month"}


def set_for(because: Subject | None) -> str:
    """Whose rule it is."""
    return "the house's default" if because is None else f"set for {because.shown}"


def rule_text(body: Document) -> str:
    """A rule in one line: `50 images a day, weight 2, up to 1024 px`."""
    said: list[str] = []
    for period in Period:
        value = body.get(period.value)
        if value == UNLIMITED:
            said.append(f"no limit {A_PERIOD[period]}")
        elif isinstance(value, int):
            said.append(f"{images(value)} {A_PERIOD[period]}")
    said += [
        words.format(body[name]) for name, words in _WORDS.items() if body.get(name) is not None
    ]
    models = body.get("models")
    if isinstance(models, list):
        said.append(f"only {', '.join(str(one) for one in models)}")
    return ", ".join(said) or "nothing"


_WORDS = {
    "at_once": "{} at once",
    "queued": "{} in line",
    "count": "up to {} a request",
    "largest_px": "up to {} px",
    "weight": "weight {:g}",
}


def applies(allowance: Allowance) -> list[str]:
    """Everything that applies, each with whose rule says so."""
    lines = [
        f"{images(limit.images)} {A_PERIOD[limit.period]}{_together(limit.scope)}: {set_for(limit.because)}"
        for limit in allowance.limits
    ]
    if not lines:
        lines.append("As many images as wished")
    values = {
        "at_once": allowance.at_once,
        "queued": allowance.queued,
        "count": allowance.count,
        "largest_px": allowance.largest_px,
        "weight": allowance.weight,
    }
    lines += [
        f"{_WORDS[name].format(value)}: {set_for(allowance.because.get(name))}"
        for name, value in values.items()
        if value is not None
    ]
    if allowance.models is not None:
        named = ", ".join(sorted(allowance.models)) or "no model"
        lines.append(f"only {named}: {set_for(allowance.because.get('models'))}")
    return lines


def _together(scope: str) -> str:
    return " for all of the channel together" if scope.startswith("channel:") else ""


def usage_line(usage: Usage, *, now: datetime) -> str:
    """`30 images left of 50, 4 in line; starts anew in 3 h; set for @Ana`."""
    held = f", {usage.held} in line" if usage.held else ""
    again = until(usage.counter.returns_at, now=now)
    return (
        f"{images(usage.left)} left of {usage.counter.limit}{held}; starts anew {again}; "
        f"{set_for(usage.counter.because)}"
    )


def usage_name(usage: Usage) -> str:
    """`Today`, `This month in #general`."""
    this = THIS_PERIOD[usage.counter.period]
    if not usage.counter.scope.startswith("channel:"):
        return this
    return f"{this}, all of this channel"


def usage_text(usages: Sequence[Usage], *, now: datetime) -> str:
    """Each counter in a line of its own."""
    return "\n".join(f"{usage_name(one)}: {usage_line(one, now=now)}" for one in usages)
