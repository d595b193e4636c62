"""The imagine form: everything one can say with flags, drawn from what the models here can do."""

from __future__ import annotations

from bot.commands.desk import Desk
from bot.commands.imagine import place_ask
from bot.domain import answers
from bot.domain.action import Action
from bot.domain.card import Form, Input, InputKind, Reply
from bot.domain.flags import find_flag
from bot.domain.grammar import MAX_PROMPT_CHARS, TEMPLATE, Ask, from_options
from bot.domain.invocation import Invocation
from bot.domain.style import names_of
from bot.domain.wordings import Wordings
from providers import Capabilities, Operation, SeedSupport

REFERENCE = "reference"
"""The field for a picture; a surface hands in what it held as the invocation's reference."""
MOST_CHOSEN = 4
"""Pictures offered in the form; a flag takes more."""


async def imagine_form(desk: Desk, invocation: Invocation, action: Action) -> Reply:
    """The form when it was asked for, the acknowledgement when it was sent."""
    if not invocation.inputs:
        rules = await desk.rulebook.current(invocation.person.workspace_id)
        chosen = await desk.preferences.of(invocation.person, at=rules.version)
        return Reply(form=_form(desk, invocation, action, rules.wordings, count=chosen.count))
    asked = from_options(dict(invocation.inputs))
    if not isinstance(asked, Ask):
        return answers.bad_flags(asked)
    return await place_ask(desk, invocation, asked)


def _form(
    desk: Desk, invocation: Invocation, action: Action, words: Wordings, *, count: int | None
) -> Form:
    template = words.templates.get(action.argument)
    from_picture = invocation.reference is not None or invocation.reference_image is not None
    operation = Operation.IMAGE_TO_IMAGE if from_picture else Operation.TEXT_TO_IMAGE
    models = desk.catalog.able(operation)
    abilities = [can for model in models if (can := desk.catalog.capabilities(model))]
    return Form(
        title="Imagine",
        action=action,
        inputs=(
            Input(
                name="prompt",
                label="Prompt",
                kind=InputKind.LONG_TEXT,
                value=template.example if template else "",
                required=not words.templates,
                hint="Say the subject, the place, the light and the style. Flags work here too.",
                max_length=MAX_PROMPT_CHARS,
            ),
            *_offered(
                desk,
                abilities,
                models,
                words,
                from_picture=from_picture,
                count=count or desk.rules.images,
            ),
        ),
        submit_label="Imagine",
    )


def _offered(
    desk: Desk,
    abilities: list[Capabilities],
    models: tuple[str, ...],
    words: Wordings,
    *,
    from_picture: bool,
    count: int,
) -> list[Input]:
    """The fields that some model here can make use of."""
    most = min(MOST_CHOSEN, max((can.max_count for can in abilities), default=1))
    fields = [_choice("n", tuple(str(n) for n in range(1, most + 1)), str(count))]
    if from_picture:
        fields.append(_typed("strength", InputKind.NUMBER))
    else:
        aspect = find_flag("ar")
        fields.append(_choice("ar", aspect.suggestions if aspect else ()))
    if any(can.negative_prompt for can in abilities):
        fields.append(_typed("no", InputKind.TEXT))
    if styles := names_of(words.styles, desk.catalog.styles):
        fields.append(_choice("style", styles))
    fields += _templates(words)
    if len(models) > 1:
        fields.append(_choice("model", models))
    if any(can.seed is not SeedSupport.NONE for can in abilities):
        fields.append(_typed("seed", InputKind.NUMBER))
    fields += _particular(desk, abilities)
    if not from_picture and desk.catalog.able(Operation.IMAGE_TO_IMAGE):
        fields.append(
            Input(
                name=REFERENCE,
                label="Start from a picture",
                kind=InputKind.PICTURE,
                hint="PNG, JPEG or WebP, 20 MB at most.",
            )
        )
    return fields


def _particular(desk: Desk, abilities: list[Capabilities]) -> list[Input]:
    """What only some kinds of model have. They stand last: a platform with small forms shows the first ones."""
    fields = []
    if any(can.samplers for can in abilities):
        fields.append(_choice("sampler", desk.catalog.samplers))
    if any(can.max_loras for can in abilities):
        fields.append(_typed("lora", InputKind.TEXT))
    if desk.catalog.able(Operation.CONTROL):
        fields.append(_choice("control", desk.catalog.controls))
    return fields


def _templates(words: Wordings) -> list[Input]:
    if not words.templates:
        return []
    return [
        Input(
            name=TEMPLATE,
            label="Template",
            kind=InputKind.CHOICE,
            choices=tuple(sorted(words.templates)),
            hint="Its values go into the prompt, as product=earbuds. /templates shows them all.",
        )
    ]


def _choice(name: str, choices: tuple[str, ...], value: str = "") -> Input:
    return Input(name=name, label=_label(name), kind=InputKind.CHOICE, choices=choices, value=value)


def _typed(name: str, kind: InputKind) -> Input:
    flag = find_flag(name)
    return Input(name=name, label=_label(name), kind=kind, hint=flag.help if flag else "")


def _label(name: str) -> str:
    flag = find_flag(name)
    return flag.label if flag else name
