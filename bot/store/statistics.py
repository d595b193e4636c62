"""Figures of a workspace over a period, counted from its requests. Nothing is kept for them beforehand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sqlalchemy import func, select

from bot.domain.identity import WorkspaceId
from bot.domain.job import JobState
from bot.domain.statistics import Bucket, Figures, Share, Step, percentile
from bot.store.moments import SECOND_US, from_us, to_us
from bot.store.records import model_of_plan, read_person
from bot.store.statement import Statement, param
from bot.store.tables import image, job
from bot.store.transaction import Executor, Transaction

MOST_JOBS = 50_000
"""More are not counted: so many take about a second."""
TOP = 5

_NEWEST = Statement(select(func.max(job.c.id)))
_FROM = Statement(
    select(job.c.id, job.c.created_at_us)
    .where(job.c.id >= param("job"))
    .order_by(job.c.id)
    .limit(1)
)
_JOBS = Statement(
    select(
        job.c.id,
        job.c.state,
        job.c.created_at_us,
        job.c.finished_at_us,
        job.c.cost_microusd,
        job.c.person,
        job.c.plan,
    )
    .where(job.c.id >= param("first"), job.c.workspace == param("workspace"))
    .order_by(job.c.id.desc())
    .limit(param("most"))
)
_IMAGES = Statement(
    select(image.c.job, func.count())
    .where(image.c.job >= param("first"), image.c.workspace == param("workspace"))
    .group_by(image.c.job)
)


def first_since(tx: Transaction, since_us: int) -> int | None:
    """The id of the first request taken at that time or later: ids grow with time, so halves are looked at."""
    (high,) = tx.row(_NEWEST) or (None,)
    if high is None:
        return None
    low, found = 0, None
    while low <= high:
        middle = (low + high) // 2
        row = tx.row(_FROM, job=middle)
        if row is not None and row[1] < since_us:
            low = row[0] + 1
        else:
            found, high = middle if row is None else row[0], middle - 1
    return found


@dataclass(slots=True)
class _Tally:
    """Figures while they are summed up."""

    zone: tzinfo
    step: Step
    states: Counter[str] = field(default_factory=Counter)
    waits_s: list[float] = field(default_factory=list)
    cost_microusd: int = 0
    images: int = 0
    buckets: defaultdict[datetime, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0])
    )
    people: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    names: dict[str, str] = field(default_factory=dict)
    models: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, row: tuple[object, ...], images: int) -> None:
        """One request; they come newest first."""
        _, state, created_us, finished_us, cost, person_text, plan = row
        created = from_us(int(str(created_us)))
        paid = int(str(cost or 0))
        self.states[str(state)] += 1
        self.images += images
        self.cost_microusd += paid
        bucket = self.buckets[self.step.begin(created.astimezone(self.zone))]
        bucket[0] += images
        bucket[1] += state == JobState.REFUSED
        bucket[2] += state == JobState.FAILED
        bucket[3] += paid
        if state == JobState.DELIVERED and finished_us is not None:
            self.waits_s.append((int(str(finished_us)) - int(str(created_us))) / SECOND_US)
        person = read_person(str(person_text))
        # The newest name is the one people know.
        self.names.setdefault(person.lane, person.name)
        _count(self.people[person.lane], images, paid)
        if plan is not None:
            _count(self.models[model_of_plan(str(plan))], images, paid)


def _count(sums: list[int], images: int, cost: int) -> None:
    sums[0] += images
    sums[1] += cost


def figures(
    tx: Transaction, workspace: str, *, since: datetime, until: datetime, zone: tzinfo
) -> Figures:
    """Everything that was asked for from `since` on."""
    tally = _Tally(zone=zone, step=Step.of(until - since))
    first = first_since(tx, to_us(since))
    rows: list[tuple[object, ...]] = []
    if first is not None:
        asked = {"first": first, "workspace": workspace}
        made: dict[object, int] = dict(tx.rows(_IMAGES, **asked))
        rows = [tuple(row) for row in tx.rows(_JOBS, most=MOST_JOBS, **asked)]
        for row in rows:
            tally.add(row, made.get(row[0], 0))
    waits = sorted(tally.waits_s)
    return Figures(
        since=since.astimezone(zone),
        until=until.astimezone(zone),
        step=tally.step,
        buckets=tuple(_buckets(tally, since.astimezone(zone), until.astimezone(zone))),
        requests=len(rows),
        images=tally.images,
        delivered=tally.states[JobState.DELIVERED],
        refused=tally.states[JobState.REFUSED],
        failed=tally.states[JobState.FAILED],
        cancelled=tally.states[JobState.CANCELLED],
        cost_microusd=tally.cost_microusd,
        wait_p50_s=percentile(waits, 0.50),
        wait_p95_s=percentile(waits, 0.95),
        people=_top({tally.names[lane]: sums for lane, sums in tally.people.items()}),
        models=_top(tally.models),
        cut=len(rows) == MOST_JOBS,
    )


def _buckets(tally: _Tally, since: datetime, until: datetime) -> Iterable[Bucket]:
    """Every step of the period, those without a request too."""
    # By the clock on the wall: where an hour is skipped or comes twice, its requests stand in one bucket.
    moment, end = tally.step.begin(since), until
    while moment <= end:
        images, refused, failed, cost = tally.buckets[moment]
        yield Bucket(
            begins=moment, images=images, refused=refused, failed=failed, cost_microusd=cost
        )
        moment += tally.step.length


def _top(sums: dict[str, list[int]]) -> tuple[Share, ...]:
    ranked = sorted(sums.items(), key=lambda one: (-one[1][0], -one[1][1], one[0]))
    return tuple(
        Share(name=name, images=images, cost_microusd=cost)
        for name, (images, cost) in ranked[:TOP]
        if images or cost
    )


class SqlStatistics:
    """`bot.ports.Statistics` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def figures(
        self, workspace: WorkspaceId, *, since: datetime, until: datetime, zone: tzinfo
    ) -> Figures:
        """Everything that was asked for in the workspace from `since` on."""
        return await self._executor.read(figures, workspace, since=since, until=until, zone=zone)
