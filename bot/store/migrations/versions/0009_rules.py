"""What admins set, and the audit log as a chain; what was noted before is chained in its order."""

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROWID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GENESIS = "0" * 64

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


def upgrade() -> None:
    op.create_table(
        "workspace_rules",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_workspace_rules")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rule",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "topic", "subject", name=op.f("pk_rule")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_head",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_audit_head")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_log",
        sa.Column("id", ROWID, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("previous_sha256", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("workspace", "number", name=op.f("uq_audit_log_workspace_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_at", "audit_log", ["workspace", "at_us", "number"])
    op.create_table(
        "audit_body",
        sa.Column("entry", ROWID, nullable=False, autoincrement=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["audit_log.id"], name=op.f("fk_audit_body_entry")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_audit_body")),
    )
    _chain_what_there_is()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for guard in SQLITE_GUARDS if is_sqlite else POSTGRES_GUARDS:
        op.execute(guard)
    op.drop_index("ix_audit_workspace", "audit")
    op.drop_table("audit")


def _chain_what_there_is() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT workspace, actor, action, target, detail, at_us FROM audit ORDER BY id")
    ).fetchall()
    ends: dict[str, tuple[int, str]] = {}
    for workspace, actor, action, target, detail, at_us in rows:
        number, previous = ends.get(workspace, (0, GENESIS))
        salt = secrets.token_hex(16)
        body_sha256 = hashlib.sha256(f"{salt}:{detail}".encode()).hexdigest()
        chained = [workspace, number + 1, at_us, actor, action, target, "", body_sha256, previous]
        text = json.dumps(chained, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        entry = connection.execute(
            sa.text(
                "INSERT INTO audit_log (workspace, number, at_us, actor, action, target, place,"
                " body_sha256, previous_sha256, sha256) VALUES (:workspace, :number, :at_us, :actor,"
                " :action, :target, '', :body_sha256, :previous, :sha256) RETURNING id"
            ),
            {
                "workspace": workspace,
                "number": number + 1,
                "at_us": at_us,
                "actor": actor,
                "action": action,
                "target": target,
                "body_sha256": body_sha256,
                "previous": previous,
                "sha256": sha256,
            },
        ).scalar_one()
        connection.execute(
            sa.text("INSERT INTO audit_body (entry, salt, body) VALUES (:entry, :salt, :body)"),
            {"entry": entry, "salt": salt, "body": detail},
        )
        ends[workspace] = (number + 1, sha256)
    for workspace, (number, sha256) in ends.items():
        connection.execute(
            sa.text(
                "INSERT INTO audit_head (workspace, number, sha256) VALUES (:workspace, :number, :sha256)"
            ),
            {"workspace": workspace, "number": number, "sha256": sha256},
        )
