"""Which folder a process keeps its files in, so that one with another is refused."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process", sa.Column("house", sa.Text(), nullable=True))
