"""The chain of the audit log: each entry carries the hash of the one before it, so that no past can be rewritten.

What names people or quotes them lies beside the chain, with a salt, and only its hash is in it: it can be erased when
somebody asks to be forgotten, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

GENESIS = "0" * 64
"""What the first entry of a workspace follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was done. `body` is its JSON text (`by`, `before`, `after`, …), None when it was erased."""

    workspace: str
    number: int
    """1, 2, 3 … in each workspace."""
    at_us: int
    actor: str
    """A lane id: platform, workspace and user."""
    action: str
    target: str
    place: str
    body_sha256: str
    previous_sha256: str
    sha256: str
    salt: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be noted: who did what to what, where. `detail` may quote people; it can be erased later."""

    workspace: str
    actor: str
    name: str
    action: str
    target: str
    place: str = ""
    detail: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEnd:
    """Where a workspace's chain ends: to be kept elsewhere, since only that betrays a chain cut short."""

    workspace: str
    number: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """The first entry of a chain that isn't as it was written, and what is wrong with it."""

    workspace: str
    number: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries to list: all of the filters that are set must fit. `action` may be a beginning, as `quota`."""

    workspace: str
    actor: str | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    limit: int = 50


def canonical(value: object) -> str:
    """JSON in the one form that is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def body_hash(salt: str, body: str) -> str:
    """Hash of a body; the salt keeps a short one from being guessed."""
    return hashlib.sha256(f"{salt}:{body}".encode()).hexdigest()


def entry_hash(entry: Entry) -> str:
    """Hash of everything in the chain about an entry, the hash before it included."""
    chained = [
        entry.workspace,
        entry.number,
        entry.at_us,
        entry.actor,
        entry.action,
        entry.target,
        entry.place,
        entry.body_sha256,
        entry.previous_sha256,
    ]
    return hashlib.sha256(canonical(chained).encode()).hexdigest()


def first_breach(entries: Iterable[Entry], end: ChainEnd) -> Breach | None:
    """What is wrong with a workspace's chain, read from its first entry; None when it holds."""
    number, previous = 0, GENESIS
    for entry in entries:
        number += 1
        if entry.number != number:
            return _breach(end, number, f"it is missing: {entry.number} follows {number - 1}")
        if entry.previous_sha256 != previous:
            return _breach(end, number, "it doesn't follow the entry before it")
        if entry_hash(entry) != entry.sha256:
            return _breach(end, number, "it was changed after it was written")
        if entry.body is not None and body_hash(entry.salt or "", entry.body) != entry.body_sha256:
            return _breach(end, number, "what it tells was changed after it was written")
        previous = entry.sha256
    if (number, previous) != (end.number, end.sha256):
        return _breach(end, number + 1, f"the chain ends at {number}, and should at {end.number}")
    return None


def _breach(end: ChainEnd, number: int, what: str) -> Breach:
    return Breach(workspace=end.workspace, number=number, what=what)
