"""How Discord says no: a status and a code of its own. Source: docs, topics/opcodes-and-status-codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

MESSAGES = {
    0: "401: Unauthorized",
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    10063: "Unknown application command",
    30032: "Maximum number of application commands reached (100)",
    30034: "Max number of daily application command creates has been reached (200)",
    30046: "Maximum number of edits to messages older than 1 hour reached. Try again later.",
    40005: "Request entity too large",
    40058: "Cannot send a message in a forum channel",
    40060: "Interaction has already been acknowledged.",
    40094: "This interaction has hit the maximum number of follow up messages",
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50008: "Cannot send messages in a non-text channel",
    50013: "Missing Permissions",
    50024: "Cannot execute action on this channel type",
    50027: "Invalid Webhook Token",
    50035: "Invalid Form Body",
    50083: "Thread is archived",
    50109: "The request body contains invalid JSON.",
    160002: "Cannot reply without permission to read message history",
    160004: "A thread has already been created for this message",
    160005: "Thread is locked",
}

STATUSES = {
    0: 401,
    40005: 413,
    40094: 400,
    50001: 403,
    50005: 403,
    50007: 403,
    50013: 403,
    50027: 401,
    160002: 403,
    160005: 403,
}


@dataclass
class Refused(Exception):
    """Discord's "no", as the client receives it."""

    code: int
    status: int = 0
    errors: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.status:
            unknown_thing = 10_000 <= self.code < 11_000
            self.status = STATUSES.get(self.code, 404 if unknown_thing else 400)

    def as_json(self) -> Json:
        body: Json = {"message": MESSAGES.get(self.code, "Error"), "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong in a body: where (keys and indexes), Discord's word for it, and a sentence."""

    path: tuple[str | int, ...]
    code: str
    sentence: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path)) or 'body'}: {self.sentence} ({self.code})"


def invalid_form(wrongs: list[Wrong]) -> Refused:
    """50035 with the nested `errors` of docs, reference, Error Messages."""
    tree: Json = {}
    for wrong in wrongs:
        place = tree
        for key in wrong.path:
            place = place.setdefault(str(key), {})
        place.setdefault("_errors", []).append({"code": wrong.code, "message": wrong.sentence})
    return Refused(50035, errors=tree)
