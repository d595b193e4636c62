"""The witnesses, started once and outliving every bot."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.crash.scenario import ForkServer, NewScenario, Scenario
from tests.simulators.providers.serving import simulator_process

SIMULATORS = {
    "sync": ("tests.simulators.providers.openai", "--extended"),
    "polling": ("tests.simulators.providers.polling",),
    "keyed": ("tests.simulators.providers.polling", "--idempotent"),
}
QUICK_S = 0.1


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def chat() -> Iterator[str]:
    with simulator_process("tests.simulators.chat.server") as url:
        yield url


@pytest.fixture(scope="session")
def provider():
    """The URL of a provider of that kind whose pictures take so long; each is started on first use."""
    running: dict[tuple[str, float], str] = {}
    with ExitStack() as stack:

        def url_of(kind: str, delay_s: float) -> str:
            if (kind, delay_s) not in running:
                module, *words = SIMULATORS[kind]
                process = simulator_process(module, *words, "--delay-s", str(delay_s))
                running[kind, delay_s] = stack.enter_context(process) + "/v1"
            return running[kind, delay_s]

        yield url_of


NUMBERS = itertools.count(1)


@pytest.fixture
def scenario(fork_server, chat, provider, tmp_path) -> Iterator[NewScenario]:
    with httpx.Client(timeout=20) as http:

        def new(
            kind: str,
            *options: object,
            build: str = "sound",
            delay_s: float = QUICK_S,
            database_url: str = "",
        ) -> Scenario:
            number = next(NUMBERS)
            folder = tmp_path / str(number)
            folder.mkdir()
            return Scenario(
                server=fork_server,
                http=http,
                chat=f"{chat}/W{number}",
                provider=provider(kind, delay_s),
                kind=kind,
                folder=folder,
                mark=f"m{number}m",
                build=build,
                options=[str(option) for option in options],
                database_url=database_url,
            )

        yield new
