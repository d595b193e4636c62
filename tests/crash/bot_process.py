"""The process under test: the whole house on one data folder, answering the simulated chat.

It tells every boundary to a pipe and, where it was told to, sends itself a signal at one of them: SIGKILL dies there,
SIGSTOP freezes there, SIGTERM is asked to stop there. Run by `fork_server.py`, or on its own: python -m
tests.crash.bot_process --data-dir D --chat URL --provider URL --kind sync --boundaries PIPE
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bot.cli.stopping import stop_on_signals
from bot.config import Settings
from bot.domain.identity import JobId
from bot.domain.job import Fence
from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy, operator_host
from bot.pipeline.catalog import Catalog, Stall
from bot.ports import Renewal
from bot.telemetry.logs import set_up_logs
from bot.wiring.fittings import Fittings, Leases, SystemClock
from bot.wiring.house import House, open_house
from bot.wiring.part import Part
from moderation import Allow, Gate, ImageCase, PromptCase, Verdict
from moderation.panel import Panel
from providers import ProviderConfig, Workshop
from tests.crash.broken_builds import BUILDS, Build
from tests.simulators.chat.surface import PLATFORM, ChatPostman
from tests.simulators.providers.polling_adapter import plugin as polling_plugin

SIDE_PX = 64


@dataclass(slots=True)
class Boundaries:
    """Tells every boundary to a pipe, and sends this process `signal_number` at the chosen one."""

    pipe: int
    at: str | None
    occurrence: int
    signal_number: signal.Signals
    seen: Counter[str]

    def __call__(self, name: str, job: JobId | None) -> None:
        os.write(self.pipe, f"{name} {'-' if job is None else job}\n".encode())
        self.seen[name] += 1
        if name == self.at and self.seen[name] == self.occurrence:
            os.kill(os.getpid(), self.signal_number)


@dataclass(frozen=True, slots=True)
class MovableClock:
    """The machine's time plus the seconds written in a file: moved while a process is frozen, it froze that long."""

    offset: Path

    def now(self) -> datetime:
        moved_s = float(self.offset.read_text()) if self.offset.exists() else 0.0
        return SystemClock().now() + timedelta(seconds=moved_s)


class NeverRenewing:
    """A queue whose heartbeats get lost: like another process, the sweep takes over what is still being worked on."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    async def renew(self, fences: Sequence[Fence], *, lease_s: float) -> Renewal:
        return Renewal(lost=frozenset(), cancel_asked=frozenset())


class Allowing:
    """A judge who has nothing against anything: what judges say is not what is tested here."""

    name = "allowing"
    version = "1"
    gates = frozenset(Gate)

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        return Allow()

    async def judge_image(self, case: ImageCase) -> Verdict:
        return Allow()


def leases_of(given: argparse.Namespace) -> Leases:
    """The usual ones, or short ones where nobody's clock can be moved."""
    lease_s = given.lease_s
    if lease_s is None:
        return Leases()
    return Leases(job_s=lease_s, admission_s=lease_s, letter_s=lease_s + 2)


def settings_of(given: argparse.Namespace) -> Settings:
    """Tiny pictures, no quota in the way, one process for pixels."""
    return Settings.model_validate(
        {
            "data_dir": given.data_dir,
            "database_url": given.database_url or None,
            "redis_url": given.redis_url or None,
            "slots": given.slots,
            "image_processes": 1,
            "providers": [
                {
                    "name": "sync",
                    "kind": "openai",
                    "base_url": given.provider,
                    "models": ["small"],
                    "options": {"dialect": "extended", "response_format": "b64_json"},
                }
            ],
            "rules": {"side_px": SIDE_PX, "images_per_day": 10_000, "jobs_queued": 1_000},
        }
    )


