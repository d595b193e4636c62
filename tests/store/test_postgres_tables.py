"""On Postgres too the steps lead to the tables the code speaks of, and the statements of the queue use their indexes."""

import asyncio
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import bot.store
from bot.store import (
    gallery,
    journal,
    line_count,
    locking,
    outbox,
    playground,
    queue,
    queue_park,
    queue_sweep,
    slack,
)
from bot.store.migrate import newest_version
from bot.store.postgres_connection import connect, conninfo
from bot.store.postgres_opening import open_postgres
from bot.store.postgres_upgrade import upgrade_postgres
from bot.store.tables import metadata
from tests.servers.postgres import PostgresServer
from tests.store.test_query_plans import STATEMENTS

MANY_WRITES = (queue, journal, outbox, gallery, playground, slack)
"""Modules whose operations run many times a second: the others' may run alone, which is right without being told."""

for module in pkgutil.iter_modules(bot.store.__path__):
    # Every module may bring tables of its own.
    importlib.import_module(f"bot.store.{module.name}")

FILL = """
INSERT INTO lane SELECT 'u' || n, 2, 0, 0 FROM generate_series(0, 199) n;
INSERT INTO job (idem, workspace, lane, channel, person, place, order_json, counters, images, weight, route, state,
    vt, token, attempts, deaths, cancel_asked, created_at_us, owner, provider, lease_until_us, finished_at_us)
  SELECT 'k' || n, 'w', 'u' || n % 200, 'c', '{}', '{}', '{}', '[]', 1, 1, 'house', said.state, n, 1, 0, 0, false, n,
    CASE said.state WHEN 'running' THEN 'o' END, CASE said.state WHEN 'running' THEN 'house' END,
    CASE said.state WHEN 'running' THEN n END, CASE said.state WHEN 'delivered' THEN n END
  FROM generate_series(1, 20000) n, LATERAL (SELECT CASE WHEN n % 10 = 0 THEN 'ready' WHEN n % 10 = 1 THEN 'waiting'
    WHEN n % 400 = 2 THEN 'running' ELSE 'delivered' END AS state) said;
INSERT INTO outbox (job, final, state, attempt, run_at_us, written_at_us)
  SELECT n, true, CASE WHEN n % 100 = 0 THEN 'pending' ELSE 'posted' END, 0, n, n FROM generate_series(1, 20000) n;
ANALYZE;
"""


def test_migrations_and_tables_agree(postgres_url: str) -> None:
    engine = create_engine(postgres_url, poolclass=NullPool)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()

    assert differences == []


def test_migrations_store_the_tables_as_the_code_says(postgres_url: str) -> None:
    with connect(conninfo(postgres_url)) as connection:
        stored = dict(
            connection.execute(
                "SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL"
                " AND relnamespace = 'public'::regnamespace"
            ).fetchall()
        )

    said = {
        name: {
            f"{option}={value}"
            for option, value in table.dialect_options["postgresql"]["with"].items()
        }
        for name, table in metadata.tables.items()
        if table.dialect_options["postgresql"].get("with")
    }
    assert {name: set(options) for name, options in stored.items()} == said
    assert "fillfactor=70" in said["job"]


async def test_processes_that_start_together_upgrade_once(postgres: PostgresServer) -> None:
    url = postgres.create()
    with connect(conninfo(url)) as admin:
        admin.execute("DROP SCHEMA public CASCADE")
        admin.execute("CREATE SCHEMA public")

    versions = await asyncio.gather(*(asyncio.to_thread(upgrade_postgres, url) for _ in range(4)))

    assert versions == [newest_version()] * 4
    await (await open_postgres(url)).aclose()
    postgres.leave(url)


@pytest.fixture(scope="module")
def filled(postgres: PostgresServer) -> Iterator[psycopg.Connection]:
    """Twenty thousand jobs, and plans made without looking at the values, as a prepared statement's are."""
    url = postgres.create()
    with connect(conninfo(url)) as connection:
        connection.execute(FILL)  # type: ignore[arg-type]
        connection.execute("SET plan_cache_mode = force_generic_plan")
        yield connection
    postgres.leave(url)


def plan_of(connection: psycopg.Connection, name: str) -> str:
    sql: str = STATEMENTS[name].postgres
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    for number, one in enumerate(names, start=1):
        sql = sql.replace(f"%({one})s", f"${number}")
    connection.execute(f"PREPARE one AS {sql}")  # type: ignore[arg-type]
    values = ", ".join("1" for _ in names)
    explained = f"EXPLAIN EXECUTE one({values})" if names else "EXPLAIN EXECUTE one"
    rows = connection.execute(explained).fetchall()  # type: ignore[arg-type]
    connection.execute("DEALLOCATE one")
    return "\n".join(line for (line,) in rows)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("queue_claim_HEADS", "ix_job_claim"),
        ("queue_claim_ROUTES", "ix_job_claim"),
        ("queue_claim_SLOTS_TAKEN", "ix_job_slots"),
        ("queue_claim_TAKE", "pk_job"),
        ("line_count_AHEAD", "ix_job_place"),
        ("queue_submit_LOOK", "uq_job_idem"),
        ("queue_submit_LOOK", "ix_job_unfinished"),
        ("queue_read_OVER_OF_LANE", "ix_job_over"),
        ("lane_PROMOTE", "ix_job_promote"),
        ("lane_FENCED", "pk_job"),
        ("queue_sweep_LAPSED", "ix_job_lease"),
        ("queue_sweep_DUE", "ix_job_due"),
        ("queue_sweep_TOO_LATE", "ix_job_deadline"),
        ("outbox_LEASE", "ix_outbox_due"),
    ],
)
def test_the_index_made_for_it_serves(filled: psycopg.Connection, name: str, index: str) -> None:
    plan = plan_of(filled, name)

    assert f" {index} " in plan.replace("\n", " ")
    assert "Seq Scan on job" not in plan, plan
    assert "Seq Scan on outbox" not in plan, plan


def test_a_claim_reads_in_fair_order_without_sorting(filled: psycopg.Connection) -> None:
    assert "Sort" not in plan_of(filled, "queue_claim_HEADS")


def written_operations() -> Iterator[Any]:
    """Every operation that a port hands to `write`."""
    for module in MANY_WRITES:
        source = inspect.getsource(module)
        for name in re.findall(r"_executor\.write\(\s*([\w.]+)", source):
            holder: Any = module
            for part in name.split("."):
                holder = getattr(holder, part)
            yield holder


@pytest.mark.parametrize("operation", list(written_operations()), ids=lambda one: one.__qualname__)
def test_what_an_operation_locks_is_known(operation: Any) -> None:
    over_one_snapshot = (queue_sweep.recover, line_count.forget_empty, queue_park.wake)
    assert operation in locking._LOCKS or operation in over_one_snapshot
