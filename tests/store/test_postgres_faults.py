"""What happens when Postgres goes away, says no, or was stopped in the middle of something."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.domain.identity import JobId
from bot.ports import Accepted, StoreUnavailable, Unavailable
from bot.store import queue_submit
from bot.store.errors import NewerDatabase, NotUsable, Unreachable
from bot.store.opening import Store
from bot.store.postgres_connection import at_database, connect, conninfo
from bot.store.postgres_opening import open_postgres
from bot.store.statement import Statement
from bot.store.transaction import Transaction
from tests.contracts.store_kit import finish, queued, running, submission
from tests.servers.postgres import PostgresServer

SUICIDE = Statement(text("SELECT pg_terminate_backend(pg_backend_pid())"))
JOBS = Statement(text("SELECT count(*) FROM job"))
NOW = Statement(text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"))
NOTE = Statement(text("INSERT INTO clock (id, vt) VALUES (1, 0)"))
SETTINGS = Statement(
    text(
        "SELECT current_setting('lock_timeout'),"
        " current_setting('idle_in_transaction_session_timeout')"
    )
)


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    opened = await open_postgres(postgres_url)
    yield opened
    await opened.aclose()


def submit_and_lose_the_connection(tx: Transaction) -> None:
    lost = submission("lost")
    queue_submit.submit(tx, lost, queue_submit.values_of(lost))
    tx.rows(SUICIDE)


async def count(store: Store) -> int:
    (jobs,) = await store.executor.read(lambda tx: tx.row(JOBS)) or (0,)
    return int(jobs)


async def test_a_connection_cut_in_the_middle_leaves_nothing_and_is_said(store: Store) -> None:
    with pytest.raises(StoreUnavailable) as lost:
        await store.executor.write(submit_and_lose_the_connection)

    assert lost.value.why is Unavailable.UNREACHABLE
    assert await count(store) == 0
    assert isinstance(await store.queue.submit(submission("lost")), Accepted)


async def test_connections_that_died_unused_are_replaced_unnoticed(
    store: Store, postgres: PostgresServer
) -> None:
    claimed = await running(store, "k1")
    postgres.admin.execute(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
        " WHERE application_name = 'impasto'"
    )

    assert await finish(store, claimed.fence)
    assert await count(store) == 1


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(Unreachable) as error:
        await open_postgres("postgresql+psycopg://bot:secret@127.0.0.1:1/bot")

    assert "bot:***@127.0.0.1:1" in str(error.value)
    assert "secret" not in str(error.value)


async def test_a_missing_database_is_named(postgres_server_url: str) -> None:
    with pytest.raises(Unreachable, match="never_made"):
        await open_postgres(at_database(postgres_server_url, "never_made"))


async def test_a_user_without_rights_is_told_so(postgres: PostgresServer) -> None:
    url = postgres.create()
    with connect(conninfo(url)) as admin:
        admin.execute("DROP SCHEMA public CASCADE")

    with pytest.raises(NotUsable, match="create"):
        await open_postgres(url)
    postgres.leave(url)


async def test_a_newer_database_is_refused(postgres_url: str) -> None:
    with connect(conninfo(postgres_url)) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerDatabase):
        await open_postgres(postgres_url)


async def test_a_row_locked_for_too_long_is_an_answer_not_a_wait(
    store: Store, postgres_url: str
) -> None:
    job = await queued(store, "k1")
    with connect(conninfo(postgres_url)) as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM lane FOR UPDATE")

        with pytest.raises(StoreUnavailable) as refused:
            await store.queue.cancel(job, by="ann")

    assert refused.value.why is Unavailable.LOCKED


async def test_a_stopped_process_cannot_hold_its_locks_for_ever(store: Store) -> None:
    for ask in (store.executor.read, store.executor.write):
        assert await ask(lambda tx: tx.row(SETTINGS)) == ("2s", "5s")


async def test_an_operation_that_fails_harms_nobody_elses(store: Store) -> None:
    before = store.executor.commits

    # Asked in one turn of the loop, so they are one group.
    good, bad, other = await asyncio.gather(
        store.queue.submit(submission("good")),
        store.queue.cancel(JobId(999), by="ann"),
        store.queue.submit(submission("other", user="bob")),
        return_exceptions=True,
    )

    assert isinstance(bad, LookupError)
    assert isinstance(good, Accepted)
    assert isinstance(other, Accepted)
    assert store.executor.commits == before + 1


async def test_a_statement_that_fails_leaves_its_group_whole(store: Store) -> None:
    with pytest.raises(Exception, match="pk_clock"):
        await store.executor.write(lambda tx: tx.change(NOTE))

    assert isinstance(await store.queue.submit(submission("after")), Accepted)


async def test_time_is_the_servers(store: Store) -> None:
    ours, theirs = await store.executor.write(lambda tx: (tx.now_us, tx.row(NOW)))

    assert theirs is not None
    assert 0 <= theirs[0] - ours < 1_000_000


async def test_a_closed_store_takes_nothing(postgres_url: str) -> None:
    store = await open_postgres(postgres_url)
    await store.aclose()

    with pytest.raises(StoreUnavailable) as closed:
        await store.queue.submit(submission("late"))

    assert closed.value.why is Unavailable.CLOSED
