"""`role give`, `role take`, `role show`: who is a member, trusted, a moderator, an admin, an owner."""

from __future__ import annotations

from bot.commands.admin.typed import admin_word, change, of_topic
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.arguments import Arguments, everyone_unless
from bot.domain.card import Reply
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.standing import may_give
from bot.domain.subject import Subject, SubjectKind
from bot.domain.workspace_rules import Topic

_WHO = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="The person, or the platform's role or group",
    required=True,
    subjects=(SubjectKind.PERSON, SubjectKind.ROLE),
)
_AS = Parameter(
    name="as",
    kind=ParameterKind.CHOICE,
    help="What they become",
    required=True,
    choices=tuple(role.value for role in Role),
)
_ANYBODY = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="One of them; nobody means all",
    subjects=(SubjectKind.PERSON, SubjectKind.ROLE),
)


async def give(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """What they are now; a refusal when it is above the asker."""
    who, role = everyone_unless(arguments.subject()), Role(arguments.text("as"))
    if refusal := await _above(desk, invocation, who, role):
        return refusal
    (done,) = await change(
        desk, invocation, "role.give", of_topic(Topic.ROLE, who, role=role.value)
    )
    before = done.before.get("role")
    was = f"Before: {before}." if before else "Before: what the platform says of them."
    return answers.notice(f"{who.shown}: {role.value}", was, _floor(who))


async def take(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """What was given is taken back; the platform's own word stays."""
    who = everyone_unless(arguments.subject())
    if refusal := await _above(desk, invocation, who, Role.MEMBER):
        return refusal
    (done,) = await change(desk, invocation, "role.take", of_topic(Topic.ROLE, who))
    if not done.before:
        return answers.notice(f"{who.shown} was given no role here", "Nothing was changed.")
    return answers.notice(f"{who.shown} is no longer {done.before.get('role')}", _floor(who))


def _floor(who: Subject) -> str:
    whose = "they" if who.kind is SubjectKind.PERSON else "its people"
    return f"Whoever administers this workspace on the platform stays an admin: {whose} can't fall below that."


async def _above(desk: Desk, invocation: Invocation, who: Subject, role: Role) -> Reply | None:
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    now = rules.roles.get(who.key)
    if may_give(invocation.person.role, role, now=now):
        return None
    return answers.not_allowed(role if now is None or role.includes(now) else now)


async def show(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Every role that was given here, or one subject's."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    who = arguments.subject()
    given = [one for one in rules.about(Topic.ROLE) if who is None or one.subject == who.key]
    if not given:
        what = f"{who.shown} was given no role here" if who else "No roles were given here"
        return answers.notice(what, "The platform's own admins are admins.")
    width = max(len(one.about.shown) for one in given)
    lines = [f"{one.about.shown:<{width}}  {one.body.get('role')}" for one in given]
    return answers.listing(
        "Roles given here", "\n".join(lines), footer="The platform's own admins are admins too."
    )


WORDS = (
    admin_word(
        "role give",
        give,
        role=Role.ADMIN,
        summary="Makes someone trusted, a moderator, an admin",
        examples=("role give @ana moderator", "role give role:designers trusted"),
        parameters=(_WHO, _AS),
    ),
    admin_word(
        "role take",
        take,
        role=Role.ADMIN,
        summary="Takes a role back that was given here",
        examples=("role take @ana",),
        parameters=(_WHO,),
    ),
    admin_word(
        "role show",
        show,
        role=Role.MODERATOR,
        summary="Who was given which role",
        examples=("role show", "role show @ana"),
        parameters=(_ANYBODY,),
    ),
)
