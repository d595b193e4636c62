"""What one entry of the audit log says, as people read it: amounts, names, and times by their own clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.commands.admin.channels import said as channel_text
from bot.domain.audit import Entry
from bot.domain.house import SHELL
from bot.domain.json_values import Document, Json
from bot.domain.picture_names import number_of
from bot.domain.quota_sentences import rule_text
from bot.domain.routing import CANARY, DENIED, KEPT_DAYS, NO_TRAINING, OFF, REGIONS
from bot.domain.sentences import counted, images, money
from bot.domain.subject import EVERYONE, Subject, SubjectKind, read_subject, shown_of
from bot.domain.wordings import ABOUT, LINE, REMOVED, VERSION
from bot.domain.workspace_rules import Topic

MOST_OF_A_VALUE, MOST_OF_A_RULE = 60, 300
"""Characters of one value, as a template's text, and of all that a rule says, which the log shows in its line."""
NOTHING = "nothing"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the log is read somewhere: by which clock, and who is called what. `names` goes by `Subject.key`."""

    zone: tzinfo
    names: Mapping[str, str]

    def moment(self, moment: datetime) -> str:
        """`2026-11-25 14:30`."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def named(self, key: str, *, name: str = "") -> str:
        """Whom or what a key means: by the name it had then, the one it is known by, or its id."""
        return shown_of(key, name=name or self.names.get(key, ""))

    def person(self, lane: str) -> str:
        """`@Ana`, of a lane: platform, workspace and user. `root (shell)` of whoever typed at the machine itself."""
        shell, _, user = lane.split(":", 2)[-1].partition(":")
        if shell == SHELL and user:
            return f"{user} ({SHELL})"
        return self.named(_person(lane))


def names_of(mentions: Iterable[str]) -> dict[str, str]:
    """What those in `mentions` are called, by `Subject.key`."""
    found = (read_subject(mention, {}) for mention in mentions)
    return {one.key: one.name for one in found if isinstance(one, Subject) and one.name}


def names_in(entries: Iterable[Entry]) -> dict[str, str]:
    """What the log itself calls those who did something, by `Subject.key`; the newest first, as it is listed."""
    names: dict[str, str] = {}
    for entry in entries:
        if by := _body(entry).get("by"):
            names.setdefault(_person(entry.actor), str(by))
    return names


def _body(entry: Entry) -> Document:
    found = json.loads(entry.body) if entry.body else {}
    return found if isinstance(found, dict) else {}


def _person(lane: str) -> str:
    return f"{SubjectKind.PERSON}:{lane.split(':', 2)[-1]}"


def line_of(entry: Entry, reading: Reading) -> str:
    """When, by whom, where, what, and what it was before."""
    body = _body(entry)
    by = body.get("by") or reading.person(entry.actor)
    changes = body.get("changed")
    changed = changes if isinstance(changes, list) else []
    told = "; ".join(_changed(one, reading) for one in changed if isinstance(one, dict)) or _target(
        entry.target, reading
    )
    reason = f" ({body['reason']})" if body.get("reason") else ""
    where = f" in {reading.named(f'{SubjectKind.CHANNEL}:{entry.place}')}" if entry.place else ""
    moment = reading.moment(_EPOCH + timedelta(microseconds=entry.at_us))
    return f"{moment}  {by}{where}  {entry.action}  {told}{reason}"


def _target(target: str, reading: Reading) -> str:
    kind, _, number = target.partition(":")
    match kind:
        case "image":
            return f"picture {number_of(int(number))}"
        case "job":
            return f"request {number}"
        case _:
            return reading.named(target)


def _changed(one: Mapping[str, Json], reading: Reading) -> str:
    key = str(one["subject"])
    told = _TOLD.get(str(one.get("topic")), _plain)
    if one.get("topic") == Topic.SETTING and key != EVERYONE.key:
        told = _defaults
    before, after = (
        _short(told(document, reading), MOST_OF_A_RULE)
        if isinstance(document := one.get(side), dict) and document
        else NOTHING
        for side in ("before", "after")
    )
    return f"{reading.named(key, name=str(one.get('name') or ''))}: {before} -> {after}"


