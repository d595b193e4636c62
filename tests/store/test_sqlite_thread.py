"""The writer: together when it can, alone when it must, and never half."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.ports import StoreUnavailable, Unavailable
from bot.store.sqlite_connection import connect_reader, connect_writer
from bot.store.sqlite_thread import SqliteThread
from bot.store.statement import Statement
from bot.store.transaction import Transaction
from tests.contracts.store_kit import MovableClock

INSERT = Statement(text("INSERT INTO note (body) VALUES (:body)"))
COUNT = Statement(text("SELECT count(*) FROM note"))
BODIES = Statement(text("SELECT body FROM note ORDER BY id"))


@pytest.fixture
async def writer(tmp_path: Path, clock: MovableClock) -> AsyncIterator[SqliteThread]:
    connection = connect_writer(tmp_path / "notes.db", busy_timeout_s=0.05)
    connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE)")
    thread = SqliteThread(connection, clock=clock, writes=True, name="writer")
    yield thread
    await thread.aclose()


def write(tx: Transaction, *bodies: str, fail: bool = False) -> int:
    for body in bodies:
        tx.change(INSERT, body=body)
    if fail:
        raise ValueError("after writing")
    return tx.row(COUNT)[0]  # type: ignore[index]


def run(writer: SqliteThread, *args: object, **kwargs: object) -> asyncio.Future[int]:
    return writer.run(write, args, kwargs)


def bodies(tx: Transaction) -> list[str]:
    return [body for (body,) in tx.rows(BODIES)]


async def all_bodies(writer: SqliteThread) -> list[str]:
    found: list[str] = await writer.run(bodies, (), {})
    return found


async def blocked(writer: SqliteThread) -> Callable[[], None]:
    """Holds the writer in an operation until the answer is called, so that what follows is one group."""
    begun, gate = threading.Event(), threading.Event()

    def hold(_tx: Transaction) -> None:
        begun.set()
        gate.wait(10)

    writer.run(hold, (), {})
    assert await asyncio.to_thread(begun.wait, 10)
    return gate.set


async def test_what_arrives_together_is_committed_together(writer: SqliteThread) -> None:
    release = await blocked(writer)
    asked = [run(writer, f"n{number}") for number in range(100)]
    before = writer.groups
    await asyncio.sleep(0)
    release()

    await asyncio.gather(*asked)

    assert writer.groups == before + 1


async def test_a_reader_sees_what_was_committed_before_it_asked(
    writer: SqliteThread, tmp_path: Path, clock: MovableClock
) -> None:
    connection = connect_reader(tmp_path / "notes.db", busy_timeout_s=0.05)
    reader = SqliteThread(connection, clock=clock, writes=False, name="reader")
    begun, gate = threading.Event(), threading.Event()

    def look_and_linger(tx: Transaction) -> list[str]:
        found = bodies(tx)
        begun.set()
        gate.wait(10)
        return found

    early = reader.run(look_and_linger, (), {})
    assert await asyncio.to_thread(begun.wait, 10)
    await run(writer, "new")
    late = reader.run(bodies, (), {})
    await asyncio.sleep(0)
    gate.set()

    assert (await early, await late) == ([], ["new"])
    await reader.aclose()


async def test_a_failing_operation_harms_no_other_and_leaves_nothing(writer: SqliteThread) -> None:
    release = await blocked(writer)
    first = run(writer, "first")
    bad = run(writer, "half", "written", fail=True)
    clash = run(writer, "other", "first")
    last = run(writer, "last")
    release()

    assert await first == 1
    with pytest.raises(ValueError, match="after writing"):
        await bad
    with pytest.raises(sqlite3.IntegrityError):
        await clash
    assert await last == 2
    assert await all_bodies(writer) == ["first", "last"]


async def test_a_group_that_cannot_begin_fails_everybody_in_it(
    writer: SqliteThread, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "notes.db", isolation_level=None)
    release = await blocked(writer)
    asked = [run(writer, f"n{number}") for number in range(3)]
    release()
    await asked[0]
    other.execute("BEGIN IMMEDIATE")
    refused = [run(writer, f"m{number}") for number in range(3)]

    outcomes = await asyncio.gather(*refused, return_exceptions=True)

    other.execute("ROLLBACK")
    other.close()
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    assert await all_bodies(writer) == ["n0", "n1", "n2"]


async def test_a_full_disk_is_said_and_survived(writer: SqliteThread) -> None:
    pages = writer._connection.execute("PRAGMA page_count").fetchone()[0]
    writer._connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(StoreUnavailable) as full:
        await run(writer, "x" * 100_000)

    assert full.value.why is Unavailable.FULL
    assert await run(writer, "small") == 1


async def test_giving_up_waiting_undoes_nothing(writer: SqliteThread) -> None:
    release = await blocked(writer)
    abandoned = run(writer, "kept")
    abandoned.cancel()
    release()

    assert await run(writer, "next") == 2
    assert await all_bodies(writer) == ["kept", "next"]


async def test_closing_commits_what_was_asked_before(tmp_path: Path, writer: SqliteThread) -> None:
    asked = [run(writer, f"n{number}") for number in range(10)]

    await writer.aclose()

    assert [await one for one in asked] == list(range(1, 11))
