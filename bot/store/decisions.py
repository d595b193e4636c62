"""What the judges decided, kept with the job it was decided about."""

from __future__ import annotations

from sqlalchemy import insert

from bot.store.records import verdict_category, verdict_name, write_decision
from bot.store.statement import Statement, param
from bot.store.tables import decision
from bot.store.transaction import Transaction
from moderation import Decision

_INSERT = Statement(
    insert(decision).values(
        job=param("job"),
        gate=param("gate"),
        position=param("position"),
        verdict=param("verdict"),
        category=param("category"),
        judge=param("judge"),
        policy_version=param("policy_version"),
        body=param("body"),
        at_us=param("at_us"),
    )
)


def record_decision(
    tx: Transaction, job_id: int, made: Decision, *, position: int | None = None
) -> None:
    """Stores a decision; `position` is the image's."""
    tx.change(
        _INSERT,
        job=job_id,
        gate=made.gate.value,
        position=position,
        verdict=verdict_name(made.verdict),
        category=verdict_category(made.verdict),
        judge=made.judge,
        policy_version=made.policy_version,
        body=write_decision(made),
        at_us=tx.now_us,
    )
