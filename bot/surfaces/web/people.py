"""Who one can be in the playground, and the channels there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.identity import Person, Role

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


def _person(user: str, name: str, role: Role = Role.MEMBER) -> Person:
    return Person(platform=PLATFORM, workspace=WORKSPACE, user=user, name=name, role=role)


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


def room(name: str) -> Room | None:
    """The channel of that name."""
    return next((room for room in ROOMS if room.name == name), None)
