"""What each operation must hold on Postgres before it begins, so that nothing waits in a circle.

Many processes write in groups, each group one transaction, and locks are kept until its commit. All of a group's locks
are therefore taken first, in one order over all of them, as advisory locks: of the lanes, the counters and the calls
that its operations will touch. Two things follow. No statement of an operation ever waits for a row that another
process holds in the same manner, so what it reads is what it then changes. And groups that share nothing run side by
side.

Operations that take only rows nobody else has (`FOR UPDATE SKIP LOCKED`) hold nothing; they come last in their group,
so whoever waits for their rows waits for one that no longer waits itself.

An operation that isn't named here runs alone, over one snapshot, and again when another write came between: always
right, never fast.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from bot.domain.audit import Deed
from bot.domain.identity import Person
from bot.domain.job import Fence
from bot.ports import Letter, NewMessage, Notice, Submission, Terms
from bot.store import (
    audit,
    blob_use,
    gallery,
    journal,
    notices,
    outbox,
    playground,
    preferences,
    presence,
    queue_admit,
    queue_cancel,
    queue_claim,
    queue_end,
    queue_park,
    queue_submit,
    queue_sweep,
    ratings,
    repeats,
    rules,
    slack,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """What one operation holds. `names` are known beforehand, the others are looked up: they never change."""

    names: tuple[str, ...] = ()
    jobs: tuple[int, ...] = ()
    """Their lanes."""
    accounts: tuple[int, ...] = ()
    """Jobs whose lanes, counters and budgets are held."""
    images: tuple[int, ...] = ()
    """The lanes they are in."""
    last: bool = False
    """Takes only rows that nobody else has."""
    alone: bool = False
    """In a transaction of its own, so that others wait no longer for it than they must."""


CLAIMING = "claiming"
"""Whoever gives out provider slots holds this, so that two processes can't give out the same slot."""
_PROCESSES = "processes"
"""Two that start together would each see nobody."""
_PICTURES = "pictures"
"""Deleting and hiding: two deletions of the same blob must see each other, or both would leave it."""
_PLAYGROUND = "playground"


def lane_name(lane: str) -> str:
    """The lock of a person's lane."""
    return f"lane {lane}"


def counter_names(counters: Iterable[tuple[str, str]]) -> list[str]:
    """The locks of usage rows, by scope and period key."""
    return [f"usage {json.dumps(counter)}" for counter in counters]


def purse_names(purses: Iterable[tuple[str, str]]) -> list[str]:
    """The locks of spending rows, by scope and period key."""
    return [f"spending {json.dumps(purse)}" for purse in purses]


