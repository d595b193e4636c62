"""What a job's call journal says should happen next. Pure: the whole of crash recovery around paid calls is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from bot.domain.job import Fence, Job
from bot.ports import Answer, CallEnd, JournalledCall

MAX_CALLS = 3
"""Most paid calls for one part of a job, failed ones included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseAnswer:
    """It was paid and answered: nobody is called."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The provider has it under its own id: ask for that."""

    call: JournalledCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Never sent, or sent to someone who bills one key once: the same call again under the same key."""

    call: JournalledCall


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnew:
    """A new call under a new key, to a candidate that has not failed in this attempt."""

    key: str
    failed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Sent, and its answer lost: it may have been billed, so it is not repeated."""

    call: JournalledCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The provider said no to it before, and would again."""

    call: JournalledCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """Tried as often as is sensible."""


NextCall = UseAnswer | Resume | Repeat | CallAnew | Lost | Refused | Exhausted


def key_root(job: Job) -> str:
    """What the keys of a job's calls and the nonces of its letters begin with: the same after every restart, and nobody else's.

    The number alone would be every house's: a provider that answers a key it knows with what it painted then would
    give the first picture of another database with the same account.
    """
    asked = f"{job.key} {job.created_at.isoformat()}"
    return f"job-{job.id}-{blake2b(asked.encode(), digest_size=8).hexdigest()}"


def next_call(
    fence: Fence,
    part: int,
    calls: Sequence[JournalledCall],
    *,
    root: str,
    repeatable: frozenset[str],
) -> NextCall:
    """What to do for `part`; `root` is the job's `key_root`.

    `repeatable` names providers whose calls may be repeated under the same key.
    """
    mine = [call for call in calls if call.part == part]
    last = mine[-1] if mine else None
    if last is not None:
        if last.state == "answered" and last.answer is not None:
            return UseAnswer(answer=last.answer)
        if last.state == "planned":
            return Repeat(call=last)
        if last.state == "sent" and last.remote_id is not None:
            return Resume(call=last)
        if last.state in {"sent", "unknown"}:
            return Repeat(call=last) if last.provider in repeatable else Lost(call=last)
        if last.state in {CallEnd.BLOCKED, CallEnd.INVALID}:
            return Refused(call=last)
    if len(mine) >= MAX_CALLS:
        return Exhausted()
    failed = frozenset(
        call.provider for call in mine if call.state == "failed" and call.attempt == fence.attempt
    )
    return CallAnew(key=f"{root}-part-{part}-call-{len(mine) + 1}", failed=failed)


def call_number(key: str) -> int:
    """Which call of its part a key belongs to, from 1."""
    return int(key.rpartition("-")[2])
