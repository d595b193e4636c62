"""What every test needs."""

import asyncio

import pytest

from tests.servers.postgres import (  # noqa: F401 - fixtures for every folder
    bare_postgres_url,
    postgres,
    postgres_server_url,
    postgres_url,
)
from tests.servers.redis import mortal_redis, redis_url  # noqa: F401


@pytest.fixture(scope="session", autouse=True)
def event_loop_to_return_to():
    """pytest-asyncio (1.5) asks for the current loop before the first async test and never closes the one that makes."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()
