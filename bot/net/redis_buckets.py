"""Token buckets shared by all processes, filled by Redis's own clock; without Redis each process has its share."""

from __future__ import annotations

from dataclasses import dataclass

from bot.net.buckets import MemoryBuckets
from bot.net.redis_keys import MARGIN_S, RedisKeys
from bot.net.redis_server import RedisAway, RedisServer
from bot.ports import Rate

_US = 1_000_000
_MARGIN_MS = round(MARGIN_S * 1_000)

_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local amount, rate, per, burst, most = unpack(ARGV)
amount, rate, per = tonumber(amount), tonumber(rate), tonumber(per)
burst, most = tonumber(burst), tonumber(most)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'left', 'until', 'paused')
local need, ends = math.max(1, amount), 0
local paused = math.max(0, (tonumber(kept[5]) or now) - now)
local wait = paused
local tokens, left, till = nil, tonumber(kept[3]), tonumber(kept[4])
if till and till <= now then
  redis.call('HDEL', KEYS[1], 'left', 'until')
  left, till = nil, nil
end
if left and left < need then wait = math.max(wait, till - now) end
if rate > 0 then
  tokens = tonumber(kept[1]) or burst
  local gained = math.max(0, now - (tonumber(kept[2]) or now)) * rate / per
  tokens = math.min(burst, tokens + gained)
  if tokens < need then wait = math.max(wait, math.ceil((need - tokens) * per / rate)) end
end
if amount > 0 and wait <= most then
  if tokens then
    tokens = tokens - amount
    redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
    ends = (burst - tokens) * per / rate
  end
  if left and left >= amount then redis.call('HSET', KEYS[1], 'left', left - amount) end
  if till then ends = math.max(ends, till - now) end
  ends = math.max(ends, paused)
  if ends > 0 then
    redis.call('PEXPIRE', KEYS[1], math.ceil(ends / 1000) + tonumber(ARGV[6]))
  end
end
return {string.format('%.0f', wait)}
"""
"""One bucket, looked at and taken from in one step. Tokens below zero are turns that are waited for. Waits are µs."""

_GIVE_BACK = """
local amount, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'left')
local tokens = tonumber(kept[1])
if tokens and burst > 0 then redis.call('HSET', KEYS[1], 'tokens', math.min(burst, tokens + amount)) end
if kept[2] then redis.call('HINCRBY', KEYS[1], 'left', amount) end
return {}
"""
"""A bucket that isn't there is full."""

_LIMIT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local left, till = tonumber(ARGV[1]), now + tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'left', 'until', 'paused')
local said, told, paused = tonumber(kept[1]), tonumber(kept[2]), tonumber(kept[3])
if left == 0 then
  if paused and paused >= till then return {} end
  redis.call('HSET', KEYS[1], 'paused', till)
else
  if said and told > now and said <= left and told >= till then return {} end
  redis.call('HSET', KEYS[1], 'left', left, 'until', till)
end
local ends = math.ceil((till - now) / 1000) + tonumber(ARGV[3])
if redis.call('PTTL', KEYS[1]) < ends then redis.call('PEXPIRE', KEYS[1], ends) end
return {}
"""
"""Nothing left is a pause, kept apart from what another call was told is left: both hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisBuckets:
    """`bot.ports.Buckets` for all processes of a house. `alone` is this process's share, for when Redis is away."""

    server: RedisServer
    keys: RedisKeys
    alone: MemoryBuckets

    async def take(
        self, key: str, amount: int, rate: Rate | None, *, most_wait_s: float = 0.0
    ) -> float:
        """The seconds to wait; taken when that is at most `most_wait_s`."""
        limits = (0, 1, 0) if rate is None else (rate.amount, round(rate.per_s * _US), rate.most)
        args = (amount, *limits, round(most_wait_s * _US), _MARGIN_MS)
        try:
            (wait_us,) = await self.server.run(_TAKE, (self.keys.bucket(key),), args)
        except RedisAway:
            return await self.alone.take(key, amount, rate, most_wait_s=most_wait_s)
        return int(wait_us) / _US

    async def give_back(self, key: str, amount: int, rate: Rate | None) -> None:
        """Calls that were taken and not made."""
        args = (amount, 0 if rate is None else rate.most)
        try:
            await self.server.run(_GIVE_BACK, (self.keys.bucket(key),), args)
        except RedisAway:
            await self.alone.give_back(key, amount, rate)

    async def limit(self, key: str, *, left: int, for_s: float) -> None:
        """No more than `left` calls within the next `for_s` seconds, here and everywhere."""
        await self.alone.limit(key, left=left, for_s=for_s)
        args = (max(0, left), round(max(0.0, for_s) * _US), _MARGIN_MS)
        try:
            await self.server.run(_LIMIT, (self.keys.bucket(key),), args)
        except RedisAway:
            return
