"""A whole house whose one provider answers with hostile bodies; prints how each request ended and what memory it cost.

Run as a process, so that nothing but the house's memory counts:
`python -m tests.scenarios.hostile_house CASE URL`, with URL of `tests.simulators.providers.hostile_bodies serve CASE`.
The memory is the peak of this process; pixels have processes and caps of their own.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import httpx

from bot.net import breaker
from tests.scenarios.shops import open_street
from tests.scenarios.stage import Actor, Stage
from tests.scenarios.test_every_provider import asks_for, stalls_of
from tests.simulators.providers.fault_cases import FaultCase
from tests.simulators.providers.hostile_bodies import FAULTS, case_named, peak_bytes

TIMEOUT_S = 3.0
"""How long a call may take: with a job's id a garbled answer is asked for again until then."""


async def tone_of(street: Stage, case: FaultCase, ana: Actor) -> str:
    """How one request ends."""
    await asks_for(street, case, ana)
    return (await street.newest_final(ana.person)).tone.value


async def main(case: FaultCase, url: str) -> None:
    ends = {}
    # Three bodies in a row would shut it for half a minute, and the fourth would be met by nobody.
    breaker.SHUT_S = 0.01
    with tempfile.TemporaryDirectory() as folder:
        async with (
            stalls_of(case, url, timeout_s=TIMEOUT_S) as stalls,
            open_street(Path(folder), *stalls, deadline_s=10.0) as street,
            httpx.AsyncClient(trust_env=False) as http,
        ):
            assert await tone_of(street, case, street.actor("warm")) == "done"
            start_bytes = peak_bytes()
            for number, fault in enumerate(FAULTS):
                (await http.post(f"{url}/_spoil", json=fault, timeout=60)).raise_for_status()
                ana, ben = street.actor(f"ana{number}"), street.actor(f"ben{number}")
                asking = asyncio.ensure_future(tone_of(street, case, ana))
                beside = await ben.gets("/imagine a hen --model plain --n 1")
                assert beside.tone.value == "done", beside
                ends[f"{number} {fault['kind']}"] = await asking
            growth_bytes = peak_bytes() - start_bytes
    print(json.dumps({"ends": ends, "growth_bytes": growth_bytes}))


if __name__ == "__main__":
    asyncio.run(main(case_named(sys.argv[1]), sys.argv[2]))
