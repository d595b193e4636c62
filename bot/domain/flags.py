"""The table of prompt flags, from which completion, help, forms and typed options are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.domain.aspect import Aspect, Size

FlagValue = int | float | str | Aspect | Size
"""What a flag's text means once it is read; a switch is a bool, which is an int."""

MAX_NAME_CHARS = 100
"""Longest style or model name. A Discord choice holds no longer value: discord-api-docs, application commands, read 2026-11."""

MAX_SHOWN_CHARS = 40
"""How much of a refused value is repeated in a sentence; the rest would bury what is allowed."""

MAX_DIGITS = 18
"""Longest number looked at, in characters; Python refuses to read thousands of digits with an exception."""

DOUBLE_QUOTES = '"“”„«»'
"""Marks that enclose words kept together. Phones curl them, and often the wrong way round, so each opens and closes."""

SINGLE_QUOTES = "'‘’‚"
"""The same, single; an apostrophe is one of them, so they enclose only a flag's value or a whole text."""


class ValueKind(StrEnum):
    """What a flag's value looks like, hence which field a form gives it."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    ASPECT = "aspect"
    SIZE = "size"
    NAME = "name"
    """One word, or several in quotes."""
    WORDS = "words"
    """Every word until the next flag."""
    SWITCH = "switch"
    """Nothing: it is there or not."""


class Completion(StrEnum):
    """Where the suggestions for a flag's value come from."""

    NONE = "none"
    FIXED = "fixed"
    """`Flag.suggestions`."""
    STYLES = "styles"
    """The styles of the models a person may use, known only at run time."""
    MODELS = "models"
    """The models a person may use, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The lowest and the highest number allowed, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag: how it is written, what it sets, what it takes and how it is explained."""

    name: str
    """As written after the two dashes, and as the key of a typed option."""
    aliases: tuple[str, ...] = ()
    field: str
    """The field of Ask it sets."""
    kind: ValueKind
    bounds: Bounds | None = None
    """Of each number in the value; None where the value holds no number."""
    placeholder: str
    """What stands for the value in help: W:H in `--ar W:H`; empty for a switch."""
    label: str
    """The title of its field in a form."""
    allowed: str
    """What may be chosen, to be read after "choose"."""
    help: str
    """One sentence of at most 100 characters, which is all a Discord option shows."""
    completion: Completion = Completion.NONE
    suggestions: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """The flag as a person types it."""
        return f"--{self.name}"


class FlagProblem(StrEnum):
    """What is wrong with a flag, or with the prompt."""

    UNKNOWN = "unknown"
    MISSING_VALUE = "missing_value"
    NOT_ALLOWED = "not_allowed"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    TOO_LONG = "too_long"
    EMPTY_PROMPT = "empty_prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagError:
    """Why a text is no Ask: the flag as typed (`--n`, or `prompt`), its value, and what is allowed instead.

    `value` is the person's own text, whole and unjudged: only they may see it, and a surface escapes it.
    """

    problem: FlagProblem
    flag: str
    value: str = ""
    allowed: str
    nearest: str | None = None

    @property
    def sentence(self) -> str:
        """What the person reads."""
        match self.problem:
            case FlagProblem.UNKNOWN:
                meant = (
                    f"did you mean {self.nearest}?"
                    if self.nearest
                    else f"there are {self.allowed}."
                )
                return f"{_shown(self.flag)} is not a flag: {meant} To keep it as words, put a \\ before it."
            case FlagProblem.MISSING_VALUE:
                return f"{self.flag} needs a value: choose {self.allowed}"
            case FlagProblem.NOT_ALLOWED:
                return f"{self.flag} {_shown(self.value)}: choose {self.allowed}"
            case FlagProblem.REPEATED:
                return f"{self.flag} is given more than once: {self.allowed}"
            case FlagProblem.CONFLICT:
                return f"Choose {self.allowed}"
            case FlagProblem.TOO_LONG:
                subject = "The prompt" if self.flag == "prompt" else self.flag
                return f"{subject} has {self.value} characters: write {self.allowed}"
            case FlagProblem.EMPTY_PROMPT:
                return f"The prompt is empty: {self.allowed}"
        assert_never(self.problem)


