"""Many opinions become one decision, and doubt never becomes a yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from moderation.floor import CATEGORIES as FLOOR
from moderation.verdict import Allow, Block, Decision, Gate, Opinion, Review, Unchecked, Verdict

NOBODY = "nobody"
"""Who decided when no judge did: the answer is then no."""


def merge(gate: Gate, opinions: Sequence[Opinion], *, policy_version: str) -> Decision:
    """The strictest opinion wins: Block, then Review, then a required judge's silence, then Allow.

    An optional judge that couldn't answer is passed over. When nobody answered at all, because there is no judge at the
    gate or only optional ones that failed, the decision is Unchecked: nothing is made or shown unjudged.
    Among equals the floor's categories come first, then the higher score, then the order of the judges.
    """
    counted = [one for one in opinions if one.required or not isinstance(one.verdict, Unchecked)]
    strictest = max(counted, key=lambda one: _strictness(one.verdict), default=None)
    return Decision(
        gate=gate,
        verdict=strictest.verdict if strictest else Unchecked(detail=_why(gate, opinions)),
        judge=strictest.judge if strictest else NOBODY,
        policy_version=policy_version,
        opinions=tuple(opinions),
    )


def _why(gate: Gate, opinions: Sequence[Opinion]) -> str:
    if not opinions:
        return f"no judge stands at the {gate} gate"
    return f"none of the judges at the {gate} gate could answer"


def _strictness(verdict: Verdict) -> tuple[int, bool, float]:
    match verdict:
        case Block():
            return 3, verdict.category in FLOOR, verdict.score
        case Review():
            return 2, verdict.category in FLOOR, verdict.score
        case Unchecked():
            return 1, False, 0.0
        case Allow():
            return 0, False, 0.0
        case _:
            assert_never(verdict)
