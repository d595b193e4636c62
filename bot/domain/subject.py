"""Whom a rule is about: a person, a role or group of the platform, a channel, everyone, everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class SubjectKind(StrEnum):
    """What a subject is."""

    PERSON = "person"
    ROLE = "role"
    """A role of the platform (Discord) or a user group (Slack); not one of the bot's own roles."""
    CHANNEL = "channel"
    EVERYONE = "everyone"
    """The workspace's default for people."""
    EVERYWHERE = "everywhere"
    """The workspace's default for channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """By the platform's id. `name` is for people to read and never decides anything."""

    kind: SubjectKind
    id: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """As `person:U1`; what rules are stored under."""
        return f"{self.kind}:{self.id}" if self.id else self.kind.value

    @property
    def shown(self) -> str:
        """For people: `@Ana`, `role:designers`, `#general`, `everyone`."""
        named = self.name or self.id
        match self.kind:
            case SubjectKind.PERSON:
                return f"@{named}"
            case SubjectKind.ROLE:
                return f"role:{named}"
            case SubjectKind.CHANNEL:
                return f"#{named}"
            case _:
                return self.kind.value

    @property
    def mention(self) -> str:
        """The form in which surfaces hand a chosen subject in; `read_subject` reads it back."""
        sign = {SubjectKind.PERSON: "@", SubjectKind.ROLE: "@&", SubjectKind.CHANNEL: "#"}
        if self.kind not in sign:
            return self.kind.value
        name = _UNFIT_IN_NAMES.sub("", self.name)
        return f"<{sign[self.kind]}{self.id}{f'|{name}' if name else ''}>"


EVERYONE = Subject(kind=SubjectKind.EVERYONE)
EVERYWHERE = Subject(kind=SubjectKind.EVERYWHERE)

_UNFIT_IN_NAMES = re.compile(r"[<>|\x00-\x1f]")
_MENTION = re.compile(r"<(@!|@&|@|#|!subteam\^)([A-Za-z0-9_.:-]{1,80})(?:\|([^<>|]{0,100}))?>")
"""Slack: <@U1|ana>, <!subteam^S1|@designers>, <#C1|general>. Discord: <@1>, <@!1>, <@&2>, <#3>.

Source: docs.slack.dev, "Formatting message text", and discord-api-docs, reference, read 2026-11.
"""
_KIND_OF_SIGN = {
    "@": SubjectKind.PERSON,
    "@!": SubjectKind.PERSON,
    "@&": SubjectKind.ROLE,
    "!subteam^": SubjectKind.ROLE,
    "#": SubjectKind.CHANNEL,
}
_WORDS = {
    "everyone": EVERYONE,
    "everybody": EVERYONE,
    "workspace": EVERYONE,
    "default": EVERYONE,
    "everywhere": EVERYWHERE,
}
_PREFIXES = {
    "role": SubjectKind.ROLE,
    "group": SubjectKind.ROLE,
    "user": SubjectKind.PERSON,
    "person": SubjectKind.PERSON,
    "channel": SubjectKind.CHANNEL,
}
_ID = re.compile(r"[UWCGDS][A-Z0-9]{5,20}|[0-9]{15,20}")
"""A bare id of Slack's, or one of Discord's snowflakes: nothing a person would call another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It reads like a subject, and nobody of that name is known. `shown` is what was typed."""

    kind: SubjectKind
    shown: str


def of_key(key: str, *, name: str = "") -> Subject:
    """Inverse of `Subject.key`."""
    kind, _, number = key.partition(":")
    return Subject(kind=SubjectKind(kind), id=number, name=name)


def shown_of(key: str, *, name: str = "") -> str:
    """What a rule is about, for people: also where that is no subject, as `template:hero`."""
    kind, _, rest = key.partition(":")
    return of_key(key, name=name).shown if kind in set(SubjectKind) else f"{kind} {rest}"


def read_subject(token: str, known: Mapping[str, str]) -> Subject | Unknown | None:
    """The subject a word names; None when it names none.

    `known` maps what may be typed here (`@ana`, `#general`, `role:designers`, in lower case) to mentions.
    """
    if found := _MENTION.fullmatch(token):
        name = (found[3] or "").removeprefix("@")
        return Subject(kind=_KIND_OF_SIGN[found[1]], id=found[2], name=name)
    if subject := _WORDS.get(token.casefold().removeprefix("@")):
        return subject
    typed = _typed(token)
    if typed is None:
        return None
    kind, name = typed
    written = Subject(kind=kind, name=name).shown.casefold()
    if (mention := known.get(written)) and (found := _MENTION.fullmatch(mention)):
        return Subject(kind=kind, id=found[2], name=found[3] or name)
    if _ID.fullmatch(name):
        return Subject(kind=kind, id=name)
    return Unknown(kind=kind, shown=Subject(kind=kind, name=name).shown)


def _typed(token: str) -> tuple[SubjectKind, str] | None:
    """Kind and name of `@ana`, `#general`, `role:designers`, `role:"the designers"`."""
    if len(token) > 1 and token[0] in "@#":
        return (SubjectKind.PERSON if token[0] == "@" else SubjectKind.CHANNEL), token[1:]
    prefix, colon, name = token.partition(":")
    kind = _PREFIXES.get(prefix.casefold())
    name = name.strip('"').lstrip("@#")
    return (kind, name) if colon and kind is not None and name else None
