"""What is written while somebody waits for the answer to a request gets two pages smaller.

A job comes into the index of its lane's finished jobs when it is one. And SQLite numbers jobs by the highest there is,
without keeping count: none is ever deleted.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import OperationalError

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OVER = sa.text("finished_at_us IS NOT NULL")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _stop_counting_ids()
    # First what asks for the table alone: where a backup reads it, that fails at once, and no index was built in vain.
    op.drop_index("ix_job_lane", "job")
    op.create_index("ix_job_over", "job", ["lane", "id"], sqlite_where=OVER, postgresql_where=OVER)


def _stop_counting_ids() -> None:
    """Changes how the table is described: no row is stored otherwise for it, so none is copied.

    The way for such changes: sqlite.org/lang_altertable.html, section 7, read 2026-11. The indexes made next let every
    open connection read the description anew. Where SQLite lets nobody write it (SQLITE_DBCONFIG_DEFENSIVE, as on macOS)
    ids go on being counted, which costs a page for each request and nothing else.
    """
    op.execute("PRAGMA writable_schema = ON")
    try:
        op.execute(
            "UPDATE sqlite_master SET sql = replace(replace(sql, ' PRIMARY KEY AUTOINCREMENT', ''),"
            " 'CONSTRAINT uq_job_idem', 'CONSTRAINT pk_job PRIMARY KEY (id), CONSTRAINT uq_job_idem')"
            " WHERE type = 'table' AND name = 'job' AND sql LIKE '% PRIMARY KEY AUTOINCREMENT%'"
            " AND sql LIKE '%CONSTRAINT uq_job_idem%'"
        )
    except OperationalError:
        return
    finally:
        op.execute("PRAGMA writable_schema = OFF")
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'job'")
