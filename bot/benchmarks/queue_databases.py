"""The databases that the queue is measured on: new empty ones, each with the floor under it."""

from __future__ import annotations

import asyncio
import importlib
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from bot.benchmarks.postgres_server import postgres_server
from bot.benchmarks.queue_jobs import SystemClock
from bot.store.migrate import sqlite_url, upgrade
from bot.store.opening import Store, open_sqlite
from bot.store.sqlite_connection import connect_writer


class DatabaseKind(StrEnum):
    """What the queue can be measured on."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


Execute = Callable[[str, tuple[Any, ...]], object]
"""Runs SQL with `?` for its values."""

COMMITS_TIMED = 75


class Databases(Protocol):
    """New databases of one kind, one after another."""

    async def store(self) -> Store:
        """A store over a new one."""

    @contextmanager
    def bare(self) -> Iterator[Execute]:
        """A driver's own connection to a new one, outside any transaction."""

    async def settle(self) -> None:
        """Leaves the newest one as it is after a quiet minute."""


class SqliteFiles:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    async def store(self) -> Store:
        """A store over a new file."""
        return await open_sqlite(self._path(), clock=SystemClock())

    @contextmanager
    def bare(self) -> Iterator[Execute]:
        """As the store's writer has it: WAL with full commits."""
        path = self._path()
        upgrade(sqlite_url(path))
        connection = connect_writer(path, busy_timeout_s=1.0)
        yield connection.execute
        connection.close()

    async def settle(self) -> None:
        """Nothing happens to a file by itself."""

    def _path(self) -> Path:
        self._made += 1
        return self._folder / f"{self._made}.db"


class PostgresDatabases:
    """Databases on a server, dropped at the end."""

    def __init__(self, url: str) -> None:
        self._opening: Any = importlib.import_module("bot.store.postgres_opening")
        self._connecting: Any = importlib.import_module("bot.store.postgres_connection")
        self._url = url
        self._names: list[str] = []

    async def store(self) -> Store:
        """A store over a new database."""
        store: Store = await self._opening.open_postgres(await asyncio.to_thread(self._make))
        return store

    async def new_url(self) -> str:
        """The address of a new database, with its tables."""
        url = await asyncio.to_thread(self._make)
        await asyncio.to_thread(self._opening.upgrade_postgres, url)
        return url

    @contextmanager
    def bare(self) -> Iterator[Execute]:
        """As the store's writers have it."""
        url = self._make()
        self._opening.upgrade_postgres(url)
        with self._connect(url) as connection:
            cursor = connection.cursor()
            texts: dict[str, str] = {}

            def execute(sql: str, values: tuple[Any, ...]) -> object:
                text = texts.get(sql) or texts.setdefault(sql, sql.replace("?", "%s"))
                return cursor.execute(text, values)

            yield execute

    async def settle(self) -> None:
        """The server's autovacuum comes once a minute, and looks at a line that grew by as much."""
        await asyncio.to_thread(self._vacuum)

    def drop(self) -> None:
        """All of them."""
        with self._admin() as admin:
            for name in self._names:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _make(self) -> str:
        name = f"impasto_bench_{os.getpid()}_{len(self._names)}"
        self._names.append(name)
        with self._admin() as admin:
            admin.execute(f"CREATE DATABASE {name}")
        url: str = self._connecting.at_database(self._url, name)
        return url

    def _vacuum(self) -> None:
        url = self._connecting.at_database(self._url, self._names[-1])
        with self._connect(url) as connection:
            connection.execute("VACUUM (ANALYZE) job")

    def _admin(self) -> Any:  # noqa: ANN401 - psycopg's connection; psycopg is not always installed
        return self._connect(self._url)

    def _connect(self, url: str) -> Any:  # noqa: ANN401
        return self._connecting.connect(self._connecting.conninfo(url))


@asynccontextmanager
async def databases(kind: DatabaseKind, *, folder: Path) -> AsyncIterator[Databases]:
    """Of the server that DATABASE_URL names, else of one from a wheel. NoServer says why there is none."""
    if kind is DatabaseKind.SQLITE:
        yield SqliteFiles(folder)
        return
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        made = PostgresDatabases(given)
        yield made
        await asyncio.to_thread(made.drop)
        return
    with postgres_server() as url:
        yield PostgresDatabases(url)


def one_row_commit_s(databases: Databases) -> float:
    """Seconds of the cheapest durable thing there is; the median of many."""
    with databases.bare() as execute:
        execute("CREATE TABLE note (text TEXT NOT NULL)", ())
        return median(_one_commit_s(execute) for _ in range(COMMITS_TIMED))


def _one_commit_s(execute: Execute) -> float:
    started = time.perf_counter()
    execute("INSERT INTO note (text) VALUES ('one row')", ())
    return time.perf_counter() - started
