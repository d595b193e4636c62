"""`settings`: what a person wants when they say nothing, shown and changed."""

from __future__ import annotations

from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Button, Card, Field, Form, Input, InputKind, Reply, Tone
from bot.domain.flags import find_flag
from bot.domain.grammar import Ask, from_options
from bot.domain.guide import Guide
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.preferences import Preferences
from bot.domain.sentences import images
from bot.domain.style import names_of

SETTINGS = Guide(
    name="settings",
    summary="What you get when you say nothing",
    role=Role.MEMBER,
    example="settings",
)
HOUSE = "As the house does"
"""The choice that leaves it to the house."""
GALLERY = "gallery"
EVERYBODY, ONLY_ME = "Everybody may see them", "Only you see them"
MOST_CHOSEN = 4
MOST_CHOICES = 24
"""What a form's list holds beside HOUSE: Discord takes 25 options."""


async def settings(desk: Desk, invocation: Invocation) -> Reply:
    """The person's own defaults, with a way to change them."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    chosen = await desk.preferences.of(invocation.person, at=rules.version)
    return _shown(desk, chosen, headline="Your settings")


async def settings_form(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The form when the button was pressed, the new settings when it was sent."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    styles = names_of(rules.wordings.styles, desk.catalog.styles)
    if not invocation.inputs:
        chosen = await desk.preferences.of(invocation.person, at=rules.version)
        return Reply(form=_form(desk, chosen, action, styles))
    seen_by = invocation.inputs.get(GALLERY, "")
    said = {
        name: value
        for name, value in invocation.inputs.items()
        if value and value != HOUSE and name != GALLERY
    }
    asked = from_options({"prompt": "x", **said})
    if not isinstance(asked, Ask):
        return answers.needs_change(*(error.sentence for error in asked))
    known = (asked.style or "") in {"", *styles}
    if not known or (asked.model or "") not in {"", *desk.catalog.model_ids}:
        return answers.needs_change("There is no such style or model here.")
    chosen = Preferences(
        count=asked.count,
        aspect=asked.aspect,
        style=asked.style,
        model=asked.model,
        private=seen_by == ONLY_ME,
    )
    await desk.preferences.keep(invocation.person, chosen)
    return _shown(desk, chosen, headline="Your settings are changed")


def _shown(desk: Desk, chosen: Preferences, *, headline: str) -> Reply:
    default = images(desk.rules.images)
    facts = {
        "Pictures": images(chosen.count) if chosen.count else f"{HOUSE.lower()}: {default}",
        "Shape": chosen.aspect.written if chosen.aspect else HOUSE.lower(),
        "Style": chosen.style or "none",
        "Model": chosen.model or HOUSE.lower(),
        "In others' gallery": "no" if chosen.private else "yes",
    }
    change = Button(
        label="Change",
        action=Action(verb=Verb.SETTINGS, target=0),
        says="Change your settings",
    )
    return Reply(
        card=Card(
            tone=Tone.NOTICE,
            headline=headline,
            lines=("They hold wherever you say nothing else.",),
            fields=tuple(Field(name=name, value=value) for name, value in facts.items()),
            rows=((change,),),
            only_asker=True,
        )
    )


def _form(desk: Desk, chosen: Preferences, action: Action, styles: tuple[str, ...]) -> Form:
    aspect = find_flag("ar")
    counts = tuple(str(number) for number in range(1, MOST_CHOSEN + 1))
    fields = [
        _choice("n", counts, str(chosen.count or "")),
        _choice(
            "ar",
            aspect.suggestions if aspect else (),
            chosen.aspect.written if chosen.aspect else "",
        ),
        _choice("style", styles, chosen.style or ""),
    ]
    if len(desk.catalog.model_ids) > 1:
        fields.append(_choice("model", desk.catalog.model_ids, chosen.model or ""))
    fields.append(
        Input(
            name=GALLERY,
            label="Your pictures in /gallery all",
            kind=InputKind.CHOICE,
            choices=(EVERYBODY, ONLY_ME),
            value=ONLY_ME if chosen.private else EVERYBODY,
        )
    )
    return Form(
        title="Your settings",
        action=action,
        inputs=tuple(field for field in fields if len(field.choices) > 1),
        submit_label="Keep",
    )


def _choice(name: str, choices: tuple[str, ...], value: str) -> Input:
    flag = find_flag(name)
    return Input(
        name=name,
        label=flag.label if flag else name,
        kind=InputKind.CHOICE,
        choices=(HOUSE, *choices[:MOST_CHOICES]),
        value=value if value in choices else HOUSE,
    )
