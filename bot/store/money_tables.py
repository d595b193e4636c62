"""The tables of budgets, of the notices they give, and of requests that wait for their quota."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.tables import COUNTER_STORAGE, ROWID, metadata

spending = Table(
    "spending",
    metadata,
    Column("scope", Text, nullable=False),
    Column("period_key", Text, nullable=False),
    Column("spent_microusd", BigInteger, nullable=False),
    Column("held_microusd", BigInteger, nullable=False),
    Column("limit_microusd", BigInteger, nullable=False, doc="As of the newest hold."),
    Column("told_percent", Integer, nullable=False, doc="How far its notices got at that limit."),
    Column("alerts_to", Text, doc="The workspace that is told; NULL: nobody."),
    Column("returns_at_us", BigInteger, nullable=False, doc="From here on the row says nothing."),
    PrimaryKeyConstraint("scope", "period_key"),
    CheckConstraint("held_microusd >= 0", name="held"),
    CheckConstraint("spent_microusd >= 0", name="spent"),
    sqlite_with_rowid=False,
    postgresql_with=COUNTER_STORAGE,
)

charge = Table(
    "charge",
    metadata,
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    Column("kind", Text, nullable=False, doc="hold | settle | release | waste"),
    Column("part", Integer, nullable=False, doc="Of a settlement the picture's position."),
    Column("microusd", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("job", "kind", "part"),
    CheckConstraint("microusd >= 0", name="microusd"),
    sqlite_with_rowid=False,
)

notice = Table(
    "notice",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("name", Text, nullable=False, doc="What it tells; said once."),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False, doc="pending | posted | given_up"),
    Column("owner", Text, doc="Who is posting it, until run_at."),
    Column("attempt", Integer, nullable=False),
    Column("run_at_us", BigInteger, nullable=False),
    Column("message", Text),
    Column("detail", Text),
    Column("written_at_us", BigInteger, nullable=False),
    Column("ended_at_us", BigInteger),
    UniqueConstraint("name"),
)
NOTICE_PENDING = notice.c.state == "pending"
Index(
    "ix_notice_due",
    notice.c.run_at_us,
    notice.c.id,
    sqlite_where=NOTICE_PENDING,
    postgresql_where=NOTICE_PENDING,
)

offer = Table(
    "offer",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("idem", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("order_json", Text, nullable=False),
    Column("source", Text),
    Column("mask", Text),
    Column("at_us", BigInteger, nullable=False),
    UniqueConstraint("idem"),
    Index("ix_offer_lane", "lane", "id"),
    sqlite_autoincrement=True,
)
for _column in (offer.c.source, offer.c.mask):
    Index(
        f"ix_offer_{_column.name}",
        _column,
        sqlite_where=_column.is_not(None),
        postgresql_where=_column.is_not(None),
    )
