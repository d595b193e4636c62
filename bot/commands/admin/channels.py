"""`channel …`: what is painted in a channel when nothing is said, and whether answers stand in threads."""

from __future__ import annotations

from bot.commands.admin.typed import admin_word, change
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.arguments import Arguments
from bot.domain.card import Reply
from bot.domain.flag_values import read_value
from bot.domain.flags import find_flag
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.json_values import Document, Json
from bot.domain.nearest import nearest
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.style import names_of
from bot.domain.subject import EVERYWHERE, SubjectKind
from bot.domain.wordings import DEFAULTS, THREADS
from bot.domain.workspace_rules import Topic, WorkspaceRules
from bot.ports import RuleChange

UNCHANGED = "Nothing was changed."
NONE = "none"
"""The value that takes a default away."""
_ORDER = "What somebody says goes first, then their own /settings, then the channel's, then everywhere's."
_WHERE = Parameter(
    name="who",
    kind=ParameterKind.WHO,
    help="The channel, or everywhere",
    required=True,
    subjects=(SubjectKind.CHANNEL, SubjectKind.EVERYWHERE),
)


def _default(name: str, help_text: str, *aliases: str) -> Parameter:
    return Parameter(
        name=name, kind=ParameterKind.WORD, help=help_text, positional=False, aliases=aliases
    )


_WORDS = {
    "model": _default("model", "The model, or none"),
    "style": _default("style", "The style, or none"),
    "ar": _default("aspect", "The shape, as 16:9, or none", "ar"),
    "n": _default("count", "How many pictures, or none", "n"),
}
_THREADS = Parameter(
    name="threads",
    kind=ParameterKind.CHOICE,
    help="Whether answers stand in threads",
    positional=False,
    choices=("on", "off", NONE),
)


async def set_(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """The channel's defaults, part by part."""
    where = arguments.subject() or EVERYWHERE
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    put: dict[str, Json] = {}
    drop: list[str] = []
    for flag, parameter in _WORDS.items():
        typed = arguments.text(parameter.name)
        if not typed:
            continue
        if typed.casefold() == NONE:
            drop.append(flag)
        elif misfit := _misfit(desk, rules, flag, parameter.name, typed):
            return answers.needs_change(misfit, UNCHANGED)
        else:
            put[flag] = typed
    if threads := arguments.text(THREADS):
        if threads == NONE:
            drop.append(THREADS)
        else:
            put[THREADS] = threads == "on"
    if not put and not drop:
        return answers.needs_change(
            "What is to be set?", "As in: /admin channel set #art aspect 16:9", UNCHANGED
        )
    # The workspace's own settings are everyone's, these are a channel's or everywhere's: never the same row.
    (done,) = await change(
        desk,
        invocation,
        "channel.set",
        RuleChange(
            topic=Topic.SETTING,
            subject=where.key,
            label=where.name,
            put=put,
            drop=tuple(drop),
        ),
    )
    return answers.notice(f"{where.shown}: {said(done.after)}", _ORDER)


def _misfit(desk: Desk, rules: WorkspaceRules, flag: str, name: str, typed: str) -> str | None:
    """Why this can't be a default."""
    known = {
        "model": desk.catalog.model_ids,
        "style": names_of(rules.wordings.styles, desk.catalog.styles),
    }.get(flag)
    if known is not None:
        if typed in known:
            return None
        meant = nearest(typed, known)
        hint = f" Did you mean {meant}?" if meant else f" There are: {', '.join(known) or 'none'}."
        return f"{name} {typed}: there is no such thing here.{hint}"
    found = find_flag(flag)
    if found is None or read_value(found, typed) is not None:
        return None
    return f"{name} {typed} does not fit; it takes {found.allowed}."


def said(body: Document) -> str:
    """What is set, for people."""
    parts = [f"{parameter.name} {body[flag]}" for flag, parameter in _WORDS.items() if flag in body]
    if THREADS in body:
        parts.append(f"threads {'on' if body[THREADS] else 'off'}")
    return ", ".join(parts) or "as everywhere"


async def show(desk: Desk, invocation: Invocation, _arguments: Arguments) -> Reply:
    """Every channel that has defaults of its own."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    lines = [
        f"{one.about.shown}  {said(one.body)}"
        for one in rules.about(Topic.SETTING)
        if one.about.kind in {SubjectKind.CHANNEL, SubjectKind.EVERYWHERE}
        and any(name in one.body for name in (*DEFAULTS, THREADS))
    ]
    if not lines:
        return answers.notice("No channel has defaults of its own", _ORDER)
    return answers.listing("What channels want", "\n".join(lines), footer=_ORDER)


WORDS = (
    admin_word(
        "channel set",
        set_,
        role=Role.ADMIN,
        summary="What is painted there when nothing is said",
        examples=(
            "channel set #art aspect 3:1 count 2",
            "channel set everywhere threads off",
            "channel set #art aspect none",
        ),
        parameters=(_WHERE, *_WORDS.values(), _THREADS),
    ),
    admin_word(
        "channel show",
        show,
        role=Role.MODERATOR,
        summary="Channels with defaults of their own",
        examples=("channel show",),
    ),
)