async def catalog_of(
    given: argparse.Namespace, stack: AsyncExitStack
) -> Callable[[Catalog], Catalog]:
    """The one provider there is: `sync` is the configured one and forgets what it did, `polling` has job ids, `keyed`
    also bills a key once.
    """
    if given.kind == "sync":
        return lambda configured: configured
    policy = OutboundPolicy(operator_hosts=frozenset({operator_host(given.provider)}))
    http = await stack.enter_async_context(make_client(policy))
    provider = polling_plugin(
        ProviderConfig(name=given.kind, kind="polling", base_url=given.provider),
        Workshop(http=http, off_loop=_no_work, log=logging.getLogger("provider")),
    )
    models = tuple(
        replace(
            model,
            capabilities=replace(model.capabilities, repeatable=given.kind == "keyed"),
        )
        for model in await provider.models()
    )
    stall = Stall(provider=provider, models=models, max_concurrent=given.slots)
    return lambda configured: Catalog((stall,))


async def _no_work(function, *args, timeout_s):
    raise AssertionError("these providers do nothing off the loop")


@asynccontextmanager
async def opened(
    given: argparse.Namespace, build: Build, chat: httpx.AsyncClient, boundary: Boundaries
) -> AsyncIterator[House]:
    """The house as this test has it."""
    async with AsyncExitStack() as stack:
        catalog = await catalog_of(given, stack)
        house = await stack.enter_async_context(
            open_house(
                settings_of(given),
                work=True,
                part=Part(given.part),
                fittings=Fittings(
                    leases=leases_of(given),
                    clock=MovableClock(given.clock),
                    boundary=boundary,
                    postmen={PLATFORM: ChatPostman(chat, boundary)},
                    catalog=catalog,
                    panel=lambda configured: Panel(
                        [(Allowing(), True)], policy_version="1", timeout_s=5.0
                    ),
                ),
            )
        )
        build.fit(house, chat)
        if given.never_renew:
            house._worker.queue = NeverRenewing(house._worker.queue)
        yield house


async def work(given: argparse.Namespace) -> None:
    """Until SIGTERM, like `impasto run`."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    boundary = Boundaries(
        pipe=os.open(given.boundaries, os.O_WRONLY | os.O_CLOEXEC),
        at=given.at,
        occurrence=given.occurrence,
        signal_number=signal.Signals[given.signal],
        seen=Counter(),
    )
    build = BUILDS[given.build]
    async with (
        httpx.AsyncClient(base_url=given.chat) as chat,
        opened(given, build, chat, boundary) as house,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(house.work(stop=stop, drain_s=given.drain_s))
        if house.part.receives:
            group.create_task(build.listen(chat, house.dispatch, boundary, stop=stop))
        boundary("opened", None)
        await stop.wait()
        boundary("stopping", None)


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data-dir", type=Path, required=True)
    words.add_argument("--chat", required=True)
    words.add_argument("--provider", required=True)
    words.add_argument("--kind", choices=("sync", "polling", "keyed"), required=True)
    words.add_argument("--boundaries", type=Path, required=True, help="a named pipe")
    words.add_argument("--log", type=Path, required=True)
    words.add_argument("--clock", type=Path, required=True)
    words.add_argument("--part", choices=[part.value for part in Part], default=Part.ALL.value)
    words.add_argument("--database-url", default="")
    words.add_argument("--redis-url", default="")
    words.add_argument("--lease-s", type=float)
    words.add_argument("--build", choices=sorted(BUILDS), default="sound")
    words.add_argument("--at", help="the boundary at which this process gets a signal")
    words.add_argument("--occurrence", type=int, default=1)
    words.add_argument("--signal", default="SIGKILL")
    words.add_argument("--slots", type=int, default=4)
    words.add_argument("--never-renew", action="store_true", help="leases lapse in good hands")
    words.add_argument("--drain-s", type=float, default=30.0)
    return words


def main(words: Sequence[str] | None = None) -> None:
    given = parser().parse_args(words)
    set_up_logs(secrets=(), stream=given.log.open("a"))
    asyncio.run(work(given))


if __name__ == "__main__":
    main()
