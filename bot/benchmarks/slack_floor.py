"""What no acknowledgement can avoid: a bare Bolt listener, and one bare one-row commit with synchronous=FULL."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.benchmarks.slack_wire import SIGNING_SECRET
from bot.surfaces.slack.http import PATH

TOKEN = "xoxb-bench"  # noqa: S105 - opens nothing


class BareCommits:
    """One row, one commit each, by one thread over a connection of its own to the same file."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bare-commits")
        self._connection = self._thread.submit(self._open).result()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._database, isolation_level=None, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS bare_row (id INTEGER PRIMARY KEY, body TEXT)"
        )
        return connection

    async def commit(self) -> None:
        """Returns when the row is on disk."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._insert)

    def _insert(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO bare_row (body) VALUES (?)", ("x" * 200,))
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Closes the connection and its thread."""
        self._thread.submit(lambda: closing(self._connection).__exit__(None, None, None)).result()
        self._thread.shutdown()


def bare_routes(commits: BareCommits) -> list[BaseRoute]:
    """The fastest listener Bolt has, behind its own adapter: it acks after one commit."""
    handler = AsyncSlackRequestHandler(_bare_app(commits))

    async def events(request: Request) -> Response:
        response: Response = await handler.handle(request)
        return response

    return [Route(PATH, events, methods=["POST"])]


def _bare_app(commits: BareCommits) -> AsyncApp:

    async def authorize(team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=team_id, bot_user_id="UBOT", bot_token=TOKEN
        )

    app = AsyncApp(
        logger=logging.getLogger("impasto.bench.bolt"),
        name="bare",
        process_before_response=True,
        signing_secret=SIGNING_SECRET,
        client=AsyncWebClient(token=None),
        authorize=authorize,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )

    async def imagine(ack: AsyncAck) -> None:
        await commits.commit()
        await ack("Got it")

    app.command("/imagine")(imagine)
    return app
