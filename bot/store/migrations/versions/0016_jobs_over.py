"""A job comes into the index of its lane's finished jobs when it is one, not already while its asker waits."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OVER = sa.text("finished_at_us IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_job_over", "job", ["lane", "id"], sqlite_where=OVER, postgresql_where=OVER)
    op.drop_index("ix_job_lane", "job")
