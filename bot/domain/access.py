"""Who may use the bot where and when. Pure rules; the answer says why not and until when.

Two questions, and both must be answered with yes: may this person (their own rule, else their roles', else everyone's),
and may it be here (the channel's rule, else everywhere's). On doubt, as when two of a person's roles disagree, it is no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.domain.identity import Person, Place, Role
from bot.domain.subject import EVERYONE, EVERYWHERE, Subject, SubjectKind


class Effect(StrEnum):
    """What an access rule says."""

    ALLOW = "allow"
    DENY = "deny"


class Why(StrEnum):
    """Why somebody is not let in."""

    BLOCKED = "blocked"
    PERSON = "person"
    ROLE = "role"
    EVERYONE = "everyone"
    CHANNEL = "channel"
    QUIET = "quiet"
    UNSURE = "unsure"
    """The platform couldn't say which roles the person has, and one of them might be denied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRule:
    """A person who is kept out, until a time or until somebody lets them in again."""

    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `begin` to `end` each day, in the workspace's time zone; over midnight when `end` is earlier."""

    begin: time
    end: time

    def until(self, now: datetime, zone: tzinfo) -> datetime | None:
        """When the quiet ends; None when it isn't quiet at `now`."""
        local = now.astimezone(zone)
        clock = local.time()
        over_midnight = self.end <= self.begin
        inside = (
            clock >= self.begin or clock < self.end
            if over_midnight
            else self.begin <= clock < self.end
        )
        if not inside:
            return None
        day = local.date()
        if over_midnight and clock >= self.begin:
            day += timedelta(days=1)
        return datetime.combine(day, self.end, tzinfo=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Not let in. `until` is None when no time is known."""

    why: Why
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """All of a workspace's, by subject key; quiet hours by channel or everywhere."""

    effects: Mapping[str, Effect] = field(default_factory=dict)
    blocks: Mapping[str, BlockRule] = field(default_factory=dict)
    quiet: Mapping[str, QuietHours] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether everybody may everywhere and always."""
        return not (self.effects or self.blocks or self.quiet)

    def closed(
        self, person: Person, place: Place, *, now: datetime, zone: tzinfo, making: bool
    ) -> Closed | None:
        """Why the person may not; None when they may. `making` asks for a picture: only that keeps quiet hours.

        `person.role` is the role they have here: admins are let in always, so that nobody locks themselves out.
        """
        if self.is_open or person.role.includes(Role.ADMIN):
            return None
        return (
            self._blocked(person, now)
            or self._person(person)
            or self._place(place)
            or (self._quiet(place, now, zone) if making else None)
        )

    def _blocked(self, person: Person, now: datetime) -> Closed | None:
        rule = self.blocks.get(_key(SubjectKind.PERSON, person.user))
        if rule is None or (rule.until is not None and rule.until <= now):
            return None
        return Closed(why=Why.BLOCKED, until=rule.until, reason=rule.reason)

    def _person(self, person: Person) -> Closed | None:
        own = self.effects.get(_key(SubjectKind.PERSON, person.user))
        if own is not None:
            return None if own is Effect.ALLOW else Closed(why=Why.PERSON)
        if person.groups is None:
            return Closed(why=Why.UNSURE) if self._some_role_is_denied() else self._everyone()
        keys = (_key(SubjectKind.ROLE, group) for group in person.groups)
        said = {effect for key in keys if (effect := self.effects.get(key))}
        if Effect.DENY in said:
            return Closed(why=Why.ROLE)
        return None if said else self._everyone()

    def _some_role_is_denied(self) -> bool:
        return any(
            effect is Effect.DENY and key.startswith(f"{SubjectKind.ROLE}:")
            for key, effect in self.effects.items()
        )

    def _everyone(self) -> Closed | None:
        denied = self.effects.get(EVERYONE.key) is Effect.DENY
        return Closed(why=Why.EVERYONE) if denied else None

    def _place(self, place: Place) -> Closed | None:
        own = self.effects.get(_key(SubjectKind.CHANNEL, place.channel))
        effect = own or self.effects.get(EVERYWHERE.key)
        return Closed(why=Why.CHANNEL) if effect is Effect.DENY else None

    def _quiet(self, place: Place, now: datetime, zone: tzinfo) -> Closed | None:
        own = self.quiet.get(_key(SubjectKind.CHANNEL, place.channel))
        hours = own or self.quiet.get(EVERYWHERE.key)
        until = hours.until(now, zone) if hours else None
        return Closed(why=Why.QUIET, until=until) if until else None


def _key(kind: SubjectKind, number: str) -> str:
    return Subject(kind=kind, id=number).key
