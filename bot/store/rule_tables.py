"""The tables of what admins set, and of the log that says who did."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from bot.store.tables import ROWID, metadata

workspace_rules = Table(
    "workspace_rules",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("version", BigInteger, nullable=False, doc="Counts changes: what was read is current."),
    Column("changed_at_us", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

rule = Table(
    "rule",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("subject", Text, nullable=False, doc="As person:U1, role:S1, channel:C1, everyone."),
    Column("label", Text, nullable=False, doc="The subject's name, for people to read."),
    Column("body", Text, nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
    PrimaryKeyConstraint("workspace", "topic", "subject"),
    sqlite_with_rowid=False,
)

template_job = Table(
    "template_job",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    PrimaryKeyConstraint("workspace", "template", "job"),
    sqlite_with_rowid=False,
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    sqlite_with_rowid=False,
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", Text, nullable=False, doc="A lane id."),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("place", Text, nullable=False, doc="The channel, empty where there is none."),
    Column("body_sha256", Text, nullable=False),
    Column("previous_sha256", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    UniqueConstraint("workspace", "number"),
    Index("ix_audit_log_at", "workspace", "at_us", "number"),
    sqlite_autoincrement=True,
)

audit_body = Table(
    "audit_body",
    metadata,
    Column("entry", ROWID, ForeignKey("audit_log.id"), primary_key=True, autoincrement=False),
    Column("salt", Text, nullable=False),
    Column("body", Text, nullable=False, doc="JSON that names people; its hash is in the log."),
)

shown_blob = Table(
    "shown_blob",
    metadata,
    Column("blob", Text, primary_key=True, doc="A picture of no job that somebody was shown."),
    Column("until_us", BigInteger, nullable=False, doc="No link to it lives longer."),
    sqlite_with_rowid=False,
)

SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER audit_log_no_{what} BEFORE {what.upper()} ON audit_log"
    " BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
    for what in ("update", "delete")
)
POSTGRES_GUARDS = (
    "CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$",
    "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows()",
)
"""A slip of ours, or a tool, can't rewrite the past; whoever owns the database still can, and the chain tells."""

for _dialect, _guards in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRES_GUARDS)):
    for _guard in _guards:
        event.listen(audit_log, "after_create", DDL(_guard).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
