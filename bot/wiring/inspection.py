"""What is configured to paint, seen from outside: reachable, allowed, priced, about to be shut down. It costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from datetime import date

from bot.config import ProviderTable, Settings
from bot.domain.house import HouseRules
from bot.domain.routing import RoutingRules
from bot.images.processes import ImageProcesses
from bot.net.policy import operator_host
from bot.net.redaction import redacted
from bot.pipeline.catalog import WARNED_DAYS, Stall
from bot.pipeline.discovery import discover
from bot.ports import Clock
from bot.wiring.faults import CannotStart
from bot.wiring.plugins import open_stall
from providers import (
    Busy,
    Capabilities,
    ChecksKey,
    CreditExhausted,
    Model,
    OffLoop,
    ProviderError,
    Unauthorized,
)

CONNECT_S = 5.0
KEY_CHECK_S = 15.0
"""Ours: a vendor that takes longer to say who a key belongs to is as good as away to whoever waits at the shell."""


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
    """One `[[providers]]` table. `fault` says why it can't be used, `not_asked` why that isn't known."""

    name: str
    kind: str
    reachable: bool
    fault: str | None
    not_asked: str | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What was seen of one table."""

    stall: Stall | None = None
    fault: str | None = None
    not_asked: str | None = None


async def inspect(
    settings: Settings, *, clock: Clock, asks_with_keys: bool = False
) -> tuple[ProviderReport, ...]:
    """Every configured provider, in the order of the configuration; a wrong table is told, not raised.

    With `asks_with_keys` each is also asked something that is free and needs its key.
    """
    rules = HouseRules(**settings.rules.model_dump()).routing
    today = clock.now().date()
    async with AsyncExitStack() as stack:
        models = ImageProcesses(workers=1, name="models")
        stack.push_async_callback(models.aclose)
        looks = [
            _look(settings, table, clock=clock, off_loop=models, stack=stack)
            for table in settings.providers
        ]
        found: Sequence[_Look] = await asyncio.gather(*looks)
        if asks_with_keys:
            found = await asyncio.gather(*(_asked(look) for look in found))
    return tuple(
        _report(table, look, rules=rules, today=today)
        for table, look in zip(settings.providers, found, strict=True)
    )


async def _look(
    settings: Settings,
    table: ProviderTable,
    *,
    clock: Clock,
    off_loop: OffLoop,
    stack: AsyncExitStack,
) -> _Look:
    try:
        stall = await open_stall(settings, table, off_loop=off_loop, stack=stack)
    except CannotStart as error:
        return _Look(fault=str(error))
    found = await discover(stall, clock)
    fault = found.fault
    if fault is None and table.base_url is not None:
        # Some providers tell what they offer from a list of their own, without asking anybody.
        fault = await _no_connection(table.base_url)
    return _Look(stall=found, fault=fault)


async def _asked(look: _Look) -> _Look:
    """The look with what the other side says to the key. A fault that was seen before gives way to a clearer one."""
    if look.stall is None:
        return look
    provider = look.stall.provider
    if not isinstance(provider, ChecksKey):
        return replace(look, not_asked="this kind has no free question for its key")
    try:
        async with asyncio.timeout(KEY_CHECK_S):
            not_asked = await provider.check_key()
    except Busy as busy:
        return replace(look, not_asked=f"it wants to be left alone now ({_said(busy)})")
    except Unauthorized as error:
        return replace(look, fault=f"its key is refused ({_said(error)})")
    except CreditExhausted as error:
        return replace(look, fault=f"its account is out of money ({_said(error)})")
    except (ProviderError, TimeoutError) as error:
        return replace(look, fault=look.fault or _said(error))
    return replace(look, not_asked=not_asked)


def _said(error: Exception) -> str:
    return redacted(str(error)) or type(error).__name__


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
    table: ProviderTable, look: _Look, *, rules: RoutingRules, today: date
) -> ProviderReport:
    models: tuple[ModelReport, ...] = ()
    if look.stall is not None:
        models = tuple(
            _model(model, allowed=rules.allows(table.name, model), today=today)
            for model in (*look.stall.models, *look.stall.retired)
        )
    return ProviderReport(
        name=table.name,
        kind=table.kind,
        reachable=look.fault is None,
        fault=look.fault,
        not_asked=look.not_asked,
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
