"""`budget set`, `budget show` and `notify set`: how much money may be spent, and who is told when it nearly is."""

from __future__ import annotations

from bot.commands.admin.typed import admin_word, change
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.arguments import Arguments, everyone_unless
from bot.domain.audit import Deed
from bot.domain.budget import INSTALLATION, BudgetRules, Purse
from bot.domain.card import Reply
from bot.domain.identity import LaneId, Person, Place, Role
from bot.domain.invocation import Invocation
from bot.domain.json_values import Document, Json
from bot.domain.money_sentences import budget_text, spending_lines, standing_line
from bot.domain.parameter import EVERYBODY, Parameter, ParameterKind
from bot.domain.quota import Period
from bot.domain.subject import EVERYONE, Subject, SubjectKind
from bot.domain.workspace_rules import Topic, WorkspaceRules
from bot.ports import RuleChange

_WHO = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="A person, role, channel, or the workspace",
    required=True,
    subjects=EVERYBODY,
)
_ANYBODY = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="One of them; without it every budget",
    subjects=EVERYBODY,
)
_SPENT = ("stop", "ask")
_SET = (
    _WHO,
    Parameter(name="day", kind=ParameterKind.MONEY, help="Dollars a day", per="day"),
    Parameter(name="month", kind=ParameterKind.MONEY, help="Dollars a month", per="month"),
    Parameter(
        name="spent",
        kind=ParameterKind.CHOICE,
        help="When it is spent: stop, or ask an admin",
        choices=_SPENT,
    ),
    Parameter(
        name="each",
        kind=ParameterKind.FLAG,
        help="For each person by themselves, not together",
        positional=False,
    ),
    Parameter(
        name="installation",
        kind=ParameterKind.FLAG,
        help="For all workspaces together; owners only",
        positional=False,
    ),
    Parameter(name="off", kind=ParameterKind.FLAG, help="No budget any more", positional=False),
)
_SHARED_ONLY = frozenset({SubjectKind.CHANNEL, SubjectKind.PERSON})


