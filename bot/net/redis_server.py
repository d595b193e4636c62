"""The connection to Redis for what counts: each script is sent once, and whoever gets no answer goes on without.

redis-py repeats every command up to ten times by default, so one whose answer is lost counts twice (redis-py 8.1.0,
#3554): here nothing is repeated.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger("impasto.redis")

CONNECTIONS = 16
ANSWER_TIMEOUT_S = 0.5
"""Longer, and people would notice that Redis is away before we do."""
REST_S = 1.0
"""After a failure nobody asks for so long: each caller would wait for the same timeout."""


class RedisAway(Exception):
    """No answer; what was asked for may have been done. Whoever asked goes on without Redis."""


def open_client(url: str, *, answer_timeout_s: float | None = ANSWER_TIMEOUT_S) -> Redis:
    """A client that repeats nothing. Without a timeout, for whoever listens."""
    pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
        socket_timeout=answer_timeout_s,
        socket_connect_timeout=ANSWER_TIMEOUT_S,
        decode_responses=True,
        client_name="impasto",
    )
    return Redis.from_pool(pool)


class RedisServer:
    """Runs scripts. Between a failure and REST_S later it says at once that Redis is away."""

    def __init__(self, url: str) -> None:
        self._client = open_client(url)
        self._scripts: dict[str, Any] = {}
        self._away_until = 0.0
        self._is_away = False

    async def run(self, script: str, keys: Sequence[str], args: Sequence[str | int]) -> list[str]:
        """What the script gives, as texts. RedisAway when there is no answer."""
        if time.monotonic() < self._away_until:
            raise RedisAway
        prepared = self._scripts.get(script)
        if prepared is None:
            prepared = self._scripts[script] = self._client.register_script(script)
        try:
            async with asyncio.timeout(2 * ANSWER_TIMEOUT_S):
                answer = await prepared(keys=list(keys), args=list(args))
        except (RedisError, OSError, TimeoutError) as error:
            self._lost(error)
            raise RedisAway from error
        if self._is_away:
            self._is_away = False
            log.info("Redis is back: limits are shared again")
        return [str(one) for one in answer]

    async def aclose(self) -> None:
        """Closes its connections."""
        await self._client.aclose()
        await self._client.connection_pool.disconnect()

    def _lost(self, error: Exception) -> None:
        self._away_until = time.monotonic() + REST_S
        if not self._is_away:
            self._is_away = True
            log.warning("Redis is away, each process keeps to its share of the limits: %r", error)
