"""The same histories with two processes on one Postgres: whoever restarts goes on in the other one."""

from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.store.opening import Store
from bot.store.postgres_opening import open_postgres
from tests.servers.postgres import PostgresServer
from tests.store.test_any_history import DEADLINE_S, AnyHistory


class AnySharedHistory(AnyHistory):
    def __init__(self, postgres: PostgresServer) -> None:
        self.postgres = postgres
        super().__init__()

    def open(self) -> Store:
        self.url = self.postgres.create()
        opening = [
            open_postgres(self.url, clock=self.clock, deadline_s=DEADLINE_S) for _ in range(2)
        ]
        first, self.other = (self.run(one) for one in opening)
        return first

    def restart(self) -> None:
        """Nothing is recovered: what the dead process held comes free when its leases are over."""
        self.store, self.other = self.other, self.store

    def close(self) -> None:
        self.run(self.store.aclose())
        self.run(self.other.aclose())
        self.postgres.leave(self.url)


def test_any_history_of_two_processes_balances(postgres: PostgresServer) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        partial(AnySharedHistory, postgres),
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