async def set_(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """The budget as it stands now."""
    who = everyone_unless(arguments.subject())
    whole = arguments.flag("installation")
    if whole and invocation.person.role is not Role.OWNER:
        return answers.not_allowed(Role.OWNER)
    if whole and (who != EVERYONE or arguments.flag("each")):
        return answers.needs_change(
            "The installation's budget is everyone's together.", "Nothing was changed."
        )
    if arguments.flag("each") and who.kind in _SHARED_ONLY:
        return answers.needs_change(
            "each: that is for everyone or a role; a person's budget is their own anyway.",
            "Nothing was changed.",
        )
    put = _put(arguments)
    if not put and not arguments.flag("off"):
        return answers.needs_change("Say how much, as $5/day.", "Nothing was changed.")
    if whole and put:
        put["told_in"] = invocation.person.workspace_id
    rule = RuleChange(
        topic=Topic.BUDGET,
        subject=who.key,
        label=who.name,
        put=put,
        whole=arguments.flag("off"),
    )
    after = await _changed(desk, invocation, rule, whole=whole)
    shown = "The whole installation" if whole else _named(who)
    said = budget_text(after) if after else "no budget"
    return answers.notice(f"{shown}: {said}", *_lines(after))


def _lines(after: Document) -> list[str]:
    if not after:
        return ["Nothing is counted any more."]
    spent = (
        "When it is spent, a request waits until an admin approves it."
        if after.get("ask") is True
        else "When it is spent, nothing more is painted from it."
    )
    return [
        spent,
        "It counts from the next request on. Only pictures that are received are paid from it.",
        "Models without a known price can't be used where a budget stands.",
    ]


async def _changed(
    desk: Desk, invocation: Invocation, rule: RuleChange, *, whole: bool
) -> Document:
    if not whole:
        (done,) = await change(desk, invocation, "budget.set", rule)
        return done.after
    person = invocation.person
    deed = Deed(
        workspace=INSTALLATION,
        actor=person.lane,
        name=person.name,
        action="budget.set",
        target=rule.subject,
        place=invocation.place.channel,
    )
    (done,) = await desk.workspace_rules.change(INSTALLATION, [rule], deed=deed)
    await desk.rulebook.current(INSTALLATION)
    await desk.queue.wake_parked(None)
    return done.after


def _put(arguments: Arguments) -> dict[str, Json]:
    put: dict[str, Json] = {}
    before = "each_" if arguments.flag("each") else ""
    for period in (Period.DAY, Period.MONTH):
        if (amount := arguments.number(period.value)) is not None:
            put[f"{before}{period}"] = amount
    if said := arguments.text("spent"):
        put["ask"] = said == "ask"
    return put


def _named(who: Subject) -> str:
    return "The whole workspace" if who == EVERYONE else who.shown


async def show(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Every budget that is set, or what one subject's requests are paid from and how it stands."""
    who = arguments.subject()
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    everywhere = await desk.rulebook.current(INSTALLATION)
    if who is not None:
        return await _show_one(desk, invocation, who, rules)
    lines: list[str] = []
    for one in rules.about(Topic.BUDGET):
        lines.append(f"{_named(one.about)}: {budget_text(one.body)}")
        purses = await _purses(desk, invocation.person, one.about, rules)
        lines += await _standings(desk, purses)
    if invocation.person.role is Role.OWNER:
        body = everywhere.body(Topic.BUDGET, EVERYONE)
        if body:
            now, zone = desk.clock.now(), desk.entitlements.zone(everywhere)
            purses = everywhere.budgets.of_installation(now=now, zone=zone)
            lines.append(f"The whole installation: {budget_text(body)}")
            lines += await _standings(desk, purses)
    if not lines:
        return answers.notice("No budgets are set", "As in: /admin budget set @ana $5/day")
    channel = rules.notices
    told = f"Told in {channel.shown}" if channel else "Nobody is told: /admin notify set #channel"
    return answers.listing("Budgets", "\n".join(lines), footer=f"{told}.")


async def _show_one(
    desk: Desk, invocation: Invocation, who: Subject, rules: WorkspaceRules
) -> Reply:
    person, place = await _standing_for(desk, invocation.person, who)
    nothing = BudgetRules()
    now, zone = desk.clock.now(), desk.entitlements.zone(rules)
    budgets = rules.budgets if rules.budgets.budgets else nothing
    purses = budgets.purses(person, place, now=now, zone=zone)
    if who.kind is not SubjectKind.PERSON:
        purses = tuple(one for one in purses if one.because.key == who.key)
    text = "\n".join(spending_lines(await desk.budgets.spendings(purses), now=now))
    return answers.listing(f"Budgets of {_named(who)}", text or "No budget stands here.")


async def _purses(
    desk: Desk, asker: Person, who: Subject, rules: WorkspaceRules
) -> tuple[Purse, ...]:
    """What that rule alone gives. Of a budget that each has by themselves there is no one purse: it is told of a person."""
    person, place = await _standing_for(desk, asker, who)
    now, zone = desk.clock.now(), desk.entitlements.zone(rules)
    found = rules.budgets.purses(person, place, now=now, zone=zone)
    own = who.kind is SubjectKind.PERSON
    return tuple(
        one for one in found if one.because.key == who.key and one.scope.startswith("user:") is own
    )


async def _standings(desk: Desk, purses: tuple[Purse, ...]) -> list[str]:
    now = desk.clock.now()
    spendings = await desk.budgets.spendings(purses) if purses else ()
    return [f"    {standing_line(one, now=now)}" for one in spendings]


async def _standing_for(desk: Desk, asker: Person, who: Subject) -> tuple[Person, Place]:
    """Somebody whose requests are paid from that subject's budget."""
    nobody = Person(platform=asker.platform, workspace=asker.workspace, user="", name="")
    match who.kind:
        case SubjectKind.PERSON:
            lane = LaneId(f"{asker.platform}:{asker.workspace}:{who.id}")
            jobs = await desk.queue.jobs_of(lane, unfinished=False, limit=1)
            alone = Person(
                platform=asker.platform, workspace=asker.workspace, user=who.id, name=who.name
            )
            return (jobs[0].person if jobs else alone), Place(channel="")
        case SubjectKind.ROLE:
            member = Person(
                platform=asker.platform,
                workspace=asker.workspace,
                user="",
                name="",
                groups=(who.id,),
            )
            return member, Place(channel="")
        case SubjectKind.CHANNEL:
            return nobody, Place(channel=who.id)
        case _:
            return nobody, Place(channel="")


async def notify(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """From now on notices are posted there."""
    channel = arguments.subject()
    if channel is None and not arguments.flag("off"):
        rules = await desk.rulebook.current(invocation.person.workspace_id)
        there = rules.notices
        return answers.notice(
            f"Notices go to {there.shown}" if there else "Notices go nowhere yet",
            "As in: /admin notify set #admins",
        )
    put: dict[str, Json] = {}
    if channel is not None and not arguments.flag("off"):
        put = {"channel": channel.id, "name": channel.name}
    rule = RuleChange(topic=Topic.NOTIFY, subject=EVERYONE.key, put=put, whole=True)
    await change(desk, invocation, "notify.set", rule)
    if not put or channel is None:
        return answers.notice("Notices go nowhere any more")
    return answers.notice(
        f"Notices go to {channel.shown}",
        "Budgets are told there at 50, 80 and 100 %, each once a day and once a month.",
        "I have to be in that channel.",
    )


WORDS = (
    admin_word(
        "budget set",
        set_,
        role=Role.ADMIN,
        summary="How much money may be spent",
        examples=(
            "budget set @ana $5/day",
            "budget set role:designers $100/month ask",
            "budget set workspace $300/month",
            "budget set everyone $2/day each",
            "budget set #general off",
        ),
        parameters=_SET,
    ),
    admin_word(
        "budget show",
        show,
        role=Role.MODERATOR,
        summary="Budgets, and what is left of them",
        examples=("budget show", "budget show @ana"),
        parameters=(_ANYBODY,),
    ),
    admin_word(
        "notify set",
        notify,
        role=Role.ADMIN,
        summary="The channel that is told of budgets",
        examples=("notify set #general", "notify set off"),
        parameters=(
            Parameter(
                name="who",
                kind=ParameterKind.WHO,
                help="The channel",
                subjects=(SubjectKind.CHANNEL,),
            ),
            Parameter(name="off", kind=ParameterKind.FLAG, help="Tell nobody", positional=False),
        ),
    ),
)
