"""Images held, settled and released. Each row can be written once, so a step that runs twice counts once.

A job's hold equals what was settled and released of it once the job is over; the usage rows are the sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    ScalarSelect,
    case,
    func,
    insert,
    select,
    update,
)

from bot.domain.quota import Counter, Usage
from bot.store.lane import LockedJob
from bot.store.moments import to_us
from bot.store.records import read_counters
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import ledger, usage
from bot.store.transaction import Transaction

HOLD = "hold"
SETTLE = "settle"
"""Its part is the image's position."""
RELEASE = "release"
AT_FINISH = 1
"""Part of a release: images that were asked for and not made."""
AT_END = 2
"""Part of a release: whatever was still held when the job ended."""

_WRITE = Statement(
    insert(ledger).values(
        job=param("job"),
        kind=param("kind"),
        part=param("part"),
        images=param("images"),
        at_us=param("at_us"),
    )
)


def held_of(job_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Images still held for a job, to be read in one statement with something else."""
    signed = case((ledger.c.kind == HOLD, ledger.c.images), else_=-ledger.c.images)
    held = select(func.coalesce(func.sum(signed), 0)).where(ledger.c.job == job_id)
    return held.scalar_subquery()


_STILL_HELD = Statement(select(held_of(param("job"))))


def _hold(insert_: InsertInto) -> ClauseElement:
    new = insert_(usage).values(
        scope=param("scope"),
        period_key=param("period_key"),
        used=0,
        held=param("images"),
        returns_at_us=param("returns_at_us"),
    )
    left = param("most") - param("images")
    return new.on_conflict_do_update(
        index_elements=["scope", "period_key"],
        set_={"held": usage.c.held + new.excluded.held},
        where=usage.c.used + usage.c.held <= left,
    )


_HOLD_USAGE = Statement(_hold)
_MOVE_USAGE = Statement(
    update(usage)
    .where(usage.c.scope == param("scope"), usage.c.period_key == param("period_key"))
    .values(used=usage.c.used + param("more_used"), held=usage.c.held - param("less_held"))
)
_READ_USAGE = Statement(
    select(usage.c.used, usage.c.held).where(
        usage.c.scope == param("scope"), usage.c.period_key == param("period_key")
    )
)


def read_usage(tx: Transaction, counter: Counter) -> Usage:
    """The counter as it stands."""
    row = tx.row(_READ_USAGE, scope=counter.scope, period_key=counter.period_key)
    used, held = row or (0, 0)
    return Usage(counter=counter, used=used, held=held)


def hold_usage(tx: Transaction, counters: Sequence[Counter], *, images: int) -> Usage | None:
    """Holds `images` in every counter and returns None, or in none and returns the one that has too few left."""
    held: list[tuple[str, str]] = []
    for counter in sorted(counters, key=lambda one: (one.scope, one.period_key)):
        if images > counter.limit or not tx.change(
            _HOLD_USAGE,
            scope=counter.scope,
            period_key=counter.period_key,
            images=images,
            most=counter.limit,
            returns_at_us=to_us(counter.returns_at),
        ):
            _move_usage(tx, held, more_used=0, less_held=images)
            return read_usage(tx, counter)
        held.append((counter.scope, counter.period_key))
    return None


def is_held(tx: Transaction, job_id: int) -> bool:
    """Whether images are held for the job."""
    (held,) = tx.row(_STILL_HELD, job=job_id) or (0,)
    return bool(held)


def write_hold(tx: Transaction, job_id: int, *, images: int) -> None:
    """The ledger row of what `hold_usage` held."""
    tx.change(_WRITE, job=job_id, kind=HOLD, part=0, images=images, at_us=tx.now_us)


def release_unmade(tx: Transaction, locked: LockedJob, *, made: int) -> None:
    """Gives back what was asked for beyond `made` images."""
    unmade = locked.images - made
    if unmade > 0:
        _write_release(tx, locked.id, part=AT_FINISH, images=unmade)
        _move_usage(tx, read_counters(locked.counters), more_used=0, less_held=unmade)


def close(tx: Transaction, job_id: int, counters: str) -> None:
    """Gives back what is held."""
    (held,) = tx.row(_STILL_HELD, job=job_id) or (0,)
    settle(tx, job_id, counters, held=held, delivered=())


def settle(
    tx: Transaction, job_id: int, counters: str, *, held: int, delivered: Iterable[int]
) -> list[int]:
    """Settles the positions `delivered`, which are returned, and gives back the rest of what is `held`."""
    settled = sorted(set(delivered))[:held]
    for position in settled:
        tx.change(_WRITE, job=job_id, kind=SETTLE, part=position, images=1, at_us=tx.now_us)
    if held > len(settled):
        _write_release(tx, job_id, part=AT_END, images=held - len(settled))
    if held:
        _move_usage(tx, read_counters(counters), more_used=len(settled), less_held=held)
    return settled


def _write_release(tx: Transaction, job_id: int, *, part: int, images: int) -> None:
    tx.change(_WRITE, job=job_id, kind=RELEASE, part=part, images=images, at_us=tx.now_us)


def _move_usage(
    tx: Transaction, counters: Iterable[tuple[str, str]], *, more_used: int, less_held: int
) -> None:
    for scope, period_key in counters:
        tx.change(
            _MOVE_USAGE,
            scope=scope,
            period_key=period_key,
            more_used=more_used,
            less_held=less_held,
        )
