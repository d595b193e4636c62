"""The house as real processes: what an operator types, on one Postgres."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from bot.pipeline.loop import pause
from bot.store.postgres_connection import conninfo
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.server import running as discord_running
from tests.simulators.discord.simulator import Discord
from tests.simulators.providers.serving import ROOT, simulator_process
from tests.simulators.slack.server import running as slack_running
from tests.simulators.slack.slack import Slack
from tests.surfaces.discord.wire import assert_well_behaved

START_S = 40.0
CONFIG = """
moderators = [{{ name = "rules", kind = "rules" }}, {{ name = "image", kind = "image" }}]
image_processes = 1
model_processes = 1

[rules]
side_px = 64

[[providers]]
name = "painter"
kind = "openai"
base_url = "{painter}"
models = ["small"]
options = {{ dialect = "extended", response_format = "b64_json" }}
"""


@dataclass
class Started:
    """A process that listens."""

    process: asyncio.subprocess.Process
    url: str
    said: list[str]
    http: httpx.AsyncClient

    async def health(self, path: str) -> int:
        """The status; 0 when nobody answers."""
        try:
            return (await self.http.get(self.url + path)).status_code
        except httpx.HTTPError:
            return 0

    async def until(self, path: str, status: int, *, within_s: float = START_S) -> None:
        """Returns once it answers so."""
        async with asyncio.timeout(within_s):
            while await self.health(path) != status:
                await pause(0.02, stop=asyncio.Event())

    async def until_said(self, word: str, *, within_s: float = START_S) -> None:
        """Returns once its log has said it."""
        async with asyncio.timeout(within_s):
            while not any(word in line for line in self.said):
                await pause(0.02, stop=asyncio.Event())

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)


@dataclass
class Houses:
    """Starts processes of one house."""

    folder: Path
    database_url: str
    http: httpx.AsyncClient
    stack: AsyncExitStack
    environment: dict[str, str] = field(default_factory=dict)
    root: Path = ROOT
    """Where the code lies."""

    def use_painter(self, url: str) -> None:
        path = self.folder / "impasto.toml"
        path.write_text(CONFIG.format(painter=url))
        self.environment["IMPASTO_CONFIG"] = str(path)

    async def start(
        self,
        word: str,
        *options: str,
        port: int | None = 0,
        said: list[str] | None = None,
        **environment: str,
    ) -> Started:
        """`impasto WORD`, once it says where it listens. What it logs is in `said` line by line."""
        process = await self._spawn(word, *options, port=port, **environment)
        said = [] if said is None else said
        listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        reading = asyncio.ensure_future(read(process, said, listening))
        self.stack.push_async_callback(asyncio.wait, {reading})
        self.stack.push_async_callback(ended, process)
        done, _ = await asyncio.wait(
            {listening, reading}, timeout=START_S, return_when=asyncio.FIRST_COMPLETED
        )
        assert listening in done, said
        return Started(process, listening.result(), said, self.http)

    async def refused(
        self, word: str, *options: str, port: int | None = 0, **environment: str
    ) -> str:
        """Why `impasto WORD` doesn't start."""
        process = await self._spawn(word, *options, port=port, **environment)
        self.stack.push_async_callback(ended, process)
        async with asyncio.timeout(START_S):
            _, said = await process.communicate()
        assert process.returncode
        return said.decode()

    async def _spawn(
        self, word: str, *options: str, port: int | None, **environment: str
    ) -> asyncio.subprocess.Process:
        given = () if port is None else ("--port", str(port))
        base = {"PATH": os.environ["PATH"], "OPENBLAS_NUM_THREADS": "1"}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", word, *given, *options),
            cwd=self.root,
            env=base
            | {"DATABASE_URL": self.database_url, "IMPASTO_DATA_DIR": str(self.folder / "data")}
            | self.environment
            | environment,
            stderr=asyncio.subprocess.PIPE,
        )

    def rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        with psycopg.connect(conninfo(self.database_url), autocommit=True) as opened:
            return opened.execute(sql.encode()).fetchall()

    async def until_rows(self, sql: str, wanted: object, *, within_s: float = START_S) -> None:
        async with asyncio.timeout(within_s):
            while (found := [row[0] for row in self.rows(sql)]) != wanted:
                assert found is not None
                await pause(0.05, stop=asyncio.Event())


async def stopped(started: Started) -> int:
    """How it ended once it was asked to."""
    started.terminate()
    return await started.process.wait()


async def read(
    process: asyncio.subprocess.Process, said: list[str], listening: asyncio.Future[str]
) -> None:
    assert process.stderr is not None
    async for line in process.stderr:
        said.append(line.decode().rstrip())
        found = re.search(r"listening at (http://\S+)", said[-1])
        if found and not listening.done():
            listening.set_result(found[1])


async def ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


@pytest.fixture
async def houses(tmp_path: Path, postgres_url: str) -> AsyncIterator[Houses]:
    async with httpx.AsyncClient(timeout=5) as http, AsyncExitStack() as stack:
        yield Houses(tmp_path, postgres_url, http, stack)


@pytest.fixture
async def bare_houses(tmp_path: Path, bare_postgres_url: str) -> AsyncIterator[Houses]:
    """On a database without tables."""
    async with httpx.AsyncClient(timeout=5) as http, AsyncExitStack() as stack:
        yield Houses(tmp_path, bare_postgres_url, http, stack)


Painter = Callable[[float], str]


@pytest.fixture(scope="session")
def painter() -> Any:
    """URL of a provider whose pictures take so many seconds."""
    running: dict[float, str] = {}
    with ExitStack() as stack:

        def url(delay_s: float) -> str:
            if delay_s not in running:
                words = ("--extended", "--delay-s", str(delay_s))
                made = simulator_process("tests.simulators.providers.openai", *words)
                running[delay_s] = stack.enter_context(made) + "/v1"
            return running[delay_s]

        yield url


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with slack_running(Slack()) as served:
        yield served


def with_slack(houses: Houses, slack: Slack, *, mode: str = "socket") -> None:
    """Processes started from now on are connected to it."""
    slack.app.socket_mode = mode == "socket"
    houses.environment |= {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app.app_token,
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "IMPASTO_SLACK_API_URL": slack.api_url,
        "IMPASTO_SLACK_MODE": mode,
    }


def answers(slack: Slack) -> int:
    """Final answers with a picture that stand in Slack."""
    return sum(
        any(block["type"] == "image" for block in message.blocks)
        for message in slack.workspace.all_messages()
    )


@pytest.fixture
async def platform() -> AsyncIterator[Discord]:
    limits = Limits(identify_window_s=0.0, bucket_requests=1000)
    async with discord_running(Discord(limits=limits)) as served:
        yield served
        assert_well_behaved(served)


def with_discord(houses: Houses, platform: Discord) -> None:
    """Processes started from now on are connected to it."""
    houses.environment |= {
        "DISCORD_TOKEN": platform.token,
        "IMPASTO_DISCORD_API_URL": platform.api_url,
        "IMPASTO_DISCORD_GATEWAY_URL": platform.gateway_url,
    }


async def painted(platform: Discord, prompt: str) -> None:
    told = await platform.person("Ada").runs("/imagine", platform.room("art"), prompt=prompt)
    assert told.outcome == "answered"
    original = told.original
    assert original is not None
    await platform.until(lambda: original.pictures, what="pictures", within_s=START_S)
