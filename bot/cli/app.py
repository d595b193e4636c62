"""The words of the shell, each from its own file."""

from __future__ import annotations

import typer

from bot.cli import admin, bench, db, doctor, imagine, models, serve, slack

app = typer.Typer(
    name="impasto",
    help="Impasto: a self-hosted image-generation bot.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(serve.demo)
app.command("run")(serve.run)
app.command("gateway")(serve.gateway)
app.command("worker")(serve.worker)
app.command("web")(serve.web)
app.command(
    "imagine",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    options_metavar="PROMPT [FLAGS] [OPTIONS]",
)(imagine.imagine)
app.command("models")(models.models)
app.command("doctor")(doctor.doctor)
app.command(
    "admin",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    options_metavar="WORD … [OPTIONS]",
)(admin.admin)
app.add_typer(admin.audit_app, name="audit")
app.add_typer(db.app, name="db")
app.add_typer(slack.app, name="slack")
app.add_typer(bench.app, name="bench")
