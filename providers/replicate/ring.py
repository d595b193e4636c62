"""Webhooks of Replicate: Standard Webhooks, at most 300 s old by our clock."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from providers.errors import ForgedRing
from providers.protocol import Ring
from providers.remote_jobs.ids import is_job_id

TOLERANCE_S = 300
"""Older or newer is refused. The library's own check reads the machine's clock, so ours stands before it."""

MAX_SIGNATURES = 8
MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,199}")
SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
"""32 bytes of HMAC-SHA256."""


def check_form(headers: Mapping[str, str], *, now_s: float) -> None:
    """ForgedRing when a header is missing or strange, or the time is off: that needs no secret to be seen."""
    stamp = headers.get("webhook-timestamp", "")
    if not MESSAGE_ID.fullmatch(headers.get("webhook-id", "")):
        raise ForgedRing("no webhook-id")
    if not (
        stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12 and str(int(stamp)) == stamp
    ):
        raise ForgedRing("no webhook-timestamp")
    if abs(now_s - int(stamp)) > TOLERANCE_S:
        raise ForgedRing(f"rung {now_s - int(stamp):.0f} s ago")
    if not signatures(headers):
        raise ForgedRing("no webhook-signature")


def signatures(headers: Mapping[str, str]) -> list[str]:
    """What in the header has a signature's form. There are several while a secret is being changed."""
    given = headers.get("webhook-signature", "").split(" ")[:MAX_SIGNATURES]
    return [one for one in given if SIGNATURE.fullmatch(one)]


def read_ring(headers: Mapping[str, str], body: bytes, *, secret: str, now_s: float) -> Ring:
    """The ring. ForgedRing when a header is missing or strange, the time is off, or no signature is theirs.

    The library signs what came and the signatures are compared as texts: its `verify` decodes base64 leniently and
    takes any spelling of the time, so that changed bytes could pass.
    """
    check_form(headers, now_s=now_s)
    message_id, stamp = headers["webhook-id"], headers["webhook-timestamp"]
    try:
        signed = Webhook(secret).sign(
            message_id, datetime.fromtimestamp(int(stamp), tz=UTC), body.decode("utf-8")
        )
    except (ValueError, EmptyWebhookSecretError) as error:
        raise ForgedRing(f"the signature can't be checked: {error}") from error
    if not any(hmac.compare_digest(signed.encode(), one.encode()) for one in signatures(headers)):
        raise ForgedRing("the signature is not theirs")
    return Ring(remote_id=prediction_id(body), event_id=message_id)


def prediction_id(body: bytes) -> str:
    """The id in a signed body."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ForgedRing("a signed body is no JSON") from error
    job_id = found.get("id") if isinstance(found, dict) else None
    if not is_job_id(job_id):
        raise ForgedRing("a signed body names no prediction")
    return job_id
