"""Opens a store on Postgres: tables brought up to date, connections made, ports ready."""

from __future__ import annotations

import asyncio

from bot.ports import Clock
from bot.store.opening import Store, store_over
from bot.store.postgres_connection import conninfo
from bot.store.postgres_executor import PostgresExecutor
from bot.store.postgres_upgrade import upgrade_postgres
from bot.telemetry.events import Recorder, unrecorded


async def open_postgres(
    database_url: str,
    *,
    deadline_s: float = 600.0,
    clock: Clock | None = None,
    record: Recorder = unrecorded,
) -> Store:
    """The store in the database of `postgresql+psycopg://…`. CannotOpen says why it can't be used.

    Any number of processes may open it and claim. Times are the server's, unless `clock` is given.
    """
    await asyncio.to_thread(upgrade_postgres, database_url)
    executor = PostgresExecutor(conninfo(database_url), clock=clock, record=record)
    return store_over(executor, deadline_s=deadline_s, lock=None)
