"""How many jobs are in line, by blocks of their order."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_count",
        sa.Column("vt", sa.Double(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("writer", sa.Integer(), nullable=False),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("vt", "block", "writer", name=op.f("pk_line_count")),
        sqlite_with_rowid=False,
        postgresql_with={
            "fillfactor": 50,
            "autovacuum_vacuum_scale_factor": 0.02,
            "autovacuum_vacuum_threshold": 500,
        },
    )
    op.execute(
        "INSERT INTO line_count (vt, block, writer, jobs)"
        " SELECT vt, id / 256, 0, count(*) FROM job WHERE state IN ('ready', 'waiting')"
        " GROUP BY vt, id / 256"
    )
