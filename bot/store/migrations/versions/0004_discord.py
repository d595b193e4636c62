"""How requests on Discord were answered at first, and which commands are registered there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROWID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "discord_response",
        sa.Column("job", ROWID, nullable=False, autoincrement=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_discord_response_job")),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_discord_response")),
    )
    op.create_table(
        "discord_registration",
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("application", name=op.f("pk_discord_registration")),
    )