def _short(text: str, most: int = MOST_OF_A_VALUE) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _plain(document: Document, _reading: Reading) -> str:
    return _listed(document, str)


def _budget(document: Document, _reading: Reading) -> str:
    """Every whole number in a budget is an amount."""
    return _listed(document, lambda value: money(value) if isinstance(value, int) else str(value))


def _listed(document: Document, said: Callable[[Json], str]) -> str:
    def text(value: Json) -> str:
        return ("yes" if value else "no") if isinstance(value, bool) else _short(said(value))

    return ", ".join(
        f"{name.replace('_', ' ')} {text(value)}" for name, value in document.items() if value != ""
    )


def _one(name: str) -> Callable[[Document, Reading], str]:
    """A rule that says one thing needs no name for it."""
    return lambda document, _reading: _short(str(document.get(name) or NOTHING))


def _block(document: Document, reading: Reading) -> str:
    until_s, by, reason = (document.get(name) for name in ("until_s", "by", "reason"))
    ends = (
        f"until {reading.moment(datetime.fromtimestamp(until_s, UTC))}"
        if isinstance(until_s, int)
        else "until it is lifted"
    )
    who = f", by {reading.person(by)}" if isinstance(by, str) else ""
    return f"{ends}{who}{f' ({_short(str(reason))})' if reason else ''}"


def _images(words: str) -> Callable[[Document, Reading], str]:
    """Images by the key of their period, as `day:2026-11-25`; a grant's event follows it after a blank."""

    def told(document: Document, _reading: Reading) -> str:
        return ", ".join(
            f"{images(count)} {words} {_span(name.partition(' ')[0])}"
            for name, count in document.items()
            if isinstance(count, int)
        )

    return told


def _span(key: str) -> str:
    period, _, begins = key.partition(":")
    if period == "hour":
        return f"in the hour from {begins[:10]} {begins[11:13]}:00"
    return f"on {begins}" if period == "day" else f"in {begins}"


def _notices(document: Document, reading: Reading) -> str:
    channel, name = str(document.get("channel")), str(document.get("name") or "")
    return reading.named(f"{SubjectKind.CHANNEL}:{channel}", name=name)


def _offer(document: Document, _reading: Reading) -> str:
    said: list[str] = []
    for name, value in document.items():
        if name.startswith(DENIED):
            said.append(f"{name.removeprefix(DENIED)} denied")
        elif name.startswith(OFF):
            said.append(f"provider {name.removeprefix(OFF)} off")
        elif name.startswith(CANARY):
            said.append(f"{name.removeprefix(CANARY)} on trial for {value} %")
    if regions := document.get(REGIONS):
        said.append(f"only in {str(regions).replace(',', ', ')}")
    if document.get(NO_TRAINING):
        said.append("no training")
    if isinstance(days := document.get(KEPT_DAYS), int):
        said.append(f"kept for {counted(days, 'day')} at most")
    return ", ".join(said)


def _template(document: Document, _reading: Reading) -> str:
    version = f"version {document.get(VERSION, 1)}"
    if document.get(REMOVED):
        return f"removed ({version})"
    about = f" ({_short(str(document[ABOUT]))})" if document.get(ABOUT) else ""
    return f"{version}{about}: {_short(str(document.get(LINE, '')))}"


def _defaults(document: Document, _reading: Reading) -> str:
    return channel_text(document)


_TOLD: Mapping[str, Callable[[Document, Reading], str]] = {
    Topic.ACCESS: _one("effect"),
    Topic.QUIET: _one("hours"),
    Topic.ADULTS: lambda _document, _reading: "for adults only",
    Topic.BLOCK: _block,
    Topic.QUOTA: lambda document, _reading: rule_text(document),
    Topic.GRANT: _images("more"),
    Topic.FORGIVEN: _images("forgotten"),
    Topic.BUDGET: _budget,
    Topic.OFFER: _offer,
    Topic.NOTIFY: _notices,
    Topic.TEMPLATE: _template,
    Topic.STYLE: _one(LINE),
}
"""Topics that aren't here say each name with its value."""
