"""Budgets and what is held of them, notices, requests that wait for their quota."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROWID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTER_STORAGE = {
    "fillfactor": 50,
    "autovacuum_vacuum_scale_factor": 0.02,
    "autovacuum_vacuum_threshold": 500,
}
RECEIVED = "vt IS NULL AND finished_at_us IS NULL AND parked IS NULL"
PARKED = "parked IS NOT NULL AND finished_at_us IS NULL"


def upgrade() -> None:
    op.add_column("job", sa.Column("parked", sa.Text(), nullable=True))
    op.add_column("job", sa.Column("purses", sa.Text(), nullable=True))
    op.add_column("job", sa.Column("price_microusd", sa.BigInteger(), nullable=True))
    op.add_column("job", sa.Column("paid_images", sa.Integer(), nullable=True))
    op.add_column("job", sa.Column("waived", sa.Boolean(), nullable=True))
    op.drop_index("ix_job_received", "job")
    _partial_index("ix_job_received", "job", ["id"], RECEIVED)
    _partial_index("ix_job_parked", "job", ["workspace", "id"], PARKED)
    op.create_table(
        "spending",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("spent_microusd", sa.BigInteger(), nullable=False),
        sa.Column("held_microusd", sa.BigInteger(), nullable=False),
        sa.Column("limit_microusd", sa.BigInteger(), nullable=False),
        sa.Column("told_percent", sa.Integer(), nullable=False),
        sa.Column("alerts_to", sa.Text(), nullable=True),
        sa.Column("returns_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "period_key", name=op.f("pk_spending")),
        sa.CheckConstraint("held_microusd >= 0", name=op.f("ck_spending_held")),
        sa.CheckConstraint("spent_microusd >= 0", name=op.f("ck_spending_spent")),
        sqlite_with_rowid=False,
        postgresql_with=COUNTER_STORAGE,
    )
    op.create_table(
        "charge",
        sa.Column("job", ROWID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("microusd", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job", "kind", "part", name=op.f("pk_charge")),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_charge_job")),
        sa.CheckConstraint("microusd >= 0", name=op.f("ck_charge_microusd")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notice",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("run_at_us", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("written_at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("name", name=op.f("uq_notice_name")),
    )
    _partial_index("ix_notice_due", "notice", ["run_at_us", "id"], "state = 'pending'")
    op.create_table(
        "offer",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("idem", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("order_json", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("mask", sa.Text(), nullable=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("idem", name=op.f("uq_offer_idem")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_offer_lane", "offer", ["lane", "id"])
    for column in ("source", "mask"):
        _partial_index(f"ix_offer_{column}", "offer", [column], f"{column} IS NOT NULL")


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
