"""Styles that admins made: words put around a prompt, words to leave out, perhaps a model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.cleaning import clean
from bot.domain.flags import FLAGS
from bot.domain.grammar import MAX_PROMPT_CHARS, Ask, parse

HERE = "{prompt}"
"""Where the prompt goes in a style's words; without it they are put after it."""
MAX_NAME_CHARS = 40
MOST_STYLES = 100
_MAY_SET = frozenset({"negative_prompt", "model"})
_UNFIT = re.compile(r"[<>\x00-\x1f`\"]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A style, read. `line` is what its admin typed."""

    name: str
    line: str
    before: str
    after: str
    negative_prompt: str = ""
    model: str | None = None

    def of(self, ask: Ask) -> Ask | None:
        """What is asked for, in this style; None when it would be too long. The prompt's own text is never read."""
        prompt = clean(f"{self.before}{ask.prompt}{self.after}")
        left_out = ", ".join(one for one in (ask.negative_prompt, self.negative_prompt) if one)
        if max(len(prompt), len(left_out)) > MAX_PROMPT_CHARS:
            return None
        return replace(
            ask,
            prompt=prompt,
            negative_prompt=left_out,
            model=ask.model or self.model,
            style=None,
        )


def style_name(typed: str) -> str | None:
    """A style's name as it is kept; None when it can't be one."""
    name = clean(typed).casefold()
    return name if 0 < len(name) <= MAX_NAME_CHARS and not _UNFIT.search(name) else None


def read_style(name: str, line: str) -> Style | tuple[str, ...]:
    """The style that a typed line describes, or everything wrong with it."""
    asked = parse(line)
    if not isinstance(asked, Ask):
        return tuple(error.sentence for error in asked)
    strange = [
        flag.written
        for flag in FLAGS
        if flag.field not in _MAY_SET and getattr(asked, flag.field) not in (None, False)
    ]
    if strange or asked.call is not None:
        named = " and ".join(strange) or "a template"
        return (f"{named}: a style takes words, --no and --model only.",)
    if asked.prompt.count(HERE) > 1:
        return (f"{HERE} stands there twice; the prompt goes into one place.",)
    before, there, after = asked.prompt.partition(HERE)
    if not there:
        before, after = "", f", {asked.prompt}"
    if not (before + after).strip(" ,"):
        return ("A style needs some words of its own.",)
    return Style(
        name=name,
        line=line,
        before=before,
        after=after,
        negative_prompt=asked.negative_prompt,
        model=asked.model,
    )


def names_of(styles: Mapping[str, Style], of_models: tuple[str, ...]) -> tuple[str, ...]:
    """Every style that can be named: the workspace's own first, then the models'."""
    return (*sorted(styles), *(one for one in of_models if one.casefold() not in styles))
