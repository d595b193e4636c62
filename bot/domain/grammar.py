r"""The one prompt grammar: a typed line, or the typed options of a form, becomes an Ask.

    a red fox at dusk --ar 16:9 --n 4 --no text, people --style "water colour" --draft

- A flag is a word that begins with two dashes and a letter; its case doesn't count. It may stand anywhere; its value
  is the next word, or what follows `=`. What remains is the prompt. Phones turn `--` into a long dash, so `—ar` is
  read too when it is the name of a flag.
- A value of several words stands in quotes, straight or curled, double or single. `--no` needs none: it takes every
  word up to the next flag.
- Inside the prompt, words in double quotes stay with their quotes and no flag is read in them: they are what is to be
  lettered. A whole text in quotes, as typed by shell habit, loses them and is read as usual.
- A dash on its own, or inside a word, is text. So is any flag or quote after a backslash, which is taken away.
- Line breaks and runs of blanks become one blank. Control characters and characters that nobody sees are removed,
  except where they change what is seen: joiners inside emoji and inside Arabic and Indic words, one variation selector
  after a symbol, the tags of a flag.
- `template:NAME` at the beginning fills in a template; see `template_call`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.aspect import Aspect, Size
from bot.domain.cleaning import clean
from bot.domain.flag_values import read_value, write_value
from bot.domain.flags import (
    FLAG_NAMES,
    FLAGS,
    Flag,
    FlagError,
    FlagProblem,
    FlagValue,
    ValueKind,
    find_flag,
)
from bot.domain.nearest import nearest
from bot.domain.quoting import MARKED, OPENING, Words, escaped, flag_word, plain, unwrapped
from bot.domain.template_call import PREFIX, TemplateCall, lift

MAX_PROMPT_CHARS = 4000
"""Longest prompt and longest negative prompt, in code points after cleaning.

A Discord text input holds no more: discord-api-docs, components, read 2026-11.
"""

MAX_TEXT_CHARS = 12_000
"""Longest text in which flags are looked for: both prompts at their longest, with backslashes and every flag, fit in."""

MAX_ERRORS = 20
"""How many mistakes are told at once. Nobody reads more, and a text may hold thousands."""

PROMPT, TEMPLATE = "prompt", "template"
"""Typed options that are no flags."""

OptionValue = str | int | float | bool | None
"""What a typed option of a form may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody asked for, before defaults. None, and an empty negative prompt, mean that nothing was said.

    Numbers are within the bounds of FLAGS; whether the style, the model and its ranges exist is for capabilities to say.
    """

    prompt: str
    negative_prompt: str = ""
    aspect: Aspect | None = None
    size: Size | None = None
    count: int | None = None
    seed: int | None = None
    model: str | None = None
    style: str | None = None
    steps: int | None = None
    guidance: float | None = None
    strength: float | None = None
    sampler: str | None = None
    lora: str | None = None
    control: str | None = None
    draft: bool = False
    fresh: bool = False
    call: TemplateCall | None = None
    """The template to fill in; what is stored with a job is filled in already."""


def parse(text: str) -> Ask | tuple[FlagError, ...]:
    """What a typed line asks for, or everything that is wrong with it, in the order it was typed. Never raises."""
    match _read(text):
        case FlagError() as error:
            return (error,)
        case prompt, given, call:
            return _settle(prompt, given, call)


def from_options(options: Mapping[str, OptionValue]) -> Ask | tuple[FlagError, ...]:
    """What a form or typed options ask for, or everything that is wrong with them.

    Keys are `prompt`, `template` and the names or aliases of FLAGS. None, blank text and a switch that is off count as
    not given. The prompt is read by the same grammar, because people type flags there too, and with a template its
    values; every other text is taken literally.
    """
    line = str(options.get(PROMPT) or "")
    if template := str(options.get(TEMPLATE) or "").strip():
        line = f"{PREFIX}{template} {line}"
    match _read(line):
        case FlagError() as error:
            return (error,)
        case prompt, given, call:
            typed = [
                _Given(name=name, value=text)
                for name, value in options.items()
                if name not in {PROMPT, TEMPLATE} and (text := _option_text(name, value))
            ]
            return _settle(prompt, [*given, *typed], call)


def render(ask: Ask) -> str:
    """The canonical line for `ask`, of which `parse` makes the same Ask again; it prefills a form.

    For a form's prompt field alone, render an Ask that has nothing but the prompt.
    """
    parts = [escaped(ask.prompt)]
    for flag in FLAGS:
        value: FlagValue | None = getattr(ask, flag.field)
        if value is None or value == "" or value is False:
            continue
        parts.append(flag.written)
        if flag.kind is not ValueKind.SWITCH:
            parts.append(_written_value(flag, value))
    return " ".join(parts)


_BARE_NAME = re.compile(r"[\w.:/@+][\w.:/@+-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A flag as it was typed, without dashes, and its value; None where there was none."""

    name: str
    value: str | None

    @property
    def written(self) -> str:
        return f"--{self.name.casefold()}"


