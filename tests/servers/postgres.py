"""A real Postgres for the tests: the one DATABASE_URL names, else one from a wheel; a new database for each test."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.benchmarks.postgres_server import FAST, NoServer, postgres_server
from bot.store.postgres_connection import at_database, conninfo
from bot.store.postgres_upgrade import upgrade_postgres

MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2_000_000_000
"""A database of empty tables takes 8 MB; containers often have 64 MB of this."""
DROP_AT_ONCE = 40


@dataclass
class PostgresServer:
    """Gives out databases that hold this version's empty tables."""

    url: str
    admin: psycopg.Connection
    template: str
    given: int = 0
    left: list[str] = field(default_factory=list)

    def create(self) -> str:
        """URL of a new database."""
        return self._create(of=self.template)

    def create_bare(self) -> str:
        """URL of a new database without tables."""
        return self._create(of="template0")

    def _create(self, *, of: str) -> str:
        if len(self.left) >= DROP_AT_ONCE:
            self.drop_left()
        self.given += 1
        name = f"{self.template}_{self.given}"
        self.admin.execute(f"CREATE DATABASE {name} TEMPLATE {of}")
        return at_database(self.url, name)

    def leave(self, url: str) -> None:
        """Dropped later, many together: each time the server writes out all it has."""
        self.left.append(url)

    def drop_left(self) -> None:
        """Ends whoever is still connected."""
        for url in self.left:
            self.admin.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
        self.left.clear()


def _memory() -> Path | None:
    """Where files are kept in memory, if there is room."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES
    return MEMORY if roomy else None


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """A server on which databases may be made."""
    given = os.environ.get("DATABASE_URL", "")
    with ExitStack() as stack:
        if not given.startswith("postgres"):
            try:
                given = stack.enter_context(postgres_server(within=_memory(), settings=FAST))
            except NoServer as error:
                pytest.skip(f"no Postgres here: {error}")
        yield given


@pytest.fixture(scope="session")
def postgres(postgres_server_url: str) -> Iterator[PostgresServer]:
    template = f"impasto_test_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(conninfo(postgres_server_url), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {template}")
        upgrade_postgres(at_database(postgres_server_url, template))
        server = PostgresServer(url=postgres_server_url, admin=admin, template=template)
        yield server
        server.drop_left()
        admin.execute(f"DROP DATABASE {template} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A database for this test alone."""
    url = postgres.create()
    yield url
    postgres.leave(url)


@pytest.fixture
def bare_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A database for this test alone, without tables."""
    url = postgres.create_bare()
    yield url
    postgres.leave(url)
