"""A provider whose process is killed under load: others take over at once, and nobody is billed twice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bot.domain.card import Tone
from bot.net import breaker
from bot.pipeline.catalog import Stall
from bot.ports import JournalledCall
from tests.scenarios.shops import open_street
from tests.scenarios.stage import Actor, Stage
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.serving import killable_simulator

MODULE = "tests.simulators.providers.openai"
OURS = {"models": ("sdxl-base",), "options": {"dialect": "extended", "partial_images": 0}}
IN_FLIGHT = 3
SHUT_S = 1.0
"""In place of 30 s: a probe each second."""


@dataclass
class Bill:
    file: Path

    @property
    def prompts(self) -> list[str]:
        if not self.file.exists():
            return []
        return [json.loads(line)["prompt"] for line in self.file.read_text().splitlines()]


@asynccontextmanager
async def table(name: str, url: str, **more: object) -> AsyncIterator[Stall]:
    async with provider_at(f"{url}/v1", name=name, **OURS) as provider:
        yield Stall(provider=provider, models=tuple(await provider.models()), **more)


async def calls_at(street: Stage, people: list[Actor], provider: str) -> list[JournalledCall]:
    """Every call that left the house for that provider."""
    found = []
    for one in people:
        for job in await street.house.store.queue.jobs_of(
            one.person.lane, unfinished=False, limit=99
        ):
            found += [
                call
                for call in await street.house.store.journal.calls(job.id)
                if call.provider == provider
            ]
    return found


async def until(street: Stage, happened) -> None:
    """Looks at a file that another process writes."""
    async with asyncio.timeout(20):
        while not happened():
            await street.house.signals.wait("nothing", timeout_s=0.01)


async def test_a_provider_killed_under_load_is_left_alone_and_nobody_is_billed_twice(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(breaker, "SHUT_S", SHUT_S)
    doomed_bill, well_bill = Bill(tmp_path / "doomed"), Bill(tmp_path / "well")
    async with AsyncExitStack() as stack:
        enter = stack.enter_context
        slow = ("--extended", "--delay-s", "0.3")
        doomed_url, process = enter(
            killable_simulator(MODULE, "--bill", str(doomed_bill.file), *slow)
        )
        well_url, _ = enter(killable_simulator(MODULE, "--bill", str(well_bill.file), "--extended"))
        doomed = await stack.enter_async_context(
            table("doomed", doomed_url, weight=1000, max_concurrent=IN_FLIGHT)
        )
        well = await stack.enter_async_context(table("well", well_url, weight=1))
        street = await stack.enter_async_context(open_street(tmp_path / "house", doomed, well))
        people = [street.actor(f"u{number}") for number in range(24)]
        for number, one in enumerate(people[:16]):
            await one.says(f"/imagine fox number {number} --n 1")
        await until(street, lambda: len(doomed_bill.prompts) >= IN_FLIGHT)
        before_kill = len(well_bill.prompts)

        process.kill()
        killed_at = monotonic()
        await until(street, lambda: len(well_bill.prompts) > before_kill)
        fallback_s = monotonic() - killed_at
        first = [await street.newest_final(one.person) for one in people[:16]]
        while monotonic() < killed_at + 3 * SHUT_S:
            for number, one in enumerate(people[16:]):
                await one.says(f"/imagine hen number {number} at {monotonic():.3f} --n 1")
                await street.newest_final(one.person)
        down_s = monotonic() - killed_at
        calls = await calls_at(street, people, "doomed")

    failed = [call for call in calls if call.state in {"failed", "unknown"}]
    lost = [call for call in calls if call.state == "unknown"]
    billed = Counter(doomed_bill.prompts + well_bill.prompts)
    assert fallback_s < 10
    assert len(failed) <= 3 + IN_FLIGHT + down_s // SHUT_S + 1
    assert len(failed) > 3, "the dead one was never tried again"
    assert len(lost) <= IN_FLIGHT
    assert max(billed.values()) == 1
    # What was in flight may have been billed: it is told, not repeated. Everybody else has a picture.
    assert Counter(card.tone for card in first)[Tone.DONE] >= 16 - IN_FLIGHT
