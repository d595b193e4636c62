"""What speaks to Postgres, loaded when it is set: its driver is an extra that SQLite's users don't have."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Protocol, cast

from bot.ports import Signals
from bot.signals.redis import Fallback
from bot.store.opening import Store
from bot.telemetry.events import Recorder
from bot.wiring.faults import CannotStart


class OpenSignals(Signals, Fallback, Protocol):
    """Signals over connections of their own."""


class _Opening(Protocol):
    async def open_postgres(
        self, database_url: str, *, deadline_s: float, record: Recorder
    ) -> Store: ...


class _Upgrading(Protocol):
    def upgrade_postgres(self, database_url: str) -> str: ...


class _Connecting(Protocol):
    def conninfo(self, database_url: str) -> str: ...

    def shown(self, database_url: str) -> str: ...


class _Signalling(Protocol):
    def PostgresSignals(self, conninfo: str) -> OpenSignals: ...  # noqa: N802 - a class, called


async def open_shared_store(database_url: str, *, deadline_s: float, record: Recorder) -> Store:
    """As `open_postgres`."""
    opening = cast(_Opening, _part("bot.store.postgres_opening"))
    return await opening.open_postgres(database_url, deadline_s=deadline_s, record=record)


def upgrade_shared(database_url: str) -> str:
    """As `upgrade_postgres`."""
    return cast(_Upgrading, _part("bot.store.postgres_upgrade")).upgrade_postgres(database_url)


def open_shared_signals(database_url: str) -> OpenSignals:
    """Wake-ups and progress between all processes on this database."""
    signalling = cast(_Signalling, _part("bot.signals.postgres"))
    return signalling.PostgresSignals(_connecting().conninfo(database_url))


def shown(database_url: str) -> str:
    """The address for people, without its password."""
    return _connecting().shown(database_url)


def _connecting() -> _Connecting:
    return cast(_Connecting, _part("bot.store.postgres_connection"))


@cache
def _part(name: str) -> object:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise CannotStart(
            f"DATABASE_URL is set, and {error.name} is not installed: pip install 'impasto[postgres]'."
        ) from None
