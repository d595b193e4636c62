"""What is written while somebody waits for the answer to a request gets two pages smaller.

A job comes into the index of its lane's finished jobs when it is one. And SQLite numbers jobs by the highest there is,
without keeping count: none is ever deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OVER = sa.text("finished_at_us IS NOT NULL")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _stop_counting_ids()
    op.create_index("ix_job_over", "job", ["lane", "id"], sqlite_where=OVER, postgresql_where=OVER)
    op.drop_index("ix_job_lane", "job")


def _stop_counting_ids() -> None:
    """Changes how the table is described: no row is stored otherwise for it, so none is copied.

    The way for such changes: sqlite.org/lang_altertable.html, section 7, read 2026-11. The indexes made next let every
    open connection read the description anew.
    """
    op.execute("PRAGMA writable_schema = ON")
    op.execute(
        "UPDATE sqlite_master SET sql = replace(replace(sql, ' PRIMARY KEY AUTOINCREMENT', ''),"
        " 'CONSTRAINT uq_job_idem', 'CONSTRAINT pk_job PRIMARY KEY (id), CONSTRAINT uq_job_idem')"
        " WHERE type = 'table' AND name = 'job' AND sql LIKE '%AUTOINCREMENT%'"
    )
    op.execute("PRAGMA writable_schema = OFF")
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'job'")
