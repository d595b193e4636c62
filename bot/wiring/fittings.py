"""What tests put in the place of the usual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random, SystemRandom

from bot.domain.identity import JobId
from bot.pipeline import deliver, submit, worker
from bot.pipeline.catalog import Catalog
from bot.ports import Boundary, Clock, Postman
from moderation.panel import Panel


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place where time comes from


def _unwatched(name: str, job: JobId | None) -> None:
    """Nobody watches the boundaries."""
    del name, job


@dataclass(frozen=True, slots=True, kw_only=True)
class Leases:
    """For how long a process that died keeps from others what it was doing."""

    job_s: float = worker.LEASE_S
    admission_s: float = submit.ADMISSION_LEASE_S
    letter_s: float = deliver.LEASE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What tests put in the place of the usual: a clock, a watcher of boundaries, more postmen, other parts."""

    clock: Clock = field(default_factory=SystemClock)
    boundary: Boundary = _unwatched
    postmen: Mapping[str, Postman] = field(default_factory=dict)
    chance: Random = field(default_factory=SystemRandom)
    catalog: Callable[[Catalog], Catalog] = lambda catalog: catalog
    panel: Callable[[Panel], Panel] = lambda panel: panel
    leases: Leases = Leases()
