"""A real Postgres for the tests: the one DATABASE_URL names, else one from a wheel; a new database for each test."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.benchmarks.postgres_server import FAST, NoServer, postgres_server
from bot.store.postgres_connection import conninfo
from bot.store.postgres_opening import upgrade_postgres

MEMORY = Path("/dev/shm")


@dataclass
class PostgresServer:
    """Gives out databases that hold this version's empty tables."""

    url: str
    admin: psycopg.Connection
    template: str
    given: int = 0

    def create(self) -> str:
        """URL of a new database."""
        self.given += 1
        name = f"{self.template}_{self.given}"
        self.admin.execute(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return at_database(self.url, name)

    def drop(self, url: str) -> None:
        """Ends whoever is connected to it."""
        self.admin.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def at_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """A server on which databases may be made."""
    given = os.environ.get("DATABASE_URL", "")
    with ExitStack() as stack:
        if not given.startswith("postgres"):
            within = MEMORY if MEMORY.is_dir() else None
            try:
                given = stack.enter_context(postgres_server(within=within, settings=FAST))
            except NoServer as error:
                pytest.skip(f"no Postgres here: {error}")
        yield given


@pytest.fixture(scope="session")
def postgres(postgres_server_url: str) -> Iterator[PostgresServer]:
    template = f"impasto_test_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(conninfo(postgres_server_url), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {template}")
        upgrade_postgres(at_database(postgres_server_url, template))
        yield PostgresServer(url=postgres_server_url, admin=admin, template=template)
        admin.execute(f"DROP DATABASE {template} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A database for this test alone."""
    url = postgres.create()
    yield url
    postgres.drop(url)
