"""Configured providers and judges become running ones."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from hashlib import blake2b

import httpx

from bot.config import ModeratorTable, ProviderTable, Settings
from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy, operator_host
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.discovery import discover, warn_of_shutdowns
from bot.ports import Clock, Rate
from bot.wiring.faults import CannotStart
from moderation import Bench, Judge, JudgeConfig
from moderation import registry as judges
from moderation.panel import Panel
from providers import OffLoop, Provider, ProviderConfig, Workshop
from providers import registry as providers

JUDGE_TIMEOUT_S = 20.0
"""A cold local model takes about two seconds to load; a busy machine several times that."""
POLICY_VERSION = "2026-11-1"

log = logging.getLogger("impasto.wiring")


async def open_catalog(
    settings: Settings, *, clock: Clock, off_loop: OffLoop, stack: AsyncExitStack
) -> Catalog:
    """Every configured provider with the models it offers now. CannotStart when a table is wrong.

    One that can't be reached is there without models; a CatalogKeeper asks it again.
    """
    stalls = [
        await open_stall(settings, table, off_loop=off_loop, stack=stack)
        for table in settings.providers
    ]
    names = [stall.name for stall in stalls]
    if len(set(names)) != len(names):
        raise CannotStart("Two [[providers]] have the same name in impasto.toml.")
    if not stalls:
        raise CannotStart("No provider is configured; look at [[providers]] in impasto.toml.")
    found = await asyncio.gather(*(discover(stall, clock) for stall in stalls))
    for stall in found:
        if stall.fault is not None:
            log.warning("provider %s offers nothing now: %s", stall.name, stall.fault)
    catalog = Catalog(tuple(found))
    warn_of_shutdowns(catalog, clock)
    return catalog


async def open_stall(
    settings: Settings, table: ProviderTable, *, off_loop: OffLoop, stack: AsyncExitStack
) -> Stall:
    """One configured provider, not yet asked what it offers. CannotStart when its table is wrong."""
    key = _key(settings, table)
    provider = await _provider(table, key, off_loop=off_loop, stack=stack)
    account = f"{table.kind} {table.base_url or ''} {key}" if key else f"table {table.name}"
    return Stall(
        provider=provider,
        models=(),
        weight=table.weight,
        canary=table.canary,
        max_concurrent=table.max_concurrent,
        rate=None if table.rate is None else Rate(amount=table.rate[0], per_s=table.rate[1]),
        # Shared with other processes later, so the key itself must not be in it.
        account=blake2b(account.encode(), digest_size=12).hexdigest(),
        timeout_s=table.timeout_s,
    )


async def _provider(
    table: ProviderTable, key: str | None, *, off_loop: OffLoop, stack: AsyncExitStack
) -> Provider:
    http = await _client(table.base_url, table.timeout_s, stack)
    config = ProviderConfig(
        name=table.name,
        kind=table.kind,
        base_url=table.base_url,
        api_key=key,
        models=table.models,
        options=table.options,
    )
    workshop = Workshop(
        http=http, off_loop=off_loop, log=logging.getLogger(f"impasto.provider.{table.name}")
    )
    try:
        return providers.plugin(table.kind)(config, workshop)
    except (LookupError, ValueError) as error:
        raise CannotStart(f"Provider {table.name!r}: {error}") from None


async def open_panel(settings: Settings, *, off_loop: OffLoop, stack: AsyncExitStack) -> Panel:
    """All configured judges. CannotStart when a table is wrong."""
    seats: list[tuple[Judge, bool]] = []
    for table in settings.moderators:
        http = await _client(table.base_url, JUDGE_TIMEOUT_S, stack)
        config = JudgeConfig(
            name=table.name,
            kind=table.kind,
            base_url=table.base_url,
            api_key=_key(settings, table),
            required=table.required,
            options=table.options,
        )
        bench = Bench(
            http=http, off_loop=off_loop, log=logging.getLogger(f"impasto.judge.{table.name}")
        )
        try:
            seats.append((judges.plugin(table.kind)(config, bench), table.required))
        except (LookupError, ValueError) as error:
            raise CannotStart(f"Moderator {table.name!r}: {error}") from None
    return Panel(seats, policy_version=POLICY_VERSION, timeout_s=JUDGE_TIMEOUT_S)


async def _client(
    base_url: str | None, timeout_s: float, stack: AsyncExitStack
) -> httpx.AsyncClient:
    """A client of its own for each plug-in, so that a host one operator wrote opens no door for another."""
    try:
        hosts = frozenset({operator_host(base_url)}) if base_url else frozenset[str]()
    except (ValueError, httpx.InvalidURL) as error:
        raise CannotStart(f"base_url: {error}. Write it as http://127.0.0.1:8000/v1.") from None
    policy = OutboundPolicy(
        operator_hosts=hosts, total_timeout_s=timeout_s, silence_timeout_s=timeout_s
    )
    return await stack.enter_async_context(make_client(policy))


def _key(settings: Settings, table: ProviderTable | ModeratorTable) -> str | None:
    """The key of a table. CannotStart when it names a variable that is not set: calls would go out without it."""
    if table.api_key_file is not None:
        return settings.secret(str(table.api_key_file))
    if table.api_key_env is None:
        return None
    key = settings.secret(table.api_key_env)
    if key is None:
        raise CannotStart(f"{table.name}: api_key_env names {table.api_key_env}, which is not set.")
    return key
