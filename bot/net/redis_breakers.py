"""What all processes know of providers that fail, by Redis's own clock; without Redis each process knows its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.net.breaker import MOST_FAILURES, SHUT_S, MemoryBreakers
from bot.net.redis_keys import BREAKER_TTL_S, RedisKeys
from bot.net.redis_server import RedisAway, RedisServer

_US = 1_000_000

_CLOCK = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""
_SHUT = (
    _CLOCK
    + """
local found = {}
for number, key in ipairs(KEYS) do
  local till = tonumber(redis.call('HGET', key, 'until'))
  found[number] = till and string.format('%.0f', math.max(0, till - now)) or ''
end
return found
"""
)
"""For each the µs until one call may try; empty for those that are open."""
_ADMIT = (
    _CLOCK
    + """
local till = tonumber(redis.call('HGET', KEYS[1], 'until'))
if not till then return {'0'} end
if till > now then return {string.format('%.0f', till - now)} end
redis.call('HSET', KEYS[1], 'until', now + tonumber(ARGV[1]))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return {'0'}
"""
)
_FAILED = (
    _CLOCK
    + """
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
if failures >= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'until', now + tonumber(ARGV[1]))
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return {}
"""
)
_SUCCEEDED = "redis.call('DEL', KEYS[1]) return {}"
_TIMES = (round(SHUT_S * _US), BREAKER_TTL_S, MOST_FAILURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisBreakers:
    """`bot.ports.Breakers` for all processes of a house. `alone` hears everything too, for when Redis is away."""

    server: RedisServer
    keys: RedisKeys
    alone: MemoryBreakers = field(default_factory=MemoryBreakers)

    async def shut(self, keys: Sequence[str]) -> Mapping[str, float]:
        """Those that are shut, with the seconds until one call may try again."""
        if not keys:
            return {}
        try:
            waits = await self.server.run(_SHUT, [self.keys.breaker(key) for key in keys], ())
        except RedisAway:
            return await self.alone.shut(keys)
        return {key: int(wait) / _US for key, wait in zip(keys, waits, strict=True) if wait}

    async def admit(self, key: str) -> float:
        """0 when a call may go, else the seconds to wait."""
        try:
            (wait_us,) = await self.server.run(_ADMIT, (self.keys.breaker(key),), _TIMES)
        except RedisAway:
            return await self.alone.admit(key)
        return int(wait_us) / _US

    async def succeeded(self, key: str) -> None:
        """It is open again, and its failures are forgotten."""
        await self.alone.succeeded(key)
        await self._tell(_SUCCEEDED, key)

    async def failed(self, key: str) -> None:
        """One more in a row."""
        await self.alone.failed(key)
        await self._tell(_FAILED, key)

    async def _tell(self, script: str, key: str) -> None:
        try:
            await self.server.run(script, (self.keys.breaker(key),), _TIMES)
        except RedisAway:
            return
