"""One of several processes that take from one bucket as fast as they can: python -m tests.net.bucket_process URL HOUSE

Reads a line with the moment (monotonic seconds) to begin at and the one to end at; prints how many it was allowed, and
the moments of the first and the last.
"""

import asyncio
import sys
import time

from bot.net.buckets import MemoryBuckets
from bot.net.redis_buckets import RedisBuckets
from bot.net.redis_keys import RedisKeys
from bot.net.redis_server import RedisServer
from bot.ports import Rate

RATE = Rate(amount=100, per_s=1.0)
COROUTINES = 4


async def main(url: str, house: str) -> None:
    server = RedisServer(url)
    buckets = RedisBuckets(
        server=server, keys=RedisKeys(house), alone=MemoryBuckets(sharers=lambda: 4)
    )
    await buckets.take("warm", 1, None)
    print("ready", flush=True)
    begin, end = map(float, sys.stdin.readline().split())
    allowed: list[float] = []

    async def one() -> None:
        await asyncio.sleep(begin - time.monotonic())
        while time.monotonic() < end:
            asked_at = time.monotonic()
            wait_s = await buckets.take("shared", 1, RATE)
            if wait_s == 0:
                allowed.append(asked_at)
            else:
                await asyncio.sleep(min(wait_s, 0.004))

    await asyncio.gather(*(one() for _ in range(COROUTINES)))
    print(len(allowed), min(allowed), max(allowed), flush=True)
    await server.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