def key_of(name: str) -> int:
    """The advisory lock's number. Two names may share one: they only wait for each other more often."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)


def _submit(submission: Submission, *_: object) -> Locks:
    counters = counter_names((one.scope, one.period_key) for one in submission.counters)
    return Locks(names=(lane_name(submission.person.lane), *counters))


def _admit(fence: Fence, *, terms: Terms | None = None, **_: object) -> Locks:
    purses = terms.purses if terms is not None else ()
    return Locks(
        jobs=(fence.job,), names=tuple(purse_names((one.scope, one.period_key) for one in purses))
    )


def _lane_of(fence: Fence, *_: object, **__: object) -> Locks:
    return Locks(jobs=(fence.job,))


def _account_of(fence: Fence, *_: object, **__: object) -> Locks:
    return Locks(accounts=(fence.job,))


def _claim(**_: object) -> Locks:
    return Locks(names=(CLAIMING,), alone=True)


def _switch(fence: Fence, **_: object) -> Locks:
    return Locks(names=(CLAIMING,), jobs=(fence.job,), alone=True)


def _renew(fences: Sequence[Fence], **_: object) -> Locks:
    return Locks(jobs=tuple(fence.job for fence in fences))


def _move(found: queue_sweep.Found, **_: object) -> Locks:
    return Locks(accounts=found.jobs, alone=True)


def _letter(letter: Letter, **_: object) -> Locks:
    return Locks(accounts=(letter.job,)) if letter.final else Locks(jobs=(letter.job,))


def _sent(fence: Fence, call_id: int) -> Locks:
    return Locks(jobs=(fence.job,), names=(_call_name(call_id),))


def _call(call_id: int, *_: object, **__: object) -> Locks:
    return Locks(names=(_call_name(call_id),))


def _call_name(call_id: int) -> str:
    return f"call {call_id}"


def _picture(image_id: int, *, by: Person, **_: object) -> Locks:
    return Locks(names=(_PICTURES, audit.lock_name(by.workspace_id)), images=(image_id,))


def _rules(workspace: str, *_: object, **__: object) -> Locks:
    return Locks(names=(rules.lock_name(workspace), audit.lock_name(workspace)))


def _deed(deed: Deed) -> Locks:
    return Locks(names=(audit.lock_name(deed.workspace),))


def _rating(image_id: int, *, by: Person, **_: object) -> Locks:
    return Locks(names=(f"rating {image_id} {by.lane}",))


def _file(workspace: str, blob: str, *_: object) -> Locks:
    return Locks(names=(f"file {workspace} {blob}",))


def _notice(told: Notice, **_: object) -> Locks:
    return Locks(names=(f"notice {told.id}",))


def _put(new: NewMessage) -> Locks:
    return Locks(names=(_PLAYGROUND,), jobs=() if new.job is None else (new.job,))


_LOCKS: dict[Callable[..., Any], Callable[..., Locks]] = {
    queue_submit.submit: _submit,
    queue_admit.admit: _admit,
    queue_park.park: _lane_of,
    queue_park.park_new: lambda submission, *_, **__: Locks(
        names=(lane_name(submission.person.lane),)
    ),
    queue_park.unpark: lambda job_id, submission: Locks(
        accounts=(job_id,), names=_submit(submission).names
    ),
    queue_park.put_off: lambda job_id, **_: Locks(jobs=(job_id,)),
    queue_park.end: lambda job_id, **_: Locks(accounts=(job_id,)),
    queue_park.waive: lambda job_id, *, deed: Locks(
        jobs=(job_id,), names=(audit.lock_name(deed.workspace),)
    ),
    queue_admit.adopt: lambda **_: Locks(last=True),
    queue_claim.claim: _claim,
    queue_claim.switch_provider: _switch,
    queue_claim.renew: _renew,
    queue_end.finish: _account_of,
    queue_end.refuse: _account_of,
    queue_end.fail: _account_of,
    queue_end.cancelled: _account_of,
    queue_end.delay: _account_of,
    queue_end.hand_back: _account_of,
    queue_cancel.cancel: lambda job_id, **_: Locks(accounts=(job_id,)),
    queue_sweep.move: _move,
    outbox.due: lambda **_: Locks(last=True),
    outbox.posted: _letter,
    outbox.postpone: _letter,
    outbox.give_up: _letter,
    journal.plan: _lane_of,
    journal.sent: _sent,
    journal.submitted: _call,
    journal.answered: _call,
    journal.failed: _call,
    gallery.delete: _picture,
    gallery.file_report: _picture,
    ratings.rate: _rating,
    notices.due: lambda **_: Locks(last=True),
    notices.end: _notice,
    notices.postpone: _notice,
    blob_use.shown: lambda *_, **__: Locks(names=("shown",)),
    rules.change: _rules,
    presence.join: lambda *_, **__: Locks(names=(_PROCESSES,)),
    preferences.keep: lambda person, _: Locks(names=(rules.lock_name(person.workspace_id),)),
    audit.note: _deed,
    playground.put: _put,
    playground.remove: lambda _: Locks(names=(_PLAYGROUND,)),
    slack.put_message: lambda new: Locks(jobs=(new.job,)),
    slack.count_edit: lambda job_id, **_: Locks(jobs=(job_id,)),
    slack.keep_file: _file,
    slack.forget_file: _file,
    repeats.keep: lambda workspace, digest, _: Locks(names=(f"repeat {workspace} {digest}",)),
}


def locks_of(
    operation: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> Locks | None:
    """What it must hold; None when that isn't known."""
    find = _LOCKS.get(operation)
    return None if find is None else find(*args, **kwargs)
