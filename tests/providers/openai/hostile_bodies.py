"""Calls a simulator that answers with hostile bodies and prints how each ended and what memory it cost.

Run as a process: `python -m tests.providers.openai.hostile_bodies URL`.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys

import httpx

from providers import Call, GenerationRequest, Operation, ProviderError
from tests.simulators.providers.cases import provider_at

MIB = 1 << 20

FAULTS = [
    {"kind": "large", "size_bytes": 40 * MIB},
    {"kind": "large", "size_bytes": 100 * MIB},
    {"kind": "gzip_bomb", "size_bytes": 300 * MIB},
    {"kind": "nested_gzip"},
    {"kind": "json_bomb", "size_bytes": 30 * MIB},
    {"kind": "raw", "body": "[" * (10 * MIB)},
]


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def main(url: str) -> None:
    request = GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE, model="gpt-image-2", prompt="a red fox"
    )
    options = {"partial_images": 0}
    ends = {}
    async with provider_at(f"{url}/v1", options=options) as provider, httpx.AsyncClient() as http:
        async for _ in provider.generate(request, Call(key="warm-up", timeout_s=30)):
            pass
        start_bytes = peak_bytes()
        for number, fault in enumerate(FAULTS):
            (await http.post(f"{url}/_faults", json=[fault], timeout=60)).raise_for_status()
            try:
                async for _ in provider.generate(request, Call(key=str(number), timeout_s=30)):
                    pass
            except ProviderError as error:
                ends[f"{number} {fault['kind']}"] = type(error).__name__
    print(json.dumps({"ends": ends, "growth_bytes": peak_bytes() - start_bytes}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
