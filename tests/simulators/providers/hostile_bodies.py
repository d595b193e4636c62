"""Calls a provider whose picture comes in hostile bodies; prints how each call ended and what memory it cost.

Run as a process, so that nothing but the adapter's memory counts:
`python -m tests.simulators.providers.hostile_bodies CASE URL`, with URL of the same module run with `serve CASE`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from providers import Call, ProviderError
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.fault_cases import FAULT_CASES, FaultCase
from tests.simulators.providers.serving import run_as_process
from tests.simulators.providers.spoiling import Spoiler

MIB = 1 << 20

FAULTS = (
    {"kind": "huge", "size_bytes": 40 * MIB},
    {"kind": "huge", "size_bytes": 100 * MIB},
    {"kind": "gzip_bomb", "size_bytes": 300 * MIB},
    {"kind": "gzip_bomb", "size_bytes": 64 * MIB, "layers": 2},
    {"kind": "json_bomb", "size_bytes": 30 * MIB},
    {"kind": "text", "body": "[" * (10 * MIB)},
)


def case_named(name: str) -> FaultCase:
    return next(case for case in FAULT_CASES if case.name == name)


def spoiled_app(case: FaultCase) -> ASGIApp:
    """The case's simulator behind a spoiler that POST /_spoil tells its fault."""
    spoiler = Spoiler(case.simulator().app)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/_spoil":
            spoiler.spoil(await Request(scope, receive).json(), case.brings)
            response: Response = JSONResponse({"spoiling": True})
            await response(scope, receive, send)
            return
        await spoiler(scope, receive, send)

    return app


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def ended(provider, case: FaultCase, *, key: str, timeout_s: float) -> str:
    try:
        async for _ in provider.generate(case.request, Call(key=key, timeout_s=timeout_s)):
            pass
    except ProviderError as error:
        return type(error).__name__
    return "Done"


async def main(case: FaultCase, url: str) -> None:
    ends = {}
    base_url = f"{url}{case.base_path}"
    async with (
        provider_at(base_url, case.plugin, **case.table) as provider,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        assert await ended(provider, case, key="warm-up", timeout_s=30) == "Done"
        start_bytes = peak_bytes()
        for number, fault in enumerate(FAULTS):
            (await http.post(f"{url}/_spoil", json=fault, timeout=60)).raise_for_status()
            timeout_s = 3 if case.has_job_ids else 30
            ends[f"{number} {fault['kind']}"] = await ended(
                provider, case, key=str(number), timeout_s=timeout_s
            )
    print(json.dumps({"ends": ends, "growth_bytes": peak_bytes() - start_bytes}))


if __name__ == "__main__":
    if "serve" in sys.argv:
        parser = argparse.ArgumentParser(description=__doc__)
        parser.add_argument("verb", choices=["serve"])
        parser.add_argument("case")
        run_as_process(lambda given: spoiled_app(case_named(given.case)), parser)
    else:
        asyncio.run(main(case_named(sys.argv[1]), sys.argv[2]))
