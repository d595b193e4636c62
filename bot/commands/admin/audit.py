"""`audit` and `access review`: what was done by whom, and who can do what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.commands.admin.audit_lines import Reading, line_of, names_in, names_of
from bot.commands.admin.typed import admin_word
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.arguments import Arguments
from bot.domain.audit import AuditQuery, Entry
from bot.domain.card import Reply
from bot.domain.identity import LaneId, Person, Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.subject import Subject, SubjectKind
from bot.domain.workspace_rules import Topic

SHOWN = 15
MOST_SHOWN = 50

_WHO = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="Only what this person did",
    subjects=(SubjectKind.PERSON,),
)
_SINCE = Parameter(
    name="since", kind=ParameterKind.DURATION, help="How far back, as 7d", aliases=("last",)
)
_COUNT = Parameter(
    name="count",
    kind=ParameterKind.NUMBER,
    help="How many entries",
    positional=False,
    low=1,
    high=MOST_SHOWN,
)
_WHAT = Parameter(
    name="what", kind=ParameterKind.WORD, help="Only this, as quota or image.delete", high=60
)


async def audit(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """The newest entries that fit."""
    person = invocation.person
    who, since = arguments.subject(), arguments.values.get("since")
    entries = await desk.audit.entries(
        AuditQuery(
            workspace=person.workspace_id,
            actor=None if who is None else _lane(person, who),
            action=arguments.text("what") or None,
            since=desk.clock.now() - since if isinstance(since, timedelta) else None,
            limit=arguments.number("count") or SHOWN,
        )
    )
    if not entries:
        return answers.notice("Nothing of that kind was done", "Try fewer filters.")
    reading = await _reading(desk, invocation, entries)
    text = "\n".join(line_of(entry, reading) for entry in entries)
    return answers.listing(
        "What was done", text, footer=f"Newest first, by the clock of {reading.zone}."
    )


async def _reading(desk: Desk, invocation: Invocation, entries: Sequence[Entry]) -> Reading:
    workspace = invocation.person.workspace_id
    rules = await desk.rulebook.current(workspace)
    people = await desk.workspace_rules.people(workspace)
    mentions = (*invocation.known.values(), *rules.names().values(), *people.values())
    names = {**names_in(entries), **names_of(mentions)}
    return Reading(zone=rules.zone(desk.rules.zone), names=names)


def _lane(person: Person, who: Subject) -> LaneId:
    return LaneId(f"{person.platform}:{person.workspace}:{who.id}")


async def review(desk: Desk, invocation: Invocation, _arguments: Arguments) -> Reply:
    """For each role: who has it from here, and which admin words it opens."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    given = rules.about(Topic.ROLE)
    blocks: list[str] = []
    for role in Role:
        holders = [one.about.shown for one in given if one.body.get("role") == role]
        if told := _BY_PLATFORM.get(role):
            holders.insert(0, told)
        opened = [
            guide.under_admin for guide in desk.guides if guide.role is role and guide.is_admin_word
        ]
        words = ", ".join([*opened, *_BEYOND_WORDS.get(role, ())]) or "nothing more"
        blocks.append(f"{role.value}: {', '.join(holders) or 'nobody'}\n    may also: {words}")
    return answers.listing(
        "Who can do what",
        "\n".join(blocks),
        footer="Weakest first: each may also do what stands above it. /admin access show tells who is kept out.",
    )


_BEYOND_WORDS = {
    Role.OWNER: ("make other owners", "set the budget of all workspaces together"),
}
_BY_PLATFORM = {
    Role.OWNER: "whoever IMPASTO_ADMINS names",
    Role.ADMIN: "the platform's admins of this workspace",
    Role.MEMBER: "everybody else",
}

WORDS = (
    admin_word(
        "audit",
        audit,
        role=Role.ADMIN,
        summary="What was done, by whom, when",
        examples=("audit", "audit @ana 7d", "audit role since 30d", "audit image.delete"),
        parameters=(_WHO, _SINCE, _WHAT, _COUNT),
    ),
    admin_word(
        "access review",
        review,
        role=Role.ADMIN,
        summary="Who can do what here",
        examples=("access review",),
    ),
)
