"""What is looked at without a transaction around it is one statement: two would see two snapshots."""

from collections.abc import Sequence
from pathlib import Path

from bot.store import queue_read
from bot.store.locking import ONE_STATEMENT
from bot.store.opening import Store, open_sqlite
from bot.store.statement import Statement
from bot.store.transaction import Row, Transaction
from tests.contracts.store_kit import MovableClock, queued


class Counted:
    """A transaction that counts what is asked of it; it has nothing that writes."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.statements = 0

    def row(self, statement: Statement, **values: object) -> Row | None:
        self.statements += 1
        return self._tx.row(statement, **values)

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        self.statements += 1
        return self._tx.rows(statement, **values)


async def statements(store: Store, operation: object, *args: object) -> int:
    def look(tx: Transaction) -> int:
        counted = Counted(tx)
        assert operation(counted, *args)  # type: ignore[operator]
        return counted.statements

    return await store.executor.read(look)


async def test_each_look_without_a_transaction_is_one_statement(
    database: Path, clock: MovableClock
) -> None:
    store = await open_sqlite(database, clock=clock)
    job = await queued(store, "k1")
    arguments = {queue_read.job_row: (job,), queue_read.line: (), queue_read.place: (job,)}

    asked = {one: await statements(store, one, *arguments[one]) for one in ONE_STATEMENT}
    await store.aclose()

    assert asked == dict.fromkeys(arguments, 1)
