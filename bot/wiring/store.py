"""Opening the database, with every known trouble in a sentence."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from bot.config import Settings
from bot.ports import Clock, Signals, StoreUnavailable
from bot.signals.local import LocalSignals
from bot.signals.redis import RedisSignals
from bot.store import errors
from bot.store.opening import Store, open_sqlite, prepare_sqlite
from bot.telemetry.events import Recorder, unrecorded
from bot.wiring.faults import AlreadyRunning, CannotStart
from bot.wiring.postgres import open_shared_signals, open_shared_store, shown, upgrade_shared
from bot.wiring.sharing import redis_keys


async def open_store(
    settings: Settings,
    *,
    clock: Clock,
    claim: bool,
    stack: AsyncExitStack,
    record: Recorder = unrecorded,
) -> Store:
    """The store, closed with `stack`. `record` is told what was committed. CannotStart says why not; AlreadyRunning when another process claims."""
    make_data_dir(settings.data_dir)
    deadline_s = settings.rules.deadline_s
    try:
        if settings.postgres_url is not None:
            store = await open_shared_store(
                settings.postgres_url, deadline_s=deadline_s, record=record
            )
        else:
            store = await open_sqlite(
                settings.database_path,
                clock=clock,
                deadline_s=deadline_s,
                record=record,
                claim=claim,
            )
    except errors.AlreadyRunning as error:
        raise AlreadyRunning(str(error)) from None
    except (errors.CannotOpen, StoreUnavailable) as error:
        raise CannotStart(str(error)) from None
    stack.push_async_callback(store.aclose)
    return store


async def open_signals(settings: Settings, *, stack: AsyncExitStack, owner: str = "") -> Signals:
    """Wake-ups and progress, between processes where the database is shared; closed with `stack`."""
    if settings.postgres_url is None:
        return LocalSignals()
    signals = open_shared_signals(settings.postgres_url)
    if settings.redis_url is None:
        stack.push_async_callback(signals.aclose)
        return signals
    faster = RedisSignals(
        settings.redis_url.get_secret_value(),
        channel=(await redis_keys(settings)).signals,
        owner=owner,
        fallback=signals,
    )
    stack.push_async_callback(faster.aclose)
    return faster


def database_name(settings: Settings) -> str:
    """Which database is used, for people."""
    url = settings.postgres_url
    return str(settings.database_path) if url is None else shown(url)


def upgrade_database(settings: Settings) -> str:
    """Brings the tables up to date; the version they are at now."""
    make_data_dir(settings.data_dir)
    try:
        if settings.postgres_url is not None:
            return upgrade_shared(settings.postgres_url)
        return prepare_sqlite(settings.database_path)
    except (errors.CannotOpen, StoreUnavailable) as error:
        raise CannotStart(str(error)) from None


def make_data_dir(folder: Path) -> None:
    """Makes the folder, for this user only."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} can't be made: {error.strerror}. "
            "Choose another with IMPASTO_DATA_DIR or --data-dir."
        ) from None
