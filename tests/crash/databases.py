"""The database as a witness: read from outside, whatever became of the bots."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from bot.store.postgres_connection import conninfo

Row = Mapping[str, Any]
FINAL_STATES = frozenset({"refused", "delivered", "failed", "cancelled"})


class Database(Protocol):
    def rows(self, sql: str) -> Sequence[Row]:
        """What a query gives; nothing while there is no database yet."""

    def integrity(self) -> str:
        """`ok`, or what is wrong."""


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """The file in a data folder."""

    data_dir: Path

    def rows(self, sql: str) -> Sequence[Row]:
        path = self.data_dir / "impasto.db"
        if not path.exists():
            return ()
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]

    def integrity(self) -> str:
        (found,) = self.rows("PRAGMA integrity_check")
        return str(found["integrity_check"])


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A database on a server."""

    url: str

    def rows(self, sql: str) -> Sequence[Row]:
        with psycopg.connect(conninfo(self.url), autocommit=True, row_factory=dict_row) as opened:
            return opened.execute(sql.encode()).fetchall()

    def integrity(self) -> str:
        return "ok"


def is_quiet(database: Database, *, jobs: int) -> bool:
    """Whether there are as many jobs as expected, all ended and all letters done."""
    states = [row["state"] for row in database.rows("SELECT state FROM job")]
    pending = database.rows("SELECT id FROM outbox WHERE state = 'pending'") if states else ()
    return len(states) >= jobs and FINAL_STATES.issuperset(states) and not pending
