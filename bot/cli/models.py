"""`impasto models`: what can paint here, what it costs, and what becomes of what is sent there."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.exits import Exit, in_sentences
from bot.config import load_settings
from bot.domain.sentences import data_terms, money
from bot.wiring.fittings import SystemClock
from bot.wiring.inspection import ModelReport, ProviderReport, inspect
from providers import DataTerms

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def models(as_json: Json = False) -> None:
    """Every model of every configured provider: abilities, price, shutdown, and the terms for your data."""
    with in_sentences():
        settings = load_settings()
        reports = asyncio.run(inspect(settings, clock=SystemClock()))
    if as_json:
        typer.echo(json.dumps({"providers": [report.as_json() for report in reports]}))
    else:
        _print(reports)
    if not any(report.usable for report in reports):
        raise typer.Exit(Exit.FAILED)


def _print(reports: tuple[ProviderReport, ...]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("model", "provider", "can", "price", "ends", "data"):
        table.add_column(column, overflow="fold")
    for report in reports:
        for model in report.models:
            table.add_row(
                model.id if model.allowed else f"{model.id} (not allowed)",
                report.name,
                ", ".join(one.replace("_", " ") for one in model.operations),
                price_of(model),
                ends(model),
                terms_of(model),
            )
    console = Console(soft_wrap=False)
    console.print(table)
    for report in reports:
        if report.fault is not None:
            console.print(f"{report.name}: {report.fault}", markup=False)


def price_of(model: ModelReport) -> str:
    """What an image costs."""
    if model.price_microusd is None:
        return "unknown"
    return f"{money(model.price_microusd)}" if model.price_microusd else "free"


def ends(model: ModelReport) -> str:
    """When it is shut down, and what takes its place."""
    if model.shutdown is None:
        return ""
    then = f", then {model.successor}" if model.successor else ""
    return f"{'ended ' if model.retired else ''}{model.shutdown}{then}"


def terms_of(model: ModelReport) -> str:
    """What becomes of prompts and pictures there."""
    return data_terms(
        DataTerms(
            retention_days=model.retention_days,
            region=model.region,
            trains_on_data=model.trains_on_data,
        )
    )
