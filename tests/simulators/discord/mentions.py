"""Who is called by a message: `allowed_mentions` applied to what it says.

Source: docs, resources/message, Allowed Mentions Object. Text in code marks counts here as if it could call, so a test that
sees nobody called may rely on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.simulators.discord.guild_state import Guild
from tests.simulators.discord.permissions import BITS
from tests.simulators.discord.refusals import Wrong

Json = dict[str, Any]

USER = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@(everyone|here)")

REGULAR_DEFAULT: Json = {"parse": ["users", "roles", "everyone"], "replied_user": True}
INTERACTION_DEFAULT: Json = {"parse": ["users"]}
MAX_IDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """Whom a message mentions, after the rules."""

    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


def wrongs_in(allowed: Any) -> list[Wrong]:
    """`parse` and a list of the same kind exclude each other; an empty list does not count."""
    if not isinstance(allowed, dict):
        return []
    found = []
    parse = allowed.get("parse") or []
    for kind in ("users", "roles"):
        ids = allowed.get(kind) or []
        if ids and kind in parse:
            sentence = f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive."
            found.append(
                Wrong(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", sentence)
            )
        if len(ids) > MAX_IDS:
            found.append(
                Wrong(("allowed_mentions", kind), "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer.")
            )
    return found


def called_by(
    words: str,
    allowed: Json | None,
    *,
    default: Json,
    guild: Guild | None,
    permissions: int,
    replied_to: str | None = None,
) -> Called:
    """Applies the rules to the words of a message whose author has `permissions` in the channel."""
    rules = default if allowed is None else allowed
    parse = rules.get("parse") or []
    may_call_all = bool(permissions & BITS["MENTION_EVERYONE"])
    users = [one for one in USER.findall(words) if "users" in parse or one in _ids(rules, "users")]
    roles = [
        one
        for one in ROLE.findall(words)
        if ("roles" in parse or one in _ids(rules, "roles"))
        and _role_is_callable(one, guild, may_call_all=may_call_all)
    ]
    if replied_to is not None and rules.get("replied_user"):
        users.append(replied_to)
    everyone = "everyone" in parse and may_call_all and bool(EVERYONE.search(words))
    return Called(
        users=tuple(dict.fromkeys(users)), roles=tuple(dict.fromkeys(roles)), everyone=everyone
    )


def _ids(rules: Json, kind: str) -> set[str]:
    return {str(one) for one in rules.get(kind) or []}


def _role_is_callable(role_id: str, guild: Guild | None, *, may_call_all: bool) -> bool:
    if guild is None or role_id not in guild.roles:
        return False
    return may_call_all or guild.roles[role_id].mentionable
