"""Pictures of no job, as the charts of figures, are kept as long as links to them live."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shown_blob",
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("blob", name=op.f("pk_shown_blob")),
        sqlite_with_rowid=False,
    )
