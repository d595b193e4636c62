"""Who one can be in the playground, and the channels there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.identity import Person, Role
from bot.domain.subject import Subject, SubjectKind

PLATFORM = "web"
WORKSPACE = "playground"
BOT_NAME = "Impasto"
BOT_AUTHOR = "impasto"
"""The author of the bot's own messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel of the playground."""

    name: str
    topic: str


ROOMS: tuple[Room, ...] = (
    Room(name="general", topic="Ask for pictures, talk about them"),
    Room(name="design", topic="Drafts, styles and second thoughts"),
)


GROUPS: Mapping[str, tuple[str, ...]] = {"designers": ("ana", "chloe")}
"""What stands for a platform's roles and user groups."""


def _person(user: str, name: str, role: Role = Role.MEMBER) -> Person:
    groups = tuple(group for group, members in GROUPS.items() if user in members)
    return Person(
        platform=PLATFORM, workspace=WORKSPACE, user=user, name=name, role=role, groups=groups
    )


PEOPLE: Mapping[str, Person] = {
    person.user: person
    for person in (
        _person("ana", "Ana"),
        _person("ben", "Ben"),
        _person("chloe", "Chloé"),
        _person("mo", "Mo", Role.MODERATOR),
        _person("ida", "Ida", Role.ADMIN),
    )
}

FIRST_PERSON = PEOPLE["ana"]


def _known() -> dict[str, str]:
    """Mentions of everybody and every place, by what may be typed for them."""
    found: dict[str, str] = {}
    for person in PEOPLE.values():
        subject = Subject(kind=SubjectKind.PERSON, id=person.user, name=person.name)
        found[f"@{person.user}"] = found[subject.shown.casefold()] = subject.mention
    for place in ROOMS:
        subject = Subject(kind=SubjectKind.CHANNEL, id=place.name, name=place.name)
        found[subject.shown] = subject.mention
    for group in GROUPS:
        subject = Subject(kind=SubjectKind.ROLE, id=group, name=group)
        found[subject.shown] = subject.mention
    return found


KNOWN: Mapping[str, str] = _known()


def room(name: str) -> Room | None:
    """The channel of that name."""
    return next((room for room in ROOMS if room.name == name), None)
