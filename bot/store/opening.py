"""Opens a store: tables brought up to date, connections made, ports ready."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from bot.ports import Clock, StoreUnavailable, Unavailable
from bot.store.audit import SqlAudit
from bot.store.backlog import SqlBacklogs
from bot.store.blob_use import SqlBlobUse
from bot.store.errors import CannotOpen, NoSuchFolder, NotADatabase, NotWritable
from bot.store.file_lock import FileLock
from bot.store.gallery import SqlGallery
from bot.store.journal import SqlJournal
from bot.store.migrate import WAIT_S
from bot.store.named_locks import SqlLocks
from bot.store.notices import SqlNotices
from bot.store.offers import SqlOffers
from bot.store.outbox import SqlOutbox
from bot.store.playground import SqlChannel
from bot.store.preferences import SqlPreferences
from bot.store.presence import SqlPresence
from bot.store.queue import SqlQueue
from bot.store.quotas import SqlQuotas
from bot.store.repeats import SqlRepeats
from bot.store.reports import SqlReports
from bot.store.rules import SqlRules
from bot.store.spending import SqlBudgets
from bot.store.sqlite_connection import turn_to_wal, unavailable
from bot.store.sqlite_executor import SqliteExecutor
from bot.store.sqlite_upgrade import upgrade_sqlite
from bot.store.statistics import SqlStatistics
from bot.store.templates import SqlTemplatePictures
from bot.store.transaction import OpenExecutor
from bot.telemetry.events import Recorder, unrecorded

BUSY_TIMEOUT_S = 2.0
"""How long a write waits for another process's: less than the 3 s in which Slack and Discord want an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Everything that survives, behind its ports."""

    queue: SqlQueue
    journal: SqlJournal
    outbox: SqlOutbox
    gallery: SqlGallery
    blob_use: SqlBlobUse
    quotas: SqlQuotas
    budgets: SqlBudgets
    notices: SqlNotices
    offers: SqlOffers
    preferences: SqlPreferences
    template_pictures: SqlTemplatePictures
    statistics: SqlStatistics
    rules: SqlRules
    audit: SqlAudit
    reports: SqlReports
    channel: SqlChannel
    repeats: SqlRepeats
    locks: SqlLocks
    presence: SqlPresence
    backlogs: SqlBacklogs
    executor: OpenExecutor
    lock: FileLock | None
    """None where several processes may claim: there nothing is recovered at the start, leases see to it."""

    @property
    def exclusive(self) -> bool:
        """Whether only one process may claim: then whatever another holds is a dead one's."""
        return self.lock is not None

    async def aclose(self) -> None:
        """Commits what was asked before, closes the connections and gives the lock back."""
        await self.executor.aclose()
        if self.lock is not None:
            self.lock.release()


async def open_sqlite(
    path: Path,
    *,
    clock: Clock,
    deadline_s: float = 600.0,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
    record: Recorder = unrecorded,
    claim: bool = False,
) -> Store:
    """The store in the file `path`, made when it isn't there. CannotOpen says why it can't be used.

    A job must end `deadline_s` after its first claim. Several processes may open the same file; only one may claim: with
    `claim`, AlreadyRunning. The tables of an older release that runs are touched by nobody, since it could not be started
    again on others: OlderIsRunning.
    """
    lock = FileLock(path)
    try:
        await asyncio.to_thread(prepare_sqlite, path, lock if claim else None)
    except (CannotOpen, StoreUnavailable):
        lock.release()
        raise
    executor = SqliteExecutor(path, clock=clock, busy_timeout_s=busy_timeout_s, record=record)
    return store_over(executor, deadline_s=deadline_s, lock=lock)


def store_over(executor: OpenExecutor, *, deadline_s: float, lock: FileLock | None) -> Store:
    """All ports over one executor."""
    return Store(
        queue=SqlQueue(executor, deadline_s=deadline_s),
        journal=SqlJournal(executor),
        outbox=SqlOutbox(executor),
        gallery=SqlGallery(executor),
        blob_use=SqlBlobUse(executor),
        quotas=SqlQuotas(executor),
        budgets=SqlBudgets(executor),
        notices=SqlNotices(executor),
        offers=SqlOffers(executor),
        preferences=SqlPreferences(executor),
        template_pictures=SqlTemplatePictures(executor),
        statistics=SqlStatistics(executor),
        rules=SqlRules(executor),
        audit=SqlAudit(executor),
        reports=SqlReports(executor),
        channel=SqlChannel(executor),
        repeats=SqlRepeats(executor),
        locks=SqlLocks(executor),
        presence=SqlPresence(executor),
        backlogs=SqlBacklogs(executor),
        executor=executor,
        lock=lock,
    )


def prepare_sqlite(path: Path, lock: FileLock | None = None) -> str:
    """The version the file's tables are at now, with `lock` taken before. CannotOpen or StoreUnavailable says why not.

    Without `lock` it is nobody's claim: OlderIsRunning where it would change the tables of one who is running.
    """
    if not path.parent.is_dir():
        raise NoSuchFolder(path.parent)
    for place in (path.parent, path):
        if place.exists() and not os.access(place, os.W_OK):
            raise NotWritable(place, "permission denied")
    try:
        version = upgrade_sqlite(path, claim=lock)
        turn_to_wal(path, timeout_s=WAIT_S)
    except DatabaseError as error:
        raise _explained(path, error.orig or error) from error
    except sqlite3.Error as error:
        raise _explained(path, error) from error
    return version


def _explained(path: Path, error: BaseException) -> Exception:
    lost = unavailable(error)
    if lost is None or not isinstance(error, sqlite3.Error):
        return NotADatabase(path)
    match lost.why:
        case Unavailable.READ_ONLY | Unavailable.FULL:
            return NotWritable(path, str(error))
        case Unavailable.LOCKED:
            return StoreUnavailable(Unavailable.LOCKED, str(error))
        case _:
            return NotADatabase(path)
