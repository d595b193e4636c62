"""How many jobs are in line, counted as they come and go, so that a place costs the same in a long line.

The line is cut into blocks: jobs with the same tag and neighbouring ids. Whatever puts a job into line or takes it out
counts it in its block, in the same transaction; all who came and went in one transaction are written at its end, a row
for each block. A place is then the sum of the blocks before, and the jobs before it in its own block. Each connection
counts in rows of its own, so that nobody waits for another's commit.
"""

from __future__ import annotations

from sqlalchemy import ClauseElement, delete, func, literal, select, tuple_

from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import STATES_IN_LINE, clock, job, line_count
from bot.store.transaction import Transaction

_BLOCK_BITS = 8
"""256 ids in a block: with 20,000 in line a place adds up some 80 blocks and counts at most 256 jobs. In the migration too."""

TIDY_FROM = 64
"""Emptied blocks worth a commit."""


def _count(insert_: InsertInto) -> ClauseElement:
    new = insert_(line_count).values(
        vt=param("vt"), block=param("block"), writer=param("writer"), jobs=param("jobs")
    )
    return new.on_conflict_do_update(
        index_elements=["vt", "block", "writer"],
        set_={"jobs": line_count.c.jobs + new.excluded.jobs},
    )


_COUNT = Statement(_count)
_mine = job.alias("mine")
_other = job.alias("other")
_MY_BLOCK = _mine.c.id.bitwise_rshift(literal(_BLOCK_BITS))
_IN_BLOCKS_BEFORE = (
    select(func.coalesce(func.sum(line_count.c.jobs), 0))
    .where(tuple_(line_count.c.vt, line_count.c.block) < tuple_(_mine.c.vt, _MY_BLOCK))
    .scalar_subquery()
)
_BEFORE_IN_MY_BLOCK = (
    select(func.count())
    .select_from(_other)
    .where(
        _other.c.state.in_(STATES_IN_LINE),
        _other.c.vt == _mine.c.vt,
        _other.c.id >= _MY_BLOCK.bitwise_lshift(literal(_BLOCK_BITS)),
        _other.c.id < _mine.c.id,
    )
    .scalar_subquery()
)
_AHEAD = Statement(
    select(_IN_BLOCKS_BEFORE + _BEFORE_IN_MY_BLOCK).where(
        _mine.c.id == param("job"), _mine.c.state.in_(STATES_IN_LINE)
    )
)
_passed = line_count.alias("passed")
_EMPTY_BLOCKS = (
    select(_passed.c.vt, _passed.c.block)
    .where(_passed.c.vt <= select(clock.c.vt).scalar_subquery())
    .group_by(_passed.c.vt, _passed.c.block)
    .having(func.sum(_passed.c.jobs) == 0)
)
_EMPTIED = Statement(select(func.count()).select_from(_EMPTY_BLOCKS.subquery("empty")))
_FORGET_EMPTY = Statement(
    delete(line_count).where(tuple_(line_count.c.vt, line_count.c.block).in_(_EMPTY_BLOCKS))
)


def come(tx: Transaction, job_id: int, vt: float | None) -> None:
    """The job came into line."""
    tx.line[vt, job_id >> _BLOCK_BITS] += 1


def leave(tx: Transaction, job_id: int, vt: float | None) -> None:
    """The job was in line and isn't any more."""
    tx.line[vt, job_id >> _BLOCK_BITS] -= 1


def write(tx: Transaction) -> None:
    """To be called before whatever makes the transaction's changes last: writes who came and left."""
    for (vt, block), jobs in tx.line.items():
        if jobs:
            tx.change(_COUNT, vt=vt, block=block, writer=tx.writer, jobs=jobs)
    tx.line.clear()


def ahead(tx: Transaction, job_id: int) -> int | None:
    """How many will be served before it; None when it isn't in line."""
    row = tx.row(_AHEAD, job=job_id)
    return None if row is None else int(row[0])


def emptied(tx: Transaction) -> int:
    """Blocks whose jobs have all been served."""
    (blocks,) = tx.row(_EMPTIED) or (0,)
    return int(blocks)


def forget_empty(tx: Transaction) -> int:
    """Removes the rows of emptied blocks. To be run over one snapshot: a block's rows go together or not at all."""
    return tx.change(_FORGET_EMPTY)
