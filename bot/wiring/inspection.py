"""What is configured to paint, seen from outside: reachable, allowed, priced, about to be shut down. It costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import date

from bot.config import ProviderTable, Settings
from bot.domain.house import HouseRules
from bot.domain.routing import RoutingRules
from bot.images.processes import ImageProcesses
from bot.net.policy import operator_host
from bot.pipeline.catalog import WARNED_DAYS, Stall
from bot.pipeline.discovery import discover
from bot.ports import Clock
from bot.wiring.faults import CannotStart
from bot.wiring.plugins import open_stall
from providers import Capabilities, Model, OffLoop

CONNECT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """One model at one provider. None means that it isn't known, or that there is none."""

    id: str
    operations: tuple[str, ...]
    allowed: bool
    """By the rules of the house; a workspace may be stricter."""
    price_microusd: int | None
    price_source: str | None
    price_read_on: str | None
    shutdown: str | None
    days_left: int | None
    retired: bool
    successor: str | None
    version: str | None
    max_count: int
    seed: str
    delivery: str
    retention_days: int | None
    region: str | None
    trains_on_data: bool | None

    @property
    def ends_soon(self) -> bool:
        """Whether an admin should act."""
        return self.days_left is not None and self.days_left <= WARNED_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReport:
    """One `[[providers]]` table. `fault` says why its models aren't known."""

    name: str
    kind: str
    reachable: bool
    fault: str | None
    weight: int
    canary: float | None
    max_concurrent: int
    models: tuple[ModelReport, ...]

    @property
    def usable(self) -> bool:
        """Whether it would be asked for anything."""
        return self.reachable and any(model.allowed and not model.retired for model in self.models)

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return asdict(self) | {"usable": self.usable}


async def inspect(settings: Settings, *, clock: Clock) -> tuple[ProviderReport, ...]:
    """Every configured provider, in the order of the configuration; a wrong table is told, not raised."""
    rules = HouseRules(**settings.rules.model_dump()).routing
    today = clock.now().date()
    async with AsyncExitStack() as stack:
        models = ImageProcesses(workers=1, name="models")
        stack.push_async_callback(models.aclose)
        looks = [
            _look(settings, table, clock=clock, off_loop=models, stack=stack)
            for table in settings.providers
        ]
        found: Sequence[Stall | str] = await asyncio.gather(*looks)
    return tuple(
        _report(table, stall, rules=rules, today=today)
        for table, stall in zip(settings.providers, found, strict=True)
    )


async def _look(
    settings: Settings,
    table: ProviderTable,
    *,
    clock: Clock,
    off_loop: OffLoop,
    stack: AsyncExitStack,
) -> Stall | str:
    try:
        stall = await open_stall(settings, table, off_loop=off_loop, stack=stack)
    except CannotStart as error:
        return str(error)
    found = await discover(stall, clock)
    if found.fault is None and table.base_url is not None:
        # Some providers tell what they offer from a list of their own, without asking anybody.
        silent = await _no_connection(table.base_url)
        return found if silent is None else found.unreachable(silent)
    return found


async def _no_connection(base_url: str) -> str | None:
    """Why nobody answers at that address; None when somebody does."""
    host, _, port = operator_host(base_url).rpartition(":")
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            writer.close()
    except (OSError, TimeoutError) as error:
        return f"no connection to {host}:{port} ({type(error).__name__})"
    return None


def _report(
    table: ProviderTable, stall: Stall | str, *, rules: RoutingRules, today: date
) -> ProviderReport:
    models: tuple[ModelReport, ...] = ()
    if isinstance(stall, Stall):
        models = tuple(
            _model(model, allowed=rules.allows(stall.name, model), today=today)
            for model in (*stall.models, *stall.retired)
        )
    fault = stall.fault if isinstance(stall, Stall) else stall
    return ProviderReport(
        name=table.name,
        kind=table.kind,
        reachable=fault is None,
        fault=fault,
        weight=table.weight,
        canary=table.canary,
        max_concurrent=table.max_concurrent,
        models=models,
    )


def _model(model: Model, *, allowed: bool, today: date) -> ModelReport:
    can: Capabilities = model.capabilities
    days_left = (can.shutdown - today).days if can.shutdown else None
    return ModelReport(
        id=model.id,
        operations=tuple(sorted(one.value for one in can.operations)),
        allowed=allowed,
        price_microusd=can.price.per_image_microusd if can.price else None,
        price_source=can.price.source if can.price else None,
        price_read_on=can.price.read_on.isoformat() if can.price else None,
        shutdown=can.shutdown.isoformat() if can.shutdown else None,
        days_left=days_left,
        retired=days_left is not None and days_left <= 0,
        successor=can.successor,
        version=can.version,
        max_count=can.max_count,
        seed=can.seed.value,
        delivery=can.delivery.value,
        retention_days=can.data_terms.retention_days,
        region=can.data_terms.region,
        trains_on_data=can.data_terms.trains_on_data,
    )
