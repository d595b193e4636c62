"""Which requests were made with which template; whose pictures are theirs alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ROWID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "template_job",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("job", ROWID, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "template", "job", name=op.f("pk_template_job")),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_template_job_job")),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "preference",
        sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
