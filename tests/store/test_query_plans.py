"""No statement walks the whole table of jobs, however many years of them there are."""

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot.store
from bot.store.statement import Statement

SMALL = {"clock", "routes", "due", "empty", "passed", "process", "shown_blob"}
"""One row, the handful of routes that are in line, the letters just chosen, the blocks of the line already served, a row
for each process, and one for each chart of the last day."""
LINE_ONLY = {
    "ix_job_place",
    "ix_job_received",
    "ix_job_slots",
    "ix_job_lease",
    "ix_outbox_due",
    "ix_job_unfinished",
    "ix_job_due",
    "ix_job_parked",
}
"""Partial indexes that hold only what is unfinished, in line, being judged, running, put off, parked or unsent: those may be read whole."""


SELDOM = {
    "blob_use_NEWEST": "backwards from the newest to the first that is not deleted, when a folder has no mark yet",
    "reports_WAITING": "a row for each report, read when a moderator looks at them",
    "audit_ENDS": "one row a workspace, read by `impasto audit verify`",
    "audit_LOGGED": "the whole log is read then anyway",
    "rules_WORKSPACES": "one row a workspace, for an operator who names none",
    "rules_LANES": "one row a person, for the same",
    "rules_PEOPLE": "names that no platform resolved, typed at the shell",
    "notices_LISTENERS": "a row for each rule, read every ten minutes for models that end",
}
"""Asked for by an operator or a clock now and then, never on a request's way."""


def statements() -> Iterator[tuple[str, Statement]]:
    for module in pkgutil.iter_modules(bot.store.__path__):
        if module.ispkg:
            continue
        for name, value in vars(importlib.import_module(f"bot.store.{module.name}")).items():
            if isinstance(value, Statement):
                yield f"{module.name}{name}", value


STATEMENTS = dict(statements())


def plan_of(database: Path, sql: str) -> list[str]:
    connection = sqlite3.connect(database)
    values = [1] * sql.count("?")
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    connection.close()
    return [detail for *_, detail in rows]


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - SELDOM.keys()))
def test_a_statement_uses_an_index(database: Path, name: str) -> None:
    for step in plan_of(database, STATEMENTS[name].sqlite[0]):
        if step.startswith("SCAN") and "CONSTANT ROW" not in step:
            _, table, *how = step.split()
            assert table in SMALL or LINE_ONLY.intersection(how[-1:]), step
        assert "TEMP B-TREE" not in step, step


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("queue_claim_HEADS", "ix_job_claim"),
        ("queue_claim_ROUTES", "ix_job_claim"),
        ("queue_claim_SLOTS_TAKEN", "ix_job_slots"),
        ("line_count_AHEAD", "ix_job_place"),
        ("queue_read_LINE", "ix_job_place"),
        ("queue_read_UNFINISHED_OF_LANE", "ix_job_unfinished"),
        ("queue_read_OVER_OF_LANE", "ix_job_over"),
        ("queue_submit_LOOK", "ix_job_unfinished"),
        ("lane_PROMOTE", "ix_job_promote"),
        ("lane_SET_TAG_BACK", "ix_job_unfinished"),
        ("queue_sweep_LAPSED", "ix_job_lease"),
        ("queue_sweep_DUE", "ix_job_due"),
        ("queue_sweep_TOO_LATE", "ix_job_deadline"),
        ("outbox_LEASE", "ix_outbox_due"),
        ("gallery_OF_LANE", "ix_image_lane"),
        ("backlog_BACKLOG", "ix_job_place"),
    ],
)
def test_the_partial_index_made_for_it_serves(database: Path, name: str, index: str) -> None:
    steps = plan_of(database, STATEMENTS[name].sqlite[0])

    assert any(index in step.split() for step in steps), steps


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_statement_deletes_jobs_so_that_no_id_comes_twice(name: str) -> None:
    assert not re.match(r"DELETE FROM job\b", STATEMENTS[name].sqlite[0])


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_compiles_for_postgres_too(name: str) -> None:
    sql = STATEMENTS[name].postgres

    assert not re.search(r"state\S* (=|IN) \(?%\(state", sql)
    assert "POSTCOMPILE" not in sql
