"""A typed line as a command, and what the composer may complete."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.flags import FLAGS, Completion
from bot.domain.guide import Guide
from bot.pipeline.catalog import Catalog

PREFIX = "impasto"
"""What stands before words on platforms whose command names are shared; here it may be left out."""


def command_of(line: str, known: Sequence[str]) -> tuple[str, str] | None:
    """Word and rest of a slash command; None when the line is plain talk.

    `/impasto queue` and `/queue` are the same; a word of several parts, as `quota set`, is known by its whole name.
    """
    typed = line.strip()
    if not typed.startswith("/") or typed.startswith("//"):
        return None
    body = typed[1:]
    first, *rest = body.split(maxsplit=1) or [""]
    if first.casefold() == PREFIX:
        body = rest[0] if rest else ""
    for name in sorted(known, key=len, reverse=True):
        head, tail = body[: len(name)], body[len(name) :]
        if head.casefold() == name and (not tail or tail[0].isspace()):
            return name, tail.strip()
    word, *arguments = body.split(maxsplit=1) or [""]
    return word, arguments[0] if arguments else ""


def completions(guides: Sequence[Guide], catalog: Catalog) -> dict[str, object]:
    """Commands, flags and their values for the composer, as plain data."""
    values = {
        Completion.STYLES: catalog.styles,
        Completion.MODELS: catalog.model_ids,
    }
    return {
        "commands": [
            {
                "name": f"/{guide.name}",
                "usage": guide.usage,
                "summary": guide.summary,
            }
            for guide in guides
        ],
        "flags": [
            {
                "name": flag.written,
                "placeholder": flag.placeholder,
                "help": flag.help,
                "values": list(values.get(flag.completion, flag.suggestions)),
            }
            for flag in FLAGS
        ],
    }
