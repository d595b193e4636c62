"""Brings a database to this version's tables, and refuses one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from bot.store.errors import NewerDatabase

_SCRIPTS = Path(__file__).parent / "migrations"


def sqlite_url(path: Path) -> str:
    """The URL under which SQLAlchemy knows the file."""
    return f"sqlite:///{path}"


def newest_version() -> str:
    """The version this code's tables have."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError(f"no migrations lie in {_SCRIPTS}")
    return head


def stored_version(connection: Connection) -> str | None:
    """The version the database is at; None when it has no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def check_version(connection: Connection) -> str | None:
    """As `stored_version`. NewerDatabase when this code does not know it."""
    version = stored_version(connection)
    scripts = ScriptDirectory.from_config(_config())
    known = {script.revision for script in scripts.walk_revisions()}
    if version is not None and version not in known:
        raise NewerDatabase(stored=version, known=newest_version())
    return version


def upgrade(database_url: str) -> str:
    """The version it is at now. NewerDatabase, with nothing changed, when it came from a newer release."""
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return upgrade_over(connection)
    finally:
        engine.dispose()


def upgrade_over(connection: Connection) -> str:
    """As `upgrade`, committed over the connection."""
    newest = newest_version()
    if check_version(connection) != newest:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return newest


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
