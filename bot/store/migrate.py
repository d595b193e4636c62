"""Brings a database to this version's tables, and refuses one that is newer."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from bot.store.errors import NewerDatabase

if TYPE_CHECKING:
    from alembic.config import Config

_STEPS = Path(__file__).parent / "migrations" / "versions"
WAIT_S = 30.0
"""How long a process waits for another that makes the same SQLite file. Ours: all steps take about a second."""


def sqlite_url(path: Path) -> str:
    """The URL under which SQLAlchemy knows the file."""
    return f"sqlite:///{path}"


@cache
def known_versions() -> tuple[str, ...]:
    """Every version this code's tables ever had, oldest first: each step's file begins with its own."""
    found = sorted(path.name.partition("_")[0] for path in _STEPS.glob("[0-9]*_*.py"))
    if not found:
        raise RuntimeError(f"no migrations lie in {_STEPS}")
    return tuple(found)


def newest_version() -> str:
    """The version this code's tables have."""
    return known_versions()[-1]


def stored_version(connection: Connection) -> str | None:
    """The version the database is at; None when it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def check_version(connection: Connection) -> str | None:
    """As `stored_version`. NewerDatabase when this code does not know it."""
    version = stored_version(connection)
    if version is not None and version not in known_versions():
        raise NewerDatabase(stored=version, known=newest_version())
    return version


def settled_version(sqlite_file_url: str) -> str | None:
    """As `check_version` of a SQLite file, which is made when it isn't there; what another is about to commit is waited for."""
    engine = create_engine(sqlite_file_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if _is_current(connection):
                return newest_version()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return check_version(connection)
    finally:
        engine.dispose()


def _is_current(connection: Connection) -> bool:
    """Whether there is nothing to do to a SQLite file; from here on its lock is waited for, and no transaction is open."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {WAIT_S * 1000:.0f}")
    current = check_version(connection) == newest_version()
    connection.rollback()
    return current


def upgrade(database_url: str) -> str:
    """The version it is at now. NewerDatabase, with nothing changed, when it came from a newer release.

    Processes that start together on a SQLite file upgrade one after another: the first does the work, the others find it done.
    """
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                if _is_current(connection):
                    return newest_version()
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            return upgrade_over(connection)
    finally:
        engine.dispose()


def upgrade_over(connection: Connection) -> str:
    """As `upgrade`, committed over the connection, whose caller keeps others out."""
    newest = newest_version()
    if check_version(connection) != newest:
        _apply_steps(connection)
        connection.commit()
    return newest


def _apply_steps(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    _alembic("command").upgrade(config, "head")


def _config() -> Config:
    config: Config = _alembic("config").Config()
    config.set_main_option("script_location", str(_STEPS.parent))
    return config


def _alembic(part: str) -> ModuleType:
    """Loaded here alone, where there is a step to take: a short word at the shell needs none of it, and it takes a fifth of one."""
    return import_module(f"alembic.{part}")
