"""What was asked for, in full: its template filled in, its style's words added, and what people and channels want."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.card import Reply
from bot.domain.flags import FLAGS
from bot.domain.grammar import MAX_PROMPT_CHARS, Ask
from bot.domain.invocation import Invocation
from bot.domain.job import Lent
from bot.domain.nearest import nearest
from bot.domain.preferences import Preferences
from bot.domain.style import names_of
from bot.domain.template import TemplateUse, fill
from bot.domain.wordings import NOTHING_SET
from bot.domain.workspace_rules import WorkspaceRules

NOTHING_DONE = "Nothing was submitted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """The ask as it is judged and painted, and what its words came from."""

    ask: Ask
    template: TemplateUse | None = None
    styled: str = ""
    lent: tuple[Lent, ...] = ()


def _lent(by: str, *, before: Ask, after: Ask) -> tuple[Lent, ...]:
    """The flags that say something `after`, and said nothing `before`."""
    return tuple(
        Lent(flag=flag.written, by=by)
        for flag in FLAGS
        if not getattr(before, flag.field) and getattr(after, flag.field)
    )


async def worded(
    desk: Desk, invocation: Invocation, ask: Ask, rules: WorkspaceRules, *, shaped: bool = False
) -> Worded | Reply:
    """The words in full by these rules; a reply when the template, the values or the style don't fit.

    `shaped` says that a picture it starts from gives it its shape. What is said goes before a template's, that before
    the person's own defaults, those before the channel's, those before everywhere's.
    """
    template: TemplateUse | None = None
    lent: tuple[Lent, ...] = ()
    if ask.call is not None:
        found = rules.wordings.templates.get(ask.call.name)
        if found is None:
            return _no_template(ask.call.name, rules)
        filled = fill(found, ask)
        if not isinstance(filled, Ask):
            return answers.needs_change(*filled, f"As in: /imagine {found.example}", NOTHING_DONE)
        lent = _lent(f"the template {found.name}", before=ask, after=filled)
        ask, template = filled, TemplateUse(name=found.name, version=found.version)
    own = await desk.preferences.of(invocation.person, at=rules.version)
    wants = (own, *rules.wordings.wanted(invocation.place))
    styled = with_style(desk, rules, ask, wants)
    if isinstance(styled, Reply):
        return styled
    ask, lent = styled.ask, (*lent, *styled.lent)
    for want in wants:
        ask = with_defaults(desk, ask, want, shaped=shaped)
    return Worded(ask=ask, template=template, styled=styled.styled, lent=lent)


async def rules_for(desk: Desk, invocation: Invocation, ask: Ask) -> WorkspaceRules:
    """The rules at hand, unless a name is asked for that may be newer than they are."""
    workspace = invocation.person.workspace_id
    named = ask.style is not None and ask.style not in desk.catalog.styles
    if ask.call is not None or named:
        return await desk.rulebook.current(workspace)
    return await desk.rulebook.at_hand(workspace)


def _no_template(name: str, rules: WorkspaceRules) -> Reply:
    known = sorted(rules.wordings.templates)
    meant = nearest(name, known)
    hint = (
        f"Did you mean template:{meant}?" if meant else f"There are: {', '.join(known) or 'none'}."
    )
    return answers.needs_change(f"There is no template {name!r} here.", hint, NOTHING_DONE)


def with_style(
    desk: Desk, rules: WorkspaceRules, ask: Ask, wants: tuple[Preferences, ...] = ()
) -> Worded | Reply:
    """The ask in the style it names, else in the first that is wanted and can be had; a reply when there is none such."""
    own, of_models = rules.wordings.styles, desk.catalog.styles
    wished = (ask.style,) if ask.style is not None else tuple(want.style for want in wants)
    for name in wished:
        style = None if name is None else own.get(name.casefold())
        if style is not None:
            made = style.of(ask)
            if made is None:
                return answers.needs_change(
                    f"In the style {style.name} that is longer than {MAX_PROMPT_CHARS:,} characters.",
                    NOTHING_DONE,
                )
            lent = _lent(f"the style {style.name}", before=ask, after=made)
            return Worded(ask=made, styled=style.name, lent=lent)
    if ask.style is None or ask.style in of_models:
        return Worded(ask=ask)
    return no_such("--style", ask.style, names_of(own, of_models))


def no_such(flag: str, value: str, known: tuple[str, ...]) -> Reply:
    """A style or model nobody here has, answered with the nearest one there is."""
    meant = nearest(value, known)
    hint = f" Did you mean {meant}?" if meant else ""
    listed = ", ".join(known) if known else "none"
    return answers.needs_change(
        f"{flag} {value}: there is no such thing here.{hint} There are: {listed}.", NOTHING_DONE
    )


def with_defaults(desk: Desk, ask: Ask, chosen: Preferences, *, shaped: bool) -> Ask:
    """The ask with what is preferred where it says nothing; what is no more here is left out."""
    if chosen == NOTHING_SET:
        return ask
    model = ask.model or (chosen.model if chosen.model in desk.catalog.model_ids else None)
    painter = model or next(iter(desk.catalog.model_ids), "")
    able = desk.catalog.capabilities(painter)
    fits = able is not None and chosen.style in able.styles
    free = not shaped and ask.aspect is None and ask.size is None
    return replace(
        ask,
        count=ask.count or chosen.count,
        model=model,
        style=ask.style or (chosen.style if fits else None),
        aspect=chosen.aspect if free else ask.aspect,
    )
