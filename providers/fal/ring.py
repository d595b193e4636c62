"""Webhooks of fal: ED25519 under one of its published keys, at most 300 s old by our clock."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from providers.errors import BadAnswer, ForgedRing
from providers.protocol import Ring
from providers.remote_jobs.ids import is_job_id
from providers.remote_jobs.ring_keys import RingKeys

TOLERANCE_S = 300
KEYS_ARE_GOOD_FOR_S = 24 * 3600.0
"""Longest that keys may be kept (docs.fal.ai/model-endpoints/webhooks, read 2026-11-22)."""

MAX_KEYS = 20
SIGNATURE = re.compile(r"[0-9a-fA-F]{128}")
TEXT = re.compile(r"[\x21-\x7e]{1,200}")


Keys = RingKeys[tuple[VerifyKey, ...]]


def published_keys(fetch: Callable[[], Awaitable[Mapping[str, object]]]) -> Keys:
    """fal's public keys, fetched when they are needed and kept for a day."""

    async def listed() -> tuple[VerifyKey, ...]:
        keys = keys_of(await fetch())
        if not keys:
            raise BadAnswer("fal lists no key")
        return keys

    return RingKeys(listed, good_for_s=KEYS_ARE_GOOD_FOR_S)


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
    """The ring. ForgedRing when a header is missing or strange, the time is off, or no key of fal's signed it.

    Unavailable while the keys can't be had; they are asked for last, for a ring that could be fal's.
    """
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
    known = await keys.current(now_s=now_s)
    if not is_signed(message, signed, known):
        # A key may have been added since they were fetched.
        others = await keys.other_than(known, now_s=now_s)
        if others is None or not is_signed(message, signed, others):
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
