"""What a leaseholder does with a job in its hands: finishes, refuses, fails, delays or hands it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, update

from bot.domain.identity import BlobKey
from bot.domain.job import Ending, Fence, JobState, NewImage, Plan, Reason
from bot.store import ledger, line_count
from bot.store.decisions import record_decision
from bot.store.job_end import end_job
from bot.store.lane import LockedJob, lock_fenced, pass_slot
from bot.store.letters import write_final_letter
from bot.store.moments import to_us
from bot.store.records import write_plan, write_texts
from bot.store.statement import Statement, param
from bot.store.tables import image, job
from bot.store.transaction import Transaction
from moderation import Decision

_HELD = (
    job.c.id == param("job"),
    job.c.state == JobState.RUNNING,
    job.c.owner == param("owner"),
    job.c.token == param("token"),
)
_LET_GO = {"owner": None, "lease_until_us": None, "provider": None}

_FINISH = Statement(
    update(job)
    .where(*_HELD)
    .values(
        state=JobState.DELIVERING,
        cost_microusd=param("cost_microusd"),
        notes=param("notes"),
        grid=param("grid"),
        plan=func.coalesce(param("plan"), job.c.plan),
        paid_images=param("paid_images"),
        deadline_at_us=None,
        **_LET_GO,
    )
)
_DELAY = Statement(
    update(job)
    .where(*_HELD)
    .values(
        state=JobState.DELAYED,
        run_at_us=param("run_at_us"),
        delay_detail=param("detail"),
        **_LET_GO,
    )
)
_HAND_BACK = Statement(
    update(job).where(*_HELD).values(state=JobState.READY, attempts=job.c.attempts - 1, **_LET_GO)
)
_INSERT_IMAGE = Statement(
    insert(image).values(
        job=param("job"),
        position=param("position"),
        workspace=param("workspace"),
        lane=param("lane"),
        parent=param("parent"),
        seed=param("seed"),
        width_px=param("width_px"),
        height_px=param("height_px"),
        mime=param("mime"),
        blob=param("blob"),
        view_blob=param("view_blob"),
        thumbnail_blob=param("thumbnail_blob"),
        phash=param("phash"),
        alt=param("alt"),
        not_drawn=param("not_drawn"),
        hidden=False,
        sensitive=param("sensitive"),
        created_at_us=param("now_us"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a job came to, as `finish` stores it. `decisions` stand in the order of `images`."""

    images: Sequence[NewImage]
    decisions: Sequence[Decision]
    cost_microusd: int | None
    notes: Sequence[str]
    grid: BlobKey | None
    plan: Plan | None = None
    """The plan as it was carried out, where that differs."""
    counted: bool = True
    """Whether the pictures count against the quota."""
    paid_images: int | None = None
    """How many pictures the cost bought."""


def finish(tx: Transaction, fence: Fence, made: Made) -> bool:
    """running -> delivering, with images, decisions and the final letter; the slot passes on."""
    locked = _held(tx, fence)
    if locked is None or not tx.change(
        _FINISH,
        job=locked.id,
        owner=fence.owner,
        token=locked.token,
        cost_microusd=made.cost_microusd,
        notes=write_texts(made.notes),
        grid=made.grid,
        plan=None if made.plan is None else write_plan(made.plan),
        paid_images=made.paid_images,
    ):
        return False
    pass_slot(tx, locked)
    ledger.release_unmade(tx, locked, made=len(made.images) if made.counted else 0)
    for new in made.images:
        _insert_image(tx, locked, new)
    positions = [new.position for new in made.images]
    for number, decision in enumerate(made.decisions):
        position = positions[number] if number < len(positions) else None
        record_decision(tx, locked.id, decision, position=position)
    write_final_letter(tx, locked.id)
    return True


def refuse(
    tx: Transaction,
    fence: Fence,
    *,
    ending: Ending,
    decision: Decision | None,
    cost_microusd: int | None = None,
) -> bool:
    """received | running -> refused."""
    locked = lock_fenced(tx, fence)
    if locked is None or not end_job(
        tx, locked, state=JobState.REFUSED, ending=ending, cost_microusd=cost_microusd
    ):
        return False
    if decision is not None:
        record_decision(tx, locked.id, decision)
    return True


def fail(tx: Transaction, fence: Fence, *, ending: Ending, cost_microusd: int | None) -> bool:
    """received | running -> failed."""
    locked = lock_fenced(tx, fence)
    return locked is not None and end_job(
        tx, locked, state=JobState.FAILED, ending=ending, cost_microusd=cost_microusd
    )


def cancelled(tx: Transaction, fence: Fence, *, cost_microusd: int | None) -> bool:
    """running -> cancelled."""
    locked = _held(tx, fence)
    return locked is not None and _end_as_cancelled(tx, locked, cost_microusd=cost_microusd)


def delay(tx: Transaction, fence: Fence, *, run_at: datetime, detail: str) -> bool:
    """running -> delayed, or cancelled when its asker no longer wants it."""
    locked = _held(tx, fence)
    if locked is None:
        return False
    if locked.cancel_asked:
        return _end_as_cancelled(tx, locked)
    moved = tx.change(
        _DELAY,
        job=locked.id,
        owner=fence.owner,
        token=locked.token,
        run_at_us=to_us(run_at),
        detail=detail,
    )
    if moved:
        pass_slot(tx, locked)
    return bool(moved)


def hand_back(tx: Transaction, fence: Fence) -> bool:
    """running -> ready, attempt not counted, or cancelled when its asker no longer wants it."""
    locked = _held(tx, fence)
    if locked is None:
        return False
    if locked.cancel_asked:
        return _end_as_cancelled(tx, locked)
    if not tx.change(_HAND_BACK, job=locked.id, owner=fence.owner, token=locked.token):
        return False
    line_count.come(tx, locked.id, locked.vt)
    return True


def _held(tx: Transaction, fence: Fence) -> LockedJob | None:
    locked = lock_fenced(tx, fence)
    return locked if locked is not None and locked.state == JobState.RUNNING else None


def _end_as_cancelled(
    tx: Transaction, locked: LockedJob, *, cost_microusd: int | None = None
) -> bool:
    return end_job(
        tx,
        locked,
        state=JobState.CANCELLED,
        ending=Ending(reason=Reason.CANCELLED),
        cost_microusd=cost_microusd,
    )


def _insert_image(tx: Transaction, locked: LockedJob, new: NewImage) -> None:
    tx.change(
        _INSERT_IMAGE,
        job=locked.id,
        position=new.position,
        workspace=locked.workspace,
        lane=locked.lane,
        parent=locked.parent,
        seed=new.seed,
        width_px=new.width_px,
        height_px=new.height_px,
        mime=new.mime,
        blob=new.key,
        view_blob=new.view,
        thumbnail_blob=new.thumbnail,
        phash=new.phash,
        alt=new.alt,
        not_drawn=write_texts(new.not_drawn),
        sensitive=new.sensitive,
        now_us=tx.now_us,
    )
