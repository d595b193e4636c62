"""What is used and held, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.quota import Counter, Usage
from bot.store.ledger import read_usage
from bot.store.transaction import Executor, Transaction


def usage(tx: Transaction, counters: Sequence[Counter]) -> list[Usage]:
    """Each counter as it stands, in the same order."""
    return [read_usage(tx, counter) for counter in counters]


class SqlQuotas:
    """`bot.ports.Quotas` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def usage(self, counters: Sequence[Counter]) -> Sequence[Usage]:
        """Each counter as it stands, in the same order."""
        return await self._executor.read(usage, counters)
