"""First light: jobs, lanes, quota, paid calls, letters, pictures, decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

VACUUM_SOON = {"autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_threshold": 500}
QUEUE_STORAGE = {"fillfactor": 70, **VACUUM_SOON}
COUNTER_STORAGE = {"fillfactor": 50, **VACUUM_SOON}
CLOCK_STORAGE = {"fillfactor": 10, **VACUUM_SOON}
ROWID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _audit()
    _clock()
    _lane()
    _usage()
    _job()
    _call()
    _decision()
    _image()
    _ledger()
    _outbox()
    _report()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_workspace", "audit", ["workspace", "id"])


def _clock() -> None:
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vt", sa.Double(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        postgresql_with=CLOCK_STORAGE,
    )
    op.execute("INSERT INTO clock (id, vt) VALUES (1, 0.0)")


def _lane() -> None:
    op.create_table(
        "lane",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("inflight", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Double(), nullable=False),
        sa.CheckConstraint("inflight >= 0", name=op.f("ck_lane_inflight")),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lane")),
        sqlite_with_rowid=False,
        postgresql_with=COUNTER_STORAGE,
    )


def _usage() -> None:
    op.create_table(
        "usage",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("returns_at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held >= 0", name=op.f("ck_usage_held")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_usage_used")),
        sa.PrimaryKeyConstraint("scope", "period_key", name=op.f("pk_usage")),
        postgresql_with=COUNTER_STORAGE,
        sqlite_with_rowid=False,
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("lease_until_us", sa.BigInteger(), nullable=True),
        sa.Column("vt", sa.Double(), nullable=True),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("run_at_us", sa.BigInteger(), nullable=True),
        sa.Column("deadline_at_us", sa.BigInteger(), nullable=True),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("started_at_us", sa.BigInteger(), nullable=True),
        sa.Column("finished_at_us", sa.BigInteger(), nullable=True),
        sa.Column("cost_microusd", sa.BigInteger(), nullable=True),
        sa.Column("counters", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("idem", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("mask", sa.Text(), nullable=True),
        sa.Column("parent", ROWID, nullable=True),
        sa.Column("grid", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("order_json", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("delay_detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lane"], ["lane.lane"], name=op.f("fk_job_lane")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("idem", name=op.f("uq_job_idem")),
        postgresql_with=QUEUE_STORAGE,
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_job_claim",
        "job",
        ["route", "vt", "id"],
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index(
        "ix_job_deadline",
        "job",
        ["deadline_at_us"],
        sqlite_where=sa.text("deadline_at_us IS NOT NULL"),
        postgresql_where=sa.text("deadline_at_us IS NOT NULL"),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["run_at_us"],
        sqlite_where=sa.text("run_at_us IS NOT NULL"),
        postgresql_where=sa.text("run_at_us IS NOT NULL"),
    )
    op.create_index(
        "ix_job_grid",
        "job",
        ["grid"],
        sqlite_where=sa.text("grid IS NOT NULL"),
        postgresql_where=sa.text("grid IS NOT NULL"),
    )
    op.create_index("ix_job_lane", "job", ["lane", "id"])
    op.create_index(
        "ix_job_lease",
        "job",
        ["lease_until_us"],
        sqlite_where=sa.text("lease_until_us IS NOT NULL"),
        postgresql_where=sa.text("lease_until_us IS NOT NULL"),
    )
    op.create_index(
        "ix_job_mask",
        "job",
        ["mask"],
        sqlite_where=sa.text("mask IS NOT NULL"),
        postgresql_where=sa.text("mask IS NOT NULL"),
    )
    op.create_index(
        "ix_job_place",
        "job",
        ["vt", "id"],
        sqlite_where=sa.text("state IN ('ready', 'waiting')"),
        postgresql_where=sa.text("state IN ('ready', 'waiting')"),
    )
    op.create_index(
        "ix_job_promote",
        "job",
        ["lane", "vt", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_job_received",
        "job",
        ["id"],
        sqlite_where=sa.text("vt IS NULL AND finished_at_us IS NULL"),
        postgresql_where=sa.text("vt IS NULL AND finished_at_us IS NULL"),
    )
    op.create_index(
        "ix_job_slots",
        "job",
        ["provider"],
        sqlite_where=sa.text("provider IS NOT NULL"),
        postgresql_where=sa.text("provider IS NOT NULL"),
    )
    op.create_index(
        "ix_job_source",
        "job",
        ["source"],
        sqlite_where=sa.text("source IS NOT NULL"),
        postgresql_where=sa.text("source IS NOT NULL"),
    )
    op.create_index(
        "ix_job_unfinished",
        "job",
        ["lane", "id"],
        sqlite_where=sa.text("finished_at_us IS NULL"),
        postgresql_where=sa.text("finished_at_us IS NULL"),
    )


def _call() -> None:
    op.create_table(
        "call",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("job", ROWID, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("planned_at_us", sa.BigInteger(), nullable=False),
        sa.Column("sent_at_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_at_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_call_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("key", name=op.f("uq_call_key")),
    )
    op.create_index("ix_call_job", "call", ["job", "id"])


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("job", ROWID, nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_decision_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_job", "decision", ["job"])


def _image() -> None:
    op.create_table(
        "image",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("job", ROWID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("parent", ROWID, nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("view_blob", sa.Text(), nullable=False),
        sa.Column("thumbnail_blob", sa.Text(), nullable=False),
        sa.Column("phash", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("not_drawn", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_image_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("job", "position", name=op.f("uq_image_job_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_image_blob",
        "image",
        ["blob"],
        sqlite_where=sa.text("deleted_at_us IS NULL"),
        postgresql_where=sa.text("deleted_at_us IS NULL"),
    )
    op.create_index(
        "ix_image_lane",
        "image",
        ["workspace", "lane", "id"],
        sqlite_where=sa.text("deleted_at_us IS NULL AND hidden = 0"),
        postgresql_where=sa.text("deleted_at_us IS NULL AND hidden = false"),
    )
    op.create_index(
        "ix_image_thumbnail_blob",
        "image",
        ["thumbnail_blob"],
        sqlite_where=sa.text("deleted_at_us IS NULL"),
        postgresql_where=sa.text("deleted_at_us IS NULL"),
    )
    op.create_index(
        "ix_image_view_blob",
        "image",
        ["view_blob"],
        sqlite_where=sa.text("deleted_at_us IS NULL"),
        postgresql_where=sa.text("deleted_at_us IS NULL"),
    )
    op.create_index(
        "ix_image_workspace",
        "image",
        ["workspace", "id"],
        sqlite_where=sa.text("deleted_at_us IS NULL AND hidden = 0"),
        postgresql_where=sa.text("deleted_at_us IS NULL AND hidden = false"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("job", ROWID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("images > 0", name=op.f("ck_ledger_images")),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_ledger_job")),
        sa.PrimaryKeyConstraint("job", "kind", "part", name=op.f("pk_ledger")),
        sqlite_with_rowid=False,
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("job", ROWID, nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("run_at_us", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("written_at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_outbox_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("job", "final", name=op.f("uq_outbox_job_final")),
        postgresql_with=QUEUE_STORAGE,
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["run_at_us", "id"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("image", ROWID, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["image"], ["image.id"], name=op.f("fk_report_image")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("image", "lane", name=op.f("uq_report_image_lane")),
    )
