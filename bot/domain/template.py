r"""Prompt templates: a text of an admin's with typed variables, and flags that are fixed.

    A hero shot of {product (wireless earbuds)}, {mood:warm|cold|dramatic=warm} light --ar 16:9 --no text

- `{product}` takes any words and must be given; `{product (earbuds)}` says an example; `{product=earbuds}` may be left
  out. `{mood:warm|cold}` takes one of these, `{year:1900-2030}` a number of that range, `{count:number}` any number.
- A variable that stands there twice is declared once. `{{` and `}}` are braces.
- The flags of the text are fixed: whoever uses the template can't set them. What it leaves out to paint is added to.

The text is read when it is set, never when it is used: values are joined to its parts, once, and are only ever text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.argument_values import Misfit
from bot.domain.cleaning import clean
from bot.domain.flags import FLAGS
from bot.domain.grammar import MAX_PROMPT_CHARS, Ask, parse
from bot.domain.nearest import nearest
from bot.domain.template_call import MAX_NAME_CHARS, PREFIX

MAX_VARIABLES = 12
MAX_VALUE_CHARS = 300
"""Ours: a value is some words; whoever has more to say writes a prompt."""
MOST_TEMPLATES = 100
"""In one workspace: as many as Slack's select takes. Source: docs.slack.dev, select menu element, read 2026-11."""

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_VARIABLE = re.compile(
    r"\s*([^\W\d_]\w{0,30})\s*(?:\(([^()]*)\))?\s*(?::([^=]*))?(?:=(.*))?", re.DOTALL
)
_RANGE = re.compile(r"(-?\d{1,9}(?:\.\d{1,4})?)\s*(?:-|\.\.)\s*(-?\d{1,9}(?:\.\d{1,4})?)", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,4})?", re.ASCII)
NAME = re.compile(rf"[a-z][a-z0-9_-]{{0,{MAX_NAME_CHARS - 1}}}")


