"""Which model each call asked for, and which request asked for exactly what."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROWID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("call", sa.Column("model", sa.Text(), nullable=True))
    there = sa.text("remote_id IS NOT NULL")
    op.create_index(
        "ix_call_remote", "call", ["remote_id"], sqlite_where=there, postgresql_where=there
    )
    op.create_table(
        "repeat",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("job", ROWID, nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_repeat_job")),
        sa.PrimaryKeyConstraint("workspace", "digest", name=op.f("pk_repeat")),
        sqlite_with_rowid=False,
    )
