"""Every change of a job's state, as the database itself saw it."""

from sqlalchemy import text

from bot.store.postgres_session import PostgresTransaction
from bot.store.statement import Statement
from bot.store.transaction import Transaction

Steps = list[tuple[str, str]]


def watch(tx: Transaction) -> None:
    """From here on every change of a job's state is noted."""
    tx.change(_WATCH_TABLE)
    if isinstance(tx, PostgresTransaction):
        tx.change(_WATCH_FUNCTION)
    tx.change(_WATCH_TRIGGER)


def steps_seen(tx: Transaction) -> Steps:
    """Each change as (before, after)."""
    return [(before, after) for before, after in tx.rows(_WATCHED)]


class _InEach(Statement):
    """Something the two databases say in different words."""

    def __init__(self, *, sqlite: str, postgres: str) -> None:
        super().__init__(text(sqlite))
        self.postgres = postgres


_WATCH_TABLE = Statement(text("CREATE TABLE step (before TEXT, after TEXT)"))
_WATCH_FUNCTION = Statement(
    text(
        "CREATE FUNCTION note_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO step VALUES (OLD.state, NEW.state); RETURN NULL; END $$"
    )
)
_WATCH_TRIGGER = _InEach(
    sqlite="CREATE TRIGGER watch AFTER UPDATE OF state ON job WHEN OLD.state <> NEW.state"
    " BEGIN INSERT INTO step VALUES (OLD.state, NEW.state); END",
    postgres="CREATE TRIGGER watch AFTER UPDATE OF state ON job FOR EACH ROW"
    " WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_step()",
)
_WATCHED = Statement(text("SELECT before, after FROM step"))
