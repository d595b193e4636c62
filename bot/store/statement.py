"""SQL written once with SQLAlchemy Core, compiled once for each database, run on the driver's own connection.

Core's own `execute` costs more than SQLite's work for the small statements of a queue (measured: 0.13 to 0.23 of a
bare loop; compiled once, 0.77 to 0.99).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, LiteralString, cast

from sqlalchemy import BindParameter, ClauseElement, Compiled, Dialect, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.sql.compiler import SQLCompiler
from typing_extensions import override


def param(name: str) -> BindParameter[Any]:
    """A value given at each run. Every other value in a statement becomes a literal in its text."""
    return bindparam(name)


class _SqliteText(SQLiteCompiler):
    """Writes values into the text: SQLite ignores a partial index when `state IN (?, ?)` is bound (3.40)."""

    @override
    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kw: Any) -> Any:
        kw["literal_binds"] = kw.get("literal_binds", False) or not bindparam.required
        return super().visit_bindparam(bindparam, *args, **kw)  # type: ignore[no-untyped-call]


class _PostgresText(PGCompiler_psycopg):
    """Writes values into the text: a generic plan can't know that a bound state matches a partial index."""

    @override
    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kw: Any) -> Any:
        kw["literal_binds"] = kw.get("literal_binds", False) or not bindparam.required
        return super().visit_bindparam(bindparam, *args, **kw)  # type: ignore[no-untyped-call]


def _sqlite() -> Dialect:
    dialect = SQLiteDialect(paramstyle="qmark")
    dialect.statement_compiler = _SqliteText
    return dialect


def _postgres() -> Dialect:
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    dialect.statement_compiler = _PostgresText
    return dialect


InsertInto = Callable[[Table], sqlite.Insert]
"""A dialect's own `insert`, which alone can say ON CONFLICT. Postgres' has the same methods."""
Upsert = Callable[[InsertInto], ClauseElement]


Arrange = Callable[[Mapping[str, object]], tuple[object, ...]]
"""Values by name as a tuple in the order of a statement's parameters."""


class Statement:
    """One statement, with its text for each database made on first use."""

    def __init__(self, build: ClauseElement | Upsert) -> None:
        self._build = build

    @cached_property
    def sqlite(self) -> tuple[str, Arrange]:
        """Text with `?` parameters, for sqlite3, and what puts named values in their order.

        sqlite3 looks a named parameter up anew at each run, which costs more than this.
        """
        compiled = self._compiled(_sqlite(), sqlite.insert)
        return str(compiled), _arrange(cast(SQLCompiler, compiled).positiontup or [])

    @cached_property
    def postgres(self) -> LiteralString:
        """Text with `%(name)s` parameters, for psycopg; it holds nothing but what this code says.

        An INSERT of one row into a table that numbers its rows returns the new number: SQLAlchemy sees to that.
        """
        return str(self._compiled(_postgres(), cast(InsertInto, postgresql.insert)))

    def _compiled(self, dialect: Dialect, insert: InsertInto) -> Compiled:
        clause = self._build if isinstance(self._build, ClauseElement) else self._build(insert)
        return clause.compile(dialect=dialect)


def _arrange(names: Sequence[str]) -> Arrange:
    match names:
        case []:
            return lambda _: ()
        case [name]:
            return lambda values: (values[name],)
        case _:
            return itemgetter(*names)
