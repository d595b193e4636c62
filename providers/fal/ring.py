"""Webhooks of fal: ED25519 under one of its published keys, at most 300 s old by our clock."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from providers.errors import ForgedRing, ProviderError
from providers.protocol import Ring
from providers.remote_jobs.ids import is_job_id

TOLERANCE_S = 300
KEYS_ARE_GOOD_FOR_S = 24 * 3600.0
"""Longest that keys may be kept (docs.fal.ai/model-endpoints/webhooks, read 2026-11-22)."""

RENEW_AFTER_S = 60.0
"""A forger can make us ask for the keys again, but not more often than this."""

MAX_KEYS = 20
SIGNATURE = re.compile(r"[0-9a-fA-F]{128}")
TEXT = re.compile(r"[\x21-\x7e]{1,200}")


class Keys:
    """fal's public keys, fetched when they are needed and kept for a day."""

    def __init__(self, fetch: Callable[[], Awaitable[Mapping[str, object]]]) -> None:
        self._fetch = fetch
        self._keys: tuple[VerifyKey, ...] = ()
        self._fetched_at_s: float | None = None
        self._asked_at_s: float | None = None

    async def current(self, *, now_s: float) -> Sequence[VerifyKey]:
        """The keys. ForgedRing when there are none to be had: what can't be checked isn't believed."""
        age_s = None if self._fetched_at_s is None else now_s - self._fetched_at_s
        if age_s is None or not 0 <= age_s < KEYS_ARE_GOOD_FOR_S:
            await self.renewed(now_s=now_s)
        return self._keys

    async def renewed(self, *, now_s: float) -> bool:
        """Whether the keys were fetched again; not when that was just done."""
        if self._asked_at_s is not None and 0 <= now_s - self._asked_at_s < RENEW_AFTER_S:
            return False
        self._asked_at_s = now_s
        try:
            self._keys = keys_of(await self._fetch())
        except ProviderError as error:
            self._asked_at_s = None
            raise ForgedRing(f"fal's keys can't be had: {error.detail}") from error
        self._fetched_at_s = now_s
        return True


def keys_of(fields: Mapping[str, object]) -> tuple[VerifyKey, ...]:
    """The ED25519 keys of a JSON Web Key Set; others are left out."""
    listed = fields.get("keys")
    found = []
    for key in (listed if isinstance(listed, list) else [])[:MAX_KEYS]:
        text = key.get("x") if isinstance(key, Mapping) else None
        if not isinstance(text, str):
            continue
        try:
            found.append(VerifyKey(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        except (ValueError, TypeError, binascii.Error):
            continue
    return tuple(found)


async def read_ring(headers: Mapping[str, str], body: bytes, *, keys: Keys, now_s: float) -> Ring:
    """The ring. ForgedRing when a header is missing or strange, the time is off, or no key of fal's signed it."""
    parts = [headers.get(f"x-fal-webhook-{name}", "") for name in ("request-id", "user-id")]
    stamp = headers.get("x-fal-webhook-timestamp", "")
    signature = headers.get("x-fal-webhook-signature", "")
    if not all(TEXT.fullmatch(text) for text in parts) or not SIGNATURE.fullmatch(signature):
        raise ForgedRing("a header is missing or strange")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        raise ForgedRing("no timestamp")
    if abs(now_s - int(stamp)) > TOLERANCE_S:
        raise ForgedRing(f"rung {now_s - int(stamp):.0f} s ago")
    job_id = parts[0]
    if not is_job_id(job_id):
        raise ForgedRing("a ring names no job")
    message = "\n".join([*parts, stamp, hashlib.sha256(body).hexdigest()]).encode()
    signed = bytes.fromhex(signature)
    if not is_signed(message, signed, await keys.current(now_s=now_s)) and not (
        # A key may have been added since they were fetched.
        await keys.renewed(now_s=now_s)
        and is_signed(message, signed, await keys.current(now_s=now_s))
    ):
        raise ForgedRing("no key of fal's signed it")
    return Ring(remote_id=job_id, event_id=job_id)


def is_signed(message: bytes, signature: bytes, keys: Sequence[VerifyKey]) -> bool:
    """Whether one of the keys signed the message."""
    for key in keys:
        try:
            key.verify(message, signature)
        except (BadSignatureError, ValueError):
            continue
        return True
    return False
