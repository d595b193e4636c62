"""What judges said, told one by one."""

from __future__ import annotations

from bot.telemetry.events import Judged, Recorder
from moderation import Block, Decision, Review


def record_decision(record: Recorder, decision: Decision) -> None:
    """Tells each judge's verdict; of scores and texts nothing."""
    for opinion in decision.opinions:
        verdict = opinion.verdict
        record(
            Judged(
                gate=decision.gate.value,
                judge=opinion.judge,
                verdict=type(verdict).__name__.lower(),
                category=verdict.category.value if isinstance(verdict, Block | Review) else "",
            )
        )
