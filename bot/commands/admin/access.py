"""`access …` and `user …`: who may use the bot, where and when; who is blocked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.commands.admin.typed import admin_word, change, of_topic
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.access import Effect
from bot.domain.arguments import Arguments, everyone_unless
from bot.domain.card import Reply
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.sentences import until
from bot.domain.standing import may_give
from bot.domain.subject import EVERYWHERE, Subject, SubjectKind
from bot.domain.workspace_rules import Rule, Topic

_WHO = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="A person, a role, a channel, everyone, everywhere",
    required=True,
    subjects=tuple(SubjectKind),
)
_PERSON = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="The person",
    required=True,
    subjects=(SubjectKind.PERSON,),
)
_LENGTH = Parameter(
    name="length",
    kind=ParameterKind.DURATION,
    help="How long; without it until unblocked",
    aliases=("for",),
)
_REASON = Parameter(
    name="reason", kind=ParameterKind.TEXT, help="Why; the person is told", high=300
)
_HOURS = Parameter(
    name="hours",
    kind=ParameterKind.HOURS,
    help="From when to when each day, or off",
    required=True,
)
_CHANNEL = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="The channel; without one everywhere",
    subjects=(SubjectKind.CHANNEL, SubjectKind.EVERYWHERE),
)
_ORDER = "A person's own rule goes before their roles', that before everyone's; a channel's before everywhere's."


async def allow(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Let in."""
    return await _set(desk, invocation, arguments, Effect.ALLOW)


async def deny(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Kept out."""
    return await _set(desk, invocation, arguments, Effect.DENY)


async def _set(desk: Desk, invocation: Invocation, arguments: Arguments, effect: Effect) -> Reply:
    who = everyone_unless(arguments.subject())
    rule = of_topic(Topic.ACCESS, who, effect=effect.value)
    await change(desk, invocation, f"access.{effect}", rule)
    said = "may use this" if effect is Effect.ALLOW else "may not use this"
    where = who.kind in {SubjectKind.CHANNEL, SubjectKind.EVERYWHERE}
    headline = f"{who.shown}: {effect.value}" if where else f"{who.shown} {said}"
    return answers.notice(headline, _ORDER, "Admins are always let in.")


async def clear(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """The rule is gone; what is more general applies."""
    who = everyone_unless(arguments.subject())
    (done,) = await change(desk, invocation, "access.clear", of_topic(Topic.ACCESS, who))
    if not done.before:
        return answers.notice(f"There is no access rule for {who.shown}", "Nothing was changed.")
    return answers.notice(f"The access rule for {who.shown} is gone", _ORDER)


async def quiet(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """From when to when no pictures are painted."""
    where, hours = arguments.subject() or EVERYWHERE, arguments.text("hours")
    put = {} if hours == "off" else {"hours": hours}
    await change(desk, invocation, "access.quiet", of_topic(Topic.QUIET, where, **put))
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    if hours == "off":
        return answers.notice(f"No quiet hours of its own: {where.shown}")
    zone = rules.zone(desk.rules.zone)
    return answers.notice(
        f"Quiet hours {hours}: {where.shown}",
        f"By the clock of {zone}. Pictures asked for before still come; admins may ask always.",
    )


async def show(desk: Desk, invocation: Invocation, _arguments: Arguments) -> Reply:
    """Every access rule, block and quiet hour."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    now = desk.clock.now()
    lines = [
        *(f"{one.about.shown}  {one.body.get('effect')}" for one in rules.about(Topic.ACCESS)),
        *(f"{one.about.shown}  {_blocked(one, now)}" for one in rules.about(Topic.BLOCK)),
        *(f"{one.about.shown}  quiet {one.body.get('hours')}" for one in rules.about(Topic.QUIET)),
    ]
    if not lines:
        return answers.notice("Everybody may use this everywhere", "No access rules are set.")
    return answers.listing("Who may use this", "\n".join(lines), footer=_ORDER)


def _blocked(rule: Rule, now: datetime) -> str:
    until_s, reason = rule.body.get("until_s"), rule.body.get("reason")
    ends = ""
    if isinstance(until_s, int):
        moment = datetime.fromtimestamp(until_s, UTC)
        ends = f", ends {until(moment, now=now)}" if moment > now else ", over"
    return f"blocked{ends}{f' ({reason})' if reason else ''}"


async def block(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Kept out for a time, with a reason they are told."""
    who = everyone_unless(arguments.subject())
    if refusal := await _protected(desk, invocation, who):
        return refusal
    length = arguments.values.get("length")
    now = desk.clock.now()
    ends = now + length if isinstance(length, timedelta) else None
    put: dict[str, object] = {"reason": arguments.text("reason"), "by": invocation.person.lane}
    if ends is not None:
        put["until_s"] = int(ends.timestamp())
    await change(desk, invocation, "user.block", of_topic(Topic.BLOCK, who, **put))
    lines = [f"It ends {until(ends, now=now)}." if ends else "Until /admin user unblock."]
    if reason := arguments.text("reason"):
        lines.append(f"They are told: {reason}")
    return answers.notice(
        f"{who.shown} is blocked", *lines, "What they already asked for still comes."
    )


async def _protected(desk: Desk, invocation: Invocation, who: Subject) -> Reply | None:
    if who.id == invocation.person.user:
        return answers.notice("You can't block yourself", "Nothing was changed.")
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    theirs = rules.roles.get(who.key)
    if may_give(invocation.person.role, Role.MEMBER, now=theirs):
        return None
    return answers.not_allowed(theirs or Role.ADMIN)


async def unblock(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Let in again."""
    who = everyone_unless(arguments.subject())
    (done,) = await change(desk, invocation, "user.unblock", of_topic(Topic.BLOCK, who))
    if not done.before:
        return answers.notice(f"{who.shown} is not blocked", "Nothing was changed.")
    return answers.notice(f"{who.shown} is no longer blocked")


WORDS = (
    admin_word(
        "access allow",
        allow,
        role=Role.ADMIN,
        summary="Lets a person, role or channel in",
        examples=("access allow role:designers", "access allow #art", "access allow @ana"),
        parameters=(_WHO,),
    ),
    admin_word(
        "access deny",
        deny,
        role=Role.ADMIN,
        summary="Keeps a person, role or channel out",
        examples=("access deny everyone", "access deny #support"),
        parameters=(_WHO,),
    ),
    admin_word(
        "access clear",
        clear,
        role=Role.ADMIN,
        summary="Takes an access rule away",
        examples=("access clear @ana",),
        parameters=(_WHO,),
    ),
    admin_word(
        "access quiet",
        quiet,
        role=Role.ADMIN,
        summary="Hours in which nothing is painted",
        examples=(
            "access quiet 22:00-07:00",
            "access quiet 09:00-17:00 #support",
            "access quiet off",
        ),
        parameters=(_HOURS, _CHANNEL),
    ),
    admin_word(
        "access show",
        show,
        role=Role.MODERATOR,
        summary="Access rules, blocks and quiet hours",
        examples=("access show",),
    ),
    admin_word(
        "user block",
        block,
        role=Role.MODERATOR,
        summary="Keeps a person out for a time",
        examples=("user block @ben 2h calm down please", "user block @ben"),
        parameters=(_PERSON, _LENGTH, _REASON),
    ),
    admin_word(
        "user unblock",
        unblock,
        role=Role.MODERATOR,
        summary="Lets a blocked person in again",
        examples=("user unblock @ben",),
        parameters=(_PERSON,),
    ),
)