class VariableKind(StrEnum):
    """What a variable takes."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable. With a default it may be left out; `low` and `high` bound a number."""

    name: str
    kind: VariableKind = VariableKind.TEXT
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    default: str | None = None
    example: str = ""

    @property
    def takes(self) -> str:
        """What may be given, for people."""
        match self.kind:
            case VariableKind.CHOICE:
                what = ", ".join(self.choices)
            case VariableKind.NUMBER if self.low is not None and self.high is not None:
                what = f"a number from {self.low:g} to {self.high:g}"
            case VariableKind.NUMBER:
                what = "a number"
            case _:
                what = f"some words, as {self.shown}"
        return what if self.default is None else f"{what}; {self.default or 'nothing'} unless said"

    @property
    def shown(self) -> str:
        """A value that fits, for examples."""
        if self.example:
            return self.example
        if self.default:
            return self.default
        if self.choices:
            return self.choices[0]
        if self.kind is VariableKind.NUMBER:
            return f"{self.low:g}" if self.low is not None else "3"
        return f"your {self.name.replace('_', ' ')}"

    def read(self, typed: str) -> str | Misfit:
        """The value as it goes into the text, or why it can't."""
        text = clean(typed)
        if not text:
            return Misfit(f"{self.name}: it is empty. It takes {self.takes}.")
        if len(text) > MAX_VALUE_CHARS:
            return Misfit(f"{self.name}: that is {len(text):,} characters; {MAX_VALUE_CHARS} fit.")
        match self.kind:
            case VariableKind.CHOICE:
                return self._choice(text)
            case VariableKind.NUMBER:
                return self._number(text)
            case VariableKind.TEXT:
                return text

    def _choice(self, text: str) -> str | Misfit:
        chosen = next((one for one in self.choices if one.casefold() == text.casefold()), None)
        if chosen is not None:
            return chosen
        meant = nearest(text, self.choices)
        hint = f" Did you mean {meant}?" if meant else ""
        return Misfit(f"{self.name}: {text} can't be chosen.{hint} It takes {self.takes}.")

    def _number(self, text: str) -> str | Misfit:
        if _NUMBER.fullmatch(text):
            value = float(text)
            low = value if self.low is None else self.low
            high = value if self.high is None else self.high
            if low <= value <= high:
                return f"{value:.10g}"
        return Misfit(f"{self.name}: {text} does not fit. It takes {self.takes}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where a variable's value goes."""

    variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template, read. `line` is what its admin typed; `fixed` holds its flags, and its text as the prompt."""

    name: str
    line: str
    fixed: Ask
    parts: tuple[str | Slot, ...]
    variables: tuple[Variable, ...]
    version: int = 1
    about: str = ""
    owner: str = ""

    @property
    def example(self) -> str:
        """A call that works and names everything."""
        return self._call(self.variables)

    @property
    def shortest(self) -> str:
        """A call that works and names only what must be given."""
        return self._call(one for one in self.variables if one.default is None)

    def _call(self, variables: Iterable[Variable]) -> str:
        given = [
            f'{one.name}="{one.shown}"' if " " in one.shown else f"{one.name}={one.shown}"
            for one in variables
        ]
        return " ".join([f"{PREFIX}{self.name}", *given])

    @property
    def values_taken(self) -> Mapping[str, Variable]:
        """The variables by name."""
        return {one.name: one for one in self.variables}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """Which template an order was made with."""

    name: str
    version: int

    @property
    def shown(self) -> str:
        """For people."""
        return f"{self.name}, version {self.version}"


def read_template(
    name: str, line: str, *, version: int = 1, about: str = "", owner: str = ""
) -> Template | tuple[str, ...]:
    """The template that a typed line describes, or everything wrong with it."""
    asked = parse(line)
    if not isinstance(asked, Ask):
        return tuple(error.sentence for error in asked)
    if asked.call is not None:
        return ("A template can't be made of another one.",)
    parts: list[str | Slot] = []
    variables: dict[str, Variable] = {}
    wrong: list[str] = []
    end = 0
    for found in _PIECE.finditer(asked.prompt):
        parts.append(asked.prompt[end : found.start()])
        end = found.end()
        if found[0] in {"{{", "}}"}:
            parts.append(found[0][0])
        elif found[1] is None:
            wrong.append(f"{found[0]} stands alone; write it twice for a brace.")
        else:
            read = _variable(found[1], variables)
            if isinstance(read, Misfit):
                wrong.append(read.sentence)
            else:
                variables[read.name] = read
                parts.append(Slot(variable=read.name))
    parts.append(asked.prompt[end:])
    if len(variables) > MAX_VARIABLES:
        wrong.append(f"It has {len(variables)} variables; {MAX_VARIABLES} is the most.")
    if wrong:
        return tuple(wrong)
    return Template(
        name=name,
        line=line,
        fixed=asked,
        parts=tuple(part for part in parts if part),
        variables=tuple(variables.values()),
        version=version,
        about=about,
        owner=owner,
    )


def _variable(text: str, known: Mapping[str, Variable]) -> Variable | Misfit:
    """A declaration; a name alone that was declared before means that one."""
    shown = f"{{{text}}}"
    found = _VARIABLE.fullmatch(text)
    if found is None:
        return Misfit(f"{shown}: a variable is a name, as {{product}} or {{mood:warm|cold=warm}}.")
    name, example, kind, default = found[1].casefold(), found[2], found[3], found[4]
    if name in known:
        again = example is None and kind is None and default is None
        return known[name] if again else Misfit(f"{shown}: {name} is declared twice.")
    variable = _of_kind(name, (kind or "").strip())
    if isinstance(variable, Misfit):
        return variable
    variable = replace(variable, example=clean(example or ""))
    if default is None or not default.strip():
        return replace(variable, default=None if default is None else "")
    read = variable.read(default)
    return read if isinstance(read, Misfit) else replace(variable, default=read)


def _of_kind(name: str, kind: str) -> Variable | Misfit:
    if kind in {"", VariableKind.TEXT}:
        return Variable(name=name)
    if kind == VariableKind.NUMBER:
        return Variable(name=name, kind=VariableKind.NUMBER)
    if found := _RANGE.fullmatch(kind):
        low, high = float(found[1]), float(found[2])
        if low <= high:
            return Variable(name=name, kind=VariableKind.NUMBER, low=low, high=high)
    choices = tuple(dict.fromkeys(clean(one) for one in kind.split("|") if clean(one)))
    if len(choices) > 1:
        return Variable(name=name, kind=VariableKind.CHOICE, choices=choices)
    return Misfit(
        f"{name}: {kind} is no kind; write choices as warm|cold, a range as 1-10, or number."
    )


def fill(template: Template, asked: Ask) -> Ask | tuple[str, ...]:
    """What is asked for with the template, or everything that doesn't fit it. What else was typed is added at the end."""
    call = asked.call
    given = () if call is None else call.values
    values, wrong = _values(template, given)
    ask = replace(asked, call=None)
    for flag in FLAGS:
        fixed, wish = getattr(template.fixed, flag.field), getattr(asked, flag.field)
        if flag.field == "negative_prompt" or fixed is None or fixed is False:
            continue
        if wish is not None and wish is not False and wish != fixed:
            wrong.append(f"{flag.written}: the template {template.name} sets it; leave it out.")
        ask = replace(ask, **{flag.field: fixed})
    if ask.aspect is not None and ask.size is not None:
        wrong.append(f"The template {template.name} sets the shape; leave --ar and --size out.")
    if wrong:
        return tuple(wrong)
    text = "".join(
        values[part.variable] if isinstance(part, Slot) else part for part in template.parts
    )
    prompt = clean(f"{text}, {asked.prompt}" if asked.prompt else text)
    left_out = [one for one in (template.fixed.negative_prompt, asked.negative_prompt) if one]
    negative = ", ".join(left_out)
    if max(len(prompt), len(negative)) > MAX_PROMPT_CHARS:
        return (f"Filled in, that is longer than {MAX_PROMPT_CHARS:,} characters.",)
    return replace(ask, prompt=prompt, negative_prompt=negative)


def _values(
    template: Template, given: tuple[tuple[str, str], ...]
) -> tuple[dict[str, str], list[str]]:
    """The value of each variable, and what is wrong with those given."""
    taken = template.values_taken
    values: dict[str, str] = {}
    wrong: list[str] = []
    for name, text in given:
        variable = taken.get(name)
        if variable is None:
            meant = nearest(name, list(taken))
            hint = (
                f" Did you mean {meant}?" if meant else f" It takes: {', '.join(taken) or 'none'}."
            )
            wrong.append(f"{name}: the template {template.name} has no such variable.{hint}")
        elif name in values:
            wrong.append(f"{name}: once is enough.")
        else:
            read = variable.read(text)
            values[name] = "" if isinstance(read, Misfit) else read
            wrong += [read.sentence] if isinstance(read, Misfit) else []
    for variable in template.variables:
        if variable.name in values:
            continue
        if variable.default is None:
            wrong.append(f"{variable.name} is missing: it takes {variable.takes}.")
        values[variable.name] = variable.default or ""
    return values, wrong
