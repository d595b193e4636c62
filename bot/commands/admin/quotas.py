"""`quota set`, `quota show`, `quota grant`, `quota reset`, `quota zone`: who may have how many images, and when."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.commands.admin.typed import admin_word, change
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.allowance import UNLIMITED
from bot.domain.arguments import Arguments, everyone_unless
from bot.domain.card import Reply
from bot.domain.identity import LaneId, Person, Place, Role
from bot.domain.invocation import Invocation
from bot.domain.json_values import Json
from bot.domain.nearest import nearest
from bot.domain.parameter import EVERYBODY, Parameter, ParameterKind
from bot.domain.quota import Limit, Period, counter, span_of
from bot.domain.quota_sentences import A_PERIOD, applies, rule_text, usage_text
from bot.domain.sentences import images, until
from bot.domain.subject import EVERYONE, Subject, SubjectKind
from bot.domain.workspace_rules import Topic
from bot.ports import RuleChange

MOST_IMAGES = 1_000_000
"""Ours; a number beyond it is a slip of the finger."""

_WHO = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="A person, role, channel, everyone, everywhere",
    required=True,
    subjects=(*EVERYBODY, SubjectKind.EVERYWHERE),
)
_ANYBODY = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="One of them; without it every quota",
    subjects=(*EVERYBODY, SubjectKind.EVERYWHERE),
)
_PERSON_OR_CHANNEL = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="The person, or the channel",
    required=True,
    subjects=(SubjectKind.PERSON, SubjectKind.CHANNEL),
)


def _images(period: Period) -> Parameter:
    return Parameter(
        name=period.value,
        kind=ParameterKind.NUMBER,
        help=f"Images {A_PERIOD[period]}",
        per=period.value,
        low=0,
        high=MOST_IMAGES,
    )


def _number(name: str, text: str, *, high: int, aliases: tuple[str, ...] = ()) -> Parameter:
    return Parameter(
        name=name,
        kind=ParameterKind.NUMBER,
        help=text,
        positional=False,
        low=1,
        high=high,
        aliases=aliases,
    )


_SET = (
    _WHO,
    *(_images(period) for period in Period),
    Parameter(
        name="weight",
        kind=ParameterKind.DECIMAL,
        help="Share of the line; 1 is everyone's",
        positional=False,
        low=0.1,
        high=100,
    ),
    _number("at_once", "Requests painted at once", high=100, aliases=("at-once", "inflight")),
    _number("queued", "Requests in line", high=10_000),
    Parameter(
        name="largest",
        kind=ParameterKind.SIZE,
        help="Longest side of a picture",
        positional=False,
        low=64,
        high=16_384,
    ),
    _number("count", "Images of one request", high=100),
    Parameter(
        name="models",
        kind=ParameterKind.MODELS,
        help="The only models, with commas",
        positional=False,
    ),
    Parameter(name="unlimited", kind=ParameterKind.FLAG, help="No limit of images in any period"),
    Parameter(
        name="default",
        kind=ParameterKind.FLAG,
        help="Back to what holds for everyone",
        positional=False,
    ),
)
_NOT_OF_CHANNELS = ("weight", "at_once")


async def set_(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """The rule as it stands now, and what applies."""
    who = everyone_unless(arguments.subject())
    put = _put(arguments)
    if not put and not arguments.flag("default"):
        return answers.needs_change("Say what to set, as 50/day.", "Nothing was changed.")
    lost = [name for name in _NOT_OF_CHANNELS if name in put and _is_place(who)]
    if lost:
        return answers.needs_change(
            f"{lost[0]}: a person has one line for all channels, so this can't be set for a channel.",
            "Nothing was changed.",
        )
    rule = RuleChange(
        topic=Topic.QUOTA,
        subject=who.key,
        label=who.name,
        put=put,
        whole=arguments.flag("default"),
    )
    (done,) = await change(desk, invocation, "quota.set", rule)
    said = rule_text(done.after) if done.after else "no quota of its own"
    return answers.listing(
        f"{who.shown}: {said}", await _standing(desk, invocation, who), footer=_FROM_NOW_ON
    )


_FROM_NOW_ON = "It holds from the next request on."


def _put(arguments: Arguments) -> dict[str, Json]:
    put: dict[str, Json] = {}
    if arguments.flag("unlimited"):
        put.update({period.value: UNLIMITED for period in Period})
    for name in (*(period.value for period in Period), "at_once", "queued", "count"):
        if (number := arguments.number(name)) is not None:
            put[name] = number
    if (largest := arguments.number("largest")) is not None:
        put["largest_px"] = largest
    weight, models = arguments.values.get("weight"), arguments.values.get("models")
    if isinstance(weight, float):
        put["weight"] = weight
    if isinstance(models, tuple):
        put["models"] = [*models]
    return put


def _is_place(who: Subject) -> bool:
    return who.kind in {SubjectKind.CHANNEL, SubjectKind.EVERYWHERE}


async def show(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Every quota that is set; of one subject what applies, whose rule it is, and what is left."""
    who = arguments.subject()
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    zone = desk.entitlements.zone(rules)
    footer = f"Days begin by the clock of {zone}."
    if who is not None:
        text = await _standing(desk, invocation, who)
        return answers.listing(f"What applies to {who.shown}", text, footer=footer)
    lines = [f"{one.about.shown}: {rule_text(one.body)}" for one in rules.about(Topic.QUOTA)]
    house = desk.rules
    lines.append(
        "the house's default: "
        + rule_text(
            {
                "hour": house.images_per_hour or None,
                "day": house.images_per_day or None,
                "month": house.images_per_month or None,
                "at_once": house.jobs_at_once,
                "queued": house.jobs_queued,
            }
        )
    )
    return answers.listing("Quotas", "\n".join([*lines, "", *_ORDER]), footer=footer)


