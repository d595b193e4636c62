"""Webhooks of Black Forest Labs: HMAC-SHA256 over the raw body, under a secret we choose.

No timestamp is signed, so an old ring can't be told from a new one: it names a job, and whoever hears it asks that job's
state. Source: the makers' own integration notes (black-forest-labs/skills @d0793c8), read 2026-11-22.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from providers.errors import ForgedRing
from providers.protocol import Ring
from providers.remote_jobs.ids import is_job_id


def derived_secret(api_key: str, name: str) -> str:
    """A secret for the webhooks of a provider: the same in every process that has its key, and no way back to it."""
    return hmac.new(api_key.encode(), f"webhooks of {name}".encode(), hashlib.sha256).hexdigest()


def signature(secret: str, body: bytes) -> str:
    """The header's value for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def read_ring(headers: Mapping[str, str], body: bytes, *, secret: str) -> Ring:
    """The ring. ForgedRing when the signature is another's or the body names no job."""
    given = headers.get("x-bfl-signature", "")
    if not hmac.compare_digest(signature(secret, body).encode(), given.encode()):
        raise ForgedRing("the signature is not ours")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ForgedRing("a signed body is no JSON") from error
    job_id = found.get("id") or found.get("task_id") if isinstance(found, dict) else None
    if not is_job_id(job_id):
        raise ForgedRing("a signed body names no job")
    return Ring(remote_id=job_id, event_id=f"{job_id} {str(found.get('status', ''))[:40]}")
