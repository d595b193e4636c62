"""What a judge says, and what all judges together decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Gate(StrEnum):
    """Where something is judged: before it is made, or before it is shown."""

    PROMPT = "prompt"
    IMAGE = "image"


class Category(StrEnum):
    """Why something was not allowed, in words a person reads."""

    SEXUAL = "sexual"
    SEXUAL_MINORS = "sexual_minors"
    VIOLENCE = "violence"
    HATE = "hate"
    HARASSMENT = "harassment"
    SELF_HARM = "self_harm"
    WEAPONS = "weapons"
    EXTREMISM = "extremism"
    DECEPTION = "deception"
    BLOCKLIST = "blocklist"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Nothing against it. `scores` maps categories to 0..1 where a judge has them."""

    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Not sure: a person should look."""

    category: Category
    score: float
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """No, and why."""

    category: Category
    score: float
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """The judge could not answer. Of a required judge this means no; it never counts against a person."""

    detail: str


Verdict = Allow | Review | Block | Unchecked


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One judge's verdict, with who said it and in which version."""

    judge: str
    version: str
    required: bool
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What all judges together decided at one gate; the strictest wins."""

    gate: Gate
    verdict: Verdict
    judge: str
    """Who decided: the name of the strictest judge."""
    policy_version: str
    opinions: tuple[Opinion, ...]

    @property
    def allowed(self) -> bool:
        """Whether it may be made or shown."""
        return isinstance(self.verdict, Allow)
