"""`template …`: the workspace's prompt templates, each edit a version of its own."""

from __future__ import annotations

import json

from bot.commands.admin.typed import admin_word, change
from bot.commands.desk import Desk
from bot.commands.templates import described
from bot.domain import answers
from bot.domain.arguments import Arguments
from bot.domain.audit import AuditQuery
from bot.domain.card import Reply
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.json_values import Document, Json
from bot.domain.nearest import nearest
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.template import MOST_TEMPLATES, NAME, Template, read_template
from bot.domain.wordings import ABOUT, LINE, OWNER, REMOVED, TEMPLATE_KEY, VERSION, Wordings
from bot.domain.workspace_rules import Topic
from bot.ports import RuleChange

MAX_LINE_CHARS = 3000
UNCHANGED = "Nothing was changed."
_NAME = Parameter(name="name", kind=ParameterKind.WORD, help="Its name, as hero", required=True)
_ABOUT = Parameter(
    name="about",
    kind=ParameterKind.WORD,
    help="What it is for, in quotes",
    positional=False,
    high=120,
)
_TEXT = Parameter(
    name="text",
    kind=ParameterKind.TEXT,
    help="Its words, with {variables} and flags that are fixed",
    required=True,
    high=MAX_LINE_CHARS,
)
_SHOWN = Parameter(name="name", kind=ParameterKind.WORD, help="One of them, in full")
_VERSION = Parameter(
    name="version",
    kind=ParameterKind.NUMBER,
    help="An earlier version of it",
    low=1,
    high=1_000_000,
)


