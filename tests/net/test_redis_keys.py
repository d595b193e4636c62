"""What the house leaves in Redis: names from one file, each of which ends by itself."""

import ast
from pathlib import Path

from redis import Redis

from bot.net.buckets import MemoryBuckets
from bot.net.redis_breakers import RedisBreakers
from bot.net.redis_buckets import RedisBuckets
from bot.net.redis_keys import BREAKER_TTL_S, RedisKeys
from bot.net.redis_server import RedisServer
from bot.ports import Rate
from tests.servers.redis import RedisProcess

BOT = Path(__file__).parents[2] / "bot"
KEYS = RedisKeys("house")
RATE = Rate(amount=10, per_s=60.0)


async def test_every_key_is_named_in_one_file_and_ends_by_itself(
    mortal_redis: RedisProcess,
) -> None:
    server = RedisServer(mortal_redis.url)
    buckets = RedisBuckets(server=server, keys=KEYS, alone=MemoryBuckets())
    breakers = RedisBreakers(server=server, keys=KEYS)
    await buckets.take("taken", 3, RATE)
    await buckets.take("asked only", 0, RATE)
    await buckets.take("refused", 11, RATE)
    await buckets.take("reserved", 15, RATE, most_wait_s=3600)
    await buckets.limit("told", left=0, for_s=30)
    await buckets.limit("told for no time", left=5, for_s=0)
    await buckets.limit("taken", left=1, for_s=1)
    await buckets.take("taken", 1, RATE)
    await breakers.failed("once")
    for _ in range(5):
        await breakers.failed("shut")
    await breakers.admit("shut")
    await server.aclose()

    with Redis.from_url(mortal_redis.url, decode_responses=True) as client:
        left = {key: client.ttl(key) for key in client.scan_iter()}

    known = {KEYS.bucket(key) for key in ("taken", "reserved", "told", "told for no time")}
    known |= {KEYS.breaker(key) for key in ("once", "shut")}
    assert left.keys() <= known
    assert {KEYS.bucket("taken"), KEYS.bucket("told"), KEYS.breaker("shut")} <= left.keys()
    assert all(0 < seconds <= BREAKER_TTL_S for seconds in left.values()), left


def test_nobody_else_writes_such_a_name() -> None:
    names = {
        path.name
        for path in BOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("impasto:")
    }

    assert names == {"redis_keys.py"}
