"""`templates`: the workspace's prompt templates, each with an example and the last picture made with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Button, ButtonStyle, Card, Field, Picture, Reply, Tone
from bot.domain.guide import Guide
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.job import StoredImage
from bot.domain.job_cards import picture_of
from bot.domain.nearest import nearest
from bot.domain.template import Template

TEMPLATES = Guide(
    name="templates",
    role=Role.MEMBER,
    summary="Templates for /imagine, with examples",
    usage="[NAME]",
    example="templates hero",
)
MOST_LISTED = 16
"""With their examples; what is more is named only: no platform's message holds a hundred of them."""
MOST_PICTURES = 9


async def templates(desk: Desk, invocation: Invocation) -> Reply:
    """All of them, those about a word, or one in full."""
    wanted = invocation.text.strip().casefold().removeprefix("template:")
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    there = rules.wordings.templates
    if (chosen := there.get(wanted)) is not None:
        return await _one(desk, invocation, chosen)
    fitting = [
        there[name] for name in sorted(there) if wanted in f"{name} {there[name].about}".casefold()
    ]
    if fitting:
        return await _all(desk, invocation, fitting)
    if not there:
        return answers.notice("There are no templates here", "An admin can add some.")
    meant = nearest(wanted, sorted(there))
    hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(sorted(there))}."
    return answers.notice(f"There is no template {wanted!r} here", hint)


async def _all(desk: Desk, invocation: Invocation, fitting: Sequence[Template]) -> Reply:
    full, others = fitting[:MOST_LISTED], fitting[MOST_LISTED:]
    width = max(len(one.name) for one in full)
    lines = [f"{one.name:<{width}}  {one.about}\n    {one.shortest}" for one in full]
    if others:
        lines.append(f"Also: {', '.join(one.name for one in others)}")
    shown = await _previews(desk, invocation, fitting)
    which = ", ".join(f"{name} is {image.id}" for name, image in shown.items())
    return Reply(
        card=Card(
            tone=Tone.NOTICE,
            headline="Templates",
            lines=(f"Pictures made with them: {which}.",) if shown else (),
            preformatted="\n".join(lines),
            pictures=tuple(_picture(name, image) for name, image in shown.items()),
            footer="Type /imagine and one of the examples; /templates and a name shows all of it.",
            only_asker=True,
        )
    )


async def _previews(
    desk: Desk, invocation: Invocation, of: Sequence[Template]
) -> dict[str, StoredImage]:
    """The last pictures made with these, by their names."""
    names = [one.name for one in of]
    found = await desk.template_pictures.made_with(invocation.person.workspace_id, names)
    return dict(list(found.items())[:MOST_PICTURES])


def _picture(name: str, image: StoredImage) -> Picture:
    picture = picture_of(image)
    return replace(picture, alt=f"Made with the template {name}: {picture.alt}")


async def _one(desk: Desk, invocation: Invocation, chosen: Template) -> Reply:
    shown = await _previews(desk, invocation, [chosen])
    use = Button(
        label="Use it",
        action=Action(verb=Verb.IMAGINE, target=0, argument=chosen.name),
        says=f"Fill in the template {chosen.name}",
        style=ButtonStyle.PRIMARY,
    )
    return Reply(
        card=Card(
            tone=Tone.NOTICE,
            headline=f"Template {chosen.name}, version {chosen.version}",
            quote=chosen.line,
            lines=(*((chosen.about,) if chosen.about else ()), f"Try: /imagine {chosen.example}"),
            fields=tuple(Field(name=one.name, value=one.takes) for one in chosen.variables),
            pictures=tuple(_picture(name, image) for name, image in shown.items()),
            rows=((use,),),
            only_asker=True,
        )
    )


def described(template: Template) -> str:
    """Its text, what each variable takes, and an example that works."""
    width = max((len(one.name) for one in template.variables), default=0)
    takes = [f"  {one.name:<{width}}  {one.takes}" for one in template.variables]
    return "\n".join([template.line, "", *takes, "", f"Try: /imagine {template.example}"])
