"""Which of the bot's roles a person has: what the platform says, and what admins gave here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.identity import Person, Role
from bot.domain.subject import EVERYONE, Subject, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A role and where it comes from. `because` is a subject's key, empty when the platform itself says so."""

    role: Role
    because: str = ""


def standing(person: Person, given: Mapping[str, Role]) -> Standing:
    """The person's role. `given` are roles by subject key.

    What was given to the person goes before what was given to their groups, and that before everyone's; the highest of
    several groups counts. The platform's own word is the least there is: an admin of the workspace stays one.
    """
    found = _given(person, given)
    if found is None or person.role.includes(found.role):
        return Standing(role=person.role)
    return found


def _given(person: Person, given: Mapping[str, Role]) -> Standing | None:
    own = Subject(kind=SubjectKind.PERSON, id=person.user).key
    if own in given:
        return Standing(role=given[own], because=own)
    best: Standing | None = None
    for group in person.groups or ():
        key = Subject(kind=SubjectKind.ROLE, id=group).key
        role = given.get(key)
        if role is not None and (best is None or not best.role.includes(role)):
            best = Standing(role=role, because=key)
    if best is None and EVERYONE.key in given:
        return Standing(role=given[EVERYONE.key], because=EVERYONE.key)
    return best


def may_give(giver: Role, role: Role, *, now: Role | None) -> bool:
    """Whether `giver` may give `role` to a subject that has `now` from here: nothing above oneself, either way."""
    return giver.includes(role) and (now is None or giver.includes(now))