FLAGS: tuple[Flag, ...] = (
    Flag(
        name="ar",
        aliases=("aspect",),
        field="aspect",
        kind=ValueKind.ASPECT,
        bounds=Bounds(low=1, high=100),
        placeholder="W:H",
        label="Aspect ratio",
        allowed="W:H with whole numbers from 1 to 100, no longer than 4:1 and no taller than 1:4, such as 16:9",
        help="The picture's shape, width to height, such as 16:9.",
        completion=Completion.FIXED,
        suggestions=("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "21:9"),
    ),
    Flag(
        name="size",
        field="size",
        kind=ValueKind.SIZE,
        bounds=Bounds(low=64, high=4096),
        placeholder="WxH",
        label="Size in pixels",
        allowed="WxH with 64 to 4096 pixels a side, such as 768x512",
        help="The picture's exact size in pixels, such as 768x512; instead of --ar.",
        completion=Completion.FIXED,
        suggestions=("512x512", "768x512", "512x768", "1024x1024"),
    ),
    Flag(
        name="n",
        field="count",
        kind=ValueKind.WHOLE,
        bounds=Bounds(low=1, high=10),
        placeholder="COUNT",
        label="How many",
        allowed="1 to 10",
        help="How many pictures to make, 1 to 10.",
        completion=Completion.FIXED,
        suggestions=("1", "2", "4"),
    ),
    Flag(
        name="seed",
        field="seed",
        kind=ValueKind.WHOLE,
        # 31 bits: the widest range that every provider takes.
        bounds=Bounds(low=0, high=2**31 - 1),
        placeholder="NUMBER",
        label="Seed",
        allowed="a whole number from 0 to 2147483647",
        help="The number the picture grows from: the same seed and words give the same picture again.",
    ),
    Flag(
        name="no",
        aliases=("negative",),
        field="negative_prompt",
        kind=ValueKind.WORDS,
        placeholder="WORDS",
        label="Leave out",
        allowed="what to leave out, in words up to the next flag",
        help="What must not be in the picture; every word up to the next flag.",
    ),
    Flag(
        name="style",
        field="style",
        kind=ValueKind.NAME,
        placeholder="NAME",
        label="Style",
        allowed='one style by its name, at most 100 characters, in quotes when it has several words: "water colour"',
        help="The style to paint in, by its name.",
        completion=Completion.STYLES,
    ),
    Flag(
        name="model",
        field="model",
        kind=ValueKind.NAME,
        placeholder="NAME",
        label="Model",
        allowed="one model by its name, at most 100 characters, in quotes when it has several words",
        help="The model that paints, by its name.",
        completion=Completion.MODELS,
    ),
    Flag(
        name="steps",
        field="steps",
        kind=ValueKind.WHOLE,
        bounds=Bounds(low=1, high=200),
        placeholder="COUNT",
        label="Steps",
        allowed="1 to 200",
        help="How many steps the model takes, 1 to 200; more is slower and finer.",
    ),
    Flag(
        name="guidance",
        field="guidance",
        kind=ValueKind.DECIMAL,
        bounds=Bounds(low=0, high=30),
        placeholder="NUMBER",
        label="Guidance",
        allowed="a number from 0 to 30, such as 7.5",
        help="How closely the model follows the words, 0 to 30.",
    ),
    Flag(
        name="strength",
        field="strength",
        kind=ValueKind.DECIMAL,
        bounds=Bounds(low=0, high=1),
        placeholder="NUMBER",
        label="Strength",
        allowed="a number from 0 to 1, such as 0.6",
        help="How far to move from the reference picture: 0 keeps it, 1 ignores it.",
    ),
    Flag(
        name="sampler",
        field="sampler",
        kind=ValueKind.NAME,
        placeholder="NAME",
        label="Sampler",
        allowed="one sampler by its name, in quotes when it has several words",
        help="The sampler, by its name, where the model has several.",
    ),
    Flag(
        name="lora",
        field="lora",
        kind=ValueKind.NAME,
        placeholder="NAME:WEIGHT",
        label="LoRA",
        allowed="names with their weights from 0 to 2, as add-detail:0.8 or one:0.5,two",
        help="Small weights laid over the model, as add-detail:0.8; several with commas.",
    ),
    Flag(
        name="control",
        field="control",
        kind=ValueKind.NAME,
        placeholder="KIND",
        label="Control",
        allowed="what the picture you add holds, as canny, depth, pose or sketch",
        help="Follow the picture you add: its lines, depth or pose. As canny, depth, pose, sketch.",
    ),
    Flag(
        name="draft",
        field="draft",
        kind=ValueKind.SWITCH,
        placeholder="",
        label="Draft",
        allowed="--draft alone, or true or false",
        help="Quick and cheap, to try words out.",
    ),
    Flag(
        name="fresh",
        aliases=("no-cache",),
        field="fresh",
        kind=ValueKind.SWITCH,
        placeholder="",
        label="Paint anew",
        allowed="--fresh alone, or true or false",
        help="Paints anew even what was painted before with the same words and seed.",
    ),
)

_BY_NAME = {name: flag for flag in FLAGS for name in (flag.name, *flag.aliases)}

FLAG_NAMES: tuple[str, ...] = tuple(_BY_NAME)
"""Every name and alias, without dashes, in the order of FLAGS."""


def find_flag(name: str) -> Flag | None:
    """The flag of this name or alias, in any case of letters, or None."""
    return _BY_NAME.get(name.casefold())


def _shown(value: str) -> str:
    return value if len(value) <= MAX_SHOWN_CHARS else f"{value[:MAX_SHOWN_CHARS]}…"
