"""A Postgres whose texts are sorted as people would: what is found must not hang on the order of letters."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from bot.domain.identity import WorkspaceId
from bot.store.postgres_connection import at_database, conninfo
from bot.store.postgres_opening import open_postgres
from tests.contracts.store_kit import submission

SORTED_AS_PEOPLE_DO = (
    "LOCALE_PROVIDER icu ICU_LOCALE 'en-US'",
    "LC_COLLATE 'en_US.UTF-8' LC_CTYPE 'en_US.UTF-8'",
)
"""In the first a colon sorts after a semicolon, in the second both count last of all. No build must have either."""


@pytest.fixture(params=SORTED_AS_PEOPLE_DO, ids=("icu", "libc"))
def linguistic_url(request: pytest.FixtureRequest, postgres_server_url: str) -> Iterator[str]:
    """A database with such a collation."""
    name = f"impasto_sorted_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(conninfo(postgres_server_url), autocommit=True) as admin:
        try:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 {request.param}")
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.WrongObjectType) as error:
            pytest.skip(f"this Postgres doesn't sort so: {error}")
        try:
            yield at_database(postgres_server_url, name)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_people_are_found_by_name_however_texts_are_sorted(linguistic_url: str) -> None:
    store = await open_postgres(linguistic_url)
    try:
        await store.queue.submit(submission("k1", user="ann"))
        await store.queue.submit(submission("k2", user="bob", workspace="T10"))

        people = await store.rules.people(WorkspaceId("slack:T1"))
    finally:
        await store.aclose()

    assert people == {"@ann": "<@ann|Ann>"}
