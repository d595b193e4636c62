"""The playground's messages."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROWID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _playground_message()


def _playground_message() -> None:
    op.create_table(
        "playground_message",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", ROWID, nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("job", ROWID, nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("only_for", sa.Text(), nullable=True),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_playground_message_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playground_message")),
        sa.UniqueConstraint("nonce", name=op.f("uq_playground_message_nonce")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_playground_message_channel", "playground_message", ["channel", "id"])
    op.create_index("ix_playground_message_job", "playground_message", ["job"])
