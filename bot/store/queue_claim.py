"""Claiming: the next jobs in fair order that have a free provider, with slot, lease and fence.

Whoever gives out provider slots must be the only one: SQLite has one writer, on Postgres `locking` sees to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select, update

from bot.domain.identity import JobId
from bot.domain.job import Fence, JobState
from bot.ports import Renewal
from bot.store.job_rows import JOB_COLUMNS, claimed
from bot.store.line_count import leave
from bot.store.moments import span_us
from bot.store.statement import Statement, param
from bot.store.tables import IN_A_SLOT, LEASED, clock, job
from bot.store.transaction import Row, Transaction

_READY = job.c.state == JobState.READY

_RAISE_CLOCK = Statement(
    update(clock).where(clock.c.vt < param("raised_vt")).values(vt=param("raised_vt"))
)
_SLOTS_TAKEN = Statement(
    select(job.c.provider, func.count()).where(IN_A_SLOT).group_by(job.c.provider)
)


def _distinct_routes() -> Statement:
    """Every route that a ready job has, one index search each: the backlog behind a route costs nothing."""
    first = select(func.min(job.c.route).label("route")).where(_READY)
    routes = first.cte("routes", recursive=True)
    after = select(func.min(job.c.route)).where(_READY, job.c.route > routes.c.route)
    routes = routes.union_all(select(after.scalar_subquery()).where(routes.c.route.is_not(None)))
    return Statement(select(routes.c.route).where(routes.c.route.is_not(None)))


_ROUTES = _distinct_routes()
_HEADS = Statement(
    select(job.c.vt, *JOB_COLUMNS)
    .where(_READY, job.c.route == param("route"))
    .order_by(job.c.vt, job.c.id)
    .limit(param("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = Statement(
    update(job)
    .where(job.c.id == param("job"), _READY)
    .values(
        state=JobState.RUNNING,
        owner=param("owner"),
        token=job.c.token + 1,
        attempts=job.c.attempts + 1,
        provider=param("slot"),
        lease_until_us=param("lease_until_us"),
        started_at_us=func.coalesce(job.c.started_at_us, param("now_us")),
        deadline_at_us=func.coalesce(job.c.deadline_at_us, param("deadline_at_us")),
    )
)
_OTHERS_AT = Statement(
    select(func.count())
    .select_from(job)
    .where(IN_A_SLOT, job.c.provider == param("slot"), job.c.id != param("job"))
)
_SWITCH = Statement(
    update(job)
    .where(
        job.c.id == param("job"),
        job.c.state == JobState.RUNNING,
        job.c.owner == param("owner"),
        job.c.token == param("token"),
    )
    .values(provider=param("slot"))
)
_RENEW = Statement(
    update(job)
    .where(
        job.c.id == param("job"),
        LEASED,
        job.c.owner == param("owner"),
        job.c.token == param("token"),
    )
    .values(lease_until_us=param("lease_until_us"))
    .returning(job.c.cancel_asked)
)


class Head(NamedTuple):
    """A ready job and the candidates that may do it, best first."""

    vt: float
    id: int
    candidates: tuple[str, ...]
    row: Row
    """Its JOB_COLUMNS."""


class Free:
    """Free slots by provider, as they are given out."""

    def __init__(self, capacity: Mapping[str, int], taken: Mapping[str, int]) -> None:
        self._slots = {name: most - taken.get(name, 0) for name, most in capacity.items()}

    def first(self, candidates: Sequence[str]) -> str | None:
        """The best candidate with a free slot."""
        return next((name for name in candidates if self._slots.get(name, 0) > 0), None)

    def knows(self, candidates: Sequence[str]) -> bool:
        """Whether any of them is configured here at all, busy or not."""
        return any(name in self._slots for name in candidates)

    def take(self, provider: str) -> None:
        """One slot fewer."""
        self._slots[provider] = self._slots.get(provider, 0) - 1


def claim(
    tx: Transaction,
    *,
    owner: str,
    slots: int,
    lease_s: float,
    capacity: Mapping[str, int],
    deadline_s: float,
) -> list[tuple[Row, str]]:
    """Up to `slots` rows of JOB_COLUMNS with the provider whose slot each holds, in the order they are served.

    A job all of whose providers left the configuration comes too: its worker ends it with an answer.
    """
    free = Free(capacity, dict(tx.rows(_SLOTS_TAKEN)))
    taken: list[tuple[Row, str]] = []
    newest = 0.0
    for head in _heads(tx, free, most=slots):
        if len(taken) == slots:
            break
        provider = free.first(head.candidates)
        if provider is None and not free.knows(head.candidates):
            provider = head.candidates[0]
        if provider is None:
            continue
        if tx.change(
            _TAKE,
            job=head.id,
            owner=owner,
            slot=provider,
            lease_until_us=tx.now_us + span_us(lease_s),
            now_us=tx.now_us,
            deadline_at_us=tx.now_us + span_us(deadline_s),
        ):
            free.take(provider)
            taken.append((claimed(head.row, now_us=tx.now_us), provider))
            leave(tx, head.id, head.vt)
            newest = head.vt
    if taken:
        tx.change(_RAISE_CLOCK, raised_vt=newest)
    return taken


def _heads(tx: Transaction, free: Free, *, most: int) -> list[Head]:
    """The first jobs of every route that has a free candidate, in fair order."""
    heads: list[Head] = []
    for (route,) in tx.rows(_ROUTES):
        candidates = tuple(route.split(","))
        if free.first(candidates) is not None or not free.knows(candidates):
            heads += [
                Head(vt, row[0], candidates, tuple(row))
                for vt, *row in tx.rows(_HEADS, route=route, most=most)
            ]
    return sorted(heads)


def switch_provider(tx: Transaction, fence: Fence, *, provider: str, capacity: int) -> bool:
    """Whether the running job now holds a slot of `provider`."""
    (others,) = tx.row(_OTHERS_AT, slot=provider, job=fence.job) or (0,)
    return others < capacity and bool(
        tx.change(_SWITCH, job=fence.job, owner=fence.owner, token=fence.attempt, slot=provider)
    )


def renew(tx: Transaction, fences: Sequence[Fence], *, lease_s: float) -> Renewal:
    """Leases that were lost, and jobs whose asker wants them cancelled."""
    lost: set[JobId] = set()
    cancel_asked: set[JobId] = set()
    for fence in sorted(fences, key=lambda one: one.job):
        row = tx.row(
            _RENEW,
            job=fence.job,
            owner=fence.owner,
            token=fence.attempt,
            lease_until_us=tx.now_us + span_us(lease_s),
        )
        if row is None:
            lost.add(fence.job)
        elif row[0]:
            cancel_asked.add(fence.job)
    return Renewal(lost=frozenset(lost), cancel_asked=frozenset(cancel_asked))
