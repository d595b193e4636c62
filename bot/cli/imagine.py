"""`impasto imagine`: the whole pipeline without a chat."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.bringing import Brought, UnfitPicture, read_brought
from bot.cli.exits import Exit, in_sentences
from bot.cli.painting import Canvas, Painted, UnfitRequest, paint_all, shortened
from bot.cli.stopping import stop_on_signals
from bot.config import Settings, load_settings
from bot.domain.grammar import Ask, parse
from bot.domain.job import JobState, Reason
from bot.domain.template_call import PREFIX
from bot.telemetry.logs import set_up_logs

_OUR_FAULTS = frozenset(
    {Reason.PROVIDER_DOWN, Reason.PROVIDER_ACCOUNT, Reason.STORAGE, Reason.INTERNAL}
)


def imagine(  # noqa: PLR0913 - each is an option of the command line
    context: typer.Context,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the pictures.")] = Path(),
    from_file: Annotated[
        str | None, typer.Option("--from", help="One prompt a line; - reads standard input.")
    ] = None,
    image: Annotated[
        Path | None, typer.Option("--image", help="A picture to start from: PNG, JPEG or WebP.")
    ] = None,
    mask: Annotated[
        Path | None,
        typer.Option("--mask", help="Of --image: what is painted over in it is painted anew."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a request.")] = False,
    data_dir: Annotated[Path | None, typer.Option(help="Where database and pictures lie.")] = None,
) -> None:
    """Paints a picture: impasto imagine "a red fox" --n 4 --ar 16:9, with all flags of /imagine.

    With --image it starts from a picture, with --mask it changes only what is painted over in that mask. With --from it
    paints one for each line of a file, and the flags count for every line. Files written are listed on standard output,
    everything else is said on standard error.
    """
    typed = _as_text(context.args)
    if from_file is not None:
        _check_only_flags(typed)
    texts = _lines(from_file) if from_file is not None else [""]
    whole = [f"{text} {typed}".strip() for text in texts]
    _check(whole)
    brought = _brought(image, mask)
    _make_folder(out)
    with in_sentences():
        settings = load_settings(data_dir=data_dir)
        set_up_logs(secrets=settings.secret_values, level="WARNING")
        try:
            results = asyncio.run(
                _paint(settings, whole, brought=brought, out=out, as_json=as_json)
            )
        except (UnfitRequest, UnfitPicture) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(Exit.BAD_USAGE) from None
    raise typer.Exit(_exit_code(results))


async def _paint(
    settings: Settings, texts: list[str], *, brought: Brought, out: Path, as_json: bool
) -> list[Painted]:
    stop = asyncio.Event()
    stop_on_signals(stop, quietly=True)
    results: list[Painted] = []
    console = Console(stderr=True, quiet=as_json or not sys.stderr.isatty())
    canvas = Canvas(out=out, console=console, stop=stop)
    async for painted in paint_all(settings, texts, brought=brought, canvas=canvas):
        results.append(painted)
        if as_json:
            typer.echo(json.dumps(painted.as_json(), ensure_ascii=False))
        else:
            _tell(painted)
    return results


def _tell(painted: Painted) -> None:
    for line in painted.files():
        typer.echo(line)
    for line in painted.said():
        typer.echo(line, err=True)


def _check_only_flags(typed: str) -> None:
    """Words beside --from would be lost or mixed into every line, so they are refused."""
    file_line = "x"
    asked = parse(f"{file_line} {typed}")
    if isinstance(asked, Ask) and asked.prompt != file_line:
        words = asked.prompt.removeprefix(file_line).strip()
        typer.echo(
            f"“{shortened(words)}” stands beside --from, which takes its prompts from the file: "
            "write it into the file, or leave --from out.",
            err=True,
        )
        raise typer.Exit(Exit.BAD_USAGE)


def _as_text(words: Sequence[str]) -> str:
    """Shell words as one line of the prompt grammar: what the shell kept together after a flag stays together."""
    line = []
    of_template = any(word.startswith(PREFIX) for word in words)
    for before, word in zip(("", *words), words, strict=False):
        name, is_value, value = word.partition("=")
        if of_template and is_value and name.isidentifier() and " " in value and '"' not in value:
            line.append(f'{name}="{value}"')
            continue
        of_flag = before.startswith("--") and "=" not in before
        line.append(f'"{word}"' if of_flag and " " in word and '"' not in word else word)
    return " ".join(line)


def _lines(source: str) -> list[str]:
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"{source} can't be read: {error}", err=True)
        raise typer.Exit(Exit.BAD_USAGE) from None
    return [line for line in (raw.strip() for raw in text.splitlines()) if line]


def _check(texts: list[str]) -> None:
    """Everything wrong is said before anything is painted."""
    if not texts:
        typer.echo("There is no prompt in that file.", err=True)
        raise typer.Exit(Exit.BAD_USAGE)
    for number, text in enumerate(texts, start=1):
        asked = parse(text)
        if isinstance(asked, Ask):
            continue
        for error in asked:
            where = f"line {number}: " if len(texts) > 1 else ""
            typer.echo(f"{where}{error.sentence}", err=True)
        raise typer.Exit(Exit.BAD_USAGE)


def _brought(image: Path | None, mask: Path | None) -> Brought:
    if mask is not None and image is None:
        typer.echo("--mask says what to change in --image: name that picture too.", err=True)
        raise typer.Exit(Exit.BAD_USAGE)
    try:
        return read_brought(image, mask)
    except UnfitPicture as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.BAD_USAGE) from None


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        typer.echo(f"{out} can't be made a folder: {error.strerror}.", err=True)
        raise typer.Exit(Exit.BAD_USAGE) from None


def _is_our_fault(painted: Painted) -> bool:
    """Turned away at the door, though nobody said no to the request itself."""
    ending = painted.job.ending if painted.job else None
    return ending is not None and ending.reason in _OUR_FAULTS


def _exit_code(results: list[Painted]) -> Exit:
    states = {painted.state for painted in results}
    if states & {JobState.FAILED, JobState.CANCELLED} or not results:
        return Exit.FAILED
    if any(_is_our_fault(painted) for painted in results):
        return Exit.FAILED
    return Exit.REFUSED if JobState.REFUSED in states else Exit.DONE
