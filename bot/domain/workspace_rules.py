"""Everything admins set for one workspace, as one value with a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.access import AccessRules, BlockRule, Effect, QuietHours
from bot.domain.allowance import QuotaRules
from bot.domain.budget import BudgetRules
from bot.domain.identity import Person, Place, Role, WorkspaceId
from bot.domain.json_values import Document, Json
from bot.domain.routing import RoutingRules, read_routing
from bot.domain.standing import standing
from bot.domain.subject import EVERYONE, Subject, SubjectKind, of_key
from bot.domain.wordings import Wordings, read_wordings


class Topic(StrEnum):
    """What a rule is about; one row for each topic and subject."""

    ROLE = "role"
    ACCESS = "access"
    BLOCK = "block"
    QUIET = "quiet"
    ADULTS = "adults"
    """Of a channel: it is age-restricted."""
    QUOTA = "quota"
    GRANT = "grant"
    """Images given on top of a quota, for one period."""
    FORGIVEN = "forgiven"
    """Images that no longer count in one period."""
    BUDGET = "budget"
    OFFER = "offer"
    """Of everyone: which models and providers may be asked, and on which terms."""
    NOTIFY = "notify"
    """Of everyone: the channel that notices go to."""
    SETTING = "setting"
    """Of everyone: the workspace's settings. Of a channel or everywhere: what is painted when nothing is said."""
    TEMPLATE = "template"
    """Of `template:NAME`: its text and version; one that was removed keeps its version."""
    STYLE = "style"
    """Of `style:NAME`: its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row. `label` is the subject's name when it was written."""

    topic: str
    subject: str
    label: str
    body: Document

    @property
    def about(self) -> Subject:
        """Whom it is about."""
        return of_key(self.subject, name=self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRules:
    """The rules of one workspace as they stood at `version`; 0 when nothing was ever set.

    Whatever a topic means is read once, here: requests only look it up.
    """

    workspace: WorkspaceId
    version: int = 0
    rules: tuple[Rule, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    access: AccessRules = field(default_factory=AccessRules)
    quotas: QuotaRules = field(default_factory=QuotaRules)
    budgets: BudgetRules = field(default_factory=BudgetRules)
    routing: RoutingRules = field(default_factory=RoutingRules)
    wordings: Wordings = field(default_factory=Wordings)

    @classmethod
    def of(cls, workspace: WorkspaceId, version: int, rules: Iterable[Rule]) -> WorkspaceRules:
        """The rules, read. A rule of a topic that is unknown here is kept and says nothing."""
        rows = tuple(rules)
        return cls(
            workspace=workspace,
            version=version,
            rules=rows,
            roles={
                rule.subject: Role(role)
                for rule in rows
                if rule.topic == Topic.ROLE and (role := rule.body.get("role")) in set(Role)
            },
            access=_access(rows),
            quotas=QuotaRules(
                quotas=_bodies(rows, Topic.QUOTA),
                grants=_bodies(rows, Topic.GRANT),
                forgiven=_bodies(rows, Topic.FORGIVEN),
                names=_labels(rows, Topic.QUOTA),
            ),
            budgets=BudgetRules(
                budgets=_bodies(rows, Topic.BUDGET), names=_labels(rows, Topic.BUDGET)
            ),
            routing=read_routing(_bodies(rows, Topic.OFFER).get(EVERYONE.key, {})),
            wordings=read_wordings(
                _bodies(rows, Topic.TEMPLATE),
                _bodies(rows, Topic.STYLE),
                _bodies(rows, Topic.SETTING),
            ),
        )

    def about(self, topic: Topic) -> tuple[Rule, ...]:
        """All rules of a topic, by subject."""
        return tuple(rule for rule in self.rules if rule.topic == topic)

    def body(self, topic: Topic, subject: Subject) -> Document:
        """What is set of a topic for one subject; empty when nothing is."""
        found = (one for one in self.rules if one.topic == topic and one.subject == subject.key)
        return next((rule.body for rule in found), {})

    def setting(self, name: str) -> Json:
        """A setting of the whole workspace; None when it was never set."""
        return self._settings.get(name)

    @property
    def _settings(self) -> Document:
        return next(
            (r.body for r in self.rules if r.topic == Topic.SETTING and r.subject == "everyone"), {}
        )

    def zone(self, default: tzinfo) -> tzinfo:
        """The workspace's time zone."""
        name = self.setting("time_zone")
        if not isinstance(name, str):
            return default
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            # It was checked where it was set; another machine may have older tables of zones.
            return default

    @property
    def notices(self) -> Subject | None:
        """The channel that notices go to; None when nobody named one."""
        body = self.body(Topic.NOTIFY, EVERYONE)
        channel, name = body.get("channel"), body.get("name")
        if not isinstance(channel, str):
            return None
        return Subject(kind=SubjectKind.CHANNEL, id=channel, name=str(name or ""))

    def seen(self, place: Place) -> Place:
        """The place, knowing what admins set of it: threads, and its age restriction where the platform doesn't tell."""
        threads = self.wordings.threads(place)
        if threads is not place.threads:
            place = replace(place, threads=threads)
        if place.tells_age or (not self.rules and not place.age_restricted):
            return place
        channel = Subject(kind=SubjectKind.CHANNEL, id=place.channel).key
        marked = any(one.topic == Topic.ADULTS and one.subject == channel for one in self.rules)
        return place if place.age_restricted is marked else replace(place, age_restricted=marked)

    def known_as(self, person: Person) -> Person:
        """The person with the role they have here."""
        if not self.roles:
            return person
        from_here = standing(person, self.roles).role
        return person if from_here is person.role else replace(person, role=from_here)

    def names(self) -> Mapping[str, str]:
        """Mentions of all subjects that rules speak of, by what may be typed for them."""
        return {
            rule.about.shown.casefold(): rule.about.mention for rule in self.rules if rule.label
        }


def _bodies(rules: tuple[Rule, ...], topic: Topic) -> dict[str, Document]:
    return {rule.subject: rule.body for rule in rules if rule.topic == topic}


def _labels(rules: tuple[Rule, ...], topic: Topic) -> dict[str, str]:
    return {rule.subject: rule.label for rule in rules if rule.topic == topic}


def _access(rules: tuple[Rule, ...]) -> AccessRules:
    return AccessRules(
        effects={
            # What can't be read is no: a rule was meant to be there.
            rule.subject: Effect.ALLOW if rule.body.get("effect") == Effect.ALLOW else Effect.DENY
            for rule in rules
            if rule.topic == Topic.ACCESS
        },
        blocks={rule.subject: _block(rule.body) for rule in rules if rule.topic == Topic.BLOCK},
        quiet={
            rule.subject: hours
            for rule in rules
            if rule.topic == Topic.QUIET and (hours := read_hours(rule.body.get("hours")))
        },
    )


def _block(body: Document) -> BlockRule:
    until = body.get("until_s")
    return BlockRule(
        until=datetime.fromtimestamp(until, UTC) if isinstance(until, int) else None,
        reason=str(body.get("reason") or ""),
    )


def read_hours(text: Json) -> QuietHours | None:
    """Quiet hours from `22:00-07:00`; None when there are none."""
    if not isinstance(text, str) or "-" not in text:
        return None
    begin, _, end = text.partition("-")
    return QuietHours(begin=time.fromisoformat(begin), end=time.fromisoformat(end))
