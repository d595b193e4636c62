"""The tables. Times are microseconds since 1970 in UTC (`_us`); documents are JSON text.

Partial indexes hold only rows that still matter, so years of finished jobs cost a claim nothing.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
)

from bot.domain.job import JobState

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ROWID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that says INTEGER."""

_VACUUM_SOON = {"autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_threshold": 500}
QUEUE_STORAGE = {"fillfactor": 70, **_VACUUM_SOON}
"""For Postgres: room in each page for a row's next versions, and a vacuum before the dead ones fill the indexes."""
COUNTER_STORAGE = {"fillfactor": 50, **_VACUUM_SOON}
CLOCK_STORAGE = {"fillfactor": 10, **_VACUUM_SOON}

job = Table(
    "job",
    metadata,
    # What every transition reads and writes stands first: SQLite reads a row from its beginning.
    Column("id", ROWID, primary_key=True),
    Column("state", Text, nullable=False),
    Column("lane", Text, ForeignKey("lane.lane"), nullable=False),
    Column("owner", Text, doc="Who has it in hand; NULL with lease_until_us."),
    Column("token", Integer, nullable=False, doc="Counts every lease ever given: the fence."),
    Column("lease_until_us", BigInteger),
    Column("vt", Double, doc="Fair tag, given once at admission."),
    Column("images", Integer, nullable=False),
    Column("cancel_asked", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False, doc="Claims, without those handed back."),
    Column("deaths", Integer, nullable=False, doc="Leases that lapsed in a worker's hands."),
    Column("provider", Text, doc="Whose slot it holds; set while running, and only then."),
    Column("route", Text, doc="Names of the candidates, best first, joined by commas."),
    Column("run_at_us", BigInteger, doc="Set while delayed or parked, and only then."),
    Column("deadline_at_us", BigInteger, doc="Set from the first claim until it is finished."),
    Column("created_at_us", BigInteger, nullable=False),
    Column("started_at_us", BigInteger),
    Column("finished_at_us", BigInteger, doc="Set in a final state, and only then."),
    Column("cost_microusd", BigInteger),
    Column("counters", Text, nullable=False, doc="[[scope, period_key], ...] the hold stands in."),
    Column("weight", Double, nullable=False),
    Column("idem", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text),
    Column("source", Text, doc="Blob the order starts from: kept while the job is unfinished."),
    Column("mask", Text),
    Column("parent", ROWID, doc="The image it comes from."),
    Column("grid", Text, doc="Blob of all its pictures on one sheet."),
    Column("message", Text, doc="The platform's reference of the message that shows it."),
    Column("person", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("order_json", Text, nullable=False),
    Column("plan", Text),
    Column("ending", Text),
    Column("notes", Text),
    Column("delay_detail", Text, doc="Why it was delayed last; for admins."),
    Column("parked", Text, doc="Why it waits outside the line: quota | budget; NULL: it doesn't."),
    Column("purses", Text, doc="[[scope, period_key], ...] of budgets; NULL: none is touched."),
    Column("price_microusd", BigInteger, doc="What is held of each of them."),
    Column("paid_images", Integer, doc="How many pictures its cost bought, shown or not."),
    Column("waived", Boolean, doc="An admin let it through a budget that asks."),
    UniqueConstraint("idem"),
    # No row is ever deleted, so no id comes twice. SQLite would keep count of the ids in a page of its own.
    postgresql_with=QUEUE_STORAGE,
)

STATES_IN_LINE = (JobState.READY, JobState.WAITING)
IN_LINE = job.c.state.in_(STATES_IN_LINE)
# The conditions below say by another column what a state would say too: an UPDATE rewrites every index whose condition
# names a column it sets, and nearly every UPDATE sets the state.
RECEIVED = and_(job.c.vt.is_(None), job.c.finished_at_us.is_(None), job.c.parked.is_(None))
UNFINISHED = job.c.finished_at_us.is_(None)
OVER = job.c.finished_at_us.is_not(None)
LEASED = job.c.lease_until_us.is_not(None)
IN_A_SLOT = job.c.provider.is_not(None)
DELAYED = job.c.run_at_us.is_not(None)
ON_TIME = job.c.deadline_at_us.is_not(None)


def _partial(name: str, *columns: Column[object], where: ColumnElement[bool]) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


_partial("ix_job_claim", job.c.route, job.c.vt, job.c.id, where=job.c.state == JobState.READY)
_partial("ix_job_place", job.c.vt, job.c.id, where=IN_LINE)
_partial("ix_job_promote", job.c.lane, job.c.vt, job.c.id, where=job.c.state == JobState.WAITING)
_partial("ix_job_received", job.c.id, where=RECEIVED)
_partial("ix_job_unfinished", job.c.lane, job.c.id, where=UNFINISHED)
_partial("ix_job_lease", job.c.lease_until_us, where=LEASED)
_partial("ix_job_slots", job.c.provider, where=IN_A_SLOT)
_partial("ix_job_due", job.c.run_at_us, where=DELAYED)
_partial(
    "ix_job_parked", job.c.workspace, job.c.id, where=and_(job.c.parked.is_not(None), UNFINISHED)
)
_partial("ix_job_deadline", job.c.deadline_at_us, where=ON_TIME)
_partial("ix_job_source", job.c.source, where=job.c.source.is_not(None))
_partial("ix_job_mask", job.c.mask, where=job.c.mask.is_not(None))
_partial("ix_job_grid", job.c.grid, where=job.c.grid.is_not(None))
# A job stands in one of the two indexes of its lane, never in both: somebody waits while it comes into the first.
_partial("ix_job_over", job.c.lane, job.c.id, where=OVER)

lane = Table(
    "lane",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("cap", Integer, nullable=False),
    Column("inflight", Integer, nullable=False, doc="Ready and running jobs; equals their count."),
    Column("tag", Double, nullable=False),
    CheckConstraint("inflight >= 0", name="inflight"),
    sqlite_with_rowid=False,
    postgresql_with=COUNTER_STORAGE,
)

line_count = Table(
    "line_count",
    metadata,
    Column("vt", Double, nullable=False),
    Column("block", BigInteger, nullable=False, doc="The jobs' ids // 256."),
    Column("writer", Integer, nullable=False, doc="Whose changes it sums up."),
    Column(
        "jobs", Integer, nullable=False, doc="Came into line less left it; over all writers >= 0."
    ),
    PrimaryKeyConstraint("vt", "block", "writer"),
    sqlite_with_rowid=False,
    postgresql_with=COUNTER_STORAGE,
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("vt", Double, nullable=False, doc="Tag of the newest started job; never goes back."),
    CheckConstraint("id = 1", name="one_row"),
    postgresql_with=CLOCK_STORAGE,
)

call = Table(
    "call",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    Column("part", Integer, nullable=False),
    Column("attempt", Integer, nullable=False, doc="Fencing token of the worker that planned it."),
    Column("provider", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("remote_id", Text),
    Column("answer", Text),
    Column("detail", Text),
    Column("planned_at_us", BigInteger, nullable=False),
    Column("sent_at_us", BigInteger),
    Column("ended_at_us", BigInteger),
    Column("model", Text, doc="What was asked for; NULL: the plan's."),
    UniqueConstraint("key"),
    Index("ix_call_job", "job", "id"),
)
_partial("ix_call_remote", call.c.remote_id, where=call.c.remote_id.is_not(None))

ledger = Table(
    "ledger",
    metadata,
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    Column("kind", Text, nullable=False, doc="hold | settle | release"),
    Column("part", Integer, nullable=False),
    Column("images", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("job", "kind", "part"),
    CheckConstraint("images > 0", name="images"),
    sqlite_with_rowid=False,
)

usage = Table(
    "usage",
    metadata,
    Column("scope", Text, nullable=False),
    Column("period_key", Text, nullable=False),
    Column("used", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("returns_at_us", BigInteger, nullable=False, doc="From here on the row says nothing."),
    PrimaryKeyConstraint("scope", "period_key"),
    CheckConstraint("held >= 0", name="held"),
    CheckConstraint("used >= 0", name="used"),
    sqlite_with_rowid=False,
    postgresql_with=COUNTER_STORAGE,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    Column("final", Boolean, nullable=False),
    Column("state", Text, nullable=False, doc="pending | posted | void | given_up"),
    Column("owner", Text, doc="Who is posting it, until run_at."),
    Column("attempt", Integer, nullable=False),
    Column("run_at_us", BigInteger, nullable=False, doc="Due from here on; a lease pushes it out."),
    Column("message", Text),
    Column("detail", Text),
    Column("written_at_us", BigInteger, nullable=False),
    Column("ended_at_us", BigInteger),
    UniqueConstraint("job", "final"),
    postgresql_with=QUEUE_STORAGE,
)
PENDING = outbox.c.state == "pending"
_partial("ix_outbox_due", outbox.c.run_at_us, outbox.c.id, where=PENDING)

image = Table(
    "image",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("parent", ROWID),
    Column("seed", BigInteger),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("mime", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("view_blob", Text, nullable=False),
    Column("thumbnail_blob", Text, nullable=False),
    Column("phash", Text, nullable=False),
    Column("alt", Text, nullable=False),
    Column("not_drawn", Text, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("deleted_at_us", BigInteger),
    Column(
        "sensitive",
        Boolean,
        nullable=False,
        server_default=false(),
        doc="For age-restricted places only.",
    ),
    UniqueConstraint("job", "position"),
    sqlite_autoincrement=True,
)
THERE = image.c.deleted_at_us.is_(None)
SHOWN = and_(image.c.deleted_at_us.is_(None), image.c.hidden == false())
_partial("ix_image_workspace", image.c.workspace, image.c.id, where=SHOWN)
_partial("ix_image_lane", image.c.workspace, image.c.lane, image.c.id, where=SHOWN)
_partial("ix_image_blob", image.c.blob, where=THERE)
_partial("ix_image_view_blob", image.c.view_blob, where=THERE)
_partial("ix_image_thumbnail_blob", image.c.thumbnail_blob, where=THERE)

decision = Table(
    "decision",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    Column("gate", Text, nullable=False),
    Column("position", Integer, doc="The image's; NULL for a prompt or an image not kept."),
    Column("verdict", Text, nullable=False),
    Column("category", Text),
    Column("judge", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("body", Text, nullable=False, doc="Scores, and what every judge said."),
    Column("at_us", BigInteger, nullable=False),
    Index("ix_decision_job", "job"),
)

report = Table(
    "report",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("image", ROWID, ForeignKey("image.id"), nullable=False),
    Column("workspace", Text, nullable=False),
    Column("lane", Text, nullable=False, doc="Who reported it."),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    UniqueConstraint("image", "lane"),
)

rating = Table(
    "rating",
    metadata,
    Column("image", ROWID, ForeignKey("image.id"), nullable=False),
    Column("lane", Text, nullable=False, doc="Who thinks so."),
    Column("rating", Text, nullable=False, doc="good | bad"),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("image", "lane"),
    sqlite_with_rowid=False,
)

preference = Table(
    "preference",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column(
        "private",
        Boolean,
        nullable=False,
        server_default=false(),
        doc="Their pictures stand in nobody else's gallery.",
    ),
    PrimaryKeyConstraint("workspace", "lane"),
    sqlite_with_rowid=False,
)