async def add(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """A new template; a refusal when there is one of that name."""
    name, words = arguments.text("name").casefold(), await _words(desk, invocation)
    if not NAME.fullmatch(name):
        return answers.needs_change(
            f"{name}: a template's name has small letters, digits, - and _, and begins with a letter.",
            UNCHANGED,
        )
    if name in words.templates:
        return answers.needs_change(
            f"There is a template {name} already.",
            f"To change it: /admin template edit {name}",
            UNCHANGED,
        )
    if len(words.templates) >= MOST_TEMPLATES:
        return answers.needs_change(
            f"There are {MOST_TEMPLATES} templates, and no more fit.", UNCHANGED
        )
    return await _put(desk, invocation, arguments, words, name=name, owner=invocation.person.name)


async def edit(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """A new version of a template. What was asked for with the earlier one stays as it was."""
    name, words = arguments.text("name").casefold(), await _words(desk, invocation)
    before = words.templates.get(name)
    if before is None:
        return _no_such(name, words)
    return await _put(
        desk, invocation, arguments, words, name=name, owner=before.owner, about=before.about
    )


async def _put(  # noqa: PLR0913 - all that a version is
    desk: Desk,
    invocation: Invocation,
    arguments: Arguments,
    words: Wordings,
    *,
    name: str,
    owner: str,
    about: str = "",
) -> Reply:
    version = words.next_version(name)
    made = read_template(
        name,
        arguments.text("text"),
        version=version,
        about=arguments.text("about") or about,
        owner=owner,
    )
    if not isinstance(made, Template):
        return answers.needs_change(*made, UNCHANGED)
    if made.fixed.model is not None and made.fixed.model not in desk.catalog.known_ids:
        return answers.needs_change(
            f"--model {made.fixed.model}: there is no such model here.", UNCHANGED
        )
    body: dict[str, Json] = {
        LINE: made.line,
        ABOUT: made.about,
        OWNER: owner,
        VERSION: version,
    }
    verb = "add" if version == 1 or name not in words.templates else "edit"
    await change(desk, invocation, f"template.{verb}", _rule(name, body))
    return answers.listing(
        f"Template {name}, version {version}",
        described(made),
        footer=f"Its next picture is shown by /templates {name}.",
    )


async def remove(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Nobody can use it any more; its versions stay in the log."""
    name, words = arguments.text("name").casefold(), await _words(desk, invocation)
    before = words.templates.get(name)
    if before is None:
        return _no_such(name, words)
    await change(
        desk, invocation, "template.remove", _rule(name, {REMOVED: True, VERSION: before.version})
    )
    return answers.notice(
        f"Template {name} is removed",
        "What was made with it stays. /admin template add brings it back with its next version.",
    )


async def show(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Every template with its version and owner; or one, also as it was."""
    name, words = arguments.text("name").casefold(), await _words(desk, invocation)
    if not name:
        return _all(words)
    if (version := arguments.number("version")) is not None:
        return await _earlier(desk, invocation, name, version)
    found = words.templates.get(name)
    if found is None:
        return _no_such(name, words)
    about = f"{found.about}\n" if found.about else ""
    return answers.listing(
        f"Template {name}, version {found.version}",
        f"{about}Owner: {found.owner}\n\n{described(found)}",
        footer="/admin audit template tells who changed what.",
    )


def _all(words: Wordings) -> Reply:
    there = words.templates
    if not there:
        return answers.notice("There are no templates here", "To add one: /admin template add")
    width = max(map(len, there))
    lines = [
        f"{name:<{width}}  version {one.version}  {one.owner}"
        for name, one in sorted(there.items())
    ]
    return answers.listing(
        "Templates", "\n".join(lines), footer="/admin template show and a name shows all of it."
    )


async def _earlier(desk: Desk, invocation: Invocation, name: str, version: int) -> Reply:
    """A version as the log tells it: that is where every version is kept."""
    entries = await desk.audit.entries(
        AuditQuery(
            workspace=invocation.person.workspace_id,
            target=f"{TEMPLATE_KEY}{name}",
            limit=1000,
        )
    )
    for entry in entries:
        for one in json.loads(entry.body or "{}").get("changed") or ():
            after: Document = one.get("after") or {}
            if after.get(VERSION) == version and isinstance(line := after.get(LINE), str):
                return answers.listing(
                    f"Template {name}, version {version}",
                    line,
                    footer=f"Changed by {json.loads(entry.body or '{}').get('by') or entry.actor}.",
                )
    return answers.notice(f"No version {version} of {name} is in the log")


def _no_such(name: str, words: Wordings) -> Reply:
    known = sorted(words.templates)
    meant = nearest(name, known)
    hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(known) or 'none'}."
    return answers.needs_change(f"There is no template {name!r} here.", hint, UNCHANGED)


def _rule(name: str, body: dict[str, Json]) -> RuleChange:
    return RuleChange(topic=Topic.TEMPLATE, subject=f"{TEMPLATE_KEY}{name}", put=body, whole=True)


async def _words(desk: Desk, invocation: Invocation) -> Wordings:
    return (await desk.rulebook.current(invocation.person.workspace_id)).wordings


WORDS = (
    admin_word(
        "template add",
        add,
        role=Role.ADMIN,
        summary="A template of a prompt, with variables",
        examples=(
            "template add shelf Photo of {product}, {mood:warm|cold=warm} light --ar 16:9",
            'template add card about:"Birthday cards" A card with the words "{words}" --seed 7',
        ),
        parameters=(_NAME, _ABOUT, _TEXT),
    ),
    admin_word(
        "template edit",
        edit,
        role=Role.ADMIN,
        summary="A new version of a template",
        examples=("template edit hero Photo of {product} on marble --ar 16:9",),
        parameters=(_NAME, _ABOUT, _TEXT),
    ),
    admin_word(
        "template remove",
        remove,
        role=Role.ADMIN,
        summary="Takes a template away",
        examples=("template remove hero",),
        parameters=(_NAME,),
    ),
    admin_word(
        "template show",
        show,
        role=Role.MODERATOR,
        summary="Templates, their versions and owners",
        examples=("template show", "template show hero", "template show hero 2"),
        parameters=(_SHOWN, _VERSION),
    ),
)
