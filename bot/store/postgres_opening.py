"""Opens a store on Postgres: tables brought up to date, connections made, ports ready."""

from __future__ import annotations

import asyncio

import psycopg
from sqlalchemy.exc import DBAPIError

from bot.ports import Clock
from bot.store.errors import NotUsable, Unreachable
from bot.store.migrate import upgrade
from bot.store.opening import Store, store_over
from bot.store.postgres_connection import conninfo, shown
from bot.store.postgres_executor import PostgresExecutor
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


def upgrade_postgres(database_url: str) -> str:
    """The version its tables are at now. CannotOpen says why they can't be used."""
    try:
        return upgrade(database_url)
    except DBAPIError as error:
        raise _explained(database_url, error) from error


def _explained(database_url: str, error: DBAPIError) -> Exception:
    detail = str(error.orig or error).strip().partition("\n")[0]
    if isinstance(error.orig, psycopg.OperationalError):
        return Unreachable(shown(database_url), detail)
    return NotUsable(shown(database_url), detail)
