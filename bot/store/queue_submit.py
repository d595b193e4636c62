"""A request becomes a job: lane, key, quota, job and hold in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ClauseElement, func, insert, select

from bot.domain.identity import JobId
from bot.domain.job import JobState
from bot.ports import (
    Accepted,
    Duplicate,
    OverQuota,
    RulesChanged,
    StoreOutcome,
    Submission,
    TooManyQueued,
)
from bot.store.lane import fill_slots
from bot.store.ledger import hold_usage, write_hold
from bot.store.records import write_counters, write_order, write_person, write_place
from bot.store.rules import VERSION_OF_WORKSPACE
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import UNFINISHED, job, lane
from bot.store.templates import note_use
from bot.store.transaction import Transaction
from bot.telemetry.events import JobAccepted

NEVER_LEASED = 0
"""Fencing token of a job that nobody has judged yet."""


def _open_lane(insert_: InsertInto) -> ClauseElement:
    new = insert_(lane).values(lane=param("lane"), cap=param("cap"), inflight=0, tag=0.0)
    return new.on_conflict_do_update(
        index_elements=["lane"],
        set_={"cap": new.excluded.cap},
    )


_OPEN_LANE = Statement(_open_lane)
_UNFINISHED_IN_LANE = (
    select(func.count()).select_from(job).where(job.c.lane == param("lane"), UNFINISHED)
)
_LOOK = Statement(
    select(
        select(job.c.id).where(job.c.idem == param("key")).scalar_subquery(),
        select(lane.c.cap).where(lane.c.lane == param("lane")).scalar_subquery(),
        _UNFINISHED_IN_LANE.scalar_subquery(),
        VERSION_OF_WORKSPACE,
    )
)
_STATE = Statement(select(job.c.state).where(job.c.id == param("job")))
NEW_JOB = {
    "idem": param("key"),
    "workspace": param("workspace"),
    "lane": param("lane"),
    "channel": param("channel"),
    "thread": param("thread"),
    "person": param("person"),
    "place": param("place"),
    "order_json": param("order"),
    "source": param("source"),
    "mask": param("mask"),
    "parent": param("parent"),
    "counters": param("counters"),
    "images": param("images"),
    "weight": param("weight"),
    "token": NEVER_LEASED,
    "attempts": 0,
    "deaths": 0,
    "cancel_asked": False,
    "created_at_us": param("created_at_us"),
}
"""The columns of any new job beside its state; `values_of` has their values but for the time."""
_INSERT = Statement(insert(job).values(**NEW_JOB, state=JobState.RECEIVED))


def submit(tx: Transaction, submission: Submission, values: Mapping[str, object]) -> StoreOutcome:
    """Accepted, or why not; then nothing is written. `values` are what `values_of` makes of the submission."""
    refusal = look(tx, submission)
    if refusal is not None:
        return refusal
    images = submission.order.images
    short = hold_usage(tx, submission.counters, images=images)
    if short is not None:
        return OverQuota(usage=short)
    job_id = JobId(tx.add(_INSERT, **values, created_at_us=tx.now_us))
    write_hold(tx, job_id, images=images)
    note_use(tx, job_id, submission)
    tx.tell(JobAccepted(surface=submission.person.platform))
    return Accepted(job=job_id)


def look(
    tx: Transaction, submission: Submission, *, but: int | None = None
) -> Duplicate | RulesChanged | TooManyQueued | None:
    """Opens the person's lane and says why the request can't be taken, whatever the quota says. `but` is itself.

    The transaction holds the lane from its beginning: the same event sent twice at once waited there and is found here.
    """
    lane_id, workspace = submission.person.lane, submission.person.workspace_id
    looked = tx.row(_LOOK, key=submission.key, lane=lane_id, workspace=workspace)
    known, cap, queued, version = looked or (None, None, 0, 0)
    if cap != submission.cap:
        tx.change(_OPEN_LANE, lane=lane_id, cap=submission.cap)
        if queued:
            # A higher cap makes room for those who wait; in a lane that was opened just now there are none.
            fill_slots(tx, lane_id)
    if known is not None and known != but:
        (state,) = tx.row(_STATE, job=known) or (JobState.RECEIVED,)
        return Duplicate(job=JobId(known), state=JobState(state))
    if submission.rules_version not in {None, version}:
        return RulesChanged()
    if queued >= submission.max_queued and but is None:
        return TooManyQueued(queued=queued, limit=submission.max_queued)
    return None


def values_of(submission: Submission) -> dict[str, object]:
    """The values of NEW_JOB but for the time. To be made before the transaction: its locks are what everybody waits for."""
    person, place, order = submission.person, submission.place, submission.order
    return {
        "key": submission.key,
        "workspace": person.workspace_id,
        "lane": person.lane,
        "channel": place.channel,
        "thread": place.thread,
        "person": write_person(person),
        "place": write_place(place),
        "order": write_order(order),
        "source": order.source,
        "mask": order.mask,
        "parent": order.parent_image,
        "counters": write_counters(submission.counters),
        "images": order.images,
        "weight": submission.weight,
    }
