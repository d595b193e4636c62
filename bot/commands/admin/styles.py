"""`style add` and `style remove`: styles of the workspace's own, beside those of the models."""

from __future__ import annotations

from bot.commands.admin.typed import admin_word, change
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.arguments import Arguments
from bot.domain.card import Reply
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.json_values import Json
from bot.domain.nearest import nearest
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.style import MOST_STYLES, Style, read_style, style_name
from bot.domain.wordings import LINE, STYLE_KEY
from bot.domain.workspace_rules import Topic
from bot.ports import RuleChange

UNCHANGED = "Nothing was changed."
_NAME = Parameter(
    name="name", kind=ParameterKind.WORD, help="Its name, as noir, in quotes if two", required=True
)


async def add(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """The style, new or changed."""
    name = style_name(arguments.text("name"))
    if name is None:
        return answers.needs_change("That can't be a style's name; forty letters fit.", UNCHANGED)
    made = read_style(name, arguments.text("words"))
    if not isinstance(made, Style):
        return answers.needs_change(*made, UNCHANGED)
    if made.model is not None and made.model not in desk.catalog.known_ids:
        return answers.needs_change(
            f"--model {made.model}: there is no such model here.", UNCHANGED
        )
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    there = rules.wordings.styles
    if name not in there and len(there) >= MOST_STYLES:
        return answers.needs_change(f"There are {MOST_STYLES} styles, and no more fit.", UNCHANGED)
    await change(desk, invocation, "style.add", _rule(name, {LINE: made.line}))
    lines = [f"A prompt becomes: {made.before}…{made.after}"]
    lines += [f"Left out: {made.negative_prompt}"] if made.negative_prompt else []
    lines += [f"Painted by {made.model} unless another is named."] if made.model else []
    if name in {one.casefold() for one in desk.catalog.styles}:
        lines.append("It goes before the models' own style of that name.")
    written = f'"{name}"' if " " in name else name
    return answers.notice(f"Style {name}", *lines, f"As in: /imagine a fox --style {written}")


async def remove(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """It can't be named any more."""
    name = style_name(arguments.text("name")) or ""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    there = sorted(rules.wordings.styles)
    if name not in there:
        meant = nearest(name, there)
        hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(there) or 'none'}."
        return answers.needs_change(f"There is no style {name!r} of your own.", hint, UNCHANGED)
    await change(desk, invocation, "style.remove", _rule(name, {}))
    return answers.notice(f"Style {name} is removed")


def _rule(name: str, body: dict[str, Json]) -> RuleChange:
    return RuleChange(topic=Topic.STYLE, subject=f"{STYLE_KEY}{name}", put=body, whole=True)


WORDS = (
    admin_word(
        "style add",
        add,
        role=Role.ADMIN,
        summary="A style: words around everybody's prompt",
        examples=(
            "style add noir film noir still of {prompt}, hard shadows --no colour",
            "style add house flat vector, two colours, on cream",
        ),
        parameters=(
            _NAME,
            Parameter(
                name="words",
                kind=ParameterKind.TEXT,
                help="Words with {prompt} in them; --no and --model",
                required=True,
                high=1500,
            ),
        ),
    ),
    admin_word(
        "style remove",
        remove,
        role=Role.ADMIN,
        summary="Takes a style away",
        examples=("style remove noir",),
        parameters=(_NAME,),
    ),
)
