"""What every test needs."""

import asyncio
from collections import Counter

import pytest

from tests.order import dealt
from tests.servers.postgres import (  # noqa: F401 - fixtures for every folder
    bare_postgres_url,
    postgres,
    postgres_server_url,
    postgres_url,
)
from tests.servers.redis import mortal_redis, redis_url  # noqa: F401


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Several workers get the files in an order in which none is left alone with a long one at the end."""
    if hasattr(config, "workerinput"):
        items[:] = dealt(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why tests were passed over, once for each reason and not for each of sixty tests."""
    skipped = terminalreporter.getreports("skipped")
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason}")


@pytest.fixture(scope="session", autouse=True)
def event_loop_to_return_to():
    """pytest-asyncio (1.5) asks for the current loop before the first async test and never closes the one that makes."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()
