"""`impasto doctor`: whether what is configured would work, and what an admin should do. Nothing is paid for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Annotated

import typer

from bot.cli.exits import Exit, in_sentences
from bot.cli.models import Json
from bot.config import load_settings
from bot.domain.sentences import counted
from bot.wiring.fittings import SystemClock
from bot.wiring.inspection import ProviderReport, inspect

Providers = Annotated[bool, typer.Option("--providers", help="Looks at who paints.")]


def doctor(providers: Providers = False, as_json: Json = False) -> None:
    """Looks at every provider: configured, reachable, allowed, priced, about to be shut down."""
    del providers
    with in_sentences():
        settings = load_settings()
        reports = asyncio.run(inspect(settings, clock=SystemClock(), asks_with_keys=True))
    findings = [(report, tuple(findings_of(report))) for report in reports]
    if as_json:
        told = [report.as_json() | {"findings": list(found)} for report, found in findings]
        typer.echo(
            json.dumps({"version": version("impasto"), "well": well(reports), "providers": told})
        )
    else:
        typer.echo(f"Impasto {version('impasto')}")
        for report, found in findings:
            usable = sum(model.allowed and not model.retired for model in report.models)
            typer.echo(f"{mark_of(report):<4} {report.name}: {counted(usable, 'model')}")
            for finding in found:
                typer.echo(f"       {finding}")
    if not well(reports):
        raise typer.Exit(Exit.FAILED)


def well(reports: tuple[ProviderReport, ...]) -> bool:
    """Whether every configured provider could be asked for something, as far as is known."""
    return bool(reports) and all(report.usable for report in reports)


def mark_of(report: ProviderReport) -> str:
    """`ok` only for one that was asked and answered."""
    if not report.usable:
        return "BAD"
    return "ok" if report.not_asked is None else "?"


def findings_of(report: ProviderReport) -> Iterator[str]:
    """What an admin should know, in sentences."""
    if report.fault is not None:
        yield f"can't be reached or used: {report.fault}"
    elif not report.models:
        yield "offers no model; look at its `models` in impasto.toml"
    if report.not_asked is not None:
        yield f"not asked: {report.not_asked}"
    for model in report.models:
        if model.retired:
            yield f"{model.id} ended on {model.shutdown}{_then(model.successor)}"
        elif model.ends_soon:
            yield f"{model.id} ends on {model.shutdown}, in {counted(model.days_left or 0, 'day')}{_then(model.successor)}"
        if not model.allowed:
            yield f"{model.id} is not allowed by [rules]: its terms for data don't fit or aren't known"
        elif model.price_microusd is None:
            yield f"{model.id} has no known price; set options.price_per_image_microusd where there is one"


def _then(successor: str | None) -> str:
    return f"; {successor} takes its place" if successor else "; no successor is named"
