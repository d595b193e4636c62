"""`impasto bench`: speed and memory as ratios within one run, never as absolute times."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

import typer

from bot.benchmarks import discord, images, pipeline, queue, scale, slack
from bot.benchmarks.postgres_server import NoServer
from bot.benchmarks.queue_databases import DatabaseKind
from bot.cli.exits import Exit

app = typer.Typer(help="Measurements, as ratios within one run.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Rounds = Annotated[int, typer.Option(min=1, help="Rounds; every one is printed, medians count.")]


@app.command("queue")
def bench_queue(
    as_json: AsJson = False,
    rounds: Rounds = 5,
    database: Annotated[
        DatabaseKind, typer.Option(help="Postgres: the one of DATABASE_URL, else one from a wheel.")
    ] = DatabaseKind.SQLITE,
) -> None:
    """The queue beside a bare loop over the same rows, and beside saq."""
    try:
        _measure(partial(queue.run, database=database), rounds=rounds, as_json=as_json)
    except NoServer as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.FAILED) from None


@app.command("images")
def bench_images(as_json: AsJson = False, rounds: Rounds = 5) -> None:
    """Finishing a job's pictures beside the bare codecs, and the event loop's lag meanwhile."""
    _measure(images.run, rounds=rounds, as_json=as_json)


@app.command("pipeline")
def bench_pipeline(as_json: AsJson = False, rounds: Rounds = 5) -> None:
    """Whole jobs from words to the posted answer, beside the pixels they can't avoid."""
    _measure(pipeline.run, rounds=rounds, as_json=as_json)


@app.command("discord")
def bench_discord(as_json: AsJson = False, rounds: Rounds = 5) -> None:
    """The ack of /imagine beside a bare discord.py handler with one commit, and a full shard's memory."""
    _measure(discord.run, rounds=rounds, as_json=as_json)


@app.command("slack")
def bench_slack(as_json: AsJson = False, rounds: Rounds = 5) -> None:
    """The ack of /imagine, durable commit included, beside a bare Bolt listener with one bare commit."""
    _measure(slack.run, rounds=rounds, as_json=as_json)


@app.command("scale")
def bench_scale(as_json: AsJson = False, rounds: Rounds = 3) -> None:
    """One, two and four worker processes on one Postgres, with a provider that takes two seconds."""
    try:
        _measure(scale.run, rounds=rounds, as_json=as_json)
    except NoServer as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.FAILED) from None


def _measure(
    run: Callable[[int], Awaitable[dict[str, Any]]], *, rounds: int, as_json: bool
) -> None:
    try:
        result = asyncio.run(_awaited(run(rounds)))
    except ModuleNotFoundError as error:
        typer.echo(f"This measurement needs {error.name}: run make setup.", err=True)
        raise typer.Exit(Exit.FAILED) from None
    if as_json:
        typer.echo(json.dumps(result))
        return
    for line in result["rounds"]:
        typer.echo("  ".join(f"{name} {value:g}" for name, value in line.items()))
    for name, value in result["ratios"].items():
        typer.echo(f"{name}: {value:g}")


async def _awaited(result: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    return await result