_SHAPE_TWICE = FlagError(
    problem=FlagProblem.CONFLICT,
    flag="--size",
    allowed="--size or --ar, not both: each sets the shape",
)
_EMPTY = FlagError(
    problem=FlagProblem.EMPTY_PROMPT,
    flag="prompt",
    allowed="say what to paint, such as: a red fox at dusk",
)


def _read(text: str) -> tuple[str, list[_Given], TemplateCall | None] | FlagError:
    """Prompt, flags and template in `text` as typed, or an error when it is too long to look for flags in it."""
    line = clean(text)
    if len(line) > MAX_TEXT_CHARS:
        return _too_long("prompt", len(line))
    call, line = lift(line)
    if not MARKED.search(line):
        return line, [], call
    words = Words(unwrapped(line))
    prompt: list[str] = []
    given: list[_Given] = []
    at = 0
    while at < len(words.words):
        word = words.words[at]
        if word[:1] not in OPENING:
            prompt.append(word)
            at += 1
            continue
        found = flag_word(word)
        if found is None:
            start, at = at, words.text_end(at)
            prompt += words.words[start:at]
        else:
            one, at = _take(words, at, *found)
            given.append(one)
    return plain(" ".join(prompt)), given, call


def _take(words: Words, at: int, name: str, inline: str | None) -> tuple[_Given, int]:
    """The flag at word `at` with its value, and the index after both."""
    flag = find_flag(name)
    if flag is None:
        return _Given(name=name, value=None), at + 1
    if flag.kind is ValueKind.SWITCH:
        return _Given(name=name, value="true" if inline is None else inline), at + 1
    if inline is None:
        at += 1
        if at == len(words.words) or flag_word(words.words[at]):
            return _Given(name=name, value=None), at
    elif inline:
        words.words[at] = inline
    else:
        return _Given(name=name, value=None), at + 1
    if flag.kind is not ValueKind.WORDS:
        value, end = words.value(at)
        return _Given(name=name, value=value), end
    end = words.text_end(at)
    while end < len(words.words) and not flag_word(words.words[end]):
        end = words.text_end(end)
    return _Given(name=name, value=plain(" ".join(words.words[at:end]))), end


def _settle(
    prompt: str, given: list[_Given], call: TemplateCall | None
) -> Ask | tuple[FlagError, ...]:
    # A dict keeps their order and says the same thing only once, however often it was typed.
    errors: dict[FlagError, None] = {}
    values: dict[str, Any] = {}
    seen: set[str] = set()
    for one in given:
        flag = find_flag(one.name)
        value = _value_of(flag, one, seen) if flag else _unknown(one.name)
        if isinstance(value, FlagError):
            errors[value] = None
        elif flag:
            values[flag.field] = value
        if len(errors) >= MAX_ERRORS:
            break
    if {"ar", "size"} <= seen:
        errors[_SHAPE_TWICE] = None
    if not prompt and call is None:
        errors[_EMPTY] = None
    elif len(prompt) > MAX_PROMPT_CHARS:
        errors[_too_long("prompt", len(prompt))] = None
    return tuple(errors) or Ask(prompt=prompt, call=call, **values)


def _value_of(flag: Flag, given: _Given, seen: set[str]) -> FlagValue | FlagError:
    """What was given for `flag`, whose name is added to `seen`, or why it can't be."""
    text = given.value or ""
    if flag.name in seen:
        return FlagError(problem=FlagProblem.REPEATED, flag=flag.written, allowed="keep one")
    seen.add(flag.name)
    if flag.kind is ValueKind.WORDS and len(text) > MAX_PROMPT_CHARS:
        return _too_long(given.written, len(text))
    value = read_value(flag, text) if text else None
    if value is None:
        problem = FlagProblem.NOT_ALLOWED if text else FlagProblem.MISSING_VALUE
        return FlagError(problem=problem, flag=given.written, value=text, allowed=flag.allowed)
    return value


def _unknown(name: str) -> FlagError:
    # In `--ar16:9` the letters alone are the flag that was meant.
    letters = re.match(r"[^\W\d_]+", name)
    meant = nearest(letters[0], FLAG_NAMES) if letters else None
    return FlagError(
        problem=FlagProblem.UNKNOWN,
        flag=f"--{name}",
        allowed=", ".join(flag.written for flag in FLAGS),
        nearest=f"--{meant}" if meant else None,
    )


def _too_long(flag: str, length: int) -> FlagError:
    return FlagError(
        problem=FlagProblem.TOO_LONG,
        flag=flag,
        value=f"{length:,}",
        allowed=f"at most {MAX_PROMPT_CHARS:,}",
    )


def _option_text(name: str, value: OptionValue) -> str:
    """A typed option as the text of a flag's value; empty when the option says nothing."""
    if value is None:
        return ""
    flag = find_flag(name)
    if value is False and flag and flag.kind is ValueKind.SWITCH:
        return ""
    return clean(value if isinstance(value, str) else write_value(value))


def _written_value(flag: Flag, value: FlagValue) -> str:
    text = write_value(value)
    match flag.kind:
        case ValueKind.WORDS:
            return escaped(text)
        case ValueKind.NAME if not _BARE_NAME.fullmatch(text):
            return f'"{text}"'
        case _:
            return text
