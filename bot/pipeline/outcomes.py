"""How painting a job, or one part of it, can come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.job import Ending, Plan, Reason
from bot.ports import Answer
from providers import (
    BadAnswer,
    ContentBlocked,
    CreditExhausted,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """All parts are answered, or those that could be; their raw images are kept.

    `plan` is set where it was carried out differently, and `counted` is False where nothing was painted anew: then
    the images are finished files of ours.
    """

    answers: tuple[Answer, ...]
    plan: Plan | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """It won't become a picture. `refused` when somebody's rules said no."""

    ending: Ending
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Nobody can be asked now."""

    run_at: datetime
    detail: str


class StaleClaim(Exception):
    """Another process took the job over: everything held here is to be dropped."""


Outcome = Painted | Stopped | Later


def stopped(error: ProviderError | None) -> Stopped:
    """How a provider's last word ends the job."""
    match error:
        case ContentBlocked(categories=categories):
            category = categories[0] if categories else None
            return Stopped(
                ending=Ending(reason=Reason.PROVIDER_BLOCKED, category=category, detail=str(error)),
                refused=True,
            )
        case InvalidRequest(param=param):
            words = f"It didn't like the {param}." if param else "It didn't say which part."
            return Stopped(ending=Ending(reason=Reason.BAD_REQUEST, words=words, detail=str(error)))
        case Unauthorized() | CreditExhausted():
            return Stopped(ending=Ending(reason=Reason.PROVIDER_ACCOUNT, detail=str(error)))
        case BadAnswer():
            return Stopped(ending=Ending(reason=Reason.BAD_ANSWER, detail=str(error)))
        case OutcomeUnknown():
            return Stopped(ending=Ending(reason=Reason.OUTCOME_UNKNOWN, detail=str(error)))
        case _:
            return Stopped(ending=Ending(reason=Reason.PROVIDER_DOWN, detail=str(error or "")))


def together(
    plan: Plan, changed: Plan | None, parts: Sequence[Sequence[Answer | Stopped | Later]]
) -> Outcome:
    """What came of the job. What was painted and paid goes to the person; the rest was never charged."""
    came = [one for part in parts for one in part]
    later = [one for one in came if isinstance(one, Later)]
    if later:
        return max(later, key=lambda one: one.run_at)
    answers = tuple(one for one in came if isinstance(one, Answer))
    if not answers:
        return next(one for one in came if isinstance(one, Stopped))
    painters = {answer.model or plan.model for answer in answers}
    if painters != {plan.model} and len(painters) == 1:
        changed = replace(changed or plan, model=painters.pop())
    return Painted(answers=answers, plan=changed)
