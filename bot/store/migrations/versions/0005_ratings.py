"""What people think of pictures and want by default, what is shown to adults only, and the sheet of an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROWID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "image",
        sa.Column("sensitive", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("slack_message", sa.Column("sheet", sa.Text(), nullable=True))
    op.create_table(
        "rating",
        sa.Column("image", ROWID, nullable=False, autoincrement=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["image"], ["image.id"], name=op.f("fk_rating_image")),
        sa.PrimaryKeyConstraint("image", "lane", name=op.f("pk_rating")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "preference",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "lane", name=op.f("pk_preference")),
        sqlite_with_rowid=False,
    )
