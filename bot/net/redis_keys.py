"""Every name used in Redis, built here and nowhere else. All of them may be lost at any moment.

| name | holds | ends |
|---|---|---|
| `impasto:{house}:bucket:{key}` | a token bucket, and what the other side said is left | when it would be full again |
| `impasto:{house}:breaker:{provider}` | failures in a row, and until when nobody asks | after BREAKER_TTL_S without news |
| `impasto:{house}:signals` | nothing: a channel keeps no message | |
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

BREAKER_TTL_S = 3600
"""Failures so long ago say nothing of now."""
MARGIN_S = 1.0
"""How much longer a bucket is kept than it needs to fill."""


@dataclass(frozen=True, slots=True)
class RedisKeys:
    """The names of one house, so that several may share a server."""

    house: str

    @classmethod
    def of(cls, secret: str) -> RedisKeys:
        """Of the house with that secret, which all its processes share."""
        return cls(blake2b(secret.encode(), digest_size=6, person=b"redis keys").hexdigest())

    def bucket(self, key: str) -> str:
        """A token bucket."""
        return f"impasto:{self.house}:bucket:{key}"

    def breaker(self, provider: str) -> str:
        """What is known of a provider's failures."""
        return f"impasto:{self.house}:breaker:{provider}"

    @property
    def signals(self) -> str:
        """The channel of wake-ups and progress."""
        return f"impasto:{self.house}:signals"
