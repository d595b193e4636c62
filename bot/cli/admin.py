"""`impasto admin …` and `impasto audit verify`: the words admins have in chat, typed at the machine itself."""

from __future__ import annotations

import asyncio
import getpass
import json
import uuid
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import Exit, in_sentences
from bot.commands.dispatch import ADMIN
from bot.commands.facts import HELP
from bot.commands.words import REGISTRY
from bot.config import Settings, load_settings
from bot.domain.card import Card, Reply
from bot.domain.identity import Person, Place, Role, WorkspaceId
from bot.domain.invocation import Invocation
from bot.domain.parameter import ParameterKind
from bot.surfaces.web.people import KNOWN, PLATFORM, WORKSPACE
from bot.telemetry.logs import set_up_logs
from bot.wiring.fittings import SystemClock
from bot.wiring.house import House, open_house
from bot.wiring.store import open_store

DataDir = Annotated[Path | None, typer.Option(help="Where database and pictures lie.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def admin(
    context: typer.Context,
    workspace: Annotated[
        str | None, typer.Option(help="As slack:T1, discord:1234 or web:playground.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """An admin word: impasto admin quota set @ana 50/day --workspace slack:T1.

    It acts as an owner on the database that the bot uses, whether or not it runs. Names are those of people who asked
    for something there; ids always work, as @U012AB3CD, role:S012AB3CD or #C012AB3CD.
    """
    line = line_of(context.args)
    with in_sentences():
        settings = load_settings(data_dir=data_dir)
        set_up_logs(secrets=settings.secret_values, level="WARNING")
        answer = asyncio.run(_answer(settings, line, workspace))
    if isinstance(answer, str):
        typer.echo(answer, err=True)
        raise typer.Exit(Exit.BAD_USAGE)
    reply = answer.reply
    if answer.doubt:
        typer.echo(answer.doubt, err=True)
    _tell(reply, as_json=as_json)
    if reply.denied:
        raise typer.Exit(Exit.REFUSED)
    raise typer.Exit(Exit.BAD_USAGE if reply.correctable else Exit.DONE)


def line_of(words: Sequence[str]) -> str:
    """The line as it would be typed in chat. The shell took its quotes away: values get them back, texts need none."""
    if len(words) == 1:
        return words[0]
    found = REGISTRY.admin_word(" ".join(words))
    parameters = found[0].guide.parameters if found is not None else ()
    if found is None or all(one.kind is not ParameterKind.TEXT for one in parameters):
        return " ".join(_quoted(word) for word in words)
    head = len(found[0].guide.under_admin.split())
    values_first = head + (parameters[0].kind is not ParameterKind.TEXT)
    names = {one.name for one in parameters if one.kind is not ParameterKind.TEXT}
    return " ".join(
        _quoted(word) if number < values_first or words[number - 1].lstrip("-") in names else word
        for number, word in enumerate(words)
    )


def _quoted(word: str) -> str:
    """What the shell kept together stays together; a mention's own brackets do that already."""
    return f'"{word}"' if " " in word and '"' not in word and not word.startswith("<") else word


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A reply, and why it may be of another workspace than was meant; "" when that one is known."""

    reply: Reply
    doubt: str


async def _answer(settings: Settings, line: str, named: str | None) -> _Answer | str:
    """The reply, or why it is not known whose words these are."""
    async with open_house(settings, work=False) as house:
        there = await _workspaces(house)
        word, text = _word(line)
        found = _workspace(there, named)
        if isinstance(found, str):
            if word == ADMIN and REGISTRY.admin_word(line) is not None:
                return found
            # Help, and what is no word at all, are answered the same everywhere.
            found = PLATFORM, WORKSPACE
        platform, workspace = found
        user = getpass.getuser()
        reply = await house.dispatch(
            Invocation(
                key=f"shell:{uuid.uuid4()}",
                person=Person(
                    platform=platform,
                    workspace=workspace,
                    user=f"shell:{user}",
                    name=f"{user} (shell)",
                    role=Role.OWNER,
                ),
                place=Place(channel=""),
                word=word,
                text=text,
                known=KNOWN if platform == PLATFORM else {},
            )
        )
        return _Answer(reply=reply, doubt="" if named is None else _doubt(there, named))


def _word(line: str) -> tuple[str, str]:
    """The word and what follows it; `help` is everybody's word, and here about the admin words alone."""
    if line.split(maxsplit=1)[:1] != [HELP.name]:
        return ADMIN, line
    wanted = line.partition(HELP.name)[2].strip()
    return HELP.name, wanted or ADMIN


async def _workspaces(house: House) -> Sequence[str]:
    return [one for one in await house.desk.workspace_rules.workspaces() if "shell:" not in one]


def _doubt(there: Sequence[str], named: str) -> str:
    """A workspace may be set up before anybody asks there, so one that is unknown is a doubt and no mistake."""
    if not there or named in there:
        return ""
    return f"Nothing was ever set or asked for in {named}. There are: {', '.join(there)}."


def _workspace(there: Sequence[str], named: str | None) -> tuple[str, str] | str:
    if named is None and len(there) == 1:
        named = there[0]
    if named is None:
        listed = ", ".join(there) or "none yet"
        return f"Say which workspace: --workspace slack:T1. There are: {listed}."
    platform, _, workspace = named.partition(":")
    if not workspace:
        return f"{named} names no workspace; write it as slack:T1, discord:1234 or web:playground."
    return platform, workspace


def _tell(reply: Reply, *, as_json: bool) -> None:
    card = reply.card
    if card is None:
        return
    if as_json:
        said = {
            "headline": card.headline,
            "lines": list(card.lines),
            "fields": {field.name: field.value for field in card.fields},
            "text": card.preformatted,
            "footer": card.footer,
            "denied": reply.denied,
            "correctable": reply.correctable,
        }
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    for line in _lines(card):
        typer.echo(line.replace("/help admin", "/admin help").replace("/admin ", "impasto admin "))


def _lines(card: Card) -> Sequence[str]:
    fields = [f"{field.name}: {field.value}" for field in card.fields]
    parts = [card.headline, *card.lines, *fields, card.preformatted, card.footer]
    return [part for part in parts if part]


audit_app = typer.Typer(help="The log of what admins and people did.", no_args_is_help=True)


@audit_app.callback()
def _audit() -> None:
    """The log of what admins and people did."""


@audit_app.command("verify")
def verify(
    expect: Annotated[
        list[str] | None,
        typer.Option(help="An end noted earlier, as slack:T1=12=ab34…: it must still be there."),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Checks every workspace's chain, and prints where each ends: keep that elsewhere, and give it to --expect."""
    with in_sentences():
        settings = load_settings(data_dir=data_dir)
        set_up_logs(secrets=settings.secret_values, level="WARNING")
        ends, faults = asyncio.run(_verify(settings, expect or []))
    if as_json:
        typer.echo(json.dumps({"ends": ends, "faults": faults}, ensure_ascii=False))
    else:
        for end in ends:
            typer.echo(f"{end['workspace']}={end['number']}={end['sha256']}")
        for fault in faults:
            typer.echo(fault, err=True)
    raise typer.Exit(Exit.FAILED if faults else Exit.DONE)


async def _verify(
    settings: Settings, expected: Sequence[str]
) -> tuple[list[dict[str, object]], list[str]]:
    async with AsyncExitStack() as stack:
        store = await open_store(settings, clock=SystemClock(), claim=False, stack=stack)
        ends, breaches = await store.audit.check()
        faults = [f"{one.workspace}: entry {one.number}: {one.what}." for one in breaches]
        for text in expected:
            workspace, number, sha256 = (*text.split("="), "", "")[:3]
            stands = number.isdigit() and await store.audit.stands(
                WorkspaceId(workspace), int(number), sha256
            )
            if not stands:
                faults.append(f"{workspace}: entry {number} is gone, or another than was noted.")
        return [asdict(end) for end in ends], faults