_ORDER = (
    "A person's own goes before their roles', that before everyone's.",
    "A channel's binds everyone in it as well.",
)


async def _standing(desk: Desk, invocation: Invocation, who: Subject) -> str:
    """What applies to somebody, or to a channel, and what is used of it."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    asker = invocation.person
    now, zone = desk.clock.now(), desk.entitlements.zone(rules)
    if who.kind is SubjectKind.PERSON:
        person = rules.known_as(await _known(desk, asker, who))
        nowhere = Place(channel="")
        allowance = desk.entitlements.allowance(rules, person, nowhere)
        counters = desk.entitlements.counters(rules, allowance, person, nowhere)
        text = "\n".join(applies(allowance))
        return "\n".join(
            part for part in (text, usage_text(await desk.quotas.usage(counters), now=now)) if part
        )
    if who.kind is SubjectKind.CHANNEL:
        place = Place(channel=who.id)
        allowance = rules.quotas.allowance(asker, place, desk.rules)
        found = rules.quotas.counters(allowance, asker, place, now=now, zone=zone)
        counters = tuple(one for one in found if one.scope.startswith("channel:"))
        return (
            usage_text(await desk.quotas.usage(counters), now=now) or "No quota binds this channel."
        )
    return f"{who.shown}: {rule_text(rules.body(Topic.QUOTA, who))}"


async def _known(desk: Desk, asker: Person, who: Subject) -> Person:
    """The person as they were when they last asked: that is when their roles were told."""
    lane = LaneId(f"{asker.platform}:{asker.workspace}:{who.id}")
    if lane == asker.lane:
        return asker
    jobs = await desk.queue.jobs_of(lane, unfinished=False, limit=1)
    if jobs:
        return jobs[0].person
    return Person(
        platform=asker.platform, workspace=asker.workspace, user=who.id, name=who.name or who.id
    )


_FOR = {"today": Period.DAY, "hour": Period.HOUR, "month": Period.MONTH}


async def grant(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """More images for one period; it ends with it."""
    who, more = everyone_unless(arguments.subject()), arguments.number("images") or 0
    period = _FOR[arguments.text("for") or "today"]
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    now = desk.clock.now()
    span = span_of(period, now=now, zone=desk.entitlements.zone(rules))
    given = rules.body(Topic.GRANT, who)
    month = span_of(Period.MONTH, now=now, zone=desk.entitlements.zone(rules)).key
    over = tuple(name for name in given if not name.partition(":")[2].startswith(month[6:]))
    # Named by the event that gave it, so that the same event sent twice gives once.
    name = f"{span.key} {invocation.key}"
    rule = RuleChange(
        topic=Topic.GRANT, subject=who.key, label=who.name, put={name: more}, drop=over
    )
    await change(desk, invocation, "quota.grant", rule)
    return answers.listing(
        f"{who.shown}: {images(more)} more",
        await _standing(desk, invocation, who),
        footer=f"It ends {until(span.ends_at, now=now)}.",
    )


async def reset(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """What was used of every period until now no longer counts."""
    who = everyone_unless(arguments.subject())
    asker = invocation.person
    rules = await desk.rulebook.current(asker.workspace_id)
    now, zone = desk.clock.now(), desk.entitlements.zone(rules)
    scope = (
        f"channel:{asker.workspace_id}:{who.id}"
        if who.kind is SubjectKind.CHANNEL
        else f"user:{asker.platform}:{asker.workspace}:{who.id}"
    )
    counters = [
        counter(Limit(scope=scope, period=period, images=0), now=now, zone=zone)
        for period in Period
    ]
    put: dict[str, Json] = {
        usage.counter.period_key: usage.used
        for usage in await desk.quotas.usage(counters)
        if usage.used
    }
    rule = RuleChange(topic=Topic.FORGIVEN, subject=who.key, label=who.name, put=put, whole=True)
    await change(desk, invocation, "quota.reset", rule)
    return answers.listing(
        f"{who.shown} starts anew",
        await _standing(desk, invocation, who),
        footer="What is in line still counts.",
    )


async def zone(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """By which clock days and months begin here."""
    name = arguments.text("zone")
    if not name:
        rules = await desk.rulebook.current(invocation.person.workspace_id)
        return answers.notice(f"Days begin by the clock of {desk.entitlements.zone(rules)}")
    if (found := _zone(name)) is None:
        zones = sorted(available_timezones())
        meant = nearest(name, zones) or next(
            (one for one in zones if one.casefold().endswith(f"/{name.casefold()}")), None
        )
        hint = f"Did you mean {meant}?" if meant else "Write it as Europe/Berlin."
        return answers.needs_change(f"There is no time zone {name}. {hint}", "Nothing was changed.")
    rule = RuleChange(topic=Topic.SETTING, subject=EVERYONE.key, put={"time_zone": found})
    await change(desk, invocation, "quota.zone", rule)
    return answers.notice(
        f"Days begin by the clock of {found}", "Quotas, budgets and quiet hours go by it."
    )


def _zone(name: str) -> str | None:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


WORDS = (
    admin_word(
        "quota set",
        set_,
        role=Role.ADMIN,
        summary="How many images, how large, with which models",
        examples=(
            "quota set @ana 50/day",
            "quota set role:designers 200/day weight 2",
            "quota set #general 500/day",
            "quota set everyone 20/hour largest 1024 count 4",
            "quota set @ana default",
        ),
        parameters=_SET,
    ),
    admin_word(
        "quota show",
        show,
        role=Role.MODERATOR,
        summary="Quotas, or what applies to someone and why",
        examples=("quota show", "quota show @ana", "quota show #general"),
        parameters=(_ANYBODY,),
    ),
    admin_word(
        "quota grant",
        grant,
        role=Role.ADMIN,
        summary="More images for a while",
        examples=("quota grant @ana 20 today", "quota grant role:designers 100 month"),
        parameters=(
            _WHO,
            Parameter(
                name="images",
                kind=ParameterKind.NUMBER,
                help="How many more",
                required=True,
                low=1,
                high=MOST_IMAGES,
            ),
            Parameter(
                name="for",
                kind=ParameterKind.CHOICE,
                help="Until when; today unless said",
                choices=tuple(_FOR),
            ),
        ),
    ),
    admin_word(
        "quota reset",
        reset,
        role=Role.ADMIN,
        summary="Forgets what was used so far",
        examples=("quota reset @ana", "quota reset #general"),
        parameters=(_PERSON_OR_CHANNEL,),
    ),
    admin_word(
        "quota zone",
        zone,
        role=Role.ADMIN,
        summary="By which clock days and months begin",
        examples=("quota zone Europe/Berlin", "quota zone"),
        parameters=(
            Parameter(
                name="zone", kind=ParameterKind.WORD, help="A time zone, as Europe/Berlin", high=60
            ),
        ),
    ),
)
